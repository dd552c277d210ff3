"""`tradewind migrate`: bring the database's tables up to date."""

import typer

from tradewind.cli import environment
from tradewind.cli.output import DEFAULT_DATA, AsJson, Data, Refusal, finish

# One migration at a time in a database, whoever starts it; the number is only ours.
LOCK = 7_283_901_645


def add_to(app: typer.Typer) -> None:
    app.command()(migrate)


def migrate(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Bring the database's tables up to date."""
    environment.django(environment.of_data(data))
    applied = bring_up_to_date()
    finish({"applied": applied}, as_json=as_json, lines=_told(applied))


def bring_up_to_date() -> list[str]:
    """Applies what is pending under a lock, and returns the names. Needs Django to be set up."""
    from django.core.management import call_command
    from django.db import OperationalError, connection

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Refusal(f"The database cannot be reached: {error}".strip()) from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            names = pending()
            if names:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return names


def pending() -> list[str]:
    """Migrations that the database lacks, such as `messages.0002_outbox`, in their order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _told(applied: list[str]) -> str:
    return "\n".join(["Applied:", *(f"  {name}" for name in applied)]) if applied else "The database is up to date."
