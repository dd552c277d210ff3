"""What can go wrong with the database server."""


class PostgresError(Exception):
    """The database server cannot be used; the message is a sentence for the operator."""
