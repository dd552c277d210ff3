"""Pages of templates."""

from django.urls import include, path

from tradewind.templates import views

pages = [
    path("templates/", views.index, name="list"),
    path("templates/sync/", views.sync, name="sync"),
    path("templates/<str:template>/", views.show, name="show"),
]

urlpatterns = [path("", include((pages, "templates")))]
