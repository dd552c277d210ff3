"""Tags that people's own words suggest (C12): proposals, until a person accepts or refuses them."""

from django.db import models

from tradewind.contacts.models.people import TenantQuerySet
from tradewind.contacts.models.tags import Tag
from tradewind.workspaces.models import Member, Workspace

SUGGESTION_STATES = ("open", "accepted", "refused")


class TagSuggestion(models.Model):
    """A word that many wrote, or a question that was asked again and again, within a week."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=8)  # word, question
    language = models.CharField(max_length=12, blank=True)
    term = models.CharField(max_length=120)  # folded, as it was counted
    sample = models.CharField(max_length=200)  # as somebody wrote it
    people = models.PositiveIntegerField()
    times = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default="open")
    seen_at = models.DateTimeField()  # the end of the week in which it was last counted
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, db_constraint=False, db_index=False)
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, blank=True, db_index=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        db_table = "tag_suggestion"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "language", "term"], name="tag_suggestion_once"),
            models.CheckConstraint(condition=models.Q(state__in=SUGGESTION_STATES), name="tag_suggestion_state_known"),
        ]

    def __str__(self) -> str:
        return self.term
