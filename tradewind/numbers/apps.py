from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.numbers"
    label = "numbers"
