"""One table of refusals, three faces: a page, an htmx fragment, or RFC 9457 problem+json for /api."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from litestar.background_tasks import BackgroundTask
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Response
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from liaison import audit
from liaison.accounts.kept import seal, worth_keeping
from liaison.accounts.viewer import Viewer
from liaison.db import is_passing
from liaison.errors import Conflict, Invalid, Message, NotPermitted, NotSignedIn, Refusal, TooMany
from liaison.i18n import N_, gettext_for
from liaison.logs import masked
from liaison.web.api import Replayed
from liaison.web.forms import Form, FormAgain, without_codes
from liaison.web.pages import AnyRequest, local_path, locale_of, page, settings_of, viewer_of

log = structlog.get_logger()

_HTTP_WORDS = {
    400: N_("This request cannot be read."),
    401: N_("Please sign in first."),
    403: N_(
        "The page was open too long, or the request came from another site. Please go back, reload the page and try again."
    ),
    404: N_("There is nothing here, or nothing that you may see."),
    405: N_("This address cannot be used in this way."),
    413: N_("This is too large. Please send less at once."),
    415: N_("This kind of content cannot be read here."),
    422: N_("Please check the marked fields."),
}
BROKEN_LINK = N_(
    "The address is incomplete, or the link is no longer valid. Please open it again from the mail itself, or ask your liaison."
)
"""For a mailed link that opens nothing: cut off, forged or gone are told alike."""


def is_api(request: AnyRequest) -> bool:
    """Whether the caller is a program: everything below /api speaks JSON."""
    return request.url.path.startswith("/api/") or request.url.path == "/api"


def wants_problems(request: AnyRequest) -> bool:
    """Whether a refusal is told as problem+json: to programs below /api, and to those that use a mailed link."""
    if is_api(request):
        return True
    accepted = request.headers.get("accept", "")
    asks = "json" in accepted and "text/html" not in accepted
    return request.url.path.startswith("/r/") and (asks or request.content_type[0] == RequestEncodingType.JSON)


def refused(request: AnyRequest, error: Refusal) -> Response[Any]:
    """A refusal in the reader's language."""
    if isinstance(error, NotSignedIn) and not wants_problems(request):
        return _sign_in_first(request, error)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    errors = error.errors if isinstance(error, Invalid) else {}
    if not wants_problems(request):
        errors = {name: without_codes(message) for name, message in errors.items()}
    theirs = error.theirs if isinstance(error, Conflict) else {}
    return answer(request, error.status, error.message, errors=errors, theirs=theirs, headers=headers)


