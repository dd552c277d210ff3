"""Files to send. Their bytes lie in the database, because all processes share that and no disk."""

from typing import Self

from django.db import models

from tradewind.numbers.models import Number
from tradewind.workspaces.models import Member, Workspace

KINDS = ("image", "video", "document", "audio")


class MediaQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, member: Member) -> Self:
        """The files of the member's workspace."""
        return self.filter(workspace_id=member.workspace_id)


class MediaFile(models.Model):
    """A file as it is sent, once by its content: the same picture twice is one row.

    `name` is what people see (a document bears it when it arrives), never a path. `came_as` is how large it was when
    it was handed in, before it was made smaller.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    member = models.ForeignKey(Member, models.PROTECT, null=True, db_index=False, related_name="+")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    mime = models.CharField(max_length=80)
    size = models.BigIntegerField()
    came_as = models.BigIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    # Whether all of it could be checked here: without ffprobe a film's length and codecs are not known.
    is_checked = models.BooleanField(default=True)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = MediaQuerySet.as_manager()

    class Meta:
        app_label = "whatsapp_messages"
        db_table = "media_file"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="media_file_once"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="media_file_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.kind


class MediaPiece(models.Model):
    """A piece of a file."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    file = models.ForeignKey(MediaFile, models.CASCADE, db_index=False, related_name="pieces")
    place = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        app_label = "whatsapp_messages"
        db_table = "media_piece"
        constraints = [models.UniqueConstraint(fields=["file", "place"], name="media_piece_once")]

    def __str__(self) -> str:
        return f"piece {self.place}"


class MediaUpload(models.Model):
    """A file at Meta for one number: wanted (`meta_id` empty), there until `expires_at`, or refused (`problem`)."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    file = models.ForeignKey(MediaFile, models.CASCADE, related_name="uploads")
    number = models.ForeignKey(Number, models.CASCADE)
    meta_id = models.CharField(max_length=64, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "whatsapp_messages"
        db_table = "media_upload"
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="media_upload_once")]
        indexes = [
            models.Index(fields=["next_try_at"], name="media_upload_wanted", condition=models.Q(meta_id="")),
            models.Index(fields=["expires_at"], name="media_upload_expires"),
        ]

    def __str__(self) -> str:
        return self.meta_id or "wanted"
