"""Pages of the way in."""

from django.urls import include, path

from tradewind.intake import views

pages = [
    path("dead-letters/", views.index, name="dead_letters"),
    path("dead-letters/replay/", views.replay_all, name="replay_all"),
    path("dead-letters/<str:letter>/", views.show, name="dead_letter"),
    path("dead-letters/<str:letter>/replay/", views.replay, name="replay"),
]

urlpatterns = [path("", include((pages, "intake")))]
