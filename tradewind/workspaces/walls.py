"""The second wall: row-level security. Web requests run as role `tradewind_web`, which sees one workspace's rows only.

The first wall is `visible_to(member)` in every query. The processes that work for all tenants (sender, worker, door)
keep the connection's own role, which owns the tables and is not bound by the policies.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations import RunSQL

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
    """Run the block as the web role, bound to one workspace. Not for use within an open transaction that may fail."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('{SETTING}', %s, false)", [str(workspace_id)])
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        leave()


def leave() -> None:
    """Back to the connection's own role. A broken connection is closed: the next one starts outside."""
    if connection.connection is None:
        return
    if connection.needs_rollback or connection.connection.closed:
        connection.close()
        return
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"RESET {SETTING}")
