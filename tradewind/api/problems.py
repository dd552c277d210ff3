"""Errors of the API: RFC 9457 problem documents in plain words. `code` is for programs and never changes."""

from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as Refused
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from pydantic import Field

from tradewind.campaigns.errors import CampaignError
from tradewind.contacts.actions import ContactError
from tradewind.lib import logs
from tradewind.messages.actions import SendError
from tradewind.segments.errors import SegmentError, TreeError
from tradewind.segments.rules.errors import RuleError
from tradewind.whatsapp.payloads import PayloadError
from tradewind.workspaces.troubles import is_passing

CONTENT_TYPE = "application/problem+json"


class FieldProblem(Schema):
    """What is wrong with one field of the request."""

    field: str = Field(description="Where it stands, such as body.phone or query.limit")
    message: str


class Problem(Schema):
    """Why a request was refused."""

    type: str = Field(description="urn:tradewind:problem:<code>")
    title: str
    status: int
    code: str = Field(description="A short word for programs")
    detail: str = Field(description="A sentence for people: what happened and what to do")
    errors: list[FieldProblem] = []


class Conflict(Exception):
    """What is asked for does not fit how things stand; the message says why and what to do."""


# What any operation may answer besides its own.
REFUSALS: dict[int, Any] = {400: Problem, 401: Problem, 403: Problem, 422: Problem, 429: Problem}
NOT_THERE: dict[int, Any] = {**REFUSALS, 404: Problem}
CHANGES: dict[int, Any] = {**NOT_THERE, 409: Problem}

TITLES = {
    400: ("unreadable", "The request cannot be read"),
    401: ("no_key", "A key is missing"),
    403: ("not_allowed", "The key may not do this"),
    404: ("not_found", "Not found"),
    405: ("wrong_method", "This address does not take this method"),
    409: ("conflict", "It does not fit how things stand"),
    413: ("too_large", "The request is too large"),
    422: ("invalid", "Something in the request does not fit"),
    429: ("too_fast", "Too many requests"),
    500: ("broken", "Something broke on our side"),
    503: ("not_now", "The database cannot take this right now"),
}


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """A problem document as the answer."""
    code, title = TITLES.get(status, ("refused", "Refused"))
    body: dict[str, Any] = {
        "type": f"urn:tradewind:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return HttpResponse(orjson.dumps(body), content_type=CONTENT_TYPE, status=status)


def install(api: NinjaAPI) -> None:
    """Every way in which an operation can fail has its document."""
    for failure, telling in TELLING.items():
        api.add_exception_handler(failure, telling)


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": place(each["loc"]), "message": sentence(each)} for each in error.errors]
    return problem(422, "; ".join(f"{each['field']}: {each['message']}" for each in errors[:5]), errors)


def unsendable(request: HttpRequest, error: PayloadError) -> HttpResponse:
    sentence = error.sentence % error.values
    return problem(422, f"{error.field}: {sentence}", [{"field": error.field, "message": sentence}])


def place(loc: tuple[Any, ...]) -> str:
    """("body", "contact", "phone") → body.contact.phone; the name of our own parameter is left out."""
    return ".".join(str(part) for part in loc if part not in OUR_PARAMETERS) or "body"


# Names of the Python parameters that take a whole body or a whole query.
OUR_PARAMETERS = ("said", "asked")


def sentence(error: dict[str, Any]) -> str:
    """pydantic's message, or our own validator's without its prefix."""
    return str(error["msg"]).removeprefix("Value error, ")


def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    wait = max(1, error.wait or 1)
    answer = problem(429, f"This key asked too often. Wait {wait} s, then go on.")
    answer["Retry-After"] = str(wait)
    return answer


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        answer = problem(401, "Send a working key as: Authorization: Bearer tw_…")
        answer["WWW-Authenticate"] = 'Bearer realm="Tradewind"'
        return answer
    return problem(error.status_code, str(error))


def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "There is nothing of this id here, or it belongs to another workspace.")


def not_allowed(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, f"The member behind this key lacks the right {error}.")


def conflict(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(409, str(error))


def contact_refused(request: HttpRequest, error: ContactError) -> HttpResponse:
    """A conflict when another contact stands in the way, else something in the request."""
    return problem(409 if error.contact else 422, str(error))


def unreadable_tree(request: HttpRequest, error: TreeError) -> HttpResponse:
    """Which part of the tree, and why."""
    return problem(422, error.placed, [{"field": f"tree.{error.path}".rstrip("."), "message": str(error)}])


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(422, " ".join(error.messages))


def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413, "The body is too large: 8 MiB at most.")


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Nothing of the error reaches the caller; the log has it."""
    log, asked = logs.get("api"), {"path": request.path, "method": request.method}
    if is_passing(error):
        log.error("api.not_now", error=str(error).strip(), **asked)  # in short: a full disk takes no more of the rest
        answer = problem(
            503, "The database is away or its disk is full. Nothing was changed; try again in half a minute."
        )
        answer["Retry-After"] = "30"
        return answer
    log.exception("api.broken", **asked)
    return problem(500, "The error is in the log. Nothing was changed; try again later.")


TELLING: dict[type[Exception], Any] = {
    ValidationError: invalid,
    Throttled: throttled,
    HttpError: http_error,
    Http404: not_found,
    PermissionDenied: not_allowed,
    PayloadError: unsendable,
    ContactError: contact_refused,
    Conflict: conflict,
    CampaignError: conflict,
    SegmentError: conflict,
    RuleError: conflict,
    TreeError: unreadable_tree,
    SendError: conflict,
    Refused: refused,
    RequestDataTooBig: too_large,
    Exception: broken,
}
