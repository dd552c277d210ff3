from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        from tradewind.campaigns import tag_uses
        from tradewind.contacts.tags import uses

        uses.register(tag_uses.find)
