"""The secret address of one's own calendar, for programs."""

from typing import Any

from litestar import Router, post
from litestar.di import NamedDependency

from liaison.accounts import feed_links
from liaison.accounts.viewer import Viewer
from liaison.db import Session


@post("/me/feed")
async def new_feed_address(db: NamedDependency[Session], viewer: NamedDependency[Viewer]) -> dict[str, Any]:
    """A new secret address of your calendar; the one before ends at once.

    The answer is not kept for an Idempotency-Key: a secret is never stored, and a repetition makes a newer address."""
    return {"url": await feed_links.renew_feed(db, viewer)}


api = Router("/", route_handlers=[new_feed_address], tags=["accounts"])
