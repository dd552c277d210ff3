"""`/api/v1/` for programs, `/developers/` for the people who write them."""

from django.urls import path

from tradewind.api.core import api
from tradewind.api.views import docs

urlpatterns = [path("api/v1/", api.urls), path("developers/", docs, name="api_docs")]
