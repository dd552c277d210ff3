"""Lists, newest first, page by page: `after` is the `next` of the page before. No counts: they cost too much."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from tradewind.workspaces.door import kind_of, public_id, row_of

M = TypeVar("M", bound=Model)
MOST = 200


class Page(Schema):
    """How many, and from where on."""

    limit: int = Field(50, ge=1, le=MOST, description="How many at most")
    after: str = Field("", max_length=40, description="The `next` of the page before; empty for the first page")


def cut(rows: QuerySet[M], page: Page) -> tuple[list[M], str]:
    """One page of rows, and the `next` to ask for; "" when nothing follows."""
    if page.after:
        rows = rows.filter(pk__lt=row_of(kind_of(rows.model), page.after))
    found = list(rows.order_by("-pk")[: page.limit + 1])
    if len(found) <= page.limit:
        return found, ""
    return found[: page.limit], public_id(found[page.limit - 1])
