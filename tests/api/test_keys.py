"""Keys: what opens, what does not, how often, and that the database holds no secret."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from tests.api.conftest import Program
from tests.belongings import Belongings
from tests.conftest import Time
from tests.people import member
from tradewind.api import access
from tradewind.lib import clock
from tradewind.workspaces import actions, keys
from tradewind.workspaces.models import ApiKey, Member


def test_a_key_opens_and_notes_when(call: Program, hers: Belongings, still_time: Time) -> None:
    status, said = call("get", "/numbers/")
    assert status == 200
    assert [number["id"] for number in said["numbers"]] == [hers.id("number")]
    assert ApiKey.objects.get(pk=hers.key.pk).last_used_at == clock.now()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "tw_",
        "tw__",
        "tw_1234567890_",
        "tw_1234567890_" + "x" * 43,
        "Basic",
        "tw_é_x",
        "x" * 5000,
        "tw_%00_x",
    ],
)
def test_other_tokens_do_not_open(hers: Belongings, token: str) -> None:
    status, said = Program(token)("get", "/numbers/")
    assert (status, said["code"]) == (401, "no_key")


def test_a_wrong_secret_behind_a_right_prefix_does_not_open(hers: Belongings) -> None:
    kind, prefix, right = hers.key_token.split("_", 2)
    call = Program(f"{kind}_{prefix}_{'A' * len(right)}")
    assert call("get", "/numbers/")[0] == 401
    assert call.last["WWW-Authenticate"].startswith("Bearer")
    assert call.last["Content-Type"] == "application/problem+json"


def test_a_revoked_key_is_out_at_once(call: Program, hers: Belongings, alice: Member) -> None:
    assert call("get", "/numbers/")[0] == 200
    keys.revoke(key=hers.key, by=alice)
    assert call("get", "/numbers/")[0] == 401


def test_an_expired_key_is_out(hers: Belongings, alice: Member, still_time: Time) -> None:
    _key, token = keys.create(
        by=alice, name="short", scopes=["numbers:read"], expires_at=clock.now() + timedelta(days=1)
    )
    call = Program(token)
    assert call("get", "/numbers/")[0] == 200
    still_time.move(86400)
    assert call("get", "/numbers/")[0] == 401


def test_the_key_of_a_removed_member_is_out(alice: Member) -> None:
    ada = member(alice.workspace, "Ada", "admin")
    call = Program(keys.create(by=ada, name="hers", scopes=["numbers:read"])[1])
    assert call("get", "/numbers/")[0] == 200
    Member.objects.filter(pk=ada.pk).update(removed_at=clock.now())  # even when nobody revoked her keys
    assert call("get", "/numbers/")[0] == 401


def test_the_key_of_a_deactivated_sign_in_is_out(alice: Member) -> None:
    ada = member(alice.workspace, "Ada", "admin")
    call = Program(keys.create(by=ada, name="hers", scopes=["numbers:read"])[1])
    ada.user.is_active = False
    ada.user.save()
    assert call("get", "/numbers/")[0] == 401


def test_a_key_can_no_more_than_its_maker(alice: Member) -> None:
    ada = member(alice.workspace, "Ada", "admin")
    call = Program(keys.create(by=ada, name="hers", scopes=["contacts:read"])[1])
    assert call("get", "/contacts/")[0] == 200
    actions.change_role(member=ada, role="analyst", by=alice)
    status, said = call("get", "/contacts/")
    assert (status, said["code"]) == (403, "not_allowed")
    assert "Ada" in said["detail"]


def test_a_scope_opens_its_own_verbs_only(with_scopes: Callable[..., Program], hers: Belongings) -> None:
    call = with_scopes("contacts:read")
    assert call("get", "/contacts/")[0] == 200
    for method, path in (
        ("get", "/numbers/"),
        ("post", "/contacts/"),
        ("post", f"/campaigns/{hers.id('campaign')}/launch"),
    ):
        status, said = call(method, path)
        assert status == 403, path
        assert "scope" in said["detail"]


def test_too_many_calls_are_held_back_and_told_how_long(
    call: Program, still_time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "RATE", 2.0)
    monkeypatch.setattr(access, "BURST", 3.0)
    assert [call("get", "/numbers/")[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    assert call.last["Retry-After"] == "1"
    still_time.move(0.5)
    assert [call("get", "/numbers/")[0] for _ in range(2)] == [200, 429]
    still_time.move(3600)
    assert [call("get", "/numbers/")[0] for _ in range(4)] == [200, 200, 200, 429]


def test_p20_the_database_holds_no_key(hers: Belongings) -> None:
    secret = hers.key_token.split("_", 2)[2]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(k)::text FROM api_key k UNION ALL SELECT row_to_json(a)::text FROM audit_entry a"
        )
        everything = " ".join(text for (text,) in cursor.fetchall())
    assert hers.key.prefix in everything
    assert secret not in everything
    assert secret.encode().hex() not in everything
