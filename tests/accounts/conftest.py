"""A browser at the door, the mails it calls for, and people with passwords."""

import email
import email.policy
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from liaison import worker
from liaison.accounts import credentials, passwords
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from tests.callers import visitor

PASSWORD = "一句容易记住的话，很长"
"""Everybody's in these tests."""
LEAST_WORK = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
NOBODY = re.sub(r"m=\d+,t=\d+", "m=8,t=1", passwords.NOBODY)


@pytest.fixture(autouse=True)
def little_work(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as ever, with the least work that argon2id can be set to: how much it is matters in the tests of `full_work` only."""
    if "full_work" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_HASHER", PasswordHash((LEAST_WORK,)))
        monkeypatch.setattr(passwords, "NOBODY", NOBODY)


@pytest.fixture
def full_work() -> None:
    """Passwords cost what they cost on a site."""


@dataclass
class Door:
    """One browser in front of the site, not signed in; forms are sent with the token that a page gave it."""

    client: httpx.AsyncClient
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str) -> httpx.Response:
        answer = await self.client.get(path, headers=self.headers)
        if found := re.search(r'name="csrf-token" content="([^"]+)"', answer.text):
            self.csrf = found.group(1)
        return answer

    async def post(self, path: str, **fields: str) -> httpx.Response:
        if not self.csrf:
            await self.get("/sign-in")
        return await self.client.post(path, data={"_csrf_token": self.csrf, **fields}, headers=self.headers)

    async def is_in(self) -> bool:
        """Whether this browser is signed in."""
        return (await self.client.get("/account")).status_code == 200

    async def sign_in(self, account: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/sign-in", account=account, password=password)


NewDoor = Callable[[], Door]


@pytest.fixture
async def new_door(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[NewDoor]:
    """`new_door()`: another browser."""
    opened: list[Door] = []

    def make() -> Door:
        door = Door(visitor(settings, database, clock), headers={"Accept-Language": "zh-CN"})
        opened.append(door)
        return door

    yield make
    for door in opened:
        await door.client.aclose()


@pytest.fixture
def door(new_door: NewDoor) -> Door:
    return new_door()


@dataclass
class Mailroom:
    """Lets the worker send what is due, and reads what arrived."""

    settings: Settings
    database: Database
    seen: set[str] = field(default_factory=set)

    async def newest(self) -> list[tuple[str, str]]:
        """(To, text) of the mails that arrived since the last look."""
        assert await worker.run_once(worker.work_for(self.database, COMPOSERS))
        found = []
        for path in sorted((self.settings.mail_dir / "new").glob("*")):
            if path.name not in self.seen:
                self.seen.add(path.name)
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                body = mail.get_body(("plain",))
                assert body is not None
                found.append((str(mail["to"]), body.get_content()))
        return found

    async def link(self) -> str:
        """The path of the link in the one mail that arrived."""
        [(_, text)] = await self.newest()
        return link_in(text)


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found.group(1)


@pytest.fixture
def mailroom(settings: Settings, database: Database) -> Mailroom:
    settings.mail_dir.mkdir(exist_ok=True)
    return Mailroom(settings, database)


async def with_password(database: Database, person: Person, password: str = PASSWORD) -> None:
    """Give somebody a password."""
    async with database.writing() as db:
        await credentials.set_password(db, person.id, passwords.hash_password(password), via="cli")
