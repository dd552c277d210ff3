"""Pages of segments, of the rules that keep tags true, their recipes, and the health of tags."""

from django.urls import include, path

from tradewind.segments import views
from tradewind.segments.health.urls import pages as health
from tradewind.segments.recipes.urls import pages as recipes
from tradewind.segments.rules.urls import pages as rules

pages = [
    path("segments/", views.index, name="list"),
    path("segments/new/", views.new, name="new"),
    path("segments/why/", views.ask_why, name="why"),
    path("segments/people/", views.people, name="people"),
    path("segments/<str:segment>/", views.show, name="show"),
    path("segments/<str:segment>/<str:verb>/", views.act, name="act"),
]

# What has a word for its address comes before segments, whose address takes any word.
urlpatterns = [
    path("", include((rules, "rules"))),
    path("", include((recipes, "recipes"))),
    path("", include((health, "tag_health"))),
    path("", include((pages, "segments"))),
]
