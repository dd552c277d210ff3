"""Pages of recipes."""

from django.urls import path

from tradewind.segments.recipes import views

pages = [
    path("segments/recipes/", views.index, name="list"),
    path("segments/recipes/<str:recipe>/", views.show, name="card"),
    path("segments/recipes/<str:recipe>/on/", views.switch_on, name="on"),
]
