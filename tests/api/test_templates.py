"""Templates by API: submitted to accounts, refused in words, deleted."""

import base64
from typing import Any

import pytest

from tests.api.conftest import Program
from tests.messages.media.files import photo
from tests.simulator.running import Running
from tests.templates.conftest import *  # noqa: F403
from tradewind.numbers.models import Account
from tradewind.templates.models import Template
from tradewind.workspaces import keys
from tradewind.workspaces.models import Member

BODY = {"type": "BODY", "text": "Hello {{1}}, your parcel is on its way.", "example": {"body_text": [["Ada"]]}}


@pytest.fixture
def program(alice: Member) -> Program:
    _key, token = keys.create(by=alice, name="Templates", scopes=keys.SCOPE_RIGHTS)
    return Program(token)


def wish(account: Account, **more: Any) -> dict[str, Any]:
    given = {"accounts": [account.waba_id], "name": "parcel", "language": "en", "category": "UTILITY"}
    return {**given, "components": [BODY], **more}


def test_a_template_is_submitted_and_deleted(program: Program, account: Account, meta: Running) -> None:
    status, told = program("post", "/templates/", wish(account))
    assert status == 201, told
    (done,) = told["submitted"]
    assert (done["account"], done["problem"]) == (account.waba_id, "")
    assert done["template"]["status"] == "PENDING" and done["template"]["variables"] == ["body.1"]
    program.client.delete(
        f"/api/v1/templates/{done['template']['id']}", headers={"Authorization": f"Bearer {program.token}"}
    )
    assert Template.objects.get(name="parcel").removed_at is not None


def test_b15_a_carousel_is_submitted_with_samples_and_changed(
    program: Program, account: Account, meta: Running
) -> None:
    pictures = [{"name": f"{n}.jpg", "base64": base64.b64encode(photo(400 + n, 300)).decode()} for n in range(2)]
    card = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "A tent"}]
    parts = [BODY, {"type": "CAROUSEL", "cards": [{"components": card}, {"components": card}]}]
    given = wish(account, category="MARKETING", components=parts)
    status, told = program("post", "/templates/", given)
    assert status == 409 and "Card 1" in told["detail"]
    status, told = program("post", "/templates/", {**given, "card_samples": pictures})
    assert status == 201, told
    id = told["submitted"][0]["template"]["id"]
    content = {"category": "MARKETING", "components": [{**BODY, "text": "Dear {{1}}, your parcel is here."}, parts[1]]}
    status, told = program("put", f"/templates/{id}", content)
    assert status == 409 and "approved, rejected or paused" in told["detail"]
    meta.admin("templates", {"template": "parcel", "status": "REJECTED"})
    Template.objects.filter(name="parcel").update(status="REJECTED")
    status, told = program("put", f"/templates/{id}", content)
    assert (status, told["status"], told["components"][0]["text"]) == (
        200,
        "PENDING",
        "Dear {{1}}, your parcel is here.",
    )
    assert len(Template.objects.get(name="parcel").card_samples) == 2
    Template.objects.filter(name="parcel").update(status="REJECTED")
    meta.admin("templates", {"template": "parcel", "status": "REJECTED"})
    status, told = program("put", f"/templates/{id}", {**content, "components": content["components"][:1]})
    assert status == 200, told
    assert Template.objects.get(name="parcel").card_samples == [], "without cards there are no samples on them"


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"name": "Parcel!"}, 409, "small letters"),
        ({"accounts": ["1"]}, 409, "Choose at least one account"),
        ({"category": "AUTHENTICATION"}, 422, "MARKETING"),
        ({"components": [{"type": "HEADER", "format": "IMAGE"}, BODY]}, 409, "sample"),
        ({"components": [{"type": "HEADER", "format": "IMAGE"}, BODY], "sample": {"name": "a", "base64": "%"}}, 409,
         "base64"),
    ],
)  # fmt: skip
def test_what_cannot_be_submitted_is_told(
    program: Program, account: Account, change: dict[str, Any], status: int, sentence: str
) -> None:
    answer, told = program("post", "/templates/", wish(account, **change))
    assert answer == status and sentence in str(told)
    assert not Template.objects.filter(name="parcel").exists()
