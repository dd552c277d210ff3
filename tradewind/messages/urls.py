"""Pages of single messages."""

from django.urls import include, path

from tradewind.messages import views

pages = [
    path("contacts/<str:contact>/write/", views.write, name="compose"),
    path("messages/<str:message>/cancel/", views.cancel, name="cancel"),
    path("messages/<str:message>/doubt/", views.resolve, name="resolve"),
]

urlpatterns = [path("", include((pages, "messages")))]
