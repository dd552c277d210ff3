from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from tradewind.lib import priority


class Room(AppConfig):
    name = "tradewind.journal"
    label = "journal"

    def ready(self) -> None:
        connection_created.connect(_pass_on, dispatch_uid="priority")


def _pass_on(connection: Any, **_more: Any) -> None:
    priority.pass_on(connection.connection.info)
