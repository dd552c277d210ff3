"""How a form or a campaign names a file of ours: "media:<public id>"."""

from typing import Any

from tradewind.lib import publicid
from tradewind.messages.media.models import MediaFile
from tradewind.workspaces.door import public_id

OWN_FILE = "media:"
STAND_IN = {"id": "0"}
"""A file of ours in a message that is looked at before Meta has given it an id."""


def ref_of(file: MediaFile) -> str:
    """The name of a file."""
    return f"{OWN_FILE}{public_id(file)}"


def own_file(ref: str, workspace_id: int) -> MediaFile | None:
    """The file of ours that is named; None when it names none that is there."""
    row = row_of_file(ref)
    return None if row is None else MediaFile.objects.filter(workspace_id=workspace_id, pk=row).first()


def row_of_file(ref: str) -> int | None:
    """The row number of the file of ours that is named; None when it names none."""
    try:
        return publicid.decode("mediafile", ref.removeprefix(OWN_FILE)) if ref.startswith(OWN_FILE) else None
    except ValueError:
        return None


def in_content(file: MediaFile) -> dict[str, Any]:
    """What a content keeps of a file of ours; the sender puts Meta's id in its place."""
    return {"file": file.pk, "filename": file.name}
