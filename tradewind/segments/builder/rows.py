"""The lines of the builder as its template draws them: nested, with their choices, counts and bars."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tradewind.segments import queries
from tradewind.segments.builder.choices import Choices
from tradewind.segments.builder.figures import Drawn
from tradewind.segments.builder.lines import Line, listed

ADD: tuple[tuple[str, str | Promise], ...] = (
    ("tag", _("A tag")),
    ("field", _("What is known of them")),
    ("event", _("What they did")),
    ("score", _("A score")),
    ("opted_in", _("Their consent")),
    ("campaign", _("A campaign they got")),
    ("window_open", _("The service window")),
    ("segment", _("A saved segment")),
    ("group", _("A group")),
)


@dataclass
class Row:
    """A line with what stands in it."""

    line: Line
    count: queries.Count | None
    percent: float
    choices: Choices
    within: str = ""
    """The mode of the group it stands in."""
    rows: list["Row"] = field(default_factory=list)
    add: tuple[tuple[str, str | Promise], ...] = ADD

    @property
    def n(self) -> int:
        return self.line.n

    @property
    def v(self) -> dict[str, str]:
        return self.line.values

    @property
    def template(self) -> str:
        return f"segments/conditions/{self.line.kind}.html"

    @property
    def comparisons(self) -> list[tuple[str, Any]]:
        return self.choices.comparisons(self.v["field"])

    @property
    def field_kind(self) -> str:
        return self.choices.kind_of(self.v["field"])

    @property
    def picked(self) -> list[tuple[str, Any]]:
        """The values of a list that are chosen already, with their names."""
        names = dict(self.value_choices)
        return [(value, names.get(value, value)) for value in listed(self.v["value"])]

    @property
    def value_choices(self) -> list[tuple[str, Any]]:
        """With the one that is chosen, also when nobody has it (any more): it must not get lost."""
        found, chosen = self.choices.values_of(self.v["field"]), self.v["value"]
        is_known = not found or not chosen or self.v["op"] == "in" or any(value == chosen for value, _name in found)
        return found if is_known else [*found, (chosen, chosen)]


def rows_of(drawn: Drawn, choices: Choices) -> Row:
    """The first group, with everything in it."""
    rows: dict[int, Row] = {}
    for line in drawn.lines:
        count = drawn.counts.get(line.n)
        percent = 100 * count.people / drawn.everybody if count and drawn.everybody else 0.0
        row = Row(line, count, round(min(percent, 100.0), 1), choices)
        rows[line.n] = row
        if line.up is not None:
            row.within = rows[line.up].v.get("mode", "all")
            rows[line.up].rows.append(row)
    return rows[drawn.lines[0].n]
