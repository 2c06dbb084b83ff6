"""What the doors of notices for programs share: whose line is meant, and how they answer."""

from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.meetings.replies import Registered
from liaison.notices import queries
from liaison.notices.models import Addressee, Notice
from liaison.notices.permissions import own_line
from liaison.notices.values import notice_json
from liaison.web.api import Paging, RegisteredGiven, named, reply
from liaison.web.pages import AnyRequest

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Page = NamedDependency[Paging]
Id = FromPath[str]


def line_for(viewer: Viewer, notice: Notice, agency_id: str | None = None) -> Addressee:
    return own_line(viewer, notice) if agency_id is None else notice.line_of(named(agency_id))


def registered(given: RegisteredGiven | None) -> Registered | None:
    return Registered(**msgspec.structs.asdict(given)) if given else None


async def shown(db: Session, viewer: Viewer, notice_id: int) -> dict[str, Any]:
    await db.flush()
    return notice_json(await queries.get(db, viewer, notice_id))


async def answered(request: AnyRequest, db: Session, viewer: Viewer, notice: Notice) -> Response[bytes]:
    return await reply(request, db, viewer, await shown(db, viewer, notice.id))
