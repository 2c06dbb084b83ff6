"""What every handler is given: the transaction and the viewer, and the guards around a request (origin, headers, rate)."""

import time
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from liaison import site
from liaison.accounts import kept, sessions, tokens
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import NotFound, NotSignedIn, TooMany
from liaison.i18n import N_
from liaison.web.api import replay
from liaison.web.forms import Form, refuse_nul, row_id
from liaison.web.handlers import is_api
from liaison.web.pages import AnyRequest, settings_of

AnyConnection = ASGIConnection[Any, Any, Any, Any]
SAFE = ("GET", "HEAD", "OPTIONS")
UNSEEN: Final[dict[str, Any]] = {"unseen": True}
"""What a route says that a page asks by itself: it is no sign that somebody is there, and writes nothing."""
SECRET_PATHS = ("/r/", "/feed/", "/sign-in/", "/password/", "/set-up/")
"""Addresses that hold a secret: no other site is told of them."""
TOKEN_RATE = 100.0  # requests per second and token, in the long run
TOKEN_BURST = 200.0

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def session_cookie(https: bool) -> str:
    """The session cookie's name: `__Host-` under https; browsers drop that prefix under plain http."""
    return "__Host-session" if https else "session"


def csrf_cookie(https: bool) -> str:
    return "__Host-csrf" if https else "csrf"


async def provide_viewer_or_none(request: AnyRequest) -> Viewer | None:
    """Who is at the door, loaded in a reading transaction of its own; a bearer token below /api, else the session cookie."""
    database = request.app.state.database
    load = request.app.state.load_viewer
    viewer: Viewer | None = None
    seen: int | None = None
    used: int | None = None
    async with database.reading() as db:
        request.state.trial_address = await site.trial_address(db)
        if is_api(request):
            if token := bearer(request):
                viewer, used = await _holder(request, db, token)
        elif key := request.cookies.get(session_cookie(settings_of(request).https)):
            opened = await sessions.session_of(db, key)
            if opened is not None:
                viewer = await load(db, opened.person_id, via="web", session_id=opened.id)
                if viewer is not None and opened.by_office and not viewer.designations:
                    viewer = None  # the session was tied to an office that has ended
                by_itself = request.route_handler.opt.get("unseen")
                if db.now() - opened.last_seen_at >= sessions.SEEN_EVERY and not by_itself:
                    seen = opened.id
    # No page waits for a writer only to say that it was opened: a later one says so.
    may_note = not database.is_writing
    if viewer is not None and seen is not None and may_note:
        async with database.writing() as db:
            await sessions.see(db, seen)
    if viewer is not None and used is not None and may_note:
        async with database.writing() as db:
            await tokens.note_used(db, used)
    request.state.viewer = viewer
    if viewer is None and _needs_somebody(request):
        request.state.kept = await _kept(request)
    return viewer


def bearer(request: AnyRequest) -> str | None:
    """The token that a program shows."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def holder_of(request: AnyRequest, token: str) -> Viewer | None:
    """Whose token it is, for the few addresses outside /api that take one; None when it is nobody's."""
    database = request.app.state.database
    async with database.reading() as db:
        viewer, used = await _holder(request, db, token)
    if viewer is not None and used is not None and not database.is_writing:
        async with database.writing() as db:
            await tokens.note_used(db, used)
    return viewer


async def _holder(request: AnyRequest, db: Session, token: str) -> tuple[Viewer | None, int | None]:
    """The token's person, and the token's id if its use is to be noted."""
    row = await tokens.token_of(db, token)
    if row is None:
        return None, None
    request.app.state.token_rates.take(row.id)
    viewer: Viewer | None = await request.app.state.load_viewer(db, row.person_id, via="api")
    old = row.last_used_at is None or db.now() - row.last_used_at >= tokens.USED_EVERY
    return viewer, row.id if old else None


def _needs_somebody(request: AnyRequest) -> bool:
    asked = request.route_handler.parsed_fn_signature.parameters
    return "viewer" in asked or "operator" in asked


