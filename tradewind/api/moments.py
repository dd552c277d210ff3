"""Times that programs send: with a zone, in years that a business can mean."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. PostgreSQL knows no offsets beyond 15:59, and a time without zone means nothing here."""
    if moment.tzinfo is None:
        raise ValueError("The time needs a zone, such as 2026-03-02T12:00:00+01:00.")
    try:
        found = moment.astimezone(UTC)
    except OverflowError:
        found = LATEST
    if not EARLIEST <= found < LATEST:
        raise ValueError("The time must lie between the years 2000 and 2100.")
    return found


Moment = Annotated[datetime, AfterValidator(in_utc)]
