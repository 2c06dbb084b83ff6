"""An outbox with a trivial composer, and a server to send to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from liaison.db import Database, Session
from liaison.mail import outbox
from liaison.mail.connections import Waits
from liaison.mail.models import OutboxMail
from liaison.mail.smtp import SmtpTransport
from tests.mail.plain import QUICK_WAITS
from tests.smtp_server import SmtpServer


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with SmtpServer() as running:
        yield running


@pytest.fixture
async def transport(server: SmtpServer) -> AsyncIterator[SmtpTransport]:
    way = SmtpTransport(server.url, waits=Waits(**QUICK_WAITS))
    yield way
    await way.close()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Wait for something another process or task brings about."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 -- no event crosses processes
            await asyncio.sleep(0.02)


async def put(db: Session, name: str, **more: Any) -> OutboxMail | None:
    """A plain mail to name@aid.example about meeting:7."""
    given: dict[str, Any] = {
        "kind": "plain",
        "about": "meeting:7",
        "address": f"{name}@aid.example",
        "display_to": f"{name} <{name}@aid.example>",
        "locale": "en",
    }
    return await outbox.enqueue(db, **given | more)


async def put_all(database: Database, *names: str, **more: Any) -> None:
    async with database.writing() as db:
        for name in names:
            await put(db, name, **more)


async def rows(database: Database) -> dict[str, OutboxMail]:
    """The newest row of each name."""
    async with database.reading() as db:
        return {mail.address.split("@")[0]: mail for mail in await outbox.deliveries(db, about="meeting:7", limit=5000)}
