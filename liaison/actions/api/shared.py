"""What all routes about action items share: their parameters, one item as the answer to an act on it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.actions import queries
from liaison.actions.models import ActionItem
from liaison.actions.permissions import may_read_end
from liaison.actions.values import action_json
from liaison.db import Session
from liaison.web.api import Paging, reply, seen
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


async def acted(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    action_id: str,
    verb: Callable[..., Awaitable[object]],
    version: int | None,
    **said: Any,
) -> Response[bytes]:
    """Do to the item that the address names what is said, if it is still as the caller saw it; the answer is the item as it stands then."""
    item = await queries.get(db, viewer, row_id(action_id))
    await verb(db, viewer, item, version=seen(request, version), **said)
    return await reply(request, db, viewer, await full(db, viewer, item))


async def full(db: Session, viewer: Viewer, item: ActionItem) -> dict[str, Any]:
    """One item as the viewer reads it."""
    return shown(db, viewer, item, await queries.carried(db, [item]))


def shown(db: Session, viewer: Viewer, item: ActionItem, carried: Mapping[int, int]) -> dict[str, Any]:
    """The same in a list, with how often each was carried over."""
    today = db.clock.today(item.mechanism.timezone)
    return action_json(item, today, carried.get(item.id, 0), tells_end=may_read_end(viewer, item, db.now()))
