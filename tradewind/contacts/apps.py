from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.contacts"
    label = "contacts"
