"""What single messages say: one `Content` for all that say the same."""

from typing import Any

from django.db import connection, transaction

from tradewind.lib import clock
from tradewind.messages.models import Content
from tradewind.templates.models import Template


def words_of(template: Template) -> dict[str, Any]:
    """A template's part of `Content.payload`, as it is now; the files on it come beside."""
    return {
        "name": template.name,
        "language": template.language,
        "parameter_format": template.parameter_format,
        "components": template.components,
    }


def content_of(workspace_id: int, template: Template | None, payload: dict[str, Any]) -> Content:
    """The content with this payload; made when it is new."""
    return _found(workspace_id, template, payload) or _made(workspace_id, template, payload)


def _found(workspace_id: int, template: Template | None, payload: dict[str, Any]) -> Content | None:
    """Contents of campaigns are their own: how close the same content follows itself is their pacing."""
    same = Content.objects.filter(workspace_id=workspace_id, template=template, payload=payload)
    return same.filter(run__isnull=True).order_by("pk").first()


def _made(workspace_id: int, template: Template | None, payload: dict[str, Any]) -> Content:
    """Only one at a time: two at once with the same client_message_id must mean the same content."""
    of = template.pk if template else f"workspace {workspace_id}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"content of {of}"])
        return _found(workspace_id, template, payload) or Content.objects.create(
            workspace_id=workspace_id, template=template, payload=payload, created_at=clock.now()
        )
