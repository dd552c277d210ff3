"""Pages of tag health."""

from django.urls import path

from tradewind.segments.health import views

pages = [
    path("segments/tag-health/", views.show, name="show"),
    path("segments/tag-health/look/", views.look, name="look"),
    path("segments/tag-health/mend/", views.mend, name="mend"),
    path("segments/tag-health/changes.csv", views.export, name="changes"),
]
