"""The batch SQL of the way out, one statement a file. Times come in as parameters, lists as binary arrays."""

from functools import cache
from importlib.resources import files


@cache
def load(name: str) -> bytes:
    """The text of `name`.sql, as psycopg takes it."""
    return (files(__package__) / f"{name}.sql").read_bytes()
