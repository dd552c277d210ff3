"""Pages of segments."""

from django.urls import include, path

from tradewind.segments import views

pages = [
    path("segments/", views.index, name="list"),
    path("segments/new/", views.new, name="new"),
    path("segments/why/", views.ask_why, name="why"),
    path("segments/people/", views.people, name="people"),
    path("segments/<str:segment>/", views.show, name="show"),
    path("segments/<str:segment>/<str:verb>/", views.act, name="act"),
]

urlpatterns = [path("", include((pages, "segments")))]
