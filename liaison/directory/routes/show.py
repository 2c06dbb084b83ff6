"""The directory: everybody by agency, searched and filtered by the address."""

from litestar import get

from liaison.directory import queries
from liaison.directory.permissions import may_keep_agencies, may_read_contact
from liaison.directory.routes.common import Db, Me, Page
from liaison.mail.bounces import bad_addresses
from liaison.mechanisms.queries import agencies_in_common
from liaison.web.forms import Form, whole_number
from liaison.web.pages import AnyRequest, page

MOST_WORDS = 60


@get("/")
async def index(request: AnyRequest, db: Db, viewer: Me) -> Page:
    """Who is where; phone and mail where the viewer's agency and theirs share a mechanism."""
    words = request.query_params.get("q", "").strip()[:MOST_WORDS]
    chosen = request.query_params.get("agency", "")
    agency_id = whole_number(chosen)
    groups, total = await queries.listing(db, viewer, words=words or None, agency_id=agency_id)
    agencies = await queries.agencies_in_order(db, viewer)
    in_common = await agencies_in_common(db, viewer)
    mails = {person.mail for _, people in groups for person in people if person.mail}
    return page(
        request,
        "directory/index.html",
        nav="directory",
        groups=groups,
        bad=await bad_addresses(db, mails),
        total=total,
        shown=sum(len(people) for _, people in groups),
        agencies=[agency for agency in agencies if agency.deactivated_at is None],
        deactivated=[agency for agency in agencies if agency.deactivated_at is not None and viewer.operator],
        form=Form.of(q=words, agency=agency_id),
        filtered=bool(words or agency_id),
        reachable={agency.id for agency, _ in groups if may_read_contact(viewer, agency.id, in_common)},
        may_add=may_keep_agencies(viewer),
    )


handlers = [index]
