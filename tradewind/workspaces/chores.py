"""Asking for background work without asking for it twice."""

from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task


def ask_once(task: Task[..., Any, Any], **arguments: Any) -> None:
    """Have a task done soon with these arguments; asked again while it waits, it is done once.

    May be called within a transaction: a task that waits already leaves it whole.
    """
    lock = " ".join([task.name, *map(str, arguments.values())])
    try:
        with transaction.atomic():
            task.configure(queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        pass
