"""Media: upload, look up, download for five minutes, delete."""

import hmac
import re

from tradewind.simulator.graph.answers import Answer
from tradewind.simulator.graph.errors import GraphError, missing, no_such_object
from tradewind.simulator.graph.request import Call
from tradewind.simulator.graph.tokens import token_of
from tradewind.simulator.media import Media
from tradewind.simulator.routes.table import MEDIA, NUMBER, PLAIN
from tradewind.simulator.world.shapes import Number

MEGABYTE = 1024 * 1024
AUDIO = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus")
IMAGE = ("image/jpeg", "image/png")
STICKER = ("image/webp",)
VIDEO = ("video/3gpp", "video/3gp", "video/mp4")
DOCUMENT = re.compile(r"(text|application)/[\w.+-]+")
DOCUMENT_MOST, STICKER_MOST = 100 * MEGABYTE, 500 * 1024
MOST_BYTES = {
    **dict.fromkeys(AUDIO + VIDEO, 16 * MEGABYTE),
    **dict.fromkeys(IMAGE, 5 * MEGABYTE),
    "image/webp": STICKER_MOST,
}

# The first bytes that a file of the type must have; others are taken at their word.
MAGIC = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/webp": b"RIFF",
    "audio/ogg": b"OggS",
    "application/pdf": b"%PDF",
    "audio/amr": b"#!AMR",
}


@NUMBER.on("POST", "media")
def upload(call: Call, number: Number) -> dict[str, str]:
    """Keep a file for 30 days."""
    params = call.params
    if params.get("messaging_product") != "whatsapp":
        raise GraphError(100, message="(#100) The parameter messaging_product is required.")
    file = call.files.get("file")
    if file is None:
        raise missing("file")
    if not file.content:
        raise GraphError(131053, "The file is empty.")
    mime_type = (str(params.get("type") or "") or file.mime_type).strip().lower()
    _check(mime_type.partition(";")[0].strip(), file.mime_type.partition(";")[0].strip().lower(), file.content)
    now = call.simulation.clock.time()
    kept = call.simulation.media.upload(number.phone_number_id, mime_type, file.content, file.file_name, now)
    return {"id": kept.media_id}


@MEDIA.on("GET")
def look_up(call: Call, media: Media) -> dict[str, str]:
    """A fresh download address, and what the file is."""
    _check_owner(call, media)
    simulation = call.simulation
    return {
        "url": simulation.media.address(media, simulation.address, simulation.clock.time()),
        "mime_type": media.mime_type,
        "sha256": media.sha256_hex,
        "file_size": str(len(media.content)),
        "id": media.media_id,
        "messaging_product": "whatsapp",
    }


@MEDIA.on("DELETE")
def delete(call: Call, media: Media) -> dict[str, bool]:
    """Forget a file."""
    _check_owner(call, media)
    call.simulation.media.delete(media.media_id)
    return {"success": True}


@PLAIN.on("GET", "whatsapp_business")
def download(call: Call) -> Answer:
    """The bytes, with the bearer token, for five minutes: else 401 or 404, as Meta's file host answers."""
    try:
        token_of(call.simulation, call.bearer, call.proof)
    except GraphError:
        return Answer(401, b"", b"text/html")
    now = call.simulation.clock.time()
    media = call.simulation.media.find(call.query.get("mid", ""), now)
    key = call.query.get("hash", "")
    if media is None or not media.address_key or not hmac.compare_digest(key.encode(), media.address_key.encode()):
        return Answer(404, b"", b"text/html")
    if now >= media.address_until:
        return Answer(404, b"", b"text/html")
    return Answer(200, media.content, media.mime_type.encode("latin-1", "replace"))


def _check(mime_type: str, declared: str, content: bytes) -> None:
    if mime_type not in MOST_BYTES and not DOCUMENT.fullmatch(mime_type):
        allowed = ", ".join([*IMAGE, *STICKER, *AUDIO, *VIDEO, "text/plain", "application/*"])
        raise GraphError(
            100,
            f"Param file must be a file with one of these types: {allowed}. Received file of type '{mime_type}'.",
        )
    if declared and declared not in (mime_type, "application/octet-stream"):
        raise GraphError(131053, f"The file is sent as {declared}, and declared as {mime_type}.")
    most = MOST_BYTES.get(mime_type, DOCUMENT_MOST)
    if len(content) > most:
        raise GraphError(131053, f"The file has {len(content)} bytes; {mime_type} may have {most}.")
    if not content.startswith(MAGIC.get(mime_type, b"")):
        raise GraphError(131053, f"The content is not {mime_type}.")


def _check_owner(call: Call, media: Media) -> None:
    asked = call.params.get("phone_number_id")
    if asked is not None and str(asked) != media.phone_number_id:
        raise no_such_object(media.media_id, call.method)
