"""The management calls: numbers, templates, profile, media, subscriptions, health (cloud-api.md §§2–5)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import aiohttp

from tradewind.whatsapp.client.answers import GraphError, GraphUnavailable, refused_of
from tradewind.whatsapp.client.outcome import GRAPH, USUAL, VERSION, Failed, Replied, Timeouts
from tradewind.whatsapp.client.wire import MOST_LIST_BYTES, Wire, regain_access_seconds

Json = dict[str, Any]
T = TypeVar("T")

NUMBER_FIELDS = (
    "id,display_phone_number,verified_name,quality_rating,status,throughput,name_status,code_verification_status,"
    "platform_type,account_mode,is_official_business_account,is_pin_enabled,is_on_biz_app,last_onboarded_time,"
    "whatsapp_business_manager_messaging_limit"
)
"""One field that the token may not read fails the whole call (code 10): ask for fewer then."""
ACCOUNT_FIELDS = (
    "id,name,currency,timezone_id,account_review_status,business_verification_status,country,ownership_type,"
    "owner_business_info,marketing_messages_onboarding_status,whatsapp_business_manager_messaging_limit"
)
TEMPLATE_FIELDS = (
    "id,name,language,status,category,components,parameter_format,rejected_reason,quality_score,previous_category,"
    "sub_category"
)
"""Without asking, `rejected_reason` and `quality_score` are left out."""
PROFILE_FIELDS = "about,address,description,email,profile_picture_url,websites,vertical"
_STALE_CURSOR = 131059
_MOST_PAGES = 500
_MOST_MEDIA_BYTES = 100 * 1024 * 1024


class Graph:
    """The calls of one token. Each raises GraphError when refused, GraphUnavailable without a usable answer."""

    def __init__(self, wire: Wire, token: str, *, app_secret: str | None = None) -> None:
        self._wire = wire
        self._token = token
        self._app_secret = app_secret

    # Numbers and accounts

    async def account(self, waba_id: str, fields: str = ACCOUNT_FIELDS) -> Json:
        """A WhatsApp Business account."""
        return await self._get(waba_id, fields=fields)

    async def phone_numbers(self, waba_id: str, fields: str = NUMBER_FIELDS) -> list[Json]:
        """All numbers of an account."""
        return await self._pages(f"{waba_id}/phone_numbers", fields=fields, limit="100")

    async def number(self, phone_number_id: str, fields: str = NUMBER_FIELDS) -> Json:
        """One number."""
        return await self._get(phone_number_id, fields=fields)

    async def health_status(self, node_id: str) -> Json:
        """Of a number, template or account: `{"can_send_message", "entities": […]}`.

        `can_send_message` is AVAILABLE, LIMITED or BLOCKED; each entity says the same of one part, with its errors.
        """
        answer = await self._get(node_id, fields="health_status")
        status = answer.get("health_status")
        return status if isinstance(status, dict) else {}

    async def register(self, phone_number_id: str, pin: str) -> None:
        """Register a number with the Cloud API; at most 10 times in 72 hours (133016)."""
        await self._post(f"{phone_number_id}/register", {"messaging_product": "whatsapp", "pin": pin})

    async def deregister(self, phone_number_id: str) -> None:
        """Take a number off the Cloud API."""
        await self._post(f"{phone_number_id}/deregister", {"messaging_product": "whatsapp"})

    # Templates

    async def templates(self, waba_id: str, fields: str = TEMPLATE_FIELDS, **filters: str) -> list[Json]:
        """All templates of an account; filters: name, status, category, language."""
        return await self._pages(f"{waba_id}/message_templates", fields=fields, limit="100", **filters)

    async def template(self, template_id: str, fields: str = TEMPLATE_FIELDS) -> Json:
        """One template."""
        return await self._get(template_id, fields=fields)

    async def create_template(self, waba_id: str, definition: Json) -> Json:
        """Submit a template (name, language, category, components, …) → `{"id", "status", "category"}`.

        The category may come back changed.
        """
        return await self._post(f"{waba_id}/message_templates", definition)

    async def edit_template(self, template_id: str, changes: Json) -> None:
        """Replace a template's components (all of them), or its category; it is reviewed anew."""
        await self._post(template_id, changes)

    async def delete_template(self, waba_id: str, name: str, template_id: str | None = None) -> None:
        """Delete one language of a template, or without `template_id` all languages of that name."""
        one = {"hsm_id": template_id} if template_id else {}
        await self._call("DELETE", f"{waba_id}/message_templates", query={**one, "name": name})

    async def unpause_template(self, template_id: str) -> Json:
        """Take up a template that pacing has paused → `{"success", "reason"?}`."""
        return await self._post(f"{template_id}/unpause", {})

    async def upload_sample(self, app_id: str, content: bytes, mime_type: str, filename: str) -> str:
        """Upload a sample for a template's header or a profile picture; returns its handle ("4::aW…")."""
        query = {"file_name": filename, "file_length": str(len(content)), "file_type": mime_type}
        session = _text(await self._call("POST", f"{app_id}/uploads", query=query), "id")
        answer = self._checked(await self._wire.upload(session, self._token, content))
        return _text(answer, "h")

    # Profile

    async def profile(self, phone_number_id: str, fields: str = PROFILE_FIELDS) -> Json:
        """A number's business profile."""
        answer = await self._get(f"{phone_number_id}/whatsapp_business_profile", fields=fields)
        data = answer.get("data")
        return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}

    async def set_profile(self, phone_number_id: str, changes: Json) -> None:
        """Change parts of the business profile (about, address, description, email, websites, vertical, …)."""
        await self._post(f"{phone_number_id}/whatsapp_business_profile", {"messaging_product": "whatsapp", **changes})

    # Messages that are no messages

    async def mark_read(self, phone_number_id: str, message_id: str, *, is_typing: bool = False) -> None:
        """Show the person that we have read (this message and earlier ones), and that we are typing (25 s at most)."""
        notice: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        if is_typing:
            notice["typing_indicator"] = {"type": "text"}
        await self._post(f"{phone_number_id}/messages", notice)

    # Media

    async def upload_media(self, phone_number_id: str, content: bytes, mime_type: str, filename: str) -> str:
        """Upload a file to send; returns its id, which lives 30 days."""
        form = aiohttp.FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime_type)
        form.add_field("file", content, content_type=mime_type, filename=filename)
        return _text(await self._call("POST", f"{phone_number_id}/media", form=form), "id")

    async def media(self, media_id: str, phone_number_id: str | None = None) -> Json:
        """`{"url", "mime_type", "sha256", "file_size", "id"}`; the url lives 5 minutes."""
        return await self._get(media_id, **({"phone_number_id": phone_number_id} if phone_number_id else {}))

    async def download(self, url: str, *, most_bytes: int = _MOST_MEDIA_BYTES) -> bytes:
        """The content behind a media url. Raises GraphUnavailable when it is too long, or gone (ask for a new url)."""
        outcome = await self._wire.fetch(url, self._token, most_bytes=most_bytes)
        if isinstance(outcome, Failed):
            raise GraphUnavailable(outcome.reason, was_sent=outcome.was_sent)
        if outcome.http != 200:
            raise GraphUnavailable(f"Meta answered {outcome.http} for the file.", was_sent=True)
        return outcome.body

    async def delete_media(self, media_id: str) -> None:
        """Delete an uploaded file."""
        await self._call("DELETE", media_id)

    # Block list

    async def blocked_users(self, phone_number_id: str) -> list[Json]:
        """Everybody whom the number has blocked."""
        return await self._pages(f"{phone_number_id}/block_users", limit="100")

    async def block(self, phone_number_id: str, users: Sequence[str]) -> Json:
        """Block up to 1,000 people who wrote in the last 24 hours → `{"added_users", "failed_users"?}`."""
        return await self._block("POST", phone_number_id, users)

    async def unblock(self, phone_number_id: str, users: Sequence[str]) -> Json:
        """The reverse → `{"removed_users", "failed_users"?}`."""
        return await self._block("DELETE", phone_number_id, users)

    # Apps and tokens

    async def subscribed_apps(self, waba_id: str) -> list[Json]:
        """The apps that get an account's webhooks, with their `override_callback_uri`."""
        return await self._pages(f"{waba_id}/subscribed_apps")

    async def subscribe(self, waba_id: str, callback_url: str | None = None, verify_token: str | None = None) -> None:
        """Subscribe the token's app to the account's webhooks, at an address of their own if given (≤ 200 letters)."""
        override = {"override_callback_uri": callback_url, "verify_token": verify_token} if callback_url else {}
        await self._post(f"{waba_id}/subscribed_apps", override)

    async def unsubscribe(self, waba_id: str) -> None:
        """End the subscription of the token's app."""
        await self._call("DELETE", f"{waba_id}/subscribed_apps")

    async def debug_token(self, input_token: str | None = None) -> Json:
        """What Meta knows of a token (this one by default): app_id, is_valid, scopes, granular_scopes, expires_at."""
        answer = await self._get("debug_token", input_token=input_token or self._token)
        data = answer.get("data")
        return data if isinstance(data, dict) else {}

    async def analytics(
        self, waba_id: str, kind: str, start: int, end: int, granularity: str, **filters: Sequence[str]
    ) -> Json:
        """Meta's own figures. `kind`: analytics, pricing_analytics, template_analytics, …; start and end unix seconds.

        Filters: phone_numbers, template_ids, metric_types, dimensions, … each a list of words.
        """
        parts = [f"start({start})", f"end({end})", f"granularity({granularity})"]
        parts += [f"{name}([{','.join(json.dumps(each) for each in values)}])" for name, values in filters.items()]
        answer = await self._get(waba_id, fields=".".join([kind, *parts]))
        figures = answer.get(kind)
        return figures if isinstance(figures, dict) else {}

    # How the calls are made

    async def _get(self, path: str, **query: str) -> Json:
        return await self._call("GET", path, query=query)

    async def _post(self, path: str, body: Json) -> Json:
        return await self._call("POST", path, body=body)

    async def _block(self, method: str, phone_number_id: str, users: Sequence[str]) -> Json:
        """Meta answers a part that failed with HTTP 400 and code 139100, and may list who was done all the same."""
        body = {"messaging_product": "whatsapp", "block_users": [{"user": user} for user in users]}
        outcome = await self._wire.call(
            method, f"{phone_number_id}/block_users", self._token, json=body, app_secret=self._app_secret
        )
        decoded = outcome.json() if isinstance(outcome, Replied) else None
        done = decoded.get("block_users") if isinstance(decoded, dict) else None
        if isinstance(done, dict):
            return done
        self._checked(outcome)
        return {}

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        form: aiohttp.FormData | None = None,
        query: dict[str, str] | None = None,
    ) -> Json:
        outcome = await self._wire.call(
            method,
            path,
            self._token,
            json=body,
            form=form,
            query=tuple((query or {}).items()),
            app_secret=self._app_secret,
            most_bytes=MOST_LIST_BYTES,
        )
        return self._checked(outcome)

    def _checked(self, outcome: Replied | Failed) -> Json:
        if isinstance(outcome, Failed):
            raise GraphUnavailable(outcome.reason, was_sent=outcome.was_sent)
        decoded = outcome.json()
        refused = refused_of(decoded, outcome.http, regain_access_seconds(outcome.usage))
        if refused:
            raise GraphError(refused)
        if not 200 <= outcome.http < 300 or not isinstance(decoded, dict):
            raise GraphUnavailable(f"Meta answered {outcome.http} with nothing that can be read.", was_sent=True)
        return decoded

    async def _pages(self, path: str, **query: str) -> list[Json]:
        """All pages of a list; a cursor that went stale (131059) means to begin again, once."""
        try:
            return await self._all_pages(path, query)
        except GraphError as problem:
            if problem.refused.code != _STALE_CURSOR:
                raise
            return await self._all_pages(path, query)

    async def _all_pages(self, path: str, query: dict[str, str]) -> list[Json]:
        """Follows the cursor instead of the address in `next`, so that the token goes nowhere else."""
        items: list[Json] = []
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            page = await self._get(path, **query, **after)
            data = page.get("data")
            items += [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
            cursor = _cursor(page)
            if cursor is None or cursor == after.get("after"):
                return items
            after = {"after": cursor}
        raise GraphUnavailable(f"Meta's list has more than {_MOST_PAGES} pages.", was_sent=True)


def once(
    work: Callable[[Graph], Awaitable[T]],
    token: str,
    *,
    app_secret: str | None = None,
    base_url: str = GRAPH,
    version: str = VERSION,
    timeouts: Timeouts = USUAL,
) -> T:
    """Do some calls from code without an event loop (a page, a job): `once(lambda graph: graph.account(id), token)`.

    Opens and closes its own connection.
    """

    async def run() -> T:
        async with Wire(base_url, version, timeouts=timeouts) as wire:
            return await work(Graph(wire, token, app_secret=app_secret))

    return asyncio.run(run())


def _cursor(page: Json) -> str | None:
    """Where the next page begins; None on the last one, which has no `next`."""
    paging = page.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _text(answer: Json, key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str) or not value:
        raise GraphUnavailable(f"Meta's answer has no “{key}”.", was_sent=True)
    return value
