"""The weekly look at every workspace's tags: what was found is kept, and told to the journal."""

from collections import Counter

from django.db import transaction

from tradewind.journal.actions import record
from tradewind.segments.health import findings
from tradewind.segments.models import TagHealth
from tradewind.workspaces.models import Workspace


def look_at_all() -> None:
    """Every workspace in turn."""
    for workspace in Workspace.objects.order_by("pk"):
        look_at(workspace)


def look_at(workspace: Workspace) -> TagHealth:
    """One report."""
    seen, found = findings.look(workspace.pk)
    counts = dict(Counter(finding.code for finding in found))
    with transaction.atomic():
        kept = TagHealth.objects.create(workspace=workspace, at=seen.now, found=counts)
        record("health.tags", workspace_id=workspace.pk, data={"findings": len(found), "found": counts})
    return kept
