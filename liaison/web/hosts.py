"""Under which names this site answers: what a caller says in `Host` is never taken on trust."""

from urllib.parse import urlsplit

from litestar.types import ASGIApp, Receive, Scope, Send

from liaison.errors import Misdirected
from liaison.i18n import N_

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FOR_MACHINES = ("/healthz", "/readyz", "/metrics")
"""Watchers ask these by whatever address a machine has; the answers hold no address of the site, and figures need a token there."""


def is_ours(host: str, base_url: str) -> bool:
    """Whether a `Host` header names this site: BASE_URL's host and port, or a loopback name with any port."""
    try:
        given, own = urlsplit(f"//{host}"), urlsplit(base_url)
        port = given.port
    except ValueError:
        return False
    if not given.hostname or given.netloc != host or "@" in host:
        return False
    if given.hostname in LOOPBACK:
        return True
    usual = {"http": 80, "https": 443}[own.scheme]
    return given.hostname == own.hostname and (port or usual) == (own.port or usual)


def own_names_only(app: ASGIApp) -> ASGIApp:
    """Refuses a request for another host before anything of it is read (421)."""

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        base_url = scope["litestar_app"].state.settings.base_url
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        if scope["path"] not in FOR_MACHINES and not is_ours(host, base_url):
            raise Misdirected(
                N_(
                    "This address does not belong to this site. It is at %(address)s; the operator sets it in LIAISON_BASE_URL."
                ),
                address=base_url,
            )
        await app(scope, receive, send)

    return check


def in_its_site(app: ASGIApp) -> ASGIApp:
    """What rules ask for without a session is this site's for the whole request: sessions are opened in tasks that it starts."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        surroundings = scope["litestar_app"].state.database.surroundings
        if surroundings is not None:
            surroundings.use()
        await app(scope, receive, send)

    return answer
