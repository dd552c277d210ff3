from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.ui"
    label = "ui"
