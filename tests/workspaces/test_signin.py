"""Signing in, and what strangers try: guessing, asking who exists, other sites, forged requests, frames."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.people import PASSWORD, browser, member, workspace
from tradewind.workspaces import actions
from tradewind.workspaces.models import AuditEntry, Invitation, Member, User, Workspace

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def forgotten_tries() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    return int(client.post(LOGIN, {"login": email, "password": password, **more}).status_code)


def test_a_member_signs_in_and_out(nobody: Client, alice: Member) -> None:
    answer = nobody.post(LOGIN, {"login": alice.user.email.upper(), "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert nobody.get("/settings/").status_code == 200
    nobody.post("/accounts/logout/")
    assert nobody.get("/settings/")["Location"].startswith(LOGIN)


def test_signing_out_by_a_link_does_nothing(as_alice: Client) -> None:
    assert as_alice.get("/accounts/logout/").status_code == 200
    assert as_alice.get("/settings/").status_code == 200


def test_the_session_gets_a_new_key(nobody: Client, alice: Member) -> None:
    nobody.get(LOGIN)
    session = nobody.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    sign_in(nobody, alice.user.email)
    assert nobody.session.session_key != planted


ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "https:evil.example", "///evil.example", " //evil.example", "http:///evil.example", "/\t/evil.example",
)  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_to_another_site(nobody: Client, alice: Member, target: str) -> None:
    answer = nobody.post(LOGIN, {"login": alice.user.email, "password": PASSWORD, "next": target})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser(alice).post("/language/", {"language": "de", "next": target})["Location"] == "/"


def test_signing_in_leads_back(nobody: Client, alice: Member) -> None:
    there = nobody.get("/settings/members/")["Location"]
    assert 'name="next" value="/settings/members/"' in nobody.get(there).content.decode()
    answer = nobody.post(LOGIN, {"login": alice.user.email, "password": PASSWORD, "next": "/settings/members/"})
    assert answer["Location"] == "/settings/members/"


def bare(content: bytes) -> str:
    """A page without what differs each time."""
    return re.sub(r'value="[^"]*"|"X-CSRFToken": "[^"]*"|data-now="\d+"', "", content.decode())


def test_a_wrong_password_and_an_unknown_address_look_the_same(nobody: Client, alice: Member) -> None:
    wrong = nobody.post(LOGIN, {"login": alice.user.email, "password": "wrong password"})
    unknown = nobody.post(LOGIN, {"login": "nobody@example.com", "password": "wrong password"})
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert bare(wrong.content) == bare(unknown.content)


def test_asking_for_a_new_password_tells_nobody_who_exists(nobody: Client, alice: Member) -> None:
    known = nobody.post("/accounts/password/reset/", {"email": alice.user.email})
    unknown = nobody.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter.to for letter in mail.outbox] == [[alice.user.email]]


def test_a_reset_link_works_once(nobody: Client, alice: Member) -> None:
    nobody.post("/accounts/password/reset/", {"email": alice.user.email})
    link = re.search(r"https?://testserver(/\S+)", mail.outbox[0].body).group(1)  # type: ignore[union-attr]
    form = nobody.get(link)["Location"]
    new = "a quite other pass phrase"
    assert nobody.post(form, {"password1": new, "password2": new}).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.check_password(new)
    again = Client()
    assert b"opens nothing" in again.get(link, follow=True).content


def test_guessing_one_persons_password_is_stopped(nobody: Client, alice: Member) -> None:
    assert [sign_in(nobody, alice.user.email, f"guess number {n}") for n in range(5)] == [200] * 5
    refused = nobody.post(LOGIN, {"login": alice.user.email, "password": PASSWORD})
    assert b"Too many" in refused.content
    assert nobody.get("/settings/")["Location"].startswith(LOGIN)


def test_trying_many_addresses_is_stopped(nobody: Client, alice: Member) -> None:
    for n in range(10):
        sign_in(nobody, f"somebody{n}@example.com", "stuffed password")
    assert b"Too many" in nobody.post(LOGIN, {"login": alice.user.email, "password": PASSWORD}).content
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, alice.user.email) == 302  # who guesses locks nobody else out


@pytest.mark.parametrize("password", ["short", "password12", "1234567890", "alice@alster-tea.example"])
def test_weak_passwords_are_refused(nobody: Client, db: None, password: str) -> None:
    answer = nobody.post("/setup/", setup_form(password=password))
    assert answer.status_code == 200
    assert b"data-invalid" in answer.content
    assert not User.objects.exists()


def setup_form(**more: str) -> dict[str, str]:
    return {
        "name": "Alster Tea",
        "country": "DE",
        "timezone": "Europe/Berlin",
        "owner_name": "Alice",
        "email": "alice@alster-tea.example",
        "password": PASSWORD,
        **more,
    }


def test_the_first_run_signs_its_owner_in(nobody: Client) -> None:
    assert nobody.get("/")["Location"] == "/setup/"
    answer = nobody.post("/setup/", setup_form(), headers={"Accept-Language": "de"})
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")
    assert nobody.get("/welcome/").status_code == 200
    owner = Member.objects.get()
    assert (owner.role, owner.user.locale, owner.workspace.timezone) == ("owner", "de", "Europe/Berlin")


@pytest.mark.parametrize(("languages", "country"), [("en-AU,en;q=0.9", "AU"), ("pt-BR", "BR"), ("de", "")])
def test_set_up_proposes_the_country_of_the_browser(nobody: Client, languages: str, country: str) -> None:
    page = nobody.get("/setup/", headers={"Accept-Language": languages}).content.decode()
    assert re.search(rf'<option value="{country}"\s+selected', page)


@pytest.mark.parametrize(
    ("country", "zone"), [("IT", "Europe/Rome"), ("AU", "Australia/Sydney"), ("BR", "America/Sao_Paulo")]
)
def test_without_a_time_zone_it_is_where_most_people_of_the_country_live(
    nobody: Client, db: None, country: str, zone: str
) -> None:
    assert nobody.post("/setup/", setup_form(country=country, timezone=""))["Location"] == "/welcome/"
    assert Workspace.objects.get().timezone == zone


def test_set_up_is_closed_afterwards(nobody: Client, alice: Member) -> None:
    assert nobody.get("/setup/")["Location"] == "/"
    nobody.post("/setup/", setup_form(email="eve@example.com"))
    assert Workspace.objects.count() == User.objects.count() == 1


def test_nobody_signs_up_by_themselves(nobody: Client, alice: Member) -> None:
    form = {"email": "eve@example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert nobody.post("/accounts/signup/", form)["Location"] == LOGIN
    assert User.objects.count() == 1


def test_an_invited_person_joins(nobody: Client, as_alice: Client, alice: Member) -> None:
    page = as_alice.post("/settings/members/", {"email": "dora@example.com", "role": "manager"})
    link = re.search(r"http://testserver(/join/[^<\s\"]+)", page.content.decode()).group(1)  # type: ignore[union-attr]
    assert page["Cache-Control"] == "no-store"
    assert link in mail.outbox[0].body
    assert b"Alster Tea" in nobody.get(link).content
    answer = nobody.post(link, {"owner_name": "Dora", "password": PASSWORD})
    assert answer["Location"] == "/"
    assert Member.objects.get(user__email="dora@example.com").role == "manager"
    assert Client().get(link).status_code == 410


def test_somebody_with_a_sign_in_joins_with_it(
    as_charlie: Client, alice: Member, charlie: Member, nobody: Client
) -> None:
    _invitation, token = actions.invite(by=alice, email=charlie.user.email, role="agent")
    link = f"/join/{token}/"
    assert b"?next=/join/" in nobody.get(link).content
    assert nobody.post(link, {"owner_name": "Eve", "password": PASSWORD}).status_code == 200
    assert not Member.objects.filter(workspace=alice.workspace, user=charlie.user).exists()
    assert as_charlie.post(link)["Location"] == "/"
    assert Member.objects.get(workspace=alice.workspace, user=charlie.user).role == "agent"


def test_changing_the_password_signs_other_browsers_out(alice: Member) -> None:
    here, there = Client(), Client()
    assert sign_in(here, alice.user.email) == sign_in(there, alice.user.email) == 302
    new = "a quite other pass phrase"
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/")["Location"].startswith(LOGIN)


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/settings/", "/settings/members/", "/settings/sending/stop/", "/language/", "/leave/"]
)
def test_forged_requests_of_other_sites_are_refused(alice: Member, path: str) -> None:
    strict = browser(alice, enforce_csrf_checks=True)
    answer = strict.post(path, {"login": "x", "password": "y", "reason": "forged"})
    assert answer.status_code == 403
    alice.workspace.refresh_from_db()
    assert alice.workspace.sending_stopped_at is None


def test_cookies_are_for_this_site_and_no_script(nobody: Client, alice: Member) -> None:
    nobody.get(LOGIN)
    sign_in(nobody, alice.user.email)
    session, csrf = nobody.cookies["tradewind_session"], nobody.cookies["tradewind_csrf"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert csrf["samesite"] == "Lax"


def test_the_kill_switch_from_the_page(as_alice: Client, alice: Member) -> None:
    as_alice.post("/settings/sending/stop/", {"reason": "wrong text"})
    alice.workspace.refresh_from_db()
    assert alice.workspace.sending_stopped_at is not None
    assert b"wrong text" in as_alice.get("/settings/").content
    as_alice.post("/settings/sending/resume/")
    alice.workspace.refresh_from_db()
    assert alice.workspace.sending_stopped_at is None


def test_an_agent_stops_nothing(as_bob: Client, bob: Member) -> None:
    assert as_bob.post("/settings/sending/stop/").status_code == 403
    bob.workspace.refresh_from_db()
    assert bob.workspace.sending_stopped_at is None


def test_settings_are_changed_and_wrong_ones_explained(as_alice: Client, alice: Member) -> None:
    form = {
        "name": "Elbe Tea",
        "country": "AT",
        "timezone": "Europe/Vienna",
        "locale": "de",
        "quiet_from": "21:00",
        "quiet_to": "09:00",
    }
    assert as_alice.post("/settings/", {**form, "cap_72h": "5", "cap_month": "3"}).status_code == 200
    assert as_alice.post("/settings/", {**form, "timezone": "Mars/Olympus"}).status_code == 200
    alice.workspace.refresh_from_db()
    assert alice.workspace.name == "Alster Tea"
    assert as_alice.post("/settings/", {**form, "cap_72h": "3"}).status_code == 302
    alice.workspace.refresh_from_db()
    assert (alice.workspace.name, alice.workspace.country, alice.workspace.cap_72h) == ("Elbe Tea", "AT", 3)


def test_names_with_script_stay_text(as_alice: Client, alice: Member) -> None:
    evil = "<script>alert(1)</script>{{7*7}}"
    bob = member(alice.workspace, "Mallory", "agent")
    bob.user.name = evil
    bob.user.save()
    page = as_alice.get("/settings/members/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page and "{{7*7}}" in page


def test_the_audit_trail_pages_by_key_and_filters(as_alice: Client, alice: Member) -> None:
    for n in range(55):
        actions.change_settings(by=alice, values={"name": f"Name {n}"})
    actions.stop_sending(by=alice)
    first = as_alice.get("/settings/audit/").content.decode()
    assert "→ Name 54<" in first and "→ Name 3<" not in first
    older = re.search(r'href="(\?before=[^"]+)"', first).group(1)  # type: ignore[union-attr]
    second = as_alice.get(f"/settings/audit/{older}").content.decode()
    assert "→ Name 3<" in second and "→ Name 54<" not in second
    about = as_alice.get("/settings/audit/?about=sending").content.decode().partition("<tbody")[2]
    assert "stopped all sending" in about and "changed the workspace" not in about
    assert as_alice.get("/settings/audit/?by=nonsense").status_code == 404


def test_somebody_switches_between_their_own_workspaces_only(as_bob: Client, bob: Member) -> None:
    from tradewind.workspaces.door import public_id

    other, strange = workspace("Other"), workspace("Strange")
    Member.objects.create(workspace=other, user=bob.user, role="owner", joined_at=bob.joined_at)
    assert as_bob.get("/settings/audit/").status_code == 403
    assert as_bob.post("/workspaces/switch/", {"workspace": public_id(other)}).status_code == 302
    assert as_bob.get("/settings/audit/").status_code == 200
    assert as_bob.post("/workspaces/switch/", {"workspace": public_id(strange)}).status_code == 404


def test_an_invitation_goes_by_mail_or_is_handed_over(as_alice: Client, settings: Any) -> None:
    page = as_alice.post("/settings/members/", {"email": "dora@example.com", "role": "agent"}).content.decode()
    assert "A letter went to" in page and len(mail.outbox) == 1
    settings.CAN_MAIL = False
    page = as_alice.post("/settings/members/", {"email": "emil@example.com", "role": "agent"}).content.decode()
    assert "The invitation is ready." in page and len(mail.outbox) == 1
    assert [i.mailed_at is not None for i in Invitation.objects.order_by("id")] == [True, False]


def test_a_mail_server_that_is_away_stops_no_invitation(as_alice: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = as_alice.post("/settings/members/", {"email": "dora@example.com", "role": "agent"}).content.decode()
    assert "The invitation is ready." in page


def test_an_invitation_is_renewed_from_the_page(as_alice: Client, nobody: Client) -> None:
    as_alice.post("/settings/members/", {"email": "dora@example.com", "role": "agent"})
    invitation = Invitation.objects.get()
    Invitation.objects.update(expires_at=invitation.created_at)
    page = as_alice.get("/settings/members/").content.decode()
    assert "too old since" in page
    address = re.search(r'action="(/settings/invitations/\w+/renew/)"', page).group(1)  # type: ignore[union-attr]
    answer = as_alice.post(address).content.decode()
    link = re.search(r"http://testserver(/join/[^<\s\"]+)", answer).group(1)  # type: ignore[union-attr]
    assert nobody.get(link).status_code == 200


def test_an_invitation_for_another_address_says_so(as_charlie: Client, alice: Member) -> None:
    _invitation, token = actions.invite(by=alice, email="dora@example.com", role="agent")
    page = as_charlie.get(f"/join/{token}/").content.decode()
    assert "for somebody else" in page and "dora@example.com" in page
    as_charlie.post(f"/join/{token}/", {"owner_name": "Charlie", "password": PASSWORD})
    assert Member.objects.filter(workspace=alice.workspace).count() == 1


@pytest.mark.parametrize(
    "path, body",
    [
        ("/settings/members/", {"email": "eve@example.com", "role": "owner"}),
        ("/settings/keys/", {"name": "Key", "scopes": ["messages:send"], "days": "0"}),
    ],
)
def test_dangerous_acts_take_a_fresh_proof(alice: Member, path: str, body: dict[str, object]) -> None:
    stale = browser(alice, is_proven=False)
    asked = stale.post(path, body)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not Invitation.objects.exists() and not alice.apikey_set.exists()
    assert stale.post(asked["Location"], {"password": "not this one"}).status_code == 200
    assert not Invitation.objects.exists() and not alice.apikey_set.exists()
    assert stale.post(asked["Location"], {"password": PASSWORD}).status_code == 200
    assert Invitation.objects.count() + alice.apikey_set.count() == 1


def test_the_audit_trail_is_filtered_and_exported(as_alice: Client, alice: Member, bob: Member) -> None:
    actions.change_settings(by=alice, values={"name": "=HYPERLINK(1)"})
    actions.change_role(member=bob, role="manager", by=alice)
    actions.stop_sending(by=alice, reason="wrong text")
    page = as_alice.get("/settings/audit/?about=member.role_changed").content.decode()
    assert "Bob: Agent → Manager" in page and "wrong text" not in page
    thing = re.search(r'href="\?thing=(member\.\w+)"', page).group(1)  # type: ignore[union-attr]
    only = as_alice.get(f"/settings/audit/?thing={thing}").content.decode()
    assert "Agent → Manager" in only and "wrong text" not in only
    assert "Nothing like this happened" in as_alice.get("/settings/audit/?until=2020-01-01").content.decode()
    assert "wrong text" in as_alice.get("/settings/audit/?since=2020-01-01&until=2999-01-01").content.decode()
    for odd in ("since=x", "until=2026-99-99", "about=%3Cscript%3E"):
        assert as_alice.get(f"/settings/audit/?{odd}").status_code == 200
    assert as_alice.get("/settings/audit/?thing=member.nonsense").status_code == 404
    answer = as_alice.get("/settings/audit.csv?about=workspace.changed")
    text = b"".join(answer).decode()
    assert "workspace.changed" in text and "sending.stopped" not in text and text.count("\r\n") == 2
    assert AuditEntry.objects.get(verb="workspace.trail_exported").summary == "about=workspace.changed"
