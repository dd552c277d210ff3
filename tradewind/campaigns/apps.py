from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.campaigns"
    label = "campaigns"
