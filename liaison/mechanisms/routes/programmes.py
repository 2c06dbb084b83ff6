"""A programme (府检联动) groups mechanisms: which there are, and how each mechanism of one stands."""

from litestar import get
from litestar.params import FromQuery

from liaison.actions import queries as actions
from liaison.errors import NotFound
from liaison.life import queries as life
from liaison.mechanisms import overview, queries
from liaison.mechanisms.routes.common import Db, Me, Page
from liaison.web.pages import AnyRequest, page


@get("/programmes")
async def programmes(request: AnyRequest, db: Db, viewer: Me, name: FromQuery[str] = "") -> Page:
    """The programmes of the mechanisms that the viewer may know of; with `name` the mechanisms of that one, each with its liaisons, its
    next meeting, its open items and its last trace."""
    if not name:
        counted = await queries.programmes(db, viewer)
        return page(request, "mechanisms/programmes.html", nav="mechanisms", programmes=counted)
    rows = await queries.mechanisms_visible_to(db, viewer, programme=name)
    if not rows:
        raise NotFound
    histories = await queries.histories(db, rows)
    mine = [row for row in rows if row.id in viewer.shares_mechanism_ids()]
    return page(
        request,
        "mechanisms/programme.html",
        nav="mechanisms",
        name=name,
        mechanisms=rows,
        cards={row.id: overview.cards(histories[row.id], db.clock.today(row.timezone)) for row in rows},
        dormant=await life.dormant(db, viewer, rows),
        next_meetings=await life.next_meetings(db, viewer, mine),
        last=await life.last_traces(db, viewer, mine),
        open_items=await actions.open_in(
            db, viewer, [row.id for row in mine], today=db.clock.today(db.settings.timezone)
        ),
        inside={row.id for row in mine},
    )


handlers = [programmes]
