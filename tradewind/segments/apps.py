from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.segments"
    label = "segments"
