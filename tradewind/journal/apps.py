from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.journal"
    label = "journal"
