from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.segments"
    label = "segments"

    def ready(self) -> None:
        from tradewind.contacts.tags import reasons, uses
        from tradewind.segments.rules import uses as ours

        uses.register(ours.find)
        reasons.register_rules(ours.name_rules)
