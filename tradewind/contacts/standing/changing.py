"""Changing a workspace's weights and thresholds: checked, noted, and everybody reckoned anew in the background."""

from typing import Any

from django.db import transaction
from pydantic import ValidationError

from tradewind.contacts.models import StandingSetting
from tradewind.contacts.standing import settings as standing_settings
from tradewind.contacts.standing.settings import Settings
from tradewind.journal.actions import record
from tradewind.journal.connections import hot_cursor
from tradewind.lib import clock
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace


class SettingsRefused(ValueError):
    """They make no sense; `problems` are (place, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {sentence}" for place, sentence in problems))
        self.problems = problems


def of(workspace: Workspace) -> Settings:
    """How the workspace has them."""
    with hot_cursor() as cursor:
        return standing_settings.of(cursor, workspace.pk)


def change(*, by: Member, values: dict[str, Any]) -> bool:
    """Set all of them anew (what is left out becomes the usual); says whether anything differed.

    Raises SettingsRefused. Scores follow within the hour, grades and stages with them.
    """
    before = of(by.workspace)
    after = checked({"currency": before.currency, **values})
    if after == before:
        return False
    with transaction.atomic():
        StandingSetting.objects.update_or_create(
            workspace=by.workspace,
            defaults={
                "settings": after.model_dump(mode="json"),
                "changed_at": clock.now(),
                "changed_by": by,
                "redone_to": 0,
            },
        )
        record("workspace.changed", workspace_id=by.workspace_id, member_id=by.pk, data={"standing": True})
        audit.note(by, "workspace.scores_changed", by.workspace)
    return True


def checked(values: dict[str, Any]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = [
            (".".join(map(str, each["loc"])), str(each["msg"]).removeprefix("Value error, ")) for each in error.errors()
        ]
        raise SettingsRefused(problems) from None
