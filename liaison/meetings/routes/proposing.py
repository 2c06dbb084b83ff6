"""What the link of a call for agenda items opens: the agency's items so far, and a form for one more."""

from typing import Any

import msgspec
from litestar.enums import RequestEncodingType
from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency
from liaison.errors import Gone, Invalid, NotFound
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.meetings import agenda, queries
from liaison.meetings.audience import HIDDEN
from liaison.meetings.models import PURPOSES, AgendaItem, Meeting
from liaison.meetings.planning import everybody_of
from liaison.meetings.routes.show import NAMES
from liaison.meetings.stepping import meeting_called, steps_shown
from liaison.meetings.steps import ITEMS_DUE
from liaison.meetings.wording import PURPOSE_NAMES
from liaison.web.api import Body, body
from liaison.web.forms import Form, FormAgain, whole_number
from liaison.web.handlers import wants_problems
from liaison.web.links import LinkPages
from liaison.web.links import opened as open_link
from liaison.web.pages import AnyRequest, page, words_of

FROZEN = N_("Items can be proposed until the meeting begins. Please tell the liaison of the host agency directly.")
ITS_OWN = N_("Your agency has a liaison by now, who proposes its items.")


class ItemGiven(Body):
    """What a program proposes for the agency."""

    title: str
    purpose: str = "study"
    presenter_id: str | None = None
    duration_minutes: int | None = None
    audience: list[str] = msgspec.field(default_factory=list)
    item: str | None = None
    """Of an item that was returned, its id: it is proposed again."""


async def show(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """What the agency proposed so far, and the form for one more."""
    meeting = await _open(db, link, viewer)
    asked = whole_number(request.query_params.get("item"))
    again = next((one for one in await _own(db, link, meeting) if one.id == asked and one.state == "returned"), None)
    return await _page(request, db, link, meeting, _mending(again) if again else Form.of(purpose="study"))


async def act(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """Propose one item in the agency's name; what is refused is shown again as it was typed."""
    meeting = await _open(db, link, viewer)
    if request.content_type[0] == RequestEncodingType.JSON:
        given = body(await request.body(), ItemGiven)
        form = Form.of(**msgspec.structs.asdict(given))
    else:
        form = await Form.read(request)
    try:
        minutes, presenter = form.whole("duration_minutes"), form.id("presenter_id")
        form.done()
        item = await agenda.add_item(
            db,
            viewer,
            meeting,
            title=form.raw("title"),
            purpose=form.raw("purpose"),
            agency_id=link.agency_id,
            presenter_id=presenter,
            duration_minutes=minutes,
            audience=form.ids("audience"),
            again_id=form.id("item"),
        )
    except Invalid as refusal:
        if wants_problems(request):
            raise
        form.take(refusal)
        await db.rollback()
        link, viewer = await open_link(request, db, request.path_params["token"])
        raise FormAgain(await _page(request, db, link, await _open(db, link, viewer), form)) from None
    await db.flush()
    return await _page(
        request,
        db,
        link,
        meeting,
        Form.of(purpose="study"),
        added=item.title if item.audience is None else words_of(request)._(HIDDEN),
    )


async def _open(db: Session, link: Link, viewer: Viewer) -> Meeting:
    """The meeting whose agenda is called for. Raises Gone once nothing can be proposed any more."""
    try:
        meeting = await meeting_called(db, link.object_id)
    except NotFound:
        raise Gone(FROZEN) from None
    if meeting.held_at is not None or (meeting.starts_at <= db.now() and not meeting.is_off):
        raise Gone(FROZEN)
    if meeting.state == "cancelled":
        raise Gone(N_("This meeting has been cancelled, so no items are called for."))
    duty = await mechanisms.on_duty(db, meeting.mechanism, db.clock.today(meeting.timezone))
    if link.agency_id not in duty.in_office:
        raise Gone(N_("Your agency is no member of this mechanism any more."))
    if link.person_id is None and duty.in_office[link.agency_id] is not None:
        raise Gone(ITS_OWN)
    return meeting


def _mending(item: AgendaItem) -> Form:
    """The returned item as it was proposed, to be changed. A mailed link is forwarded and read over the shoulder: of one that not
    everybody may know of, the title is typed anew."""
    form = Form.of(item=item.id, purpose=item.purpose, duration_minutes=item.duration_minutes)
    if item.audience is None:
        form.values |= Form.of(title=item.title, presenter_id=item.presenter_id).values
    return form


async def _own(db: Session, link: Link, meeting: Meeting) -> list[AgendaItem]:
    """What the agency proposed so far, in the order of the agenda."""
    items = await queries.agenda(db, meeting.id, states=("accepted", "proposed", "returned"))
    return [item for item in items if item.agency_id == link.agency_id]


async def _page(
    request: AnyRequest, db: Session, link: Link, meeting: Meeting, form: Form, *, added: str | None = None
) -> Response[str]:
    words = words_of(request)
    own, agency = await _own(db, link, meeting), await db.get_one(Agency, link.agency_id)
    due = next((one.date for one in await steps_shown(db, meeting) if one.step == ITEMS_DUE), None)
    context: dict[str, Any] = {
        "meeting": meeting,
        "agency": agency,
        "own": [
            # A mailed link is forwarded and read over the shoulder: it names nothing that not everybody may know of.
            (item.title if item.audience is None else words._(HIDDEN), item)
            for item in own
        ],
        "mended": next((item for item in own if str(item.id) == form.raw("item")), None),
        "people": [(agency, await mechanisms.choosable_people(db, [agency.id]))],
        "audience": [one.agency for one in await mechanisms.members_on(db, meeting.mechanism_id, meeting.local_on)],
        "items": [],
        "papers": [],
        "items_due": due,
        "is_late": due is not None and db.clock.today(meeting.timezone) > due,
        "due": None,
        "contact": (await everybody_of(db, meeting)).contact,
        "zone": meeting.timezone,
        "form": form,
        "added": added,
        "no_file": True,
        "purposes": [(purpose, words._(PURPOSE_NAMES[purpose])) for purpose in PURPOSES],
        "labels": {
            "title": words._("Item"),
            "purpose": words._("Purpose"),
            "presenter_id": words._("Presenter"),
            "duration_minutes": words._("Minutes wanted"),
            "audience": words._("Who may know of it"),
        },
        "viewer": None,
        "path": request.url.path,
    }
    return page(request, "meetings/link_propose.html", **{**NAMES, **context})


PAGES = {links.PROPOSE: LinkPages(show, act)}
