"""Which files Meta takes, and how large (cloud-api.md §3.3)."""

MEGABYTE = 1024 * 1024
_IMAGE_MOST, _FILM_MOST, _DOCUMENT_MOST = 5 * MEGABYTE, 16 * MEGABYTE, 100 * MEGABYTE
STICKER_MOST, MOVING_STICKER_MOST = 100 * 1024, 500 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCUMENTS = (
    "application/pdf", "text/plain", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.presentationml.presentation",
)  # fmt: skip

# MIME type → Meta's kind of message, and how many bytes it may have.
TAKEN: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("image/jpeg", "image/png"), ("image", _IMAGE_MOST)),
    **dict.fromkeys(("video/mp4", "video/3gpp"), ("video", _FILM_MOST)),
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), ("audio", _FILM_MOST)),
    **dict.fromkeys(_DOCUMENTS, ("document", _DOCUMENT_MOST)),
}
UPLOAD_DAYS = 30
"""So long an uploaded file can be sent by its id."""


def kind_of(mime: str) -> str:
    """image, video, audio or document; "" for what Meta does not take."""
    return TAKEN.get(mime, ("", 0))[0]


def most_bytes(mime: str) -> int:
    """How large a file of this type may be; 0 for what Meta does not take."""
    return TAKEN.get(mime, ("", 0))[1]
