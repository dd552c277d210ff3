"""The file that Meta's reviewers see on top of a template: checked, kept, brought to Meta for its handle."""

import hashlib

from django.utils.translation import gettext as _

from tradewind.lib import clock
from tradewind.lib.files import pictures, sniffing
from tradewind.lib.text import safe_to_show
from tradewind.numbers import access, meta
from tradewind.numbers.access import NumberError
from tradewind.numbers.models import Account
from tradewind.templates.models import Sample
from tradewind.workspaces.models import Workspace

LARGEST = 16 * 1024 * 1024
KINDS = {"image/jpeg": "image", "image/png": "image", "video/mp4": "video", "application/pdf": "document"}
"""What Meta's upload for samples takes."""
TURNED_INTO_PICTURES = ("image/webp", "image/gif", "image/jpeg", "image/png", "image/avif")


class SampleError(ValueError):
    """The file cannot be a sample; the message is a sentence for people."""


def keep(*, workspace: Workspace, name: str, content: bytes, wanted: str) -> Sample:
    """Check a sample by its bytes and keep it, once. Raises SampleError."""
    if not content or len(content) > LARGEST:
        raise SampleError(_("A sample has at most 16 MB."))
    content, mime = fit(content)
    if KINDS.get(mime) != wanted:
        raise SampleError(
            {
                "image": _("The sample must be a picture (JPEG or PNG)."),
                "video": _("The sample must be an MP4 video."),
                "document": _("The sample must be a PDF."),
            }[wanted]
        )
    shown = safe_to_show(name.replace("\\", "/").rpartition("/")[2], one_line=True)[-200:] or wanted
    row, _is_new = Sample.objects.get_or_create(
        workspace=workspace,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={"kind": wanted, "mime": mime, "name": shown, "body": content, "created_at": clock.now()},
    )
    return row


def fit(content: bytes) -> tuple[bytes, str]:
    """A picture as it will be sent; anything else as it is."""
    mime = sniffing.sniff(content)
    if mime not in TURNED_INTO_PICTURES:
        return content, mime
    try:
        made = pictures.fit(content)
    except pictures.PictureError as problem:
        raise SampleError(
            _("The picture cannot be read, or has too many pixels. Save it anew and try again.")
        ) from problem
    return made.content, made.mime


def handle_of(sample: Sample, account: Account) -> str:
    """Bring the sample to Meta and return its handle. Raises NumberError."""
    app_id = account.app.meta_id
    if not app_id:
        raise NumberError(_("The app of %(account)s is not known to Meta by its id.") % {"account": account.name})
    return meta.ask(
        access.access_of(account),
        lambda graph: graph.upload_sample(app_id, bytes(sample.body), sample.mime, sample.name),
    )
