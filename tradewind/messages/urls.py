"""Pages of single messages."""

from django.urls import include, path

from tradewind.messages import views
from tradewind.messages.media import views as media

pages = [
    path("contacts/<str:contact>/write/", views.write, name="compose"),
    path("messages/<str:message>/cancel/", views.cancel, name="cancel"),
    path("media/", media.upload, name="upload"),
    path("media/<str:mediafile>/", media.show, name="media"),
    path("messages/<str:message>/doubt/", views.resolve, name="resolve"),
]

urlpatterns = [path("", include((pages, "messages")))]
