from django.apps import AppConfig


class Room(AppConfig):
    name = "tradewind.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        from tradewind.campaigns import media_uses, tag_uses
        from tradewind.contacts.tags import uses
        from tradewind.messages.media import forgetting, needed
        from tradewind.messages.media import uses as media

        uses.register(tag_uses.find)
        forgetting.register(media_uses.named)
        media.register(media_uses.find)
        needed.register(media_uses.CONTENTS)
