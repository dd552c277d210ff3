"""The business's own fields: which there are, and what kind of value each holds, so that rules can compare."""

from datetime import date
from typing import Any

from tradewind.contacts.models import ContactField
from tradewind.lib import clock


def kind_of_value(value: Any) -> str:
    """Which kind of field a first value makes: text, number, date or yes_no."""
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, int | float):
        return "number"
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return "text"
    return "date"


def register_field(workspace_id: int, key: str, value: Any) -> None:
    """Make a field of the business's own known with its kind, when it is set for the first time."""
    if value not in (None, ""):
        ContactField.objects.get_or_create(
            workspace_id=workspace_id, key=key, defaults={"kind": kind_of_value(value), "created_at": clock.now()}
        )
