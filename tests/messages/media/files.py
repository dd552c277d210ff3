"""Files for tests, made here: pictures, films and things that only pretend to be."""

import io
import random
import struct
import zlib

from PIL import Image

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"\n <!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00" * 64


def photo(width: int = 3000, height: int = 2000, kind: str = "JPEG", *, seed: int = 1, **how: object) -> bytes:
    """A picture with enough noise that it does not shrink to nothing."""
    draw = random.Random(seed)
    small = Image.frombytes("RGB", (64, 48), draw.randbytes(64 * 48 * 3))
    into = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(into, kind, **how)
    return into.getvalue()


def flood(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has 3,600 million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1_000_000))
        + chunk(b"IEND", b"")
    )
