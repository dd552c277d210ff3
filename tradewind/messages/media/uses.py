"""Who uses a file: rooms above tell it here, so that no file is taken away under what still needs it."""

from collections.abc import Callable
from typing import NamedTuple

from django.db import connection
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tradewind.messages.media.models import MediaFile
from tradewind.templates.models import Sample, Template
from tradewind.workspaces.door import kind_of, public_id

MOST_NAMED = 3


class Use(NamedTuple):
    """A campaign or template that has a file on it. `needs_it`: it may still send it; what has left only shows it."""

    file: int
    row: Model
    name: str
    needs_it: bool = False

    @property
    def kind(self) -> str:
        return kind_of(self.row)

    @property
    def kind_name(self) -> str:
        """In the reader's language."""
        return str(KINDS[self.kind])

    @property
    def url(self) -> str:
        return reverse(f"{self.kind}s:show", args=[public_id(self.row)])


KINDS = {"campaign": gettext_lazy("campaign"), "template": gettext_lazy("template")}
# workspace_id → every use of its files, the youngest first.
Finder = Callable[[int], list[Use]]
_finders: list[Finder] = []

# Messages that wait to be sent, and runs that still feed some, by the content that they carry.
SENDING = """
SELECT EXISTS (
  SELECT FROM (
    SELECT content_id FROM outbox WHERE workspace_id = %(workspace)s
    UNION SELECT content_id FROM run WHERE workspace_id = %(workspace)s AND state <> 'closed'
  ) waiting JOIN content ON content.id = waiting.content_id
  WHERE content.payload #>> '{header_media,file}' = %(file)s::text
     OR content.payload -> 'card_media' @> jsonb_build_array(jsonb_build_object('file', %(file)s::bigint))
)
"""


def register(finder: Finder) -> None:
    """To be called once, when a room's app is ready."""
    if finder not in _finders:
        _finders.append(finder)


def of(workspace_id: int) -> dict[int, list[Use]]:
    """What uses each file of a workspace, by the file's row number: rooms above, and the samples of templates."""
    found: dict[int, list[Use]] = {}
    for use in (use for finder in (*_finders, samples) for use in finder(workspace_id)):
        found.setdefault(use.file, []).append(use)
    return found


def samples(workspace_id: int) -> list[Use]:
    """Templates that show the same file to Meta's reviewers; they have it for themselves and need none of ours."""
    files = dict(MediaFile.objects.filter(workspace_id=workspace_id).values_list("sha256", "pk"))
    kept = Sample.objects.filter(workspace_id=workspace_id, sha256__in=files).values_list("pk", "sha256")
    file_of = {sample: files[digest] for sample, digest in kept}
    if not file_of:
        return []
    rows = Template.objects.filter(workspace_id=workspace_id, removed_at=None).order_by("name", "language")
    return [
        Use(file, row, f"{row.name} ({row.language})")
        for row in rows.only("name", "language", "sample_id", "card_samples")
        for file in dict.fromkeys(file_of[each] for each in (row.sample_id, *row.card_samples) if each in file_of)
    ]


def why_not_remove(file: MediaFile) -> str:
    """Why a file must stay, in a sentence; "" when it may go."""
    needing = list(dict.fromkeys(use.name for use in of(file.workspace_id).get(file.pk, []) if use.needs_it))
    if needing:
        return _("Still needed by %(names)s. Take it off there, or wait until all has left.") % {"names": some(needing)}
    if is_being_sent(file):
        return _("Messages that wait to be sent carry it. Try again when they have gone.")
    return ""


def some(names: list[str]) -> str:
    """The first of these names, and how many more there are."""
    shown = ", ".join(f"\u2068{name}\u2069" for name in names[:MOST_NAMED])  # each keeps its own direction
    more = len(names) - MOST_NAMED
    return _("%(names)s and %(n)s more") % {"names": shown, "n": more} if more > 0 else shown


def is_being_sent(file: MediaFile) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SENDING, {"workspace": file.workspace_id, "file": file.pk})
        return bool(cursor.fetchone()[0])
