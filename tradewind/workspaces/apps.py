from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.workspaces"
    label = "workspaces"
