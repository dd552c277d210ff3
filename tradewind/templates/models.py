"""Meta's message templates, as Meta last told them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from tradewind.numbers.models import Account
from tradewind.workspaces.models import Workspace

if TYPE_CHECKING:
    from tradewind.workspaces.models import Member

SUITS: dict[str, str | Promise] = {
    "tag": gettext_lazy("people with the tag “%(value)s”"),
    "segment": gettext_lazy("people in the segment “%(value)s”"),
    "event": gettext_lazy("people after “%(value)s”"),
}
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")


class TemplateQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, member: "Member") -> Self:
        """What this member may see: all of the workspace."""
        return self.filter(workspace_id=member.workspace_id)

    def present(self) -> Self:
        """Without those that Meta no longer has; they keep their row, because messages name them."""
        return self.filter(removed_at=None)

    def sendable(self) -> Self:
        """Approved ones that Meta still has."""
        return self.present().filter(status="APPROVED")


class Template(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    account = models.ForeignKey(Account, models.CASCADE)
    meta_id = models.CharField(max_length=40)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=20)  # MARKETING, UTILITY, AUTHENTICATION
    status = models.CharField(max_length=24)  # APPROVED, PENDING, REJECTED, PAUSED, DISABLED, …
    status_detail = models.TextField(blank=True)  # Meta's own words: a recommendation, or which pause it is
    status_at = models.DateTimeField(null=True, blank=True)  # Meta's time of the last status it told
    quality = models.CharField(max_length=12, default="UNKNOWN")
    rejected_reason = models.CharField(max_length=60, blank=True)
    # Meta announces a change of category 24 h ahead: what it will be, and when.
    next_category = models.CharField(max_length=20, blank=True)
    next_category_at = models.DateTimeField(null=True, blank=True)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    components = models.JSONField()
    paused_until = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    # Which behaviour it suits, for whoever composes: {"kind": "tag" | "segment" | "event", "value": "Tents"}.
    suits = models.JSONField(default=dict)
    # The file that Meta's reviewers saw on top of it, where it was made here.
    sample = models.ForeignKey("Sample", models.SET_NULL, null=True, blank=True)
    # … and those on the cards of a carousel: row numbers of Sample, in the order of the cards.
    card_samples = models.JSONField(default=list)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        db_table = "template"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "account", "name", "language"], name="template_once")
        ]
        indexes = [models.Index(fields=["workspace", "meta_id"], name="template_by_meta_id")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def suits_words(self) -> str:
        """Which behaviour it suits, as people say it; "" when nobody said so."""
        sentence = SUITS.get(self.suits.get("kind", ""))
        return str(sentence) % {"value": self.suits["value"]} if sentence else ""


class Sample(models.Model):
    """A picture, video or document that is shown to Meta's reviewers, once by its content. At most 16 MB."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    mime = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "template_sample"
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="template_sample_once")]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What a template said at a time: each content that was submitted, here or in WhatsApp Manager, and its verdict."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    template = models.ForeignKey(Template, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    category = models.CharField(max_length=20)
    parameter_format = models.CharField(max_length=12)
    components = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey("workspaces.Member", models.PROTECT, null=True, related_name="+")
    is_ours = models.BooleanField(default=False)  # submitted from here; else found at Meta
    status = models.CharField(max_length=24)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "template_version"
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]

    def __str__(self) -> str:
        return f"{self.template} {self.number}"
