"""What is sent: builders for every kind of message, and refusals in plain words before anything leaves.

template = Template(components, "order_confirmation", "en_US", "POSITIONAL")
message = template.message({"body.1": "Jessica", "body.2": "SKBUP2"})        # PayloadError(field, sentence)
payload = addressed(message, phone="+16505551234", callback=sealed_attempt)   # for client.GraphSender.send
template.preview({"body.1": "Jessica"}).text

FreeMessage(components).message({"body.name": "Ada"})   # free words with places to fill, within the service window
addressed(text("Hello"), phone="+16505551234", reply_to="wamid.…")
addressed(reply_buttons("Which one?", [("a", "First"), ("b", "Second")]), bsuid="US.1349…")
"""

from tradewind.whatsapp.payloads.checks import PayloadError
from tradewind.whatsapp.payloads.components import Variable
from tradewind.whatsapp.payloads.definitions import definition_problems
from tradewind.whatsapp.payloads.envelope import addressed
from tradewind.whatsapp.payloads.free_message import FreeMessage, said_by
from tradewind.whatsapp.payloads.freeform import (
    audio,
    contacts,
    document,
    image,
    location,
    reaction,
    sticker,
    text,
    video,
)
from tradewind.whatsapp.payloads.interactive import (
    carousel,
    catalog,
    flow,
    header_file,
    header_text,
    link_button,
    list_menu,
    location_request,
    product,
    product_list,
    reply_buttons,
)
from tradewind.whatsapp.payloads.templates import Preview, PreviewButton, Template, template_message, variables_of

__all__ = [
    "FreeMessage",
    "PayloadError",
    "Preview",
    "PreviewButton",
    "Template",
    "Variable",
    "addressed",
    "audio",
    "carousel",
    "catalog",
    "contacts",
    "definition_problems",
    "document",
    "flow",
    "header_file",
    "header_text",
    "image",
    "link_button",
    "list_menu",
    "location",
    "location_request",
    "product",
    "product_list",
    "reaction",
    "reply_buttons",
    "said_by",
    "sticker",
    "template_message",
    "text",
    "variables_of",
    "video",
]
