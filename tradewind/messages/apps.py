from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.messages"
    label = "whatsapp_messages"
