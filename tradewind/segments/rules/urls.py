"""Pages of rules."""

from django.urls import path

from tradewind.segments.rules import views

pages = [
    path("segments/rules/", views.index, name="list"),
    path("segments/rules/new/", views.new, name="new"),
    path("segments/rules/past/", views.try_past, name="past"),
    path("segments/rules/<str:rule>/", views.show, name="show"),
    path("segments/rules/<str:rule>/on/", views.switch_on, name="on"),
    path("segments/rules/<str:rule>/off/", views.switch_off, name="off"),
    path("segments/rules/<str:rule>/delete/", views.delete, name="delete"),
]
