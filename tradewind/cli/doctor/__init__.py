"""The check-up of an installation: each check looks at one thing and says in a sentence how it stands."""

from tradewind.cli.doctor.checkup import examine
from tradewind.cli.doctor.finding import Finding

__all__ = ["Finding", "examine"]
