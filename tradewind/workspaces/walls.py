"""The second wall: row-level security. Web requests run as role `tradewind_web`, which sees one workspace's rows only.

The first wall is `visible_to(member)` in every query. The processes that work for all tenants (sender, worker, door)
keep the connection's own role, which owns the tables and is not bound by the policies.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection
from django.db.migrations import RunSQL
from psycopg.pq import TransactionStatus

ROLE = "tradewind_web"
SETTING = "tradewind.workspace"

MAKE_ROLE = f"""
DO $$ BEGIN
  CREATE ROLE {ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
  EXECUTE format('GRANT {ROLE} TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
  IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN RAISE; END IF;
END $$;
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {ROLE};
"""

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION tradewind_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('tradewind.retention', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def walls(*tables: str, column: str = "workspace_id") -> list[RunSQL]:
    """Migration steps that close these tables to every workspace but the current one."""
    return [
        RunSQL(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            CREATE POLICY one_workspace ON {table} TO {ROLE}
              USING ({column} = (SELECT nullif(current_setting('{SETTING}', true), '')::bigint))
              WITH CHECK ({column} = (SELECT nullif(current_setting('{SETTING}', true), '')::bigint));
            """,
            f"DROP POLICY one_workspace ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
        )
        for table in tables
    ]


def hidden(*tables: str) -> list[RunSQL]:
    """Migration steps that take these tables away from web requests altogether (system tables without a tenant)."""
    return [
        RunSQL(f"REVOKE ALL ON {table} FROM {ROLE}", f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        for table in tables
    ]


def append_only(*tables: str) -> list[RunSQL]:
    """Migration steps after which rows of these tables are never changed; retention may delete (see the function)."""
    return [
        RunSQL(
            f"""
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
              FOR EACH ROW EXECUTE FUNCTION tradewind_append_only();
            REVOKE UPDATE, DELETE ON {table} FROM {ROLE};
            """,
            f"DROP TRIGGER append_only ON {table}",
        )
        for table in tables
    ]


@contextmanager
def inside(workspace_id: int) -> Iterator[None]:
    """Run the block as the web role, bound to one workspace; then go back to what was before. Nests."""
    with _standing(str(workspace_id)):
        yield


@contextmanager
def nowhere() -> Iterator[None]:
    """Run the block as the web role without a workspace: no tenant's row is seen. For people who are not signed in."""
    with _standing(""):
        yield


@contextmanager
def outside() -> Iterator[None]:
    """Run the block as the connection's own role, free of the walls: for what no tenant owns, and for what must be
    found before the tenant is known (a key, an invitation). Keep such blocks to one query."""
    with _standing(None):
        yield


class _Place(threading.local):
    """Where this thread wants to stand, and the driver's connection on which that was set up."""

    target: str | None = None  # a workspace's id, "" for none at all, None for no walls
    bound: object = None


_place = _Place()


@contextmanager
def _standing(target: str | None) -> Iterator[None]:
    before = _place.target
    if before is None and target is None:
        yield
        return
    was_in_transaction = connection.in_atomic_block
    with connection.execute_wrapper(_bind_again) if before is None else nullcontext():
        _enter(target)
        try:
            yield
        finally:
            _go_back(before, rollback_undoes=was_in_transaction)


def _enter(target: str | None) -> None:
    """One round trip."""
    role, setting = ("none", "") if target is None else (ROLE, target)
    with connection.cursor() as cursor:
        _place.target, _place.bound = target, connection.connection
        cursor.execute(f"SELECT set_config('{SETTING}', %s, false), set_config('role', %s, false)", [setting, role])


def _go_back(before: str | None, *, rollback_undoes: bool) -> None:
    """A connection in a failed transaction cannot be told anything. The rollback undoes what was said in the same
    transaction; else the outermost block closes it, and the next connection begins without walls."""
    if connection.connection is not None and _can_be_told():
        _enter(before)
        return
    _place.target, _place.bound = before, None
    if before is None and not rollback_undoes:
        connection.close()


def _can_be_told() -> bool:
    driver = connection.connection
    failed = connection.needs_rollback or driver.info.transaction_status == TransactionStatus.INERROR
    return not (failed or driver.closed)


def _bind_again(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Before each query inside the walls: a connection that was lost and made anew began outside of them."""
    if _place.bound is not connection.connection:
        _enter(_place.target)
    return execute(sql, params, many, context)
