"""`tradewind bench media`: a picture of ten megabytes, handed in over the console, until it is ready to be sent (B11).

The whole way: a browser's form, the web process, sniffing, decoding, making it fit, writing it into the database.
The picture is what a good camera makes: 24 million pixels of fine detail. `seconds` is the slowest of the tries.
"""

import io
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from bench.stage import Scene, session_cookie, stage

WIDTH, HEIGHT = 6000, 4000
MEGABYTE = 1024 * 1024


def run(*, tries: int = 5, megabytes: int = 10, data: Path | None = None) -> dict[str, Any]:
    """Figures: seconds (slowest), seconds_median, the bytes that came, and what became of them."""
    content = photo(megabytes * MEGABYTE)
    with stage(data=data, numbers=1, people=10, processes={"web": 1}) as scene, browser_of(scene) as browser:
        # Bytes after a picture's end make each of them another file: none is found kept already.
        took, told = zip(*(hand_in(browser, content + bytes([n])) for n in range(tries)), strict=True)
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


def browser_of(scene: Scene) -> httpx.Client:
    """A session of the owner, as strict about forms as a browser's."""
    token = "b" * 32
    cookie = f"{session_cookie(scene.owner)}; tradewind_csrf={token}"
    return httpx.Client(
        base_url=f"http://{scene.host}:{scene.port}", timeout=60, headers={"Cookie": cookie, "X-CSRFToken": token}
    )


def hand_in(browser: httpx.Client, content: bytes) -> tuple[float, dict[str, str]]:
    began = time.perf_counter()
    answer = browser.post("/media/", files={"file": ("photo.jpg", content)}, data={"wanted": "image"})
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return seconds, answer.json()
