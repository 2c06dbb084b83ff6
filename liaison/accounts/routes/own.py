"""One's own account: language, password, the browsers signed in, API tokens."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts import credentials, feed_links, passwords, sessions, throttle, tokens
from liaison.accounts.browsers import browser_words
from liaison.accounts.routes.common import check_new_password, leave, too_many
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import people, queries
from liaison.errors import Invalid, TooMany
from liaison.i18n import LANGUAGE_NAMES, LANGUAGE_TAGS, N_
from liaison.web import hashing
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import LANGUAGE_COOKIE, AnyRequest, page, see_other
from liaison.web.source import count

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Answer = Response[Any]


@get("/account")
async def show(request: AnyRequest, db: Db, viewer: Me) -> Answer:
    """One's own account."""
    return await _account(request, db, viewer)


@post("/account/language")
async def choose_language(request: AnyRequest, db: Db, viewer: Me) -> Answer:
    """The language of one's pages and mails; this browser follows at once."""
    form = await Form.read(request)
    locale = form.given("locale")
    await people.choose_language(db, viewer, locale)
    if locale is not None:
        return see_other(f"/account?lang={LANGUAGE_TAGS[locale]}")
    response = see_other("/account")
    response.delete_cookie(LANGUAGE_COOKIE)
    return response


@post("/account/password")
async def change_password(request: AnyRequest, db: Db, viewer: Me) -> Answer:
    """A new password, against the present one if there is one; other browsers are signed out."""
    form = await Form.read(request)
    database = request.app.state.database
    async with database.reading() as reading:
        stored = await credentials.password_of(reading, viewer.person_id)
        person = await queries.person(reading, viewer, viewer.person_id)
    if stored is not None:
        try:
            await count(request, (throttle.ACCOUNT, f"person {viewer.person_id}"))
        except TooMany as error:
            async with database.reading() as reading:
                context = await _context(request, reading, viewer)
            raise too_many(request, error, "accounts/show.html", "password", form, **context) from None
        if not await hashing.fits(form.raw("password"), stored):
            form.refuse("password", N_("This is not your present password."))
    password = check_new_password(form, names=(person.name, person.key, person.mail))
    if form.errors:
        async with database.reading() as reading:
            raise FormAgain(await _account(request, reading, viewer, form))
    hashed = await hashing.hash_password(password)
    await credentials.set_password(db, viewer.person_id, hashed, via="web", but_session=viewer.session_id)
    await throttle.forget(db, throttle.ACCOUNT, f"person {viewer.person_id}")
    return see_other("/account?done=password")


@post("/account/sessions/{session_id:int}/end")
async def end_session(request: AnyRequest, db: Db, viewer: Me, session_id: Id) -> Answer:
    """Sign one browser out."""
    await sessions.sign_out(db, viewer, session_id=session_id)
    return leave(request) if session_id == viewer.session_id else see_other("/account#sessions")


@post("/account/sign-out-everywhere")
async def end_all(request: AnyRequest, db: Db, viewer: Me) -> Answer:
    """Sign every browser out, this one too."""
    await sessions.sign_out_everywhere(db, viewer)
    return leave(request)


@post("/account/tokens")
async def create_token(request: AnyRequest, db: Db, viewer: Me) -> Answer:
    """A new token for a program, shown once on the answer."""
    form = await Form.read(request)
    request.state.form_path = "/account"
    form.required_text("name", form.raw("name"), most=80)
    try:
        form.done()
        token = await tokens.create_token(db, viewer, viewer.person_id, name=form.raw("name"))
    except Invalid as refusal:
        await db.rollback()
        raise FormAgain(await _account(request, db, viewer, form.take(refusal))) from None
    return page(request, "accounts/token.html", token=token, name=form.raw("name"))


@post("/account/tokens/{token_id:int}/revoke")
async def revoke_token(request: AnyRequest, db: Db, viewer: Me, token_id: Id) -> Answer:
    """End one token."""
    await tokens.revoke_token(db, viewer, token_id)
    return see_other("/account#tokens")


async def _account(request: AnyRequest, db: Session, viewer: Viewer, form: Form | None = None) -> Response[str]:
    request.state.form_path = "/account"
    return page(request, "accounts/show.html", form=form or Form(), **await _context(request, db, viewer))


async def _context(request: AnyRequest, db: Session, viewer: Viewer) -> Mapping[str, Any]:
    person = await queries.person(db, viewer, viewer.person_id)
    live = await sessions.live_sessions(db, viewer.person_id)
    return {
        "person": person,
        "languages": LANGUAGE_NAMES,
        "has_password": await credentials.password_of(db, viewer.person_id) is not None,
        "sessions": [(row, browser_words(row.user_agent)) for row in live],
        "tokens": await tokens.live_tokens(db, viewer.person_id),
        "feed": await feed_links.feed_address(db, viewer.person_id),
        "done": request.query_params.get("done"),
        "least": passwords.LEAST,
    }


handlers = [show, choose_language, change_password, end_session, end_all, create_token, revoke_token]
