"""What a one-time link opens: GET shows and changes nothing (mail scanners fetch links), POST uses it up."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts import credentials, passwords, sign_in, throttle
from liaison.accounts.models import SignInLink
from liaison.accounts.routes.common import PUBLIC, browser_of, check_new_password, enter
from liaison.accounts.set_up import set_up
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.fields import KINDS, AgencyFields, PersonFields, check_first_entries
from liaison.directory.models import Person
from liaison.directory.wording import KIND_NAMES
from liaison.errors import Gone, Invalid, NotPermitted, Refusal
from liaison.web import hashing
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import AnyRequest, page
from liaison.web.source import count, source_of

Db = NamedDependency[Session]
Visitor = NamedDependency[Viewer | None]
Token = FromPath[str]
Answer = Response[Any]


@get("/sign-in/link/{token:str}", opt=PUBLIC)
async def show_link(request: AnyRequest, db: Db, token: Token) -> Answer:
    """The button that signs in."""

    async def shown() -> Answer:
        link = await sign_in.find_link(db, token, purpose=sign_in.SIGN_IN, browser=browser_of(request))
        return page(request, "accounts/link.html", person=await _person(db, link), token=token, least=passwords.LEAST)

    return await _unless_over(request, shown)


@post("/sign-in/link/{token:str}", opt=PUBLIC)
async def use_link(request: AnyRequest, db: Db, visitor: Visitor, token: Token) -> Answer:
    """Sign in by the link, once."""
    await count(request, (throttle.LINK_POSTS, source_of(request)))

    async def entered() -> Answer:
        link = await sign_in.use_link(db, token, purpose=sign_in.SIGN_IN, browser=browser_of(request))
        assert link.person_id is not None
        return await enter(request, db, visitor, link.person_id, link.next_path)

    return await _unless_over(request, entered, db)


@get("/password/{token:str}", opt=PUBLIC)
async def show_password(request: AnyRequest, db: Db, token: Token) -> Answer:
    """The form of the new password."""

    async def shown() -> Answer:
        link = await sign_in.find_link(db, token, purpose=sign_in.PASSWORD, browser=browser_of(request))
        return page(
            request,
            "accounts/password.html",
            form=Form(),
            person=await _person(db, link),
            token=token,
            least=passwords.LEAST,
        )

    return await _unless_over(request, shown)


@post("/password/{token:str}", opt=PUBLIC)
async def set_password(request: AnyRequest, db: Db, visitor: Visitor, token: Token) -> Answer:
    """Set the new password, sign out everywhere else, and sign in here."""
    request.state.form_path = request.url.path
    await count(request, (throttle.LINK_POSTS, source_of(request)))
    form = await Form.read(request)

    async def entered() -> Answer:
        async with request.app.state.database.reading() as reading:
            link = await sign_in.find_link(reading, token, purpose=sign_in.PASSWORD, browser=browser_of(request))
            person = await _person(reading, link)
        password = check_new_password(form, names=(person.name, person.key, person.mail))
        if form.errors:
            raise FormAgain(
                page(request, "accounts/password.html", form=form, person=person, token=token, least=passwords.LEAST)
            )
        hashed = await hashing.hash_password(password)
        await sign_in.use_link(db, token, purpose=sign_in.PASSWORD, browser=browser_of(request))
        await credentials.set_password(db, person.id, hashed, via="link")
        return await enter(request, db, None, person.id, "/")

    return await _unless_over(request, entered, db)


@get("/set-up/{token:str}", opt=PUBLIC)
async def show_set_up(request: AnyRequest, db: Db, token: Token) -> Answer:
    """First start: the form of the first agency and its operator."""

    async def shown() -> Answer:
        await sign_in.find_link(db, token, purpose=sign_in.SET_UP, browser=None)
        return _set_up_page(request, Form(), token)

    return await _unless_over(request, shown)


@post("/set-up/{token:str}", opt=PUBLIC)
async def do_set_up(request: AnyRequest, db: Db, visitor: Visitor, token: Token) -> Answer:
    """Make the first agency and its operator, and sign them in."""
    request.state.form_path = request.url.path
    await count(request, (throttle.LINK_POSTS, source_of(request)))
    form = await Form.read(request)
    agency: AgencyFields = {
        "short_name": form.raw("agency_short_name"),
        "name": form.raw("agency_name"),
        "kind": form.raw("agency_kind"),
    }
    person: PersonFields = {
        "name": form.raw("name"),
        "mail": form.raw("mail"),
        "job_title": form.raw("job_title"),
        "phone": form.raw("phone"),
    }

    async def entered() -> Answer:
        async with request.app.state.database.reading() as reading:
            await sign_in.find_link(reading, token, purpose=sign_in.SET_UP, browser=None)
        check_first_entries(form, agency, person)
        password = check_new_password(form, names=(person["name"], person["mail"]))
        if form.errors:
            raise FormAgain(_set_up_page(request, form, token))
        hashed = await hashing.hash_password(password)
        try:
            person_id = await set_up(db, token, agency=agency, person=person, password_hash=hashed)
        except Invalid as refusal:
            raise FormAgain(_set_up_page(request, form.take(refusal), token)) from None
        return await enter(request, db, None, person_id, "/system/first-steps")

    return await _unless_over(request, entered, db)


def _set_up_page(request: AnyRequest, form: Form, token: str) -> Response[str]:
    kinds = [(kind, KIND_NAMES[kind]) for kind in KINDS]
    return page(request, "accounts/set_up.html", form=form, token=token, kinds=kinds, least=passwords.LEAST)


async def _person(db: Session, link: SignInLink) -> Person:
    person = await db.get(Person, link.person_id)
    assert person is not None
    return person


async def _unless_over(request: AnyRequest, act: Callable[[], Awaitable[Answer]], db: Session | None = None) -> Answer:
    """What the link is for; or, where it is over or opened in another browser, why, and the way to a new one."""
    refusal: Refusal
    try:
        return await act()
    except (Gone, NotPermitted) as error:
        refusal = error
    if db is not None:
        await db.rollback()
    purpose = sign_in.PASSWORD if request.url.path.startswith("/password/") else sign_in.SIGN_IN
    response = page(
        request,
        "accounts/link_over.html",
        message=refusal.message,
        again="/password" if purpose == sign_in.PASSWORD else "/sign-in",
        can_ask=not request.url.path.startswith("/set-up/"),
    )
    response.status_code = refusal.status
    return response


handlers = [show_link, use_link, show_password, set_password, show_set_up, do_set_up]
