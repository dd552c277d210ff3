"""The weekly look at every workspace's tags."""

from tradewind.segments.health import report
from tradewind.workspaces.models import Workspace


def look_at_all() -> None:
    """Every workspace in turn; what was found is kept."""
    for workspace in Workspace.objects.order_by("pk"):
        report.keep(workspace.pk)
