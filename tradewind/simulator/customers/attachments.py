"""What people send besides words: a small real picture, a small real sound, a place."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

from tradewind.simulator.customers.voices import CAPTIONS

if TYPE_CHECKING:
    from tradewind.simulator.customers.people import Person
    from tradewind.simulator.simulation import Simulation
    from tradewind.simulator.world.shapes import Number

PICTURE_PIXELS = 32


def image(simulation: Simulation, number: Number, person: Person, at: float) -> dict[str, Any]:
    """An image message with a caption in the person's language."""
    shade = sum(person.wa_id.encode()) % 256
    media = simulation.media.receive(number.phone_number_id, "image/png", picture(shade), "", at)
    body = {
        "id": media.media_id,
        "mime_type": media.mime_type,
        "sha256": media.sha256_base64,
        "caption": CAPTIONS.get(person.customer.language, CAPTIONS["en"]),
        "url": simulation.media.address(media, simulation.address, at),
    }
    return {"type": "image", "image": body}


def voice(simulation: Simulation, number: Number, at: float) -> dict[str, Any]:
    """A voice message."""
    media = simulation.media.receive(number.phone_number_id, "audio/ogg; codecs=opus", SOUND, "", at)
    body = {
        "id": media.media_id,
        "mime_type": media.mime_type,
        "sha256": media.sha256_base64,
        "voice": True,
        "url": simulation.media.address(media, simulation.address, at),
    }
    return {"type": "audio", "audio": body}


def location(draws: tuple[float, ...]) -> dict[str, Any]:
    """A place somewhere where people live."""
    latitude, longitude = round(draws[0] * 90 - 30, 6), round(draws[1] * 300 - 120, 6)
    return {"type": "location", "location": {"latitude": latitude, "longitude": longitude}}


def picture(shade: int) -> bytes:
    """A PNG of one colour."""
    row = b"\x00" + bytes((shade, 160, 255 - shade)) * PICTURE_PIXELS
    head = struct.pack(">IIBBBBB", PICTURE_PIXELS, PICTURE_PIXELS, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(row * PICTURE_PIXELS)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# The opening pages of an Ogg Opus file (identification and comment headers): enough for any type check by content.
SOUND = base64.b64decode(
    "T2dnUwACAAAAAAAAAAABAAAAAAAAAAAAAAABE09wdXNIZWFkAQE4AYA+AAAAAABPZ2dTAAAAAAAAAAAAAAEAAAABAAAAAAAAAAEYT3B1c1RhZ3MI"
    "AAAAdHJhZGV3bmQAAAAA"
)
