"""What this process has answered, for /metrics: by the route's pattern, never by the address that was asked."""

from collections import Counter

from litestar.types import Message, Scope

NO_ROUTE = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A caller can invent any number of others; they are counted together."""


class Answers:
    """How many answers were given, by method, route and status."""

    def __init__(self) -> None:
        self.given: Counter[tuple[str, str, int]] = Counter()


async def count_answer(message: Message, scope: Scope) -> None:
    """Counts every answer, also refusals."""
    if message["type"] != "http.response.start":
        return
    method = str(scope.get("method"))
    route = scope.get("path_template") or NO_ROUTE
    scope["litestar_app"].state.answers.given[method if method in METHODS else NO_ROUTE, route, message["status"]] += 1
