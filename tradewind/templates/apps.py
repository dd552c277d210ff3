from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.templates"
    label = "message_templates"
