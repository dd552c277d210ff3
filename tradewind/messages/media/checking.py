"""Whether a file may be sent, and what becomes of it: pictures are made fit, films looked at, the rest stays as it is.

What a file is, its content says; its name only shows. Everything that Meta would refuse is refused here, in words.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.lib.files import films, pictures, sniffing
from tradewind.messages.media.errors import MediaError
from tradewind.whatsapp import files as taken

ADVISED_SECONDS = 30
LARGEST = 100 * taken.MEGABYTE
"""Nothing larger is looked at; Meta's largest file is a document of this size."""
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
"""What can be turned into a picture that Meta takes."""
FILM_CODECS, SOUND_CODECS = ("h264",), ("aac", "")
# A kind that a template's header asks for, and how a person calls it.
NAMES = {
    "image": gettext_lazy("a picture"),
    "video": gettext_lazy("a video"),
    "document": gettext_lazy("a document"),
    "audio": gettext_lazy("a sound"),
}
# Types that are often handed in and never taken: what they are, and what to do.
REFUSED = {
    "image/svg+xml": gettext_lazy("This is an SVG drawing, which can carry programs. Save it as PNG and try again."),
    "text/html": gettext_lazy("This is a web page, whatever its name says. It cannot be sent."),
    "image/heic": gettext_lazy("This is a HEIC photo, as newer phones take them. Export it as JPEG and try again."),
    "image/bmp": gettext_lazy("WhatsApp takes no BMP pictures. Save it as JPEG or PNG and try again."),
    "image/tiff": gettext_lazy("WhatsApp takes no TIFF pictures. Save it as JPEG or PNG and try again."),
    "video/webm": gettext_lazy("WhatsApp takes no WebM videos. Save it as MP4 with H.264 and AAC and try again."),
    "video/quicktime": gettext_lazy("WhatsApp takes no MOV videos. Save it as MP4 with H.264 and AAC and try again."),
    "application/zip": gettext_lazy("WhatsApp takes no ZIP archives. Send the document itself."),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A file that Meta takes. `seconds`, `width`, `height` are 0 where they do not apply or are not known."""

    content: bytes
    mime: str
    kind: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    is_checked: bool = True


def check(content: bytes, *, wanted: str = "", as_it_is: bool = False) -> Fit:
    """The file as it will be sent. `wanted` is the kind that it must be; `as_it_is` leaves a picture as it came.

    Raises MediaError.
    """
    if not content:
        raise MediaError(_("The file is empty."))
    mime = sniffing.sniff(content)
    found = as_picture(content, mime, as_it_is) if mime in PICTURES else as_other(content, mime)
    if wanted and found.kind != wanted:
        raise MediaError(
            _("%(wanted)s is needed here, and this is %(found)s.")
            % {"wanted": str(NAMES[wanted]).capitalize(), "found": NAMES[found.kind]}
        )
    return found


def as_picture(content: bytes, mime: str, as_it_is: bool) -> Fit:
    try:
        if as_it_is:
            return original(content, mime)
        made = pictures.fit(content)
    except pictures.PictureError as problem:
        raise MediaError(why_no_picture(problem)) from problem
    return Fit(made.content, made.mime, "image", made.width, made.height)


def original(content: bytes, mime: str) -> Fit:
    """A picture as it came, where Meta takes it like that."""
    if taken.kind_of(mime) != "image":
        raise MediaError(_("WhatsApp takes only JPEG and PNG as they are. Let it be converted instead."))
    check_size(content, mime)
    width, height = pictures.size_of(content)
    return Fit(content, mime, "image", width, height)


def why_no_picture(problem: pictures.PictureError) -> str:
    if problem.is_too_large:
        return _("The picture has more than %(most)s million pixels. Make it smaller and try again.") % {
            "most": pictures.MOST_PIXELS // 1_000_000
        }
    return _("The picture is damaged and cannot be read. Save it anew and try again.")


def as_other(content: bytes, mime: str) -> Fit:
    kind = taken.kind_of(mime)
    if not kind:
        raise MediaError(
            str(REFUSED.get(mime, ""))
            or _(
                "WhatsApp does not take this kind of file. Pictures, MP4 videos, PDF and office documents can be sent."
            )
        )
    check_size(content, mime)
    return as_film(content, mime) if kind == "video" else Fit(content, mime, kind)


def check_size(content: bytes, mime: str) -> None:
    most = taken.most_bytes(mime)
    if len(content) > most:
        raise MediaError(
            _("The file has %(size)s MB; Meta takes at most %(most)s MB of this kind. Make it smaller.")
            % {"size": round(len(content) / taken.MEGABYTE, 1), "most": most // taken.MEGABYTE}
        )


def as_film(content: bytes, mime: str) -> Fit:
    """Its codecs are checked where this machine can look into films; else only type and size, and that is said."""
    if not films.can_look():
        return Fit(content, mime, "video", is_checked=False)
    try:
        film = films.look(content)
    except films.FilmError as problem:
        raise MediaError(_("The video is damaged and cannot be read. Save it anew and try again.")) from problem
    if film.picture not in FILM_CODECS or film.sound not in SOUND_CODECS:
        raise MediaError(
            _("The video is coded as %(codecs)s; WhatsApp plays only H.264 with AAC. Save it so and try again.")
            % {"codecs": " + ".join(word for word in (film.picture, film.sound) if word)}
        )
    return Fit(content, mime, "video", film.width, film.height, film.seconds)
