"""The verbs of workspaces: who may do what to whom, and what stays behind in trail and journal."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from tests.conftest import Time
from tests.people import PASSWORD, member
from tradewind.journal.models import Entry
from tradewind.workspaces import actions, keys
from tradewind.workspaces.models import AuditEntry, Invitation, Member, User, Workspace


def trail(of: Workspace) -> list[str]:
    return list(AuditEntry.objects.filter(workspace=of).order_by("id").values_list("verb", flat=True))


def journal(of: Workspace) -> list[str]:
    return list(Entry.objects.filter(workspace_id=of.pk).order_by("id").values_list("kind", flat=True))


def set_up() -> Member:
    return actions.set_up(
        name="Alster Tea",
        country="DE",
        timezone="Europe/Berlin",
        locale="de",
        owner_name="Alice",
        email="Alice@Example.com",
        password=PASSWORD,
    )


def test_the_first_run_makes_one_workspace_with_its_owner(db: None) -> None:
    owner = set_up()
    assert (owner.role, owner.user.email, owner.user.locale) == ("owner", "alice@example.com", "de")
    assert owner.workspace.timezone == "Europe/Berlin"
    assert trail(owner.workspace) == ["workspace.created"]
    assert journal(owner.workspace) == ["workspace.changed"]


def test_the_first_run_is_once(db: None) -> None:
    set_up()
    with pytest.raises(actions.AlreadySetUp):
        set_up()
    assert Workspace.objects.count() == User.objects.count() == 1


def test_an_invitation_makes_one_member_once(alice: Member) -> None:
    invitation, token = actions.invite(by=alice, email="Dora@Example.com", role="manager")
    found = actions.invitation_of(token)
    assert found == invitation
    dora = actions.accept_invitation(invitation=found, name="Dora", password=PASSWORD)
    assert (dora.workspace, dora.role, dora.user.email) == (alice.workspace, "manager", "dora@example.com")
    assert actions.invitation_of(token) is None
    with pytest.raises(ValidationError, match="used already"):
        actions.accept_invitation(invitation=found, name="Eve", password=PASSWORD)
    assert trail(alice.workspace) == ["member.invited", "member.added"]


def test_a_new_invitation_closes_the_earlier_one(alice: Member) -> None:
    _first, old = actions.invite(by=alice, email="dora@example.com", role="agent")
    _second, new = actions.invite(by=alice, email="dora@example.com", role="agent")
    assert actions.invitation_of(old) is None
    assert actions.invitation_of(new) is not None


def test_an_invitation_ends_after_seven_days(alice: Member, still_time: Time) -> None:
    _invitation, token = actions.invite(by=alice, email="dora@example.com", role="agent")
    still_time.move(7 * 86400 - 1)
    assert actions.invitation_of(token) is not None
    still_time.move(2)
    assert actions.invitation_of(token) is None


def test_a_withdrawn_invitation_opens_nothing(alice: Member) -> None:
    invitation, token = actions.invite(by=alice, email="dora@example.com", role="agent")
    actions.withdraw_invitation(invitation=invitation, by=alice)
    assert actions.invitation_of(token) is None


def test_p20_the_invitations_token_is_nowhere_in_the_database(alice: Member) -> None:
    _invitation, token = actions.invite(by=alice, email="dora@example.com", role="agent")
    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert token.encode() not in bytes(row["digest"])


def test_members_are_not_invited_again(alice: Member, bob: Member) -> None:
    with pytest.raises(ValidationError, match="member already"):
        actions.invite(by=alice, email=bob.user.email.upper(), role="agent")


@pytest.mark.parametrize(
    ("role", "given", "may"),
    [
        ("owner", "owner", True),
        ("admin", "owner", False),
        ("admin", "admin", True),
        ("manager", "agent", False),
        ("agent", "analyst", False),
        ("owner", "emperor", False),
    ],
)
def test_nobody_gives_more_than_they_have(alice: Member, role: str, given: str, may: bool) -> None:
    giver = member(alice.workspace, "Giver", role)
    if may:
        actions.invite(by=giver, email="new@example.com", role=given)
    else:
        with pytest.raises(PermissionDenied):
            actions.invite(by=giver, email="new@example.com", role=given)
    assert Invitation.objects.exists() is may


def test_an_admin_touches_no_owner(alice: Member) -> None:
    ada = member(alice.workspace, "Ada", "admin")
    with pytest.raises(PermissionDenied):
        actions.change_role(member=alice, role="agent", by=ada)
    with pytest.raises(PermissionDenied):
        actions.remove(member=alice, by=ada)
    alice.refresh_from_db()
    assert (alice.role, alice.removed_at) == ("owner", None)


def test_one_owner_always_stays(alice: Member) -> None:
    for act in (
        lambda: actions.change_role(member=alice, role="admin", by=alice),
        lambda: actions.remove(member=alice, by=alice),
        lambda: actions.leave(member=alice),
    ):
        with pytest.raises(ValidationError, match="needs an owner"):
            act()
    other = member(alice.workspace, "Olga", "owner")
    actions.leave(member=alice)
    with pytest.raises(ValidationError, match="needs an owner"):
        actions.leave(member=other)


def test_removing_somebody_takes_their_keys(alice: Member) -> None:
    ada = member(alice.workspace, "Ada", "admin")
    _key, token = keys.create(by=ada, name="shop", scopes=["messages:send"])
    assert keys.authenticate(token) is not None
    actions.remove(member=ada, by=alice)
    assert keys.authenticate(token) is None
    assert trail(alice.workspace) == ["key.created", "member.removed"]
    assert journal(alice.workspace) == ["member.removed"]


def test_a_member_of_another_workspace_cannot_be_touched(alice: Member, charlie: Member) -> None:
    with pytest.raises(Member.DoesNotExist):
        actions.remove(member=charlie, by=alice)
    with pytest.raises(Member.DoesNotExist):
        actions.change_role(member=charlie, role="agent", by=alice)
    charlie.refresh_from_db()
    assert (charlie.role, charlie.removed_at) == ("owner", None)


def test_the_kill_switch_goes_on_and_off_once(alice: Member, still_time: Time) -> None:
    actions.stop_sending(by=alice, reason="wrong text")
    actions.stop_sending(by=alice, reason="again")
    alice.workspace.refresh_from_db()
    assert alice.workspace.sending_stopped_reason == "wrong text"
    actions.resume_sending(by=alice)
    actions.resume_sending(by=alice)
    alice.workspace.refresh_from_db()
    assert alice.workspace.sending_stopped_at is None
    assert trail(alice.workspace) == ["sending.stopped", "sending.resumed"]


def test_settings_change_and_tell_what_changed(alice: Member) -> None:
    assert actions.change_settings(
        by=alice, values={"name": "Elbe Tea", "cap_72h": 3, "timezone": "Europe/Berlin"}
    ) == [
        "name",
        "cap_72h",
    ]
    assert actions.change_settings(by=alice, values={"name": "Elbe Tea"}) == []
    line = AuditEntry.objects.get()
    assert line.detail == {"name": ["Alster Tea", "Elbe Tea"], "cap_72h": ["–", "3"]}


def test_the_audit_trail_cannot_be_changed(alice: Member) -> None:
    actions.change_settings(by=alice, values={"name": "Elbe Tea"})
    from django.db import DatabaseError, transaction

    for statement in ("UPDATE audit_entry SET summary = ''", "DELETE FROM audit_entry"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_a_renewed_invitation_opens_by_its_new_link_only(alice: Member, still_time: Time) -> None:
    invitation, old = actions.invite(by=alice, email="dora@example.com", role="agent")
    still_time.move(8 * 86400)
    assert actions.invitation_of(old) is None
    new = actions.renew_invitation(invitation=invitation, by=alice)
    assert actions.invitation_of(old) is None
    assert actions.invitation_of(new) == invitation
    actions.accept_invitation(invitation=invitation, name="Dora", password=PASSWORD)
    with pytest.raises(ValidationError, match="used already"):
        actions.renew_invitation(invitation=invitation, by=alice)


def test_nobody_renews_an_invitation_to_a_role_above_their_own(alice: Member) -> None:
    invitation, _token = actions.invite(by=alice, email="dora@example.com", role="owner")
    with pytest.raises(PermissionDenied):
        actions.renew_invitation(invitation=invitation, by=member(alice.workspace, "Ada", "admin"))
