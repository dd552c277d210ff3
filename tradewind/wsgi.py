"""The console and the API as WSGI: what `tradewind.asgi` runs in threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
application = get_wsgi_application()
