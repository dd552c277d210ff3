from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.health"
    label = "health"
