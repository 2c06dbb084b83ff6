"""Signing in with a password, asking for a link by mail, signing out."""

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Response

from liaison.accounts import credentials, sessions, sign_in, throttle
from liaison.accounts.kept import Kept, unseal
from liaison.accounts.routes.common import PUBLIC, enter, leave, remember_browser, too_many
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import TooMany
from liaison.i18n import N_
from liaison.web import hashing
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import AnyRequest, local_path, page, see_other, settings_of
from liaison.web.source import count, source_of

Db = NamedDependency[Session]
Visitor = NamedDependency[Viewer | None]

SAME_TIME = 0.3
"""Seconds that asking for a link takes, whether the account exists or not: the answer tells neither by words nor by time."""


@get("/sign-in", opt=PUBLIC)
async def form(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """Sign in, by password or by a mailed link; somebody who is signed in goes where they wanted."""
    next_path = local_path(request.query_params.get("next"))
    if visitor is not None:
        return see_other(next_path)
    return page(request, "accounts/sign_in.html", form=Form(), next_path=next_path)


@post("/sign-in", opt=PUBLIC)
async def with_password(request: AnyRequest, db: Db, visitor: Visitor) -> Response[Any]:
    """Sign in with account name and password; a wrong one and an unknown account look and take alike."""
    form, account, source = await _asked(request)
    next_path = local_path(form.raw("next"))
    again: dict[str, Any] = {"form": form, "next_path": next_path}
    if not form.raw("password"):
        form.refuse("password", N_("Please fill this in."))
    _refuse(request, "accounts/sign_in.html", again)
    try:
        await count(request, (throttle.ACCOUNT, account), (throttle.SOURCE, source))
    except TooMany as error:
        raise too_many(request, error, "accounts/sign_in.html", "password", **again) from None
    database = request.app.state.database
    async with database.reading() as reading:
        known = await credentials.accounts_named(reading, account)
    who = await _whose(form.raw("password"), known)
    if who is None:
        async with database.writing() as own:
            await credentials.refused(own, account, source=source)
        form.refuse("password", N_("Account name and password do not fit together. Please try again."))
        _refuse(request, "accounts/sign_in.html", again)
        raise AssertionError
    await throttle.forget(db, throttle.ACCOUNT, account)
    await throttle.give_back(db, throttle.SOURCE, source)
    entered = await enter(request, db, visitor, who, next_path)
    if not form.raw("kept"):
        return entered
    answer = _kept_page(request, unseal(settings_of(request), form.raw("kept")), who, next_path)
    for cookie in entered.cookies:
        answer.set_cookie(cookie)
    return answer


@post("/sign-in/kept", opt=PUBLIC)
async def go_on(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """What was typed before the session ended, for whoever has signed in by a link since; else the sign-in page, which keeps it."""
    form = await Form.read(request)
    request.state.form_path = "/sign-in"
    kept = unseal(settings_of(request), form.raw("kept"))
    if visitor is not None:
        return _kept_page(request, kept, visitor.person_id, "/")
    if kept is None:
        return see_other("/sign-in")
    return page(request, "accounts/sign_in.html", form=form, next_path="/")


def _kept_page(request: AnyRequest, kept: Kept | None, person_id: int, next_path: str) -> Response[Any]:
    """What was typed with a button to send it, for the same person; anybody else is told that it was dropped."""
    request.state.form_path = next_path
    own = kept if kept is not None and kept.person_id == person_id else None
    return page(request, "accounts/kept.html", kept=own, next_path=next_path)


@get("/sign-in/link", opt=PUBLIC)
async def no_link() -> Response[Any]:
    """Where a reload or a link cut short after asking for a link leads: the form again."""
    return see_other("/sign-in")


@post("/sign-in/link", opt=PUBLIC)
async def ask_link(request: AnyRequest) -> Response[Any]:
    """Mail a sign-in link to whoever has this account name."""
    form, account, _ = await _asked(request)
    next_path = local_path(form.raw("next"))
    _refuse(request, "accounts/sign_in.html", {"form": form, "next_path": next_path})
    return await _mail_link(request, form, account, sign_in.SIGN_IN, "accounts/sign_in.html", next_path=next_path)


@get("/password", opt=PUBLIC)
async def forgotten(request: AnyRequest) -> Response[Any]:
    """Ask for a link by which a new password can be set."""
    return page(request, "accounts/forgotten.html", form=Form())


@post("/password", opt=PUBLIC)
async def ask_password_link(request: AnyRequest) -> Response[Any]:
    """Mail that link to whoever has this account name."""
    form, account, _ = await _asked(request)
    _refuse(request, "accounts/forgotten.html", {"form": form})
    return await _mail_link(request, form, account, sign_in.PASSWORD, "accounts/forgotten.html")


@get("/sign-in/sent", opt=PUBLIC)
async def sent(request: AnyRequest) -> Response[Any]:
    """What to do now that a link is on its way, if the account exists."""
    return page(request, "accounts/sent.html", form=Form())


@post("/sign-out")
async def sign_out(request: AnyRequest, db: Db, viewer: NamedDependency[Viewer]) -> Response[Any]:
    """End this session."""
    await sessions.sign_out(db, viewer)
    return leave(request)


async def _asked(request: AnyRequest) -> tuple[Form, str, str]:
    """(form, account name, source) of a post; a missing or overlong account name is noted in the form."""
    request.state.form_path = "/password" if request.url.path == "/password" else "/sign-in"
    form = await Form.read(request)
    account = form.required_text("account", form.raw("account"), most=254)
    return form, account, source_of(request)


async def _whose(password: str, known: Sequence[tuple[int, str]]) -> int | None:
    """Whose of these the password is. Always the same work: the time tells neither whether nor how many people have the name."""
    tried = [*known, *[(0, None)] * (sign_in.MOST_NAMED - len(known))]
    fitting = [person_id for person_id, stored in tried if await hashing.fits(password, stored)]
    return (
        fitting[0] if len(fitting) == 1 else None
    )  # two with one address and one password are told apart by short names


def _refuse(request: AnyRequest, template: str, context: dict[str, Any]) -> None:
    if context["form"].errors:
        raise FormAgain(page(request, template, **context))


async def _mail_link(
    request: AnyRequest, form: Form, account: str, purpose: str, template: str, **context: Any
) -> Response[Any]:
    answered_at = asyncio.get_running_loop().time() + SAME_TIME
    source = source_of(request)
    try:
        await count(request, (throttle.LINKS, account), (throttle.LINKS_SOURCE, source))
    except TooMany as error:
        raise too_many(request, error, template, "account", form, **context) from None
    response = page(request, "accounts/sent.html", form=form) if form.raw("kept") else see_other("/sign-in/sent")
    browser = remember_browser(request, response)
    next_path = context.get("next_path")
    async with request.app.state.database.writing() as own:
        await sign_in.send_links(own, account, purpose=purpose, browser=browser, next_path=next_path, source=source)
    await asyncio.sleep(answered_at - asyncio.get_running_loop().time())
    return response


handlers = [form, with_password, go_on, no_link, ask_link, forgotten, ask_password_link, sent, sign_out]
