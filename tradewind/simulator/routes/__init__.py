"""The calls of cloud-api.md §2, one module for each noun. Importing this package fills the tables."""

from tradewind.simulator.routes import (  # noqa: F401
    accounts,
    analytics,
    batch,
    blocks,
    lifecycle,
    media,
    messages,
    numbers,
    profile,
    settings,
    templates,
    tokens,
    uploads,
)
from tradewind.simulator.routes.table import ACCOUNT, APP, MEDIA, NUMBER, PLAIN, TEMPLATE, UPLOAD

__all__ = ["ACCOUNT", "APP", "MEDIA", "NUMBER", "PLAIN", "TEMPLATE", "UPLOAD"]
