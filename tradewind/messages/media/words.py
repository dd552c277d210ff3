"""What is said of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tradewind.lib import clock
from tradewind.messages.media.checking import ADVISED_SECONDS
from tradewind.messages.media.models import MediaFile, MediaUpload

KILOBYTE, MEGABYTE = 1000, 1000 * 1000


def size(count: int) -> str:
    """214 KB, 9.8 MB."""
    if count < MEGABYTE:
        return _("%(n)s KB") % {"n": number_format(max(1, round(count / KILOBYTE)), use_l10n=True)}
    return _("%(n)s MB") % {"n": number_format(count / MEGABYTE, decimal_pos=1, use_l10n=True)}


def facts(file: MediaFile) -> str:
    """Its measures in a line: 1280 × 720 · 214 KB, was 9.8 MB."""
    parts = [f"\u2066{file.width} × {file.height}\u2069"] if file.width else []  # left to right in any script
    if file.seconds:
        parts.append(_("%(n)s s") % {"n": round(file.seconds)})
    now = size(file.size)
    parts.append(_("%(now)s, was %(before)s") % {"now": now, "before": size(file.came_as)} if was_larger(file) else now)
    return " · ".join(parts)


def was_larger(file: MediaFile) -> bool:
    return bool(file.came_as) and file.came_as > file.size * 1.05


def advice(file: MediaFile) -> str:
    """What to know about it; "" when there is nothing."""
    if not file.is_checked:
        return _("Only its type and size were checked: ffprobe is not installed here. Play it once on a phone.")
    if file.kind == "video" and file.seconds > ADVISED_SECONDS:
        return _("%(n)s seconds are long; most people stop watching after %(most)s.") % {
            "n": round(file.seconds),
            "most": ADVISED_SECONDS,
        }
    return ""


@dataclass(frozen=True, slots=True)
class AtMeta:
    """A file at Meta for several numbers: how many have it, until when the first of them; `problem`: what Meta said."""

    numbers: int
    there: int
    until: datetime | None = None
    problem: str = ""

    @property
    def is_gone(self) -> bool:
        """Nobody has it any more, and nobody waits for it: it is brought there again for the next campaign."""
        return self.numbers > 0 and self.there == 0 and not self.problem and self.until is not None


def at_meta(rows: Sequence[MediaUpload]) -> AtMeta:
    """From the file's uploads, with their numbers."""
    now = clock.now()
    known = [row.expires_at for row in rows if row.meta_id and row.expires_at]
    there = [until for until in known if until > now]
    refused = next((row for row in rows if row.problem and not row.meta_id), None)
    return AtMeta(
        len(rows),
        len(there),
        min(there or known, default=None),
        f"{refused.number.name}: {refused.problem}" if refused else "",
    )


def standing(file: MediaFile) -> tuple[str, str]:
    """How far it is at Meta: tone and words; ("", "") before anybody wanted it there."""
    seen = at_meta(list(MediaUpload.objects.filter(file=file).select_related("number")))
    if seen.problem:
        return "bad", seen.problem
    if not seen.numbers or seen.is_gone:
        return "", ""
    if seen.there == seen.numbers:
        return "good", _("It is at Meta, ready to be sent.")
    return "accent", _("It is being brought to Meta: %(there)s of %(all)s numbers have it.") % {
        "there": seen.there,
        "all": seen.numbers,
    }
