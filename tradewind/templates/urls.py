"""Pages of templates."""

from django.urls import include, path

from tradewind.templates import views
from tradewind.templates.authoring import views as authoring

pages = [
    path("templates/", views.index, name="list"),
    path("templates/sync/", views.sync, name="sync"),
    path("templates/new/", authoring.new, name="new"),
    path("templates/new/check/", authoring.check, name="check"),
    path("templates/new/part/", authoring.part, name="part"),
    path("templates/samples/", authoring.upload, name="upload"),
    path("templates/samples/<str:sample>/", authoring.show_sample, name="sample"),
    path("templates/library/", authoring.shelf, name="library"),
    path("templates/<str:template>/", views.show, name="show"),
    path("templates/<str:template>/edit/", authoring.edit, name="edit"),
    path("templates/<str:template>/deletion/", authoring.delete, name="delete"),
    path("templates/<str:template>/suits/", authoring.suit, name="suit"),
]

urlpatterns = [path("", include((pages, "templates")))]
