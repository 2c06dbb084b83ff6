"""The issued minutes of one mechanism, to be found by number or title."""

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from liaison.mechanisms import queries as mechanisms
from liaison.minutes import queries
from liaison.minutes.routes.common import Db, Me
from liaison.web.pages import AnyRequest, page

LONGEST = 60


@get("/mechanisms/{mechanism_id:int}/minutes")
async def issued(
    request: AnyRequest, db: Db, viewer: Me, mechanism_id: FromPath[int], q: FromQuery[str] = ""
) -> Response[str]:
    """The list, the newest first; `?q=` a part of the number or of the meeting's title."""
    mechanism = await mechanisms.get(db, viewer, mechanism_id)
    wanted = q.replace("\0", "").strip()[:LONGEST]
    return page(
        request,
        "minutes/issued.html",
        nav="mechanisms",
        mechanism=mechanism,
        wanted=wanted,
        most=queries.MOST_LISTED,
        found=await queries.issued(db, viewer, mechanism_id, wanted=wanted or None),
    )


handlers = [issued]
