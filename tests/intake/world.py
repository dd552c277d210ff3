"""A business with one app, one account and one number, whose webhooks come in by the front door."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tradewind.contacts.models import Contact
from tradewind.intake import projector
from tradewind.intake.door import door
from tradewind.lib import crypto
from tradewind.messages import marks
from tradewind.messages.models import Attempt, Content, Message, Outbox, Run
from tradewind.numbers.models import Account, App, Number, Portfolio
from tradewind.whatsapp import signature
from tradewind.workspaces.models import Workspace

SECRET = "app-secret-0123456789abcdef"
TOKEN = "verify-me"
BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_counter = itertools.count(1)


@dataclass
class Desk:
    """What a test needs of a business."""

    workspace: Workspace
    app: App
    account: Account
    number: Number
    secret: str = SECRET
    sent: list[Message] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/webhooks/{self.app.webhook_path}"

    def envelope(self, *changes: dict[str, Any]) -> dict[str, Any]:
        return {
            "object": "whatsapp_business_account",
            "entry": [{"id": self.account.waba_id, "changes": list(changes)}],
        }

    def change(self, **parts: Any) -> dict[str, Any]:
        metadata = {"display_phone_number": self.number.phone[1:], "phone_number_id": self.number.phone_number_id}
        return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **parts}}

    def message(self, text: str = "Hello", *, sender: str = "16505551234", at: datetime = BEGAN, **more: Any) -> Any:
        """A body with one text message."""
        return self.envelope(self.messages([text_message(text, sender=sender, at=at, **more)]))

    def messages(self, messages: list[dict[str, Any]], **contact: Any) -> dict[str, Any]:
        who = {"wa_id": messages[0].get("from", ""), "profile": {"name": "Sheena"}, **contact}
        return self.change(contacts=[who], messages=messages)

    def status(self, wamid: str, status: str, *, at: datetime = BEGAN, **more: Any) -> Any:
        return self.envelope(self.change(statuses=[status_of(wamid, status, at=at, **more)]))

    def outbound(self, contact: Contact, *, run: Run | None = None, state: str = "accepted", **columns: Any) -> Message:
        """A message of ours as the sender leaves it; with an attempt when it was accepted."""
        given = {"wamid": f"wamid.OUT{next(_counter)}", "rank": 1, "accepted_at": BEGAN} if state == "accepted" else {}
        message = Message.objects.create(
            **{
                "workspace": self.workspace, "number": self.number, "contact": contact, "direction": "out",
                "kind": "template", "category": "marketing", "state": state, "run": run, "created_at": BEGAN,
                **given, **columns,
            }
        )  # fmt: skip
        message.refresh_from_db()
        return message

    def in_flight(self, message: Message, attempt_id: bytes, *, stage: str = "inflight") -> Outbox:
        return Outbox.objects.create(
            message=message, workspace_id=message.workspace_id, number_id=message.number_id,
            portfolio_id=self.number.portfolio_id, contact_id=message.contact_id, run_id=message.run_id, priority=20,
            stage=stage, due_at=BEGAN, attempt_id=uuid_of(attempt_id), attempt_at=BEGAN, is_marketing=True,
        )  # fmt: skip

    def attempted(self, message: Message, attempt_id: bytes, outcome: str = "accepted") -> Attempt:
        return Attempt.objects.create(
            id=uuid_of(attempt_id), workspace_id=message.workspace_id, message_id=message.pk,
            number_id=message.number_id, started_at=BEGAN, ended_at=BEGAN, outcome=outcome, wamid=message.wamid or "",
        )  # fmt: skip

    def run(self, **columns: Any) -> Run:
        content = Content.objects.create(workspace=self.workspace, payload={"name": "sale"}, created_at=BEGAN)
        return Run.objects.create(
            **{"workspace": self.workspace, "content": content, "category": "marketing", "created_at": BEGAN, **columns}
        )


def uuid_of(attempt_id: bytes) -> Any:
    from uuid import UUID

    return UUID(bytes=attempt_id)


def business(workspace: Workspace, **app_columns: Any) -> Desk:
    n = next(_counter)
    app = App.objects.create(
        **{"workspace": workspace, "meta_id": f"app{n}", "webhook_path": f"path{n}", "created_at": BEGAN, **app_columns}
    )
    app.secret = crypto.seal(SECRET, bound_to=f"app:{app.pk}:secret")
    app.verify_token = crypto.seal(TOKEN, bound_to=f"app:{app.pk}:verify_token")
    app.save()
    portfolio = Portfolio.objects.create(workspace=workspace, meta_id=f"portfolio{n}", name="Portfolio")
    account = Account.objects.create(
        workspace=workspace, app=app, portfolio=portfolio, waba_id=f"10254{n:06}", name="Account", created_at=BEGAN
    )
    number = Number.objects.create(
        workspace=workspace, account=account, portfolio=portfolio, phone_number_id=f"10654{n:06}",
        phone=f"+1555078{n:04}", name="Alster Tea", created_at=BEGAN,
    )  # fmt: skip
    return Desk(workspace, app, account, number)


def text_message(text: str = "Hello", *, sender: str = "16505551234", at: datetime = BEGAN, **more: Any) -> Any:
    return {
        "from": sender, "id": f"wamid.IN{next(_counter)}", "timestamp": str(int(at.timestamp())), "type": "text",
        "text": {"body": text}, **more,
    }  # fmt: skip


def status_of(wamid: str, status: str, *, at: datetime = BEGAN, attempt: bytes | None = None, **more: Any) -> Any:
    given = {"id": wamid, "status": status, "timestamp": str(int(at.timestamp())), "recipient_id": "16505551234"}
    mark = {"biz_opaque_callback_data": marks.seal(attempt)} if attempt else {}
    return {**given, **mark, **more}


def failure(code: int, details: str = "") -> dict[str, Any]:
    return {"errors": [{"code": code, "title": "t", "message": "m", "error_data": {"details": details}}]}


def after(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def contact(of: Desk, phone: str = "+16505551234", **columns: Any) -> Contact:
    made = Contact.objects.create(**{"workspace": of.workspace, "name": "Sheena", "created_at": BEGAN, **columns})
    made.identities.create(workspace=of.workspace, kind="phone", value=phone, seen_at=BEGAN)
    return made


async def request(
    path: str, content: bytes = b"", *, method: str = "POST", headers: list[tuple[bytes, bytes]] | None = None,
    query: bytes = b"", parts: int = 1, delay_seconds: float = 0.0,
) -> tuple[int, bytes, dict[bytes, bytes]]:  # fmt: skip
    """One request through the door's ASGI interface; the body comes in so many parts, so slowly."""
    step = max(1, -(-len(content) // parts))
    pieces = [content[start : start + step] for start in range(0, max(len(content), 1), step)]
    answer: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(delay_seconds)
        piece = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": headers or [], "query_string": query}
    await door(scope, receive, send)
    return answer[0]["status"], answer[1]["body"], dict(answer[0]["headers"])


def signed(content: bytes, secret: str = SECRET) -> list[tuple[bytes, bytes]]:
    return [(b"x-hub-signature-256", signature.sign(content, secret).encode())]


async def post(desk: Desk, body: Any, *, secret: str = SECRET) -> int:
    """Post a signed body; the status of the answer."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    status, _, _ = await request(desk.path, content, headers=signed(content, secret))
    return status


def deliver(desk: Desk, *bodies: Any) -> list[int]:
    """Post bodies one after the other, then project all that waits; the statuses of the answers."""

    async def all_of_them() -> list[int]:
        return [await post(desk, body) for body in bodies]

    statuses = in_a_loop(all_of_them())
    project_all()
    return statuses


def in_a_loop(work: Any) -> Any:
    """Run a coroutine in an event loop of its own and close the door's connections afterwards."""

    async def run() -> Any:
        try:
            return await work
        finally:
            await close_door()

    return asyncio.run(run())


async def close_door() -> None:
    from tradewind.intake.door import _doors

    here = _doors.pop(asyncio.get_running_loop(), None)
    if here is not None:
        await here.close()


def project_all() -> None:
    """Project until nothing waits that no other projector has."""
    while sum(projector.project_app(app_id) for app_id in projector.waiting_apps()):
        pass


@contextmanager
def broken(target: Any, name: str, replacement: Any) -> Iterator[None]:
    """Something fails in the middle."""
    kept = getattr(target, name)
    setattr(target, name, replacement)
    try:
        yield
    finally:
        setattr(target, name, kept)
