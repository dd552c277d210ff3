from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.segments"
    label = "segments"

    def ready(self) -> None:
        from tradewind.contacts.tags import reasons, selections, uses
        from tradewind.segments import selecting
        from tradewind.segments.rules import uses as ours

        uses.register(ours.find)
        selections.register("tree", selecting.by_tree)
        reasons.register_rules(ours.name_rules)
