"""`tradewind bench media`: a picture of ten megabytes, handed in over the console, until it is ready to be sent (B11).

The whole way: a browser's form, the web process, sniffing, decoding, making it fit, writing it into the database.
The picture is what a good camera makes: 24 million pixels of fine detail. `seconds` is the slowest of the tries.
"""

import http.client
import io
import json
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image

from bench.stage import Scene, session_cookie, stage

WIDTH, HEIGHT = 6000, 4000
MEGABYTE = 1024 * 1024


def run(*, tries: int = 5, megabytes: int = 10, data: Path | None = None) -> dict[str, Any]:
    """Figures: seconds (slowest), seconds_median, the bytes that came, and what became of them."""
    content = photo(megabytes * MEGABYTE)
    with stage(data=data, numbers=1, people=10, processes={"web": 1}) as scene:
        # Bytes after a picture's end make each of them another file: none is found kept already.
        took, told = zip(*(hand_in(scene, content + bytes([n])) for n in range(tries)), strict=True)
    return {
        "bytes_in": len(content),
        "seconds": round(max(took), 2),
        "seconds_median": round(sorted(took)[len(took) // 2], 2),
        "became": told[0]["facts"],
    }


def photo(size: int) -> bytes:
    """A JPEG of at least so many bytes."""
    picture = Image.effect_noise((WIDTH, HEIGHT), 25).convert("RGB")
    for quality in (75, 85, 92, 95, 97, 100):
        into = io.BytesIO()
        picture.save(into, "JPEG", quality=quality)
        if into.tell() >= size:
            break
    return into.getvalue()


def hand_in(scene: Scene, content: bytes) -> tuple[float, dict[str, str]]:
    """One POST of the owner's browser, as strict about forms as any."""
    token, line = "b" * 32, "x-of-the-form"
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'
    headers = {
        "Cookie": f"{session_cookie(scene.owner)}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "Content-Type": f"multipart/form-data; boundary={line}",
    }
    with closing(http.client.HTTPConnection(scene.host, scene.port, timeout=60)) as connection:
        began = time.perf_counter()
        connection.request("POST", "/media/", head.encode() + content + f"\r\n--{line}--\r\n".encode(), headers)
        answer = connection.getresponse()
        said = answer.read()
        seconds = time.perf_counter() - began
    assert answer.status == 200, said
    return seconds, json.loads(said)
