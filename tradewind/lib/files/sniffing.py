"""What a file is, by its first bytes. Its name and what a browser says of it count for nothing."""

import io
import re
import zipfile

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
)
# The brands of ISO media files (ISO/IEC 14496-12), by their beginnings; what is not here is an MP4.
_BRANDS = (
    (b"hei", "image/heic"),
    (b"mif1", "image/heic"),
    (b"avi", "image/avif"),
    (b"3g", "video/3gpp"),
    (b"M4A", "audio/mp4"),
    (b"qt", "video/quicktime"),
)
_OFFICE_FOLDERS = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
# Names of streams in the older office files, as they stand in the directory: UTF-16.
_OFFICE_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SVG = re.compile(r"<svg[\s>]", re.IGNORECASE)
_MARKUP = re.compile(r"<(!doctype|html|head|body|script|iframe|\?xml|\?php|meta|link|style|object|embed)\b", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
LOOKED_AT = 64 * 1024
UNKNOWN = "application/octet-stream"


def sniff(content: bytes) -> str:
    """The MIME type of a whole file; `UNKNOWN` for what is none of the known ones. Never raises."""
    for start, mime in _STARTS:
        if content.startswith(start):
            return mime
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return _brand(content[8:12])
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if content.startswith(_OLE):
        return _older_office(content)
    return _text(content)


def _brand(brand: bytes) -> str:
    return next((mime for start, mime in _BRANDS if brand.startswith(start)), "video/mp4")


def _packed(content: bytes) -> str:
    """An office document is a zip with a table of contents; only its list of names is read, nothing is unpacked."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return UNKNOWN
    if "[Content_Types].xml" not in names:
        return "application/zip"
    kinds = (mime for folder, mime in _OFFICE_FOLDERS.items() if any(name.startswith(folder) for name in names))
    return next(kinds, "application/zip")


def _older_office(content: bytes) -> str:
    kinds = (mime for stream, mime in _OFFICE_STREAMS.items() if stream.encode("utf-16-le") in content)
    return next(kinds, UNKNOWN)


def _text(content: bytes) -> str:
    """Text that is only text: whatever a browser could take for markup is called so."""
    head = content[:LOOKED_AT]
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if len(content) <= LOOKED_AT or problem.start < len(head) - 4:  # a letter may be cut at the end of the look
            return UNKNOWN
        text = head[: problem.start].decode("utf-8-sig")
    if not text.strip() or _CONTROL.search(text):
        return UNKNOWN
    if _SVG.search(text):
        return "image/svg+xml"
    return "text/html" if _MARKUP.search(text) else "text/plain"
