"""How a route answers with a page or a fragment: rendered here, inside the transaction, in the reader's language."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar.datastructures import Cookie
from litestar.middleware.csrf import generate_csrf_token
from litestar.plugins.htmx import HTMXRequest
from litestar.response import Redirect, Response
from litestar.utils.scope.state import ScopeState

from liaison.accounts.viewer import Viewer
from liaison.config import VERSION, Settings
from liaison.i18n import LANGUAGE_TAGS, Words, known_locale, negotiate
from liaison.templating import environment
from liaison.web.parts import Parts

LANGUAGE_COOKIE = "lang"
SLASH_COOKIE = "slash"
"""off: in this browser "/" does nothing."""
AnyRequest = HTMXRequest


def viewer_of(request: AnyRequest) -> Viewer | None:
    """Who is signed in here, when the route asked for it; None on public pages."""
    return getattr(request.state, "viewer", None)


def locale_of(request: AnyRequest) -> str:
    """The page's language: ?lang, else this browser's choice, the person's (of a mailed link: its reader's), Accept-Language,
    the agency's, the site's."""
    viewer = viewer_of(request)
    return (
        known_locale(request.query_params.get("lang"))
        or known_locale(request.cookies.get(LANGUAGE_COOKIE))
        or (viewer.locale if viewer else getattr(request.state, "reader_locale", None))
        or negotiate(request.headers.get("accept-language"))
        or settings_of(request).locale
    )


def settings_of(request: AnyRequest) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def words_of(request: AnyRequest) -> Words:
    """The reader's words, dates in the site's zone unless a meeting names its own."""
    settings = settings_of(request)
    return Words(locale_of(request), settings.timezone, request.app.state.clock.today(settings.timezone))


def render(request: AnyRequest, template: str, **context: Any) -> str:
    """The template with everything `_base.html` needs besides what the route gives."""
    settings = settings_of(request)
    words = words_of(request)
    viewer = viewer_of(request)
    query = [(k, v) for k, v in parse_qsl(request.url.query) if k != "lang"]
    other = "en" if words.locale == "zh_CN" else "zh-CN"
    path = request.url.path if request.method in ("GET", "HEAD") else getattr(request.state, "form_path", "/")
    site = SimpleNamespace(
        name=settings.site_name,
        base_url=settings.base_url,
        trial_mode=getattr(request.state, "trial_address", None),
        version=VERSION,
        demo=settings.demo,
        sends_mail=bool(settings.smtp_url),
    )
    icons = request.app.state.assets.url("icons/icons.svg")
    defaults = {
        "words": words,
        "locale": words.locale,
        "lang": LANGUAGE_TAGS[words.locale],
        "site": site,
        "viewer": viewer,
        "asset": request.app.state.assets.url,
        "icons": icons,
        "parts": Parts(icons, words),
        "csrf": csrf_token(request),
        "nav": None,
        "here": request.url.path,
        "slash": request.cookies.get(SLASH_COOKIE) != "off",
        "lang_url": f"{path}?{urlencode([*query, ('lang', other)])}",
        "toast": None,
        "today": words.today,
        "now": request.app.state.clock.now(),
    }
    return environment(words.locale).get_template(template).render(defaults | context)


def page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """A whole page."""
    headers = {"Vary": "Cookie, Accept-Language, HX-Request"}
    response = Response(
        render(request, template, **context), status_code=status, media_type="text/html", headers=headers
    )
    if chosen := known_locale(request.query_params.get("lang")):
        response.set_cookie(
            Cookie(
                key=LANGUAGE_COOKIE,
                value=LANGUAGE_TAGS[chosen],
                max_age=int(timedelta(days=365).total_seconds()),
                secure=settings_of(request).https,
                httponly=True,
                samesite="lax",
            )
        )
    return response


fragment = page
"""One swap target; the same template that the page includes."""


def see_other(path: str) -> Response[Any]:
    """After an act: 303 to the page that shows it, so that reloading repeats nothing."""
    return Redirect(path, status_code=303)


def csrf_token(request: AnyRequest) -> str:
    """The token a form on this page must send back; it fits the reader's CSRF cookie, which a first GET sets."""
    state = ScopeState.from_scope(request.scope)
    if not isinstance(state.csrf_token, str):
        state.csrf_token = generate_csrf_token(settings_of(request).secret_key)
    return state.csrf_token


def local_path(text: str | None) -> str:
    """A `next=` value when it is a path of ours, else "/": never another host."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or "\\" in text or not text.isprintable():
        return "/"
    return text
