"""`/r/…`: what a mailed link opens, without account or cookie. GET shows, POST acts; only that one thing, only that one's rights.

Features say what a link of theirs shows and does (`LinkPages`, by purpose); `app.py` gathers them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Stream

from liaison.accounts import links, throttle
from liaison.accounts.models import Link
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import Gone, NotFound
from liaison.i18n import N_, known_locale
from liaison.web.pages import AnyRequest
from liaison.web.source import count, source_of

PUBLIC = {"public": True}
OVER = N_("This link went with an office that has ended. Please ask your agency's present liaison.")

Page = Callable[[AnyRequest, Session, Link, Viewer], Awaitable[Response[str]]]


@dataclass(frozen=True, slots=True)
class LinkPages:
    """What the links of one purpose show and do."""

    show: Page
    act: Page
    file: Callable[[AnyRequest, Session, Link, Viewer], Awaitable[Response[bytes]]] | None = None
    """The thing as a file for the calendar, where it is one."""
    paper: Callable[[AnyRequest, Session, Link, Viewer, int], Awaitable[Stream]] | None = None
    """The file of one paper that may be read behind such a link."""


async def opened(request: AnyRequest, db: Session, token: str) -> tuple[Link, Viewer]:
    """The link, and who may do what by it now. Raises NotFound (never existed), Gone (expired, revoked, the office ended)."""
    request.state.form_path = request.url.path
    link = await links.resolve(db, token)
    person = await db.get(Person, link.person_id) if link.person_id is not None else None
    agency = await db.get(Agency, person.agency_id if person else link.agency_id or 0)
    viewer = Viewer(person_id=NOBODY, agency_id=link.agency_id or 0, via="link")
    if link.person_id is not None:
        found: Viewer | None = await request.app.state.load_viewer(db, link.person_id, via="link")
        if found is None:
            raise Gone(OVER)
        viewer = found
    if link.designation_id is not None and link.designation_id not in {d.designation_id for d in viewer.designations}:
        raise Gone(OVER)
    request.state.reader_locale = known_locale(
        (person.locale if person else None) or (agency.locale if agency else None)
    )
    request.state.acts_by_link, request.state.acts_on = viewer, f"link:{link.id}"
    return link, viewer


@get("/{token:str}", opt=PUBLIC)
async def follow(request: AnyRequest, db: NamedDependency[Session], token: FromPath[str]) -> Response[str]:
    """Shows what can be done; changes nothing, however often a mail scanner fetches it."""
    link, viewer = await opened(request, db, token)
    return await _pages(request, link).show(request, db, link, viewer)


@post("/{token:str}", opt=PUBLIC, status_code=200)
async def act(request: AnyRequest, db: NamedDependency[Session], token: FromPath[str]) -> Response[str]:
    """Does it, and says what was recorded and how to change it."""
    await count(request, (throttle.LINK_POSTS, source_of(request)), (throttle.ONE_LINK, token))
    link, viewer = await opened(request, db, token)
    return await _pages(request, link).act(request, db, link, viewer)


@get("/{token:str}/calendar.ics", opt=PUBLIC)
async def calendar(request: AnyRequest, db: NamedDependency[Session], token: FromPath[str]) -> Response[bytes]:
    """The meeting as a file for the calendar."""
    link, viewer = await opened(request, db, token)
    file = _pages(request, link).file
    if file is None:
        raise NotFound
    return await file(request, db, link, viewer)


@get("/{token:str}/papers/{paper_id:int}", opt=PUBLIC)
async def paper(
    request: AnyRequest, db: NamedDependency[Session], token: FromPath[str], paper_id: FromPath[int]
) -> Stream:
    """The newest version of a paper, to be saved."""
    link, viewer = await opened(request, db, token)
    found = _pages(request, link).paper
    if found is None:
        raise NotFound
    return await found(request, db, link, viewer, paper_id)


def _pages(request: AnyRequest, link: Link) -> LinkPages:
    pages: Mapping[str, LinkPages] = request.app.state.link_pages
    if link.purpose not in pages:
        raise NotFound
    return pages[link.purpose]


async def ignore_cookies(request: Request) -> None:  # type: ignore[type-arg]
    """Whoever is signed in in this browser is not asked: the link alone says who acts."""
    request.state.viewer = None


router = Router("/r", route_handlers=[follow, act, calendar, paper], before_request=ignore_cookies)