def _sign_in_first(request: AnyRequest, error: NotSignedIn) -> Response[Any]:
    """To the sign-in page, and from there back to where the reader is; what was typed goes along, sealed, and nothing is lost.

    A part of a page that htmx asks for is left as it is, and so is a page that saves notes by itself: there somebody may be typing. They
    are told in a toast, and what they send later is kept like any other form; notes are saved once they have signed in beside."""
    saves_itself = bool(request.htmx and request.headers.get("x-autosave"))
    if request.method in ("GET", "HEAD") or saves_itself:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if not request.htmx:
            return Redirect(f"/sign-in?next={quote(asked, safe='/')}", status_code=303)
        response = page(
            request,
            "errors/_signed_out.html",
            status=401,
            message=error.message,
            next_path=_shown(request),
            beside=saves_itself,
        )
        response.headers.update({"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
        return response
    typed = getattr(request.state, "kept", None)
    sealed = seal(settings_of(request), typed) if typed else None
    form = Form.of(kept=sealed)
    request.state.form_path = "/sign-in"
    response = page(
        request,
        "accounts/sign_in.html",
        status=401,
        form=form,
        next_path=_shown(request),
        too_large=typed is not None and sealed is None,
    )
    if request.htmx:
        response.headers.update({"HX-Retarget": "body", "HX-Reswap": "innerHTML"})
    return response


def _shown(request: AnyRequest) -> str:
    """The page on which the reader is, as far as the browser says so and it is ours."""
    said = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer") or "")
    if said.netloc not in (urlsplit(settings_of(request).base_url).netloc, request.headers.get("host", "")):
        return "/"
    return local_path(said.path + (f"?{said.query}" if said.query else ""))


def answer(
    request: AnyRequest,
    status: int,
    message: Message,
    *,
    errors: Mapping[str, Message] | None = None,
    theirs: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    """The words of a refusal as problem+json, fragment or page."""
    if status == 404 and request.url.path.startswith("/r/"):
        message = Message(BROKEN_LINK)
    gettext = gettext_for(locale_of(request))
    text = message.worded(gettext)
    fields = [{"field": name, "message": said.worded(gettext)} for name, said in (errors or {}).items()]
    if wants_problems(request):
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": text,
        }
        if fields:
            problem["errors"] = fields
        if theirs:
            problem["current"] = dict(theirs)
        extra = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        return Response(
            problem, status_code=status, media_type="application/problem+json", headers={**(headers or {}), **extra}
        )
    template = "errors/_refused.html" if request.headers.get("hx-request") else "errors/refused.html"
    response = page(
        request,
        template,
        status=status,
        message=text,
        errors=fields,
        typed=_typed(request),
        status_code=status,
        is_mailed_link=request.url.path.startswith("/r/"),
    )
    response.headers.update(headers or {})
    return response


def _typed(request: AnyRequest) -> list[str]:
    """What somebody typed into the form that was refused: it is not saved, and is not to be typed once more."""
    found = worth_keeping(0, request.url.path, getattr(request.state, "typed", {}))
    return found.words() if found else []


async def denied(request: AnyRequest, viewer: Viewer, error: NotPermitted) -> None:
    """Every denied attempt is one audit line, in a transaction of its own (the refused one is rolled back)."""
    thing = getattr(request.state, "acts_on", None) or masked(request.url.path)[:60]
    async with request.app.state.database.writing() as db:
        audit.add(db, viewer, "denied", thing, method=request.method, why=error.message.msgid)


def _refusal(request: AnyRequest, error: Refusal) -> Response[Any]:
    viewer = getattr(request.state, "acts_by_link", None) or viewer_of(request)
    response = refused(request, error)
    if isinstance(error, NotPermitted) and viewer is not None:
        response.background = BackgroundTask(denied, request, viewer, error)
    return response


def _form_again(request: AnyRequest, again: FormAgain) -> Response[Any]:
    return again.page


def _replayed(request: AnyRequest, earlier: Replayed) -> Response[Any]:
    return Response(earlier.content, status_code=earlier.status, media_type="application/json")


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    words = _HTTP_WORDS.get(error.status_code, N_("This request cannot be answered."))
    return answer(request, error.status_code, Message(words), headers=error.headers)


def _integrity(request: AnyRequest, error: IntegrityError) -> Response[Any]:
    log.warning("integrity", path=request.url.path, error=str(error.orig)[:200])
    return refused(request, Conflict(N_("This was saved in another way in the same moment. Please look at it again.")))


def _database(request: AnyRequest, error: DBAPIError) -> Response[Any]:
    if is_passing(error):
        log.warning("database", path=request.url.path, error=str(error.orig)[:200])
        return _busy(request)
    return _unexpected(request, error)


def _busy(request: AnyRequest, error: Exception | None = None) -> Response[Any]:
    words = Message(N_("The server is busy. Please try again in a moment."))
    return answer(request, 503, words, headers={"Retry-After": "5"})


def _unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("unexpected", path=request.url.path, method=request.method, exc_info=error)
    words = N_(
        "Something went wrong on our side; nothing was changed. Please try again, and tell the operator if it stays so."
    )
    return answer(request, 500, Message(words))


HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: _refusal,
    FormAgain: _form_again,
    Replayed: _replayed,
    HTTPException: _http,
    IntegrityError: _integrity,
    DBAPIError: _database,
    PoolTimeout: _busy,
    Exception: _unexpected,
}
