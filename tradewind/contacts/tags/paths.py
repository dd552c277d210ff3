"""The path of a tag: up to three parts with "/" between them, cleaned of what would make two look alike or one lie."""

import unicodedata

from django.utils.translation import gettext as _

from tradewind.contacts.errors import TagError
from tradewind.contacts.models import LEVELS
from tradewind.lib.text import count, safe_to_show

LONGEST_PART = 80
LONGEST_PATH = 250
# What looks like nothing but tells two names apart: soft hyphen, zero-width space and joiners between plain letters.
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0x180E, 0x115F, 0x1160, 0x3164, 0xFFA0))


def clean(text: str) -> str:
    """The path as it is kept: composed letters, single spaces, no controls, no turned direction, no towers of marks.

    Raises TagError with a sentence for a path that is empty, too deep or too long.
    """
    parts = [clean_part(part) for part in text.split("/")]
    if not any(parts):
        raise TagError(_("A tag needs a name."))
    if not all(parts):
        raise TagError(_("There is nothing before or behind a “/” of this name."))
    if len(parts) > LEVELS:
        raise TagError(_("Tags have %(most)s levels at most, with “/” between them.") % {"most": LEVELS})
    if any(count(part) > LONGEST_PART for part in parts):
        raise TagError(_("Each part of a tag's name has %(most)s letters at most.") % {"most": LONGEST_PART})
    path = "/".join(parts)
    if len(path) > LONGEST_PATH:
        raise TagError(_("A tag's whole name has %(most)s letters at most.") % {"most": LONGEST_PATH})
    return path


def clean_part(text: str) -> str:
    return safe_to_show(unicodedata.normalize("NFC", text).translate(_UNSEEN), one_line=True)


def parent_of(path: str) -> str:
    """The path above; "" for a dimension."""
    return path.rpartition("/")[0]


def level_of(path: str) -> int:
    """1 for a dimension, up to LEVELS."""
    return path.count("/") + 1
