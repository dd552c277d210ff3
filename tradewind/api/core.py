"""The API object: version, parsing, rendering, errors, and the rooms' routers."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from tradewind import __version__
from tradewind.api import (
    calendars,
    campaign_reports,
    campaigns,
    contacts,
    doubles,
    events,
    imports,
    link_domains,
    media,
    messages,
    numbers,
    privacy,
    problems,
    rates,
    reconciliation,
    rules,
    segments,
    standing,
    suggestions,
    tags,
    templates,
    trials,
)
from tradewind.api.access import KeyAuth

ABOUT = """Send WhatsApp messages and campaigns through Tradewind.

Authenticate with a key from the settings: `Authorization: Bearer tw_…`. Ids are short texts; keep them as they are.
Times are ISO 8601 with zone. Lists come newest first; ask for the next page with `after`. Errors are problem documents
(RFC 9457). A key may call 100 times a second, 200 at once; then 429 with `Retry-After`."""


class Json(BaseRenderer):
    """orjson: fast, strict about what JSON is."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


class StrictParser(Parser):
    """Bodies are JSON objects without NUL, which PostgreSQL cannot keep, and without numbers past 64 bits."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            said = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise HttpError(400, f"The body is no JSON: {error}.") from None
        if not isinstance(said, dict):
            raise HttpError(400, "The body must be a JSON object.")
        if b"\\u0000" in request.body and any("\x00" in item for item in pieces(said) if isinstance(item, str)):
            raise HttpError(400, "The body holds a NUL character, which no text may have.")
        if FAR.search(request.body) and any(abs(item) >= 2**63 for item in pieces(said) if is_number(item)):
            raise HttpError(400, "The body holds a number past 64 bits. Write it as a text.")
        return said


FAR = re.compile(rb"[0-9]{18}|[0-9][eE]")
"""Where a number may be past 64 bits: kept as JSON it would come out as a whole number that nothing takes."""


def pieces(said: Any) -> Iterator[Any]:
    """All keys, texts, numbers and words in it; as deep as orjson lets bodies be."""
    waiting = [said]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, list):
            waiting += item
        else:
            yield item


def is_number(item: Any) -> bool:
    return isinstance(item, int | float)


class Api(NinjaAPI):
    """Says in its document that errors are problem documents."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**asked)
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {problems.CONTENT_TYPE: answer["content"]["application/json"]}
        return document


def tell_scopes() -> None:
    """Each operation's description says which scope its key needs."""
    rooms = (messages, contacts, numbers, templates, campaigns, events, segments, tags, imports, rules, trials,
             campaign_reports, calendars, rates, media, reconciliation, link_domains)  # fmt: skip
    for router in [
        *(room.router for room in rooms),
        tags.many,
        standing.router,
        standing.of_contacts,
        privacy.router,
        doubles.doubles,
        doubles.merges,
        suggestions.router,
    ]:
        for view in router.path_operations.values():
            for operation in view.operations:
                scope = scope_of(router.auth, operation.auth_param)
                operation.description = f"Needs a key with the scope `{scope}`."
                operation.openapi_extra = {"x-scope": scope}


def scope_of(*auths: Any) -> str:
    """The scope of the innermost key that is asked for."""
    return str(next(auth.scope for auth in reversed(auths) if isinstance(auth, KeyAuth)))


tell_scopes()
api = Api(
    title="Tradewind",
    version=__version__,
    description=ABOUT,
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    renderer=Json(),
    parser=StrictParser(),
)
problems.install(api)
api.add_router("/messages", messages.router, tags=["Messages"])
api.add_router("/contacts", contacts.router, tags=["Contacts"])
api.add_router("/numbers", numbers.router, tags=["Numbers"])
api.add_router("/templates", templates.router, tags=["Templates"])
api.add_router("/campaigns", campaigns.router, tags=["Campaigns"])
api.add_router("/campaigns", campaign_reports.router, tags=["Campaigns"])
api.add_router("/campaigns", trials.router, tags=["Campaigns"])
api.add_router("", calendars.router, tags=["Campaigns"])
api.add_router("/rates", rates.router, tags=["Rate cards"])
api.add_router("/media", media.router, tags=["Media"])
api.add_router("/link-domains", link_domains.router, tags=["Campaigns"])
api.add_router("/reconciliation", reconciliation.router, tags=["Reconciliation"])
api.add_router("/events", events.router, tags=["Events"])
api.add_router("/contacts", privacy.router, tags=["Contacts"])
api.add_router("/contacts", standing.of_contacts, tags=["Contacts"])
api.add_router("/doubles", doubles.doubles, tags=["Contacts"])
api.add_router("/merges", doubles.merges, tags=["Contacts"])
api.add_router("/standing", standing.router, tags=["Contacts"])
api.add_router("/segments", segments.router, tags=["Segments"])
api.add_router("/rules", rules.router, tags=["Tags"])
api.add_router("/suggestions", suggestions.router, tags=["Tags"])
api.add_router("/tags", tags.router, tags=["Tags"])
api.add_router("/imports", imports.router, tags=["Imports"])
api.add_router("/batches", tags.many, tags=["Tags"])
