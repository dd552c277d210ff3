"""The calls of cloud-api.md §2, one module for each noun. Importing this package fills the tables."""

from tradewind.simulator.routes import messages  # noqa: F401
from tradewind.simulator.routes.table import ACCOUNT, APP, MEDIA, NUMBER, PLAIN, TEMPLATE, UPLOAD

__all__ = ["ACCOUNT", "APP", "MEDIA", "NUMBER", "PLAIN", "TEMPLATE", "UPLOAD"]
