"""Files of people: send one in pieces, say what its columns are, start, watch, fetch what was left out, undo."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field, StringConstraints

from tradewind.api.access import KeyAuth
from tradewind.api.paging import Page, cut
from tradewind.api.problems import CHANGES, NOT_THERE, Conflict
from tradewind.contacts.imports import verbs, words
from tradewind.contacts.imports.problems import ImportRefused
from tradewind.contacts.models import Import
from tradewind.workspaces.door import find, public_id
from tradewind.workspaces.request import MemberRequest

router = Router()
IMPORT = KeyAuth("contacts:import")
PAGE = 200

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=200)]


class ColumnIs(Schema):
    """What a column of the file becomes."""

    head: Text = Field("", description="Its name in the file")
    to: Literal["phone", "name", "first_name", "last_name", "country", "language", "city", "timezone", "company",
                "tags", "opt_in", "opt_in_at", "opt_in_source", "opt_in_wording", "field", "skip"]  # fmt: skip
    key: Annotated[str, StringConstraints(max_length=60)] = Field("", description="With `field`: which one")
    kind: Literal["text", "number", "date", "yes_no"] = "text"
    prefix: Annotated[str, StringConstraints(max_length=160)] = Field(
        "", description="With `tags`: what they stand below"
    )
    day_first: bool | None = Field(None, description="With dates such as 3/4/1988: whether the day comes first")


class ImportOut(Schema):
    """A file of people on its way into the contacts."""

    id: str
    file_name: str
    state: str = Field(
        description="uploading, draft, checking, waiting, running, paused, asking (over 10 % of the rows are left out: "
        "mend the file, or go on with `anyway`), done, cancelled, failed, undoing or undone"
    )
    problem: str = Field(description="Why it failed; empty otherwise")
    columns: list[ColumnIs]
    rows: int | None = Field(description="Rows of the file; null before it was read to its end")
    rows_done: int
    counts: dict[str, int] = Field(description="Rows by outcome: new, updated, same, doubles, rejected")
    reasons: dict[str, int] = Field(description="Rows that are left out, by reason")
    preview: dict[str, Any] = Field(description="What a check found; empty before one")
    created_at: datetime
    finished_at: datetime | None


class ImportList(Schema):
    imports: list[ImportOut]
    next: str


class RejectOut(Schema):
    """A row that was left out."""

    row: int = Field(description="Its number in the file; the head is row 1")
    column: str
    reason: str = Field(description="A short word for programs, such as too_short")
    sentence: str
    cells: list[str]


class RejectList(Schema):
    rejects: list[RejectOut]
    next: int | None = Field(description="Ask for the next page with after=…; null at the end")


class NewImport(Schema):
    file_name: Name


class Wishes(Schema):
    """What is left out stays as it was guessed."""

    columns: list[ColumnIs] | None = Field(None, max_length=300, description="One for each column, in their order")
    country: Annotated[str, StringConstraints(max_length=60)] = Field(
        "", description="Of numbers without a country code"
    )
    tags: list[Annotated[str, StringConstraints(min_length=1, max_length=250)]] = Field(
        [], max_length=20, description="Tags for every row"
    )
    create_tags: bool = Field(False, description="Make tags that are new; needs the right to manage tags")
    landlines: bool = Field(False, description="Bring landlines in, too")


class Begin(Wishes):
    only_check: bool = Field(False, description="Read the whole file and say what would come of it; write nothing")


class Verb(Schema):
    verb: Literal["pause", "resume", "cancel", "anyway", "undo"]


def shown(of: Import) -> ImportOut:
    return ImportOut(
        id=public_id(of),
        file_name=of.file_name,
        state=of.state,
        problem=of.problem,
        columns=[ColumnIs(**each) for each in of.mapping],
        rows=of.rows_total,
        rows_done=of.rows_done,
        counts=of.counts,
        reasons=of.reasons,
        preview=of.preview,
        created_at=of.created_at,
        finished_at=of.finished_at,
    )


def one(request: MemberRequest, id: str) -> Import:
    return find(
        Import.objects.visible_to(request.member).filter(kind="people").select_related("workspace", "member"), id
    )


@router.get(
    "/", auth=IMPORT, response={200: ImportList, **NOT_THERE}, summary="List imports", operation_id="list_imports"
)
def list_imports(request: MemberRequest, asked: Query[Page]) -> ImportList:
    some, following = cut(Import.objects.visible_to(request.member).filter(kind="people"), asked)
    return ImportList(imports=[shown(each) for each in some], next=following)


@router.post(
    "/", auth=IMPORT, response={201: ImportOut, **CHANGES}, summary="Announce a file", operation_id="create_import"
)
def create_import(request: MemberRequest, said: NewImport) -> Status[ImportOut]:
    return Status(201, shown(verbs.begin(workspace=request.workspace, member=request.member, file_name=said.file_name)))


@router.get(
    "/{id}",
    auth=IMPORT,
    response={200: ImportOut, **NOT_THERE},
    summary="How an import stands",
    operation_id="get_import",
)
def get_import(request: MemberRequest, id: str) -> ImportOut:
    return shown(one(request, id))


@router.put(
    "/{id}/piece",
    auth=IMPORT,
    response={200: ImportOut, **CHANGES},
    summary="Send a piece of the file: up to 4 MB of its bytes as the body, from piece 0 on",
    operation_id="send_piece",
)
def send_piece(request: MemberRequest, id: str, place: Query[Annotated[int, Field(ge=0, le=1_000_000)]]) -> ImportOut:
    of = one(request, id)
    refusing(lambda: verbs.add_piece(of, place=place, body=request.body))
    return shown(one(request, id))


@router.post(
    "/{id}/complete",
    auth=IMPORT,
    response={200: ImportOut, **CHANGES},
    summary="All pieces are there: the file is looked at and its columns are guessed",
    operation_id="complete_import",
)
def complete_import(request: MemberRequest, id: str) -> ImportOut:
    of = one(request, id)
    refusing(lambda: verbs.complete(of))
    return shown(of)


@router.post(
    "/{id}/start",
    auth=IMPORT,
    response={202: ImportOut, **CHANGES},
    summary="Bring the people in, or only check what would come of it",
    operation_id="start_import",
)
def start_import(request: MemberRequest, id: str, said: Begin) -> Status[ImportOut]:
    of = one(request, id)
    options = said.model_dump(include={"country", "tags", "create_tags", "landlines"})
    columns = None if said.columns is None else [each.model_dump() for each in said.columns]

    def act() -> None:
        verbs.set_mapping(of, mapping=columns, options=options)
        verbs.refuse_new_tags(of, request.rights)
        verbs.check(of) if said.only_check else verbs.start(of, member=request.member)

    refusing(act)
    return Status(202, shown(of))


@router.post(
    "/{id}/act",
    auth=IMPORT,
    response={200: ImportOut, **CHANGES},
    summary="Pause, resume, cancel, go on anyway, undo",
    operation_id="act_on_import",
)
def act_on_import(request: MemberRequest, id: str, said: Verb) -> ImportOut:
    of = one(request, id)
    act = {"pause": verbs.pause, "resume": verbs.resume, "cancel": verbs.cancel, "anyway": verbs.go_on_anyway,
           "undo": verbs.undo}[said.verb]  # fmt: skip
    refusing(lambda: act(of, member=request.member))
    return shown(of)


@router.get(
    "/{id}/rejects",
    auth=IMPORT,
    response={200: RejectList, **NOT_THERE},
    summary="The rows that were left out, each with its reason, in the order of the file",
    operation_id="list_rejects",
)
def list_rejects(request: MemberRequest, id: str, after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0) -> RejectList:
    of = one(request, id)
    some = list(of.rejects.filter(row__gt=after).order_by("row")[: PAGE + 1])
    found = [
        RejectOut(
            row=each.row,
            column=each.column,
            reason=each.reason,
            sentence=words.reason_of(each.reason, each.detail),
            cells=[str(cell) for cell in each.cells],
        )
        for each in some[:PAGE]
    ]
    return RejectList(rejects=found, next=found[-1].row if len(some) > PAGE else None)


def refusing(act: Any) -> None:
    """What does not fit how the import stands is a conflict, with the sentence that says why."""
    try:
        act()
    except ImportRefused as error:
        raise Conflict(str(error)) from None
