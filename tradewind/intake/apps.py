from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.intake"
    label = "intake"
