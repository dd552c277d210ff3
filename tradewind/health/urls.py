"""Health: for people and for machines. The machines' addresses end without a slash, as such tools expect."""

from django.urls import include, path

from tradewind.health import views

pages = [
    path("system/", views.index, name="index"),
    path("system/safe-mode/end/", views.end_safe_mode, name="end_safe_mode"),
    path("health", views.ready, name="ready"),
    path("health/live", views.live, name="live"),
    path("metrics", views.figures, name="metrics"),
]

urlpatterns = [path("", include((pages, "health")))]
