"""Pages of single messages."""

from django.urls import include, path

from tradewind.messages import views
from tradewind.messages.media import library
from tradewind.messages.media import views as media
from tradewind.messages.reconciliation import views as reconciliation

pages = [
    path("contacts/<str:contact>/write/", views.write, name="compose"),
    path("messages/<str:message>/cancel/", views.cancel, name="cancel"),
    path("media/", media.upload, name="upload"),
    path("media/library/", library.index, name="files"),
    path("media/library/choice/", library.choice, name="file_choice"),
    path("media/<str:mediafile>/", media.show, name="media"),
    path("media/<str:mediafile>/about/", library.show, name="file"),
    path("media/<str:mediafile>/removal/", library.remove, name="file_removal"),
    path("system/reconciliation/", reconciliation.index, name="reconciliation"),
    path("system/reconciliation/check/", reconciliation.check, name="reconciliation_check"),
    path("system/reconciliation/<str:gap>/", reconciliation.show, name="gap"),
    path("system/reconciliation/<str:gap>/close/", reconciliation.close, name="gap_close"),
    path("messages/<str:message>/doubt/", views.resolve, name="resolve"),
]

urlpatterns = [path("", include((pages, "messages")))]
