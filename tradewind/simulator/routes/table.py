"""A table of routes: one for each kind of node, filled by the route modules."""

from collections.abc import Callable
from typing import Any

Route = Callable[..., Any]


class Table:
    """Handlers by method and edge ("" = the node itself). A handler gets the call and the node; it may be a
    coroutine.
    """

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], Route] = {}

    def on(self, method: str, edge: str = "") -> Callable[[Route], Route]:
        """Register the decorated handler."""

        def register(route: Route) -> Route:
            self._routes[method, edge] = route
            return route

        return register

    def find(self, method: str, edge: str) -> Route | None:
        """The handler, or None."""
        return self._routes.get((method, edge))

    def has(self, edge: str) -> bool:
        """True when any method knows the edge."""
        return any(known == edge for _, known in self._routes)


NUMBER, ACCOUNT, TEMPLATE, MEDIA, APP, UPLOAD, PLAIN = (Table() for _ in range(7))
