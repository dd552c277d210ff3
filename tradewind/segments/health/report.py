"""The findings that a page shows: of now with few people, of the last look with many, for whom it takes minutes."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tradewind.contacts import queries
from tradewind.contacts.models import Tag
from tradewind.journal.actions import record
from tradewind.segments.health import findings
from tradewind.segments.health.findings import Finding
from tradewind.segments.models import TagHealth


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in how many tags, and when; `kept` is the row of a look that was kept."""

    at: datetime | None
    in_all: int
    found: list[Finding]
    kept: TagHealth | None = None


def of(workspace_id: int) -> Report:
    """What the page shows. A workspace with many people that was never looked at has nothing yet: `at` is None."""
    if not queries.is_large(workspace_id):
        seen, found = findings.look(workspace_id)
        return Report(seen.now, seen.in_all, found)
    kept = TagHealth.objects.filter(workspace_id=workspace_id).exclude(report=None).order_by("-pk").first()
    if kept is None:
        return Report(None, 0, [])
    return Report(kept.at, kept.report["tags"], list(read(kept)), kept)


def keep(workspace_id: int) -> TagHealth:
    """Look, keep what was found, and tell the journal."""
    seen, found = findings.look(workspace_id)
    counts = dict(Counter(finding.code for finding in found))
    with transaction.atomic():
        report = {"tags": seen.in_all, "findings": [written(each) for each in found]}
        kept = TagHealth.objects.create(workspace_id=workspace_id, at=seen.now, found=counts, report=report)
        record("health.tags", workspace_id=workspace_id, data={"findings": len(found), "found": counts})
    return kept


def written(finding: Finding) -> dict[str, Any]:
    tag = finding.tag.pk if finding.tag else None
    return {"code": finding.code, "tag": tag, "people": finding.people, "act": finding.act, "data": finding.data}


def read(kept: TagHealth) -> list[Finding]:
    """The findings of a kept look, without those of tags that are gone or put away since."""
    assert kept.report is not None  # `of` asks for such looks only
    rows = kept.report["findings"]
    wanted = {row["tag"] for row in rows if row["tag"]}
    tags = Tag.objects.filter(workspace_id=kept.workspace_id, archived_at=None).in_bulk(wanted)
    return [
        Finding(row["code"], tags.get(row["tag"]), row["people"], row["act"], row["data"])
        for row in rows
        if row["tag"] is None or row["tag"] in tags
    ]


def mended(kept: TagHealth, finding: Finding) -> None:
    """A finding was mended: it is not shown any more, until another look finds it."""
    with transaction.atomic():
        row = TagHealth.objects.select_for_update().get(pk=kept.pk)
        row.report["findings"] = [each for each in row.report["findings"] if each != written(finding)]
        row.save(update_fields=["report"])
