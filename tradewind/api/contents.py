"""What a single template message says, checked as Meta would."""

from typing import Any

from tradewind.messages import frozen
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
    payload = frozen.words_of(template)
    if header_media:
        payload["header_media"] = header_media
    if card_media:
        payload["card_media"] = card_media
    return frozen.content_of(template.workspace_id, template, payload)
