"""How tests reach the real app: a program with a person's token, and a browser in which somebody is signed in.

Both speak to `create_app` in the test's own event loop and on its database; nothing is replaced."""

import re
from copy import copy
from functools import cache
from typing import Any

import httpx
from litestar import Litestar

from liaison.accounts import sessions, tokens
from liaison.accounts.viewer import COMMAND_LINE
from liaison.app import create_app, state_of
from liaison.clock import Clock
from liaison.config import Settings, checked
from liaison.db import Database
from liaison.directory.models import Person

ORIGIN = "http://127.0.0.1:8000"


def app_of(settings: Settings, database: Database, clock: Clock) -> Litestar:
    """The app of one test's site. It is wired once in a process, which takes a large part of a second; a site has its state."""
    first = wired(settings.secret_key, settings.https)
    app = copy(first)
    app.state = state_of(settings, clock, database, first.state["assets"])
    return app


@cache
def wired(secret_key: str, https: bool) -> Litestar:
    """The app itself, of any site of these tests. Of the settings, nothing but these is built into the app itself."""
    base_url = "https://liaison.example" if https else ORIGIN
    return create_app(checked(Settings(secret_key=secret_key, base_url=base_url)))


def visitor(settings: Settings, database: Database, clock: Clock) -> httpx.AsyncClient:
    """Nobody in particular."""
    app = app_of(settings, database, clock)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


class Program:
    """Callers of the JSON API; each call is made by somebody, with a token of theirs."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self.client = visitor(settings, database, clock)
        self.database = database
        self.tokens: dict[int, str] = {}

    async def call(self, who: Person, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request as that person; header names are written with underscores."""
        if who.id not in self.tokens:
            async with self.database.writing() as db:
                self.tokens[who.id] = await tokens.create_token(db, COMMAND_LINE, who.id)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method, f"/api{path}", json=body, headers={"Authorization": f"Bearer {self.tokens[who.id]}", **named}
        )

    async def get(self, who: Person, path: str) -> Any:
        """What a GET answers; anything but 200 fails the test."""
        return _answered(await self.call(who, "GET", path), 200)

    async def post(self, who: Person, path: str, body: Any = None, *, status: int = 200) -> Any:
        """What a POST answers with this status."""
        return _answered(await self.call(who, "POST", path, {} if body is None else body), status)

    async def patch(self, who: Person, path: str, body: Any) -> Any:
        """What a PATCH answers."""
        return _answered(await self.call(who, "PATCH", path, body), 200)

    async def put(self, who: Person, path: str, body: Any) -> Any:
        """What a PUT answers."""
        return _answered(await self.call(who, "PUT", path, body), 200)

    async def refused(self, who: Person, method: str, path: str, body: Any = None) -> tuple[int, list[str]]:
        """The status of a refusal and the fields it names."""
        response = await self.call(who, method, path, body)
        assert response.status_code >= 400, response.text
        assert response.headers["content-type"] == "application/problem+json"
        return response.status_code, [error["field"] for error in response.json().get("errors", [])]


class Browser:
    """One person's browser, signed in; forms are posted with the token that the page carries."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self.client = visitor(settings, database, clock)
        self.client.headers["Accept-Language"] = "zh-CN"
        self.database = database
        self.csrf = ""

    async def sign_in(self, who: Person) -> "Browser":
        """Open a session for that person."""
        async with self.database.writing() as db:
            key = await sessions.open_session(db, who.id, user_agent="test", source="test", by_office=False)
        self.client.cookies.set("session", key)
        return self

    async def get(self, path: str) -> str:
        """The page; anything but 200 fails the test."""
        response = await self.client.get(path)
        assert response.status_code == 200, (response.status_code, response.text[:500])
        if found := re.search(r'name="csrf-token" content="([^"]+)"', response.text):
            self.csrf = found.group(1)
        return response.text

    async def post(self, path: str, *, htmx: bool = False, **fields: str) -> httpx.Response:
        """Send a form as a browser does, by itself or through htmx."""
        headers = {"HX-Request": "true"} if htmx else {}
        return await self.client.post(path, data={"_csrf_token": self.csrf, **fields}, headers=headers)

    async def upload(
        self, path: str, file_name: str, content: bytes, *, field: str = "file", **fields: str
    ) -> httpx.Response:
        """Send a form with one file."""
        data = {"_csrf_token": self.csrf, **fields}
        return await self.client.post(path, data=data, files={field: (file_name, content)})


def _answered(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, (response.status_code, response.text[:1000])
    return response.json()
