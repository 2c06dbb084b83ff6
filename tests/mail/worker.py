"""A worker process for the tests to kill: `main({"database_url": …})` sends until SIGTERM.

`trap` names the moment at which it writes `marker` and stands still, waiting to be killed: `composing` (the claim is committed, nothing
else) or `answered` (the server said 250, nothing is committed)."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Session
from liaison.mail.classify import Outcome
from liaison.mail.connections import Waits
from liaison.mail.delivery import Pace, deliver_due, one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mail.smtp import SmtpTransport
from liaison.mail.transport import always
from liaison.opening import open_database
from tests.mail.plain import QUICK_WAITS, compose


async def stand_still(marker: Path) -> None:
    marker.touch()  # noqa: ASYNC240 -- nothing else runs here that could be held up
    await asyncio.Event().wait()


class TrappedTransport(SmtpTransport):
    """Stands still between the server's answer and the moment it is written down."""

    marker: Path

    async def send(self, data: bytes, mail_from: str, rcpt: str, *, may_finish: Callable[[], bool] = always) -> Outcome:
        outcome = await super().send(data, mail_from, rcpt, may_finish=may_finish)
        await stand_still(self.marker)
        return outcome


async def main(given: dict[str, Any]) -> None:
    settings = Settings(data_dir=Path(given["data_dir"]), database_url=given["database_url"], secret_key="x" * 40)
    database = open_database(settings, Clock())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    marker = Path(given["marker"])
    transport = (TrappedTransport if given["trap"] == "answered" else SmtpTransport)(
        given["smtp_url"], connections=given["connections"], waits=Waits(**QUICK_WAITS)
    )
    if isinstance(transport, TrappedTransport):
        transport.marker = marker

    async def composing(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
        if given["trap"] == "composing":
            await stand_still(marker)
        return await compose(db, mail)

    pace = Pace(lease=given["lease"], renew=given["lease"] / 3)
    while not stop.is_set():
        if not await deliver_due(
            database, transport, {"plain": one_by_one(composing)}, given["name"], pace=pace, stop=stop
        ):
            try:
                await asyncio.wait_for(stop.wait(), 0.05)
            except TimeoutError:
                continue
    await transport.close()
    await database.dispose()
