"""What is done with files: keep one, read it, find it again, have it uploaded for numbers.

file = keep(workspace=w, member=m, name="spring.jpg", content=data, wanted="image")
want(file, numbers)              # uploaded soon, once for each number
"""

import hashlib
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tradewind.journal.actions import record
from tradewind.lib import clock
from tradewind.lib.text import safe_to_show
from tradewind.messages.media import checking
from tradewind.messages.media.errors import MediaError
from tradewind.messages.media.models import MediaFile, MediaPiece
from tradewind.numbers.models import Number
from tradewind.workspaces import audit
from tradewind.workspaces.models import Member, Workspace

__all__ = ["MediaError", "keep", "read", "want"]

PIECE_BYTES = 1024 * 1024
LONGEST_NAME = 200
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}

WANT = """
INSERT INTO media_upload (workspace_id, file_id, number_id, next_try_at)
SELECT file.workspace_id, file.id, number.id, %(now)s
FROM media_file file JOIN number ON number.workspace_id = file.workspace_id AND number.id = ANY(%(numbers)s)
WHERE file.id = %(file)s
ON CONFLICT (file_id, number_id) DO UPDATE SET next_try_at = %(now)s, tries = 0, problem = ''
WHERE media_upload.meta_id = '' AND media_upload.problem <> ''
"""


def keep(
    *,
    workspace: Workspace,
    member: Member | None,
    name: str,
    content: bytes,
    wanted: str = "",
    as_it_is: bool = False,
) -> MediaFile:
    """Check a file, make it fit, and keep it; one that is there already is the same row. Raises MediaError."""
    if len(content) > checking.LARGEST:
        raise MediaError(_("The file has more than 100 MB, and nothing that large can be sent."))
    fit = checking.check(content, wanted=wanted, as_it_is=as_it_is)
    digest = hashlib.sha256(fit.content).hexdigest()
    shown = shown_name(name, fit.mime)
    with transaction.atomic():
        file, is_new = MediaFile.objects.select_for_update().get_or_create(
            workspace=workspace,
            sha256=digest,
            defaults={
                "member": member, "kind": fit.kind, "mime": fit.mime, "size": len(fit.content),
                "came_as": len(content), "width": fit.width, "height": fit.height, "seconds": fit.seconds,
                "is_checked": fit.is_checked, "name": shown, "created_at": clock.now(),
            },
        )  # fmt: skip
        if is_new:
            write(file, fit.content)
            note(file, member)
        else:  # handed in again, so it is wanted again (forgetting.py)
            file.name, file.came_as, file.created_at = shown, len(content), clock.now()
            file.save(update_fields=["name", "came_as", "created_at"])
    return file


def content_of(file: "UploadedFile[bytes]") -> bytes:
    """All of an uploaded file, unless it is larger than anything that can be sent. Raises MediaError."""
    if (file.size or 0) > checking.LARGEST:
        raise MediaError(_("The file has more than 100 MB, and nothing that large can be sent."))
    return b"".join(file.chunks())


def shown_name(name: str, mime: str) -> str:
    """The file's name without any folder; a picture that was converted gets the ending of what it is now."""
    last = safe_to_show(name.replace("\\", "/").rpartition("/")[2], one_line=True).strip(" .")[-LONGEST_NAME + 4 :]
    ending = ENDINGS.get(mime, "")
    if ending and not last.lower().endswith((ending, ".jpeg") if ending == ".jpg" else ending):
        last = (last.rpartition(".")[0] or last) + ending
    return last or _("file")


def write(file: MediaFile, content: bytes) -> None:
    MediaPiece.objects.bulk_create(
        [
            MediaPiece(
                workspace_id=file.workspace_id, file=file, place=place, body=content[start : start + PIECE_BYTES]
            )
            for place, start in enumerate(range(0, len(content), PIECE_BYTES))
        ],
        batch_size=4,
    )


def note(file: MediaFile, member: Member | None) -> None:
    record(
        "media.kept",
        workspace_id=file.workspace_id,
        member_id=member.pk if member else None,
        data={"file": file.pk, "kind": file.kind, "size": file.size},
    )
    if member is not None:
        audit.note(member, "media.kept", file, file.name)


def read(file: MediaFile) -> bytes:
    """The bytes of a file."""
    return b"".join(file.pieces.order_by("place").values_list("body", flat=True))


def want(file: MediaFile, numbers: Iterable[Number]) -> None:
    """Have the file at Meta for these numbers; what is there already stays, what was refused is tried again.

    Raises MediaError when somebody has taken the file away meanwhile; from here on nobody can (removing.py).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM media_file WHERE id = %s FOR KEY SHARE", [file.pk])
        if cursor.rowcount == 0:
            raise MediaError(_("“%(name)s” was removed meanwhile. Choose another file.") % {"name": file.name})
        cursor.execute(WANT, {"file": file.pk, "numbers": [number.pk for number in numbers], "now": clock.now()})