async def _kept(request: AnyRequest) -> kept.Kept | None:
    """The form that somebody sends whose session is over: read here, because what answers the refusal can read nothing any more."""
    key = request.cookies.get(session_cookie(settings_of(request).https))
    if request.method in SAFE or is_api(request) or not key or request.route_handler.opt.get("streamed"):
        return None
    async with request.app.state.database.reading() as db:
        person_id = await sessions.person_of(db, key)
    if person_id is None:
        return None
    return kept.worth_keeping(person_id, request.url.path, (await Form.read(request)).values)


async def provide_viewer(visitor: NamedDependency[Viewer | None]) -> Viewer:
    """Who is at the door. Raises NotSignedIn."""
    if visitor is None:
        raise NotSignedIn
    return visitor


async def provide_operator(visitor: NamedDependency[Viewer | None]) -> Viewer:
    """The operator at the door. Raises NotSignedIn, or NotPermitted for everybody else."""
    if visitor is None:
        raise NotSignedIn
    site.operators_only(visitor)
    return visitor


async def provide_db(request: AnyRequest, visitor: NamedDependency[Viewer | None]) -> AsyncIterator[Session]:
    """One transaction a request: reading for GET, else writing; returning commits (after the page is rendered), raising rolls back.

    Who may not be here is refused before anything is opened: Litestar resolves this beside `viewer` and `operator`, and would
    leave a transaction unended when one of them refuses."""
    database = request.app.state.database
    asked = request.route_handler.parsed_fn_signature.parameters
    if "operator" in asked:
        await provide_operator(visitor)
    elif "viewer" in asked:
        await provide_viewer(visitor)
    if request.method in SAFE:
        async with database.reading() as db:
            yield db
        return
    await _read_whole(request)
    async with database.writing() as db:
        if is_api(request) and visitor is not None:
            await replay(request, db, visitor)
        yield db


async def _read_whole(request: AnyRequest) -> None:
    """Read what was sent before the lock is taken: a slow body must not hold it.

    Of a form with files the CSRF check has read the body already, which therefore is not there a second time (waiting for it would
    never end); what it made of it is."""
    if request.content_type[0] == RequestEncodingType.MULTI_PART and not is_api(request):
        await request.form()
    else:
        await request.body()


class TokenRates:
    """How fast each API token may go, in this process: a bucket that fills at TOKEN_RATE a second."""

    def __init__(self) -> None:
        self.buckets: dict[int, tuple[float, float]] = {}

    def take(self, token_id: int) -> None:
        """Count one request. Raises TooMany when the bucket is empty."""
        level, at = self.buckets.get(token_id, (TOKEN_BURST, time.monotonic()))
        now = time.monotonic()
        level = min(TOKEN_BURST, level + (now - at) * TOKEN_RATE)
        if level < 1:
            raise TooMany(N_("Too many requests. Please slow down."), retry_after=1)
        self.buckets[token_id] = (level - 1, now)


async def same_origin(request: AnyRequest) -> None:
    """Before any handler: refuse an unsafe request that another site's page made with our cookies (beside the CSRF token)."""
    path = request.url.path
    if request.method in SAFE or is_api(request) or path.startswith("/r/"):
        return
    fetch_site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = {urlsplit(settings_of(request).base_url).netloc, request.headers.get("host", "")}
    if fetch_site not in (None, "same-origin", "none") or (
        origin not in (None, "null") and urlsplit(origin or "").netloc not in own
    ):
        raise PermissionDeniedException("cross-site request")


async def address_of_ours(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Before anything else: numbers of an address are ids as we write them, and nothing holds a NUL. Raises NotFound, Invalid.

    Said here once, so that no page asks the database (PostgreSQL answers both with an error) for what no row can be."""
    path: str = connection.scope["path"]
    if "\0" in path:
        raise NotFound
    if any(isinstance(value, int) for value in connection.path_params.values()):
        for part in path.split("/"):
            try:
                int(part)
            except ValueError:
                continue
            row_id(part)
    refuse_nul({name: connection.query_params.getall(name) for name in connection.query_params})


async def security_headers(message: Message, scope: Scope) -> None:
    """Adds the headers of TRUST.md to every answer, also to errors; a route that sets one of them keeps its own."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    secret = scope["path"].startswith(SECRET_PATHS)
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer" if secret else "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
    if scope["litestar_app"].state.settings.https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
