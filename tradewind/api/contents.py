"""What a single template message says: one `Content` for all messages of the same template."""

from typing import Any

from django.db import connection, transaction

from tradewind.lib import clock
from tradewind.messages.models import Content
from tradewind.templates.models import Template
from tradewind.whatsapp.payloads import Template as Parts


def content_of(
    template: Template,
    variables: dict[str, str],
    header_media: dict[str, Any] | None,
    card_media: list[dict[str, Any]] | None = None,
) -> Content:
    """The content of a template as it stands now, made when it is new. Raises PayloadError for what Meta refuses."""
    parts = Parts(template.components, template.name, template.language, template.parameter_format)
    parts.message(variables, header_media=header_media, card_media=card_media or ())
    payload: dict[str, Any] = {
        "name": template.name,
        "language": template.language,
        "parameter_format": template.parameter_format,
        "components": template.components,
    }
    if header_media:
        payload["header_media"] = header_media
    if card_media:
        payload["card_media"] = card_media
    return _found(template, payload) or _made(template, payload)


def _found(template: Template, payload: dict[str, Any]) -> Content | None:
    """Contents of campaigns are their own: how close the same content follows itself is their pacing."""
    same = Content.objects.filter(workspace_id=template.workspace_id, template=template, payload=payload)
    return same.filter(run__isnull=True).order_by("pk").first()


def _made(template: Template, payload: dict[str, Any]) -> Content:
    """Only one at a time: two calls at once with the same client_message_id must mean the same content."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"content of {template.pk}"])
        return _found(template, payload) or Content.objects.create(
            workspace_id=template.workspace_id, template=template, payload=payload, created_at=clock.now()
        )
