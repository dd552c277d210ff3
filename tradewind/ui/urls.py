from django.urls import path

from tradewind.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.home, name="home"),
    path("_gallery/", views.gallery, name="gallery"),
]
