"""Pictures made fit to send: at most 1280 × 720 (or upright), under 500 KB, without what cameras write into them.

A picture is decoded only after its size in pixels was read from its head, so that a flood of pixels costs nothing.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

LONG_SIDE, SHORT_SIDE = 1280, 720
MOST_BYTES = 500_000
MOST_PIXELS = 60_000_000
"""The cameras of today's phones stay below; decoded it takes 240 MB at the very most."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
QUALITIES = (85, 75, 65, 50, 35)
_WHITE = (255, 255, 255)
MIME = {"JPEG": "image/jpeg", "PNG": "image/png"}


class PictureError(ValueError):
    """It cannot be read as a picture; `is_too_large`: it has too many pixels."""

    def __init__(self, *, is_too_large: bool = False) -> None:
        super().__init__("too many pixels" if is_too_large else "no picture")
        self.is_too_large = is_too_large


@dataclass(frozen=True, slots=True)
class Picture:
    """What is sent: its bytes and its size in pixels."""

    content: bytes
    mime: str
    width: int
    height: int


def fit(content: bytes) -> Picture:
    """The picture within the limits above, turned upright, on white where it was transparent. Raises PictureError."""
    try:
        with _opened(content) as image:
            box = box_of(*upright_size(image))
            image.draft("RGB", (max(box), max(box)))  # a JPEG is decoded at a part of its size where that is enough
            small = flat(ImageOps.exif_transpose(image))
            small.thumbnail(box, Image.Resampling.LANCZOS)
            is_drawn = image.format == "PNG"
            return packed(small, is_drawn=is_drawn)
    except PictureError:
        raise
    except Exception as problem:  # a broken file may fail anywhere in a decoder
        raise PictureError from problem


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height of a picture that is sent as it is, decoded once to its end. Raises PictureError."""
    try:
        with _opened(content) as image:
            image.load()
            return image.size
    except PictureError:
        raise
    except Exception as problem:
        raise PictureError from problem


def _opened(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is the stricter one
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as problem:
        raise PictureError(is_too_large=True) from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as problem:
        raise PictureError from problem
    if image.width * image.height > MOST_PIXELS:
        raise PictureError(is_too_large=True)
    return image


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height as a person sees it: cameras write down how they were held."""
    turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else image.size


def box_of(width: int, height: int) -> tuple[int, int]:
    return (LONG_SIDE, SHORT_SIDE) if width >= height else (SHORT_SIDE, LONG_SIDE)


def flat(image: Image.Image) -> Image.Image:
    """In plain colours, transparent places white; Meta takes 8 bits a channel."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        ground = Image.new("RGB", clear.size, _WHITE)
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return image if image.mode == "RGB" else image.convert("RGB")


def packed(image: Image.Image, *, is_drawn: bool) -> Picture:
    """The best quality that stays small enough; a drawing stays a PNG where that is small."""
    if is_drawn and len(drawn := saved(image, "PNG", optimize=True)) <= MOST_BYTES:
        return Picture(drawn, MIME["PNG"], *image.size)
    for quality in QUALITIES:
        photo = saved(image, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(photo) <= MOST_BYTES:
            break
    return Picture(photo, MIME["JPEG"], *image.size)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    into = io.BytesIO()
    image.save(into, kind, icc_profile=image.info.get("icc_profile"), **how)
    return into.getvalue()
