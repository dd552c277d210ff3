from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.api"
    label = "api"
