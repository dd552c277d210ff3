"""The second wall: what a web request cannot see or change, even with raw SQL."""

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.people import member, workspace
from tradewind.journal.actions import record
from tradewind.workspaces import walls
from tradewind.workspaces.models import AuditEntry, Member, Workspace

pytestmark = pytest.mark.django_db

# Tables without a tenant that pages use: sign-ins and sessions, Django's own, the shared cache, signs of life, jobs.
SHARED = {
    "login", "login_groups", "login_user_permissions", "django_session", "django_content_type", "django_migrations",
    "auth_group", "auth_group_permissions", "auth_permission", "account_emailaddress", "account_emailconfirmation",
    "cache_entry", "beat", "mfa_authenticator", "device",
}  # fmt: skip
APPEND_ONLY = ("audit_entry", "consent", "attempt", "journal")


def rows(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tables() -> set[str]:
    """All tables of ours, without partitions (those are closed to web requests altogether)."""
    found = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND relname NOT LIKE 'procrastinate%%'"
    )
    return {str(name) for (name,) in found}


def with_column(name: str) -> set[str]:
    found = rows(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = %s", name
    )
    return {str(table) for (table,) in found} & tables()


def walled() -> set[str]:
    found = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_policies p ON p.tablename = c.relname"
        " WHERE c.relrowsecurity AND p.policyname = 'one_workspace'"
    )
    return {str(name) for (name,) in found}


def open_to_web() -> set[str]:
    return {
        table for table in tables() if rows("SELECT has_table_privilege(%s, %s, 'SELECT')", walls.ROLE, table)[0][0]
    }


def test_every_table_of_a_tenant_is_walled() -> None:
    of_tenants = with_column("workspace_id") | {"workspace"}
    assert len(of_tenants) > 25
    assert of_tenants - walled() - (of_tenants - open_to_web()) == set()


def test_whatever_a_web_request_can_read_is_walled_or_known_to_be_shared() -> None:
    assert open_to_web() - walled() - SHARED == set()


def test_every_model_of_a_tenant_is_found_by_this_test() -> None:
    named = {
        model._meta.db_table for model in apps.get_models() if any(f.name == "workspace" for f in model._meta.fields)
    }
    assert named - with_column("workspace_id") == set()


def test_partitions_are_closed_to_web_requests() -> None:
    parts = rows("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
    assert parts
    for (name,) in parts:
        assert rows("SELECT has_table_privilege(%s, %s, 'SELECT')", walls.ROLE, name) == [(False,)]


def test_inside_the_walls_only_one_workspace_is_there(alice: Member, charlie: Member) -> None:
    assert rows("SELECT count(*) FROM member") == [(2,)]
    with walls.inside(alice.workspace_id):
        assert rows("SELECT id FROM workspace") == [(alice.workspace_id,)]
        assert rows("SELECT id FROM member") == [(alice.pk,)]
        assert rows("SELECT count(*) FROM member WHERE workspace_id = %s", charlie.workspace_id) == [(0,)]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE member SET role = 'analyst'")
            assert cursor.rowcount == 1
    charlie.refresh_from_db()
    assert charlie.role == "owner"


def test_inside_the_walls_nothing_is_written_for_another_workspace(alice: Member, charlie: Member) -> None:
    with (
        walls.inside(alice.workspace_id),
        pytest.raises(psycopg.Error, match="row-level security"),
        transaction.atomic(),
    ):
        record("member.added", workspace_id=charlie.workspace_id)
    with (
        walls.inside(alice.workspace_id),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        Member.objects.filter(pk=alice.pk).update(workspace_id=charlie.workspace_id)


def test_nowhere_nothing_is_there(alice: Member) -> None:
    with walls.nowhere():
        assert rows("SELECT count(*) FROM workspace") == [(0,)]
        assert rows("SELECT count(*) FROM member") == [(0,)]


def test_walls_nest_and_open_again(alice: Member, charlie: Member) -> None:
    with walls.inside(alice.workspace_id):
        with walls.outside():
            assert Workspace.objects.count() == 2
            with walls.inside(charlie.workspace_id):
                assert Workspace.objects.get() == charlie.workspace
            assert Workspace.objects.count() == 2
        assert Workspace.objects.get() == alice.workspace
    assert Workspace.objects.count() == 2


def test_an_error_inside_leaves_the_walls(alice: Member) -> None:
    workspace("Second")
    with pytest.raises(DatabaseError), transaction.atomic(), walls.inside(alice.workspace_id):
        rows("SELECT 1 / 0")
    assert Workspace.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_lost_inside_is_bound_again() -> None:
    mine, theirs = workspace("Mine"), workspace("Theirs")
    with walls.inside(mine.pk):
        assert Workspace.objects.get() == mine
        connection.close()
        assert Workspace.objects.get() == mine
        assert rows("SELECT current_user") == [(walls.ROLE,)]
        connection.close()
        with walls.outside():
            assert Workspace.objects.count() == 2
        assert Workspace.objects.get() == mine
    assert set(Workspace.objects.all()) == {mine, theirs}


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_inside_does_not_leave_the_next_request_inside() -> None:
    mine = workspace("Mine")
    workspace("Theirs")
    connection.set_autocommit(False)
    try:
        with pytest.raises(DatabaseError), walls.inside(mine.pk):
            rows("SELECT 1 / 0")
    finally:
        connection.close()
    assert rows("SELECT current_user <> %s", walls.ROLE) == [(True,)]
    assert Workspace.objects.count() == 2


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_tables_refuse_every_change(alice: Member, table: str) -> None:
    fill(alice)
    assert rows(f"SELECT count(*) FROM {table}")[0][0] == 1
    column = {"journal": "kind", "attempt": "detail", "audit_entry": "summary", "consent": "source"}[table]
    for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows(statement)
        with walls.inside(alice.workspace_id), pytest.raises(DatabaseError), transaction.atomic():
            rows(statement)
    assert rows(f"SELECT count(*) FROM {table} WHERE {column} = 'x'") == [(0,)]


@pytest.mark.parametrize("table", ["cursor", "webhook_inbox", "webhook_waiting", "orphan", "unrouted", "safe_mode"])
def test_tables_of_the_machinery_are_hidden_from_web_requests(alice: Member, table: str) -> None:
    with (
        walls.inside(alice.workspace_id),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        rows(f"SELECT * FROM {table}")


def fill(alice: Member) -> None:
    """One row in each append-only table."""
    AuditEntry.objects.create(workspace=alice.workspace, at=alice.joined_at, verb="test.done", member=alice)
    record("member.added", workspace_id=alice.workspace_id)
    bob = member(alice.workspace, "Bob", "agent")
    person = rows(
        "INSERT INTO contact (workspace_id, created_at) VALUES (%s, %s) RETURNING id", bob.workspace_id, bob.joined_at
    )[0][0]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent (workspace_id, contact_id, state, source, at, recorded_at)"
            " VALUES (%s, %s, 'opted_in', 'paper', %s, %s)",
            [bob.workspace_id, person, bob.joined_at, bob.joined_at],
        )
        cursor.execute(
            "INSERT INTO attempt (id, workspace_id, message_id, number_id, started_at, ended_at, outcome)"
            " VALUES (gen_random_uuid(), %s, 1, 1, %s, %s, 'accepted')",
            [bob.workspace_id, bob.joined_at, bob.joined_at],
        )
