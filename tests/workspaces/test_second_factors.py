"""Signing in with two factors: setting them up, using them, and what a workspace may demand."""

import json
import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.db import connection
from django.test import Client

from tests.people import PASSWORD, browser, member
from tradewind.lib import crypto
from tradewind.workspaces import actions, second_factors
from tradewind.workspaces.models import AuditEntry, Device, Member

LOGIN, STEP = "/accounts/login/", "/accounts/two-factors/authenticate/"
APP, CODES = "/accounts/two-factors/app/add/", "/accounts/two-factors/codes/"


def code(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or some half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def set_up(client: Client) -> tuple[str, list[str]]:
    """Sets an app up the way people do; returns its key and the recovery codes."""
    page = client.get(APP).content.decode()
    secret = re.search(r'id="totp-secret">([A-Z2-7]+)<', page).group(1)  # type: ignore[union-attr]
    assert 'src="data:image/svg+xml;base64,' in page
    answer = client.post(APP, {"code": code(secret)})
    assert (answer.status_code, answer["Location"]) == (302, CODES)
    return secret, shown_codes(client)


def shown_codes(client: Client) -> list[str]:
    return re.findall(r'<li class="text-center">(\d+)</li>', client.get(CODES).content.decode())


def first_step(client: Client, email: str, password: str = PASSWORD) -> str:
    return str(client.post(LOGIN, {"login": email, "password": password}).headers.get("Location", ""))


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_asked_for_afterwards(as_alice: Client, alice: Member) -> None:
    secret, codes = set_up(as_alice)
    assert len(set(codes)) == 10
    there = Client()
    assert first_step(there, alice.user.email) == STEP
    assert there.get("/settings/")["Location"].startswith(LOGIN)  # half way in is not in
    assert there.post(STEP, {"code": "000000"}).status_code == 200
    assert there.post(STEP, {"code": code(secret, steps=1)}).status_code == 302
    assert there.get("/settings/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_code_works_once(as_alice: Client, alice: Member) -> None:
    secret, _codes = set_up(as_alice)
    used = code(secret, steps=1)
    first, second = Client(), Client()
    first_step(first, alice.user.email)
    assert first.post(STEP, {"code": used}).status_code == 302
    first_step(second, alice.user.email)
    assert b"used already" in second.post(STEP, {"code": used}).content


@pytest.mark.django_db(transaction=True)
def test_recovery_codes_are_shown_once_and_open_once(as_alice: Client, alice: Member) -> None:
    _secret, codes = set_up(as_alice)
    assert shown_codes(as_alice) == []
    for expected in (302, 200):
        there = Client()
        first_step(there, alice.user.email)
        assert there.post(STEP, {"code": codes[0]}).status_code == expected
    as_alice.post("/accounts/two-factors/codes/renew/")
    fresh = shown_codes(as_alice)
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    there = Client()
    first_step(there, alice.user.email)
    assert there.post(STEP, {"code": codes[1]}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_codes_are_not_guessed(as_alice: Client, alice: Member) -> None:
    secret, _codes = set_up(as_alice)
    there = Client()
    first_step(there, alice.user.email)
    for n in range(5):
        there.post(STEP, {"code": f"00000{n}"})
    assert b"Too many" in there.post(STEP, {"code": code(secret, steps=1)}).content


@pytest.mark.django_db(transaction=True)
def test_setting_up_signs_other_browsers_out_and_is_told(as_alice: Client, alice: Member) -> None:
    elsewhere = browser(alice)
    assert elsewhere.get("/settings/").status_code == 200
    set_up(as_alice)
    assert elsewhere.get("/settings/")["Location"].startswith(LOGIN)
    assert as_alice.get("/settings/").status_code == 200
    assert AuditEntry.objects.filter(verb="sign_in.app_added", member=alice).exists()
    assert [letter.to for letter in mail.outbox] == [[alice.user.email]]


def test_who_signed_in_long_ago_proves_it_again(alice: Member) -> None:
    stale = browser(alice, is_proven=False)
    asked = stale.get(APP)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    answer = stale.post(asked["Location"], {"password": PASSWORD})
    assert answer["Location"] == APP
    assert stale.get(APP).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_p19_no_secret_of_a_second_factor_stands_in_the_database(as_alice: Client, alice: Member) -> None:
    page = as_alice.get(APP).content.decode()
    secret = re.search(r'id="totp-secret">([A-Z2-7]+)<', page).group(1)  # type: ignore[union-attr]
    key = str(as_alice.session.session_key)
    assert secret not in everything_kept() and key not in everything_kept()
    secret, codes = set_up(as_alice)
    for text in (secret, *codes, key):
        assert text not in everything_kept()


def everything_kept() -> str:
    """Sessions (decoded as far as that goes without a key) and second factors as they stand in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_key, session_data FROM django_session"
            " UNION ALL SELECT '', data::text FROM mfa_authenticator"
        )
        rows = cursor.fetchall()
    assert rows
    return json.dumps(rows)


@pytest.mark.django_db(transaction=True)
def test_a_stolen_row_does_not_open_under_another_sign_in(as_alice: Client, alice: Member, bob: Member) -> None:
    secret, _codes = set_up(as_alice)
    Authenticator.objects.filter(user=alice.user).update(user=bob.user)
    there = Client(raise_request_exception=False)
    first_step(there, bob.user.email)
    assert there.post(STEP, {"code": code(secret, steps=1)}).status_code == 500
    with pytest.raises(crypto.SealError):
        Client().get(STEP)
        first_step(strict := Client(), bob.user.email)
        strict.post(STEP, {"code": code(secret, steps=1)})


@pytest.mark.django_db(transaction=True)
def test_a_workspace_demands_two_factors_at_once(as_alice: Client, alice: Member, as_bob: Client) -> None:
    assert as_bob.get("/contacts/").status_code == 200
    actions.change_settings(by=alice, values={"second_factor_demanded": True})
    assert as_bob.get("/contacts/")["Location"] == "/settings/sign-in/"
    partial = as_bob.get("/contacts/", headers={"HX-Request": "true"})
    assert (partial.status_code, partial["HX-Redirect"]) == (403, "/settings/sign-in/")
    assert as_bob.post("/contacts/new/", {"name": "Eve"})["Location"] == "/settings/sign-in/"
    assert b"One more step" in as_bob.get("/settings/sign-in/").content
    set_up(as_bob)
    assert as_bob.get("/contacts/").status_code == 200
    as_bob.post("/accounts/two-factors/app/remove/")
    assert as_bob.get("/contacts/")["Location"] == "/settings/sign-in/"


def test_demanding_two_factors_takes_a_proof(alice: Member) -> None:
    form = {
        "name": "Alster Tea", "country": "DE", "timezone": "Europe/Berlin", "locale": "en", "quiet_from": "22:00",
        "quiet_to": "08:00", "second_factor_demanded": "on",
    }  # fmt: skip
    stale = browser(alice, is_proven=False)
    asked = stale.post("/settings/", form)
    alice.workspace.refresh_from_db()
    assert asked["Location"].startswith("/accounts/reauthenticate/") and not alice.workspace.second_factor_demanded
    stale.post(asked["Location"], {"password": PASSWORD})  # what was posted is done now
    alice.workspace.refresh_from_db()
    assert alice.workspace.second_factor_demanded


def test_wrong_passwords_and_unknown_people_look_the_same_with_two_factors(alice: Member, nobody: Client) -> None:
    Authenticator.objects.create(user=alice.user, type="totp", data={"secret": "never read"})
    wrong = nobody.post(LOGIN, {"login": alice.user.email, "password": "not this one"})
    unknown = Client().post(LOGIN, {"login": "nobody@example.com", "password": "not this one"})
    seen = [re.sub(r'value="[^"]*"', "", answer.content.decode().partition("<main")[2]) for answer in (wrong, unknown)]
    assert seen[0] == seen[1] and "is wrong." in seen[0]


def test_devices_are_listed_and_ended_by_their_owner_only(alice: Member, bob: Member) -> None:
    here = browser(alice, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    there = browser(
        alice, HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18 Safari/604"
    )
    for client in (here, there, as_bob := browser(bob)):
        client.get("/settings/profile/")
    page = here.get("/settings/sign-in/").content.decode()
    assert "Firefox · Windows" in page and "Safari · iPhone" in page and "this one" in page
    (address,) = re.findall(r'action="(/settings/sign-in/(?!others)\w+/end/)"', page)
    assert as_bob.post(address).status_code == 404
    assert there.get("/settings/profile/").status_code == 200
    assert here.post(address).status_code == 302
    assert there.get("/settings/profile/")["Location"].startswith(LOGIN)
    assert here.get("/settings/profile/").status_code == 200
    assert Device.objects.filter(user=alice.user).count() == 1


def test_all_other_devices_are_ended_at_once(alice: Member) -> None:
    here, *others = [browser(alice) for _ in range(4)]
    for client in (here, *others):
        client.get("/settings/profile/")
    here.post("/settings/sign-in/others/end/")
    assert here.get("/settings/profile/").status_code == 200
    assert {client.get("/settings/profile/").status_code for client in others} == {302}


def test_a_device_is_noted_once_a_minute(alice: Member, still_time: object) -> None:
    client = browser(alice)
    client.get("/settings/profile/")
    before = Device.objects.get(user=alice.user).seen_at
    still_time.move(30)  # type: ignore[attr-defined]
    client.get("/settings/profile/")
    assert Device.objects.get(user=alice.user).seen_at == before
    still_time.move(31)  # type: ignore[attr-defined]
    client.get("/settings/profile/")
    assert Device.objects.get(user=alice.user).seen_at - before == timedelta(seconds=61)


def test_whose_last_role_is_taken_is_signed_out_everywhere(alice: Member, bob: Member, as_bob: Client) -> None:
    as_bob.get("/settings/profile/")
    actions.remove(member=bob, by=alice)
    assert not Device.objects.filter(user=bob.user).exists()
    dora = member(alice.workspace, "Dora", "agent")
    as_dora = browser(dora)
    as_dora.get("/settings/profile/")
    actions.change_role(member=dora, role="analyst", by=alice)
    assert as_dora.get("/contacts/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_operator_takes_lost_factors_off(as_alice: Client, alice: Member) -> None:
    set_up(as_alice)
    assert second_factors.reset(alice.user) == 1
    assert as_alice.get("/settings/")["Location"].startswith(LOGIN)
    assert first_step(Client(), alice.user.email) == "/"
    assert AuditEntry.objects.filter(verb="sign_in.factors_reset").exists()
