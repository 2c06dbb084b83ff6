"""What the ways in share: the cookies, and how somebody is let in."""

import secrets
from typing import Any

from litestar.datastructures import Cookie
from litestar.response import Response

from liaison.accounts import passwords, sessions
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Gone, TooMany
from liaison.i18n import N_
from liaison.web.access import session_cookie
from liaison.web.forms import Form, FormAgain
from liaison.web.pages import AnyRequest, local_path, page, see_other, settings_of
from liaison.web.source import source_of

PUBLIC = {"public": True}
_BROWSER_AGE = 24 * 3600
"""Seconds for which a browser is remembered as the one that asked for a link."""


async def enter(
    request: AnyRequest, db: Session, visitor: Viewer | None, person_id: int, path: str | None
) -> Response[Any]:
    """Sign this browser in with a new session; one it had before ends. Raises Gone when the person left in this moment."""
    if visitor is not None and visitor.session_id is not None:
        await sessions.sign_out(db, visitor)
    viewer: Viewer | None = await request.app.state.load_viewer(db, person_id, via="web")
    if viewer is None:
        raise Gone(N_("This link has been used or has expired. Please ask for a new one."))
    key = await sessions.open_session(
        db,
        person_id,
        user_agent=request.headers.get("user-agent", ""),
        source=source_of(request),
        by_office=bool(viewer.designations),
    )
    response = see_other(local_path(path))
    response.set_cookie(_cookie(request, session_cookie(settings_of(request).https), key))
    return response


def leave(request: AnyRequest, path: str = "/sign-in") -> Response[Any]:
    """Take the session's cookie away and show the sign-in page."""
    response = see_other(path)
    cookie = _cookie(request, session_cookie(settings_of(request).https), "")
    cookie.max_age = 0
    response.set_cookie(cookie)
    return response


def browser_of(request: AnyRequest) -> str | None:
    """The secret by which this browser is known as the one that asked for a link; None when it never did."""
    secret = request.cookies.get(_browser_cookie(request), "")
    return secret if 40 <= len(secret) <= 60 else None


def remember_browser(request: AnyRequest, response: Response[Any]) -> str:
    """Let the answer make this browser known, and return its secret."""
    secret = browser_of(request) or secrets.token_urlsafe(32)
    cookie = _cookie(request, _browser_cookie(request), secret)
    cookie.max_age = _BROWSER_AGE
    response.set_cookie(cookie)
    return secret


def too_many(request: AnyRequest, error: TooMany, template: str, field: str, form: Form, **context: Any) -> FormAgain:
    """The form again with the words why and how long to wait (429)."""
    form.errors[field] = error.message
    response = page(request, template, form=form, **context)
    response.headers["Retry-After"] = str(error.retry_after)
    return FormAgain(response, 429)


def check_new_password(form: Form, *, names: tuple[str | None, ...] = ()) -> str:
    """The new password of a form that asks for it twice; what is wrong is noted in the form."""
    password = form.raw("new_password")
    passwords.check_password(form, "new_password", password, names=names)
    if password != form.raw("repeated"):
        form.refuse("repeated", N_("The two passwords differ. Please type the same one twice."))
    return password


def _browser_cookie(request: AnyRequest) -> str:
    return "__Host-browser" if settings_of(request).https else "browser"


def _cookie(request: AnyRequest, name: str, value: str) -> Cookie:
    return Cookie(key=name, value=value, path="/", httponly=True, samesite="lax", secure=settings_of(request).https)
