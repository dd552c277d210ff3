"""`/api/v1/` for programs, `/developers/` for the people who write them."""

from django.urls import path, re_path

from tradewind.api.core import api
from tradewind.api.views import docs, nothing

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/", nothing),
    path("developers/", docs, name="api_docs"),
]
