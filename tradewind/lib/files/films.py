"""Films looked at by ffprobe, where the machine has it: how long, how large, which codecs."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 10


class FilmError(ValueError):
    """ffprobe finds no film in it."""


@dataclass(frozen=True, slots=True)
class Film:
    """What ffprobe says. Codecs are ffmpeg's words (h264, aac); "" where there is no such track."""

    seconds: float
    width: int
    height: int
    picture: str
    sound: str


def can_look() -> bool:
    """Whether this machine can look into films."""
    return shutil.which("ffprobe") is not None


def look(content: bytes) -> Film:
    """Raises FilmError for what is no film. The file may name no other file or address: only itself is read."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        return read(asked(file.name))


def asked(path: str) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-protocol_whitelist", "file", "-f", "mp4", "-print_format", "json",
               "-show_format", "-show_streams", path]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS, check=True)
        said = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as problem:
        raise FilmError("ffprobe could not read it") from problem
    return said if isinstance(said, dict) else {}


def read(said: dict[str, Any]) -> Film:
    """The film from ffprobe's answer."""
    streams = [each for each in said.get("streams", []) if isinstance(each, dict)]
    pictures = [each for each in streams if each.get("codec_type") == "video"]
    sounds = [each for each in streams if each.get("codec_type") == "audio"]
    if not pictures:
        raise FilmError("no pictures in it")
    shown = pictures[0]
    return Film(
        seconds=number(said.get("format", {}).get("duration")),
        width=int(number(shown.get("width"))),
        height=int(number(shown.get("height"))),
        picture=str(shown.get("codec_name", "")),
        sound=str(sounds[0].get("codec_name", "")) if sounds else "",
    )


def number(value: Any) -> float:
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 0.0
