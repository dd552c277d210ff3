"""What an import needs to know of its workspace before it reads the first row."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tradewind.contacts.imports.cleaning import Plan
from tradewind.contacts.imports.guessing import Column
from tradewind.contacts.imports.lines import Person
from tradewind.contacts.imports.merging import Job
from tradewind.contacts.imports.problems import ImportRefused, Reject
from tradewind.contacts.models import ContactField, Import, Suppression, Tag
from tradewind.contacts.tags import tree
from tradewind.lib import clock


def columns_of(of: Import) -> list[Column]:
    return [Column(**each) for each in of.mapping]


def plan_of(of: Import) -> Plan:
    """How the rows of this import are read."""
    kinds = dict(ContactField.objects.filter(workspace_id=of.workspace_id).values_list("key", "kind"))
    columns = [
        Column(**{**column.as_json(), "kind": kinds.get(column.key, column.kind)}) if column.to == "field" else column
        for column in columns_of(of)
    ]
    options = of.options
    return Plan(
        columns=columns,
        country=options.get("country") or of.workspace.country,
        zone=of.workspace.timezone,
        tags=tags_by_path(of.workspace_id),
        creates_tags=bool(options.get("create_tags")),
        landlines=bool(options.get("landlines")),
        now=(of.started_at or clock.now()).timestamp(),
    )


def tags_by_path(workspace_id: int) -> dict[str, str]:
    """Lower path → the tag's number, or why nobody gets it by hand."""
    rows = Tag.objects.filter(workspace_id=workspace_id).values_list("pk", "name", "rule_id", "archived_at")
    return {
        name.lower(): "tag_of_rule" if rule is not None else "tag_archived" if archived is not None else str(pk)
        for pk, name, rule, archived in rows
    }


def job_of(of: Import, plan: Plan, made: dict[str, int], numbers: dict[int, str]) -> Job:
    """What each bucket needs to know. `made`: lower path → tag, of those made for this import; `numbers`: the number
    that stands for such a tag in the lines → path.
    """
    return Job(
        import_id=of.pk,
        workspace_id=of.workspace_id,
        member_id=of.member_id,
        file_name=of.file_name,
        now=of.started_at or clock.now(),
        everybody_gets=tuple(everybodys(of, made)),
        made_tags={number: made[path.lower()] for number, path in numbers.items() if path.lower() in made},
        knows_suppressed=Suppression.objects.filter(workspace_id=of.workspace_id).exists(),
        columns=tuple(plan.columns),
    )


def everybodys(of: Import, new_tags: dict[str, int]) -> Iterable[int]:
    """The tags that every row gets: made by now, or refused."""
    known = tags_by_path(of.workspace_id)
    for path in of.options.get("tags", []):
        number = known.get(path.lower(), "")
        if number.isdigit():
            yield int(number)
        elif path.lower() in new_tags:
            yield new_tags[path.lower()]
        elif number:
            raise ImportRefused(_("The tag %(tag)s cannot be put on by hand.") % {"tag": path})


def make_tags(of: Import, wanted: Iterable[str]) -> dict[str, int]:
    """Make the tags that rows want (only asked for when the importing member may); lower path → number."""
    paths = {path.lower(): path for path in (*wanted, *of.options.get("tags", []))}
    made = {}
    for lower, path in sorted(paths.items()):
        tag, _is_new = tree.make(workspace=of.workspace, name=path, member=of.member)
        made[lower] = tag.pk
    return made


def make_fields(of: Import, plan: Plan) -> None:
    """Make the fields known that this file brings."""
    for column in plan.columns:
        if column.to == "field":
            ContactField.objects.get_or_create(
                workspace_id=of.workspace_id,
                key=column.key,
                defaults={"kind": column.kind, "created_at": clock.now()},
            )


def shown(person: Person, plan: Plan, new_tags: dict[int, str]) -> dict[str, Any]:
    """A person for the preview."""
    names = {**{int(number): path for path, number in plan.tags.items() if number.isdigit()}, **new_tags}
    return {
        "row": person.row,
        "name": person.name,
        "phone": person.phone,
        "country": person.country or person.home,
        "tags": [names.get(tag, "") for tag in person.tags],
        "state": person.state,
        "at": person.at,
    }


def shown_reject(reject: Reject, plan: Plan) -> dict[str, Any]:
    """A refused row for the preview: its name, number and country as they stand in the file."""

    def cell(target: str) -> str:
        places = [place for place, column in enumerate(plan.columns) if column.to == target]
        return reject.cells[places[0]] if places and places[0] < len(reject.cells) else ""

    return {
        "row": reject.row,
        "column": reject.column,
        "reason": reject.reason,
        "detail": reject.detail,
        "name": cell("name") or cell("first_name"),
        "phone": cell("phone"),
        "country": cell("country"),
    }
