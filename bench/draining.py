"""Draining 2,000 mails: `deliver_due` against a bare loop of aiosmtplib's send and one commit per mail on the same database.

Both send to the same loopback SMTP server, which accepts everything.

    uv run python -m bench.draining
"""

import asyncio
import gc
import socket
import time
from statistics import median

import aiosmtplib
from aiosmtpd.controller import Controller
from sqlalchemy import select

from bench.site import site
from liaison import logs
from liaison.db import Database, Session
from liaison.mail import outbox
from liaison.mail.compose import new_message_id, to_bytes
from liaison.mail.delivery import deliver_due, one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import SENT, OutboxMail
from liaison.mail.smtp import SmtpTransport

MAILS, ROUNDS = 2000, 3
TEXT = "清沚区人民检察院定于2026年12月17日（星期四）14:30召开“第四季度联席会议”，请您参加。\n" * 12


class Sink:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        return "250 OK"


async def composer(db: Session, row: OutboxMail) -> OutgoingMessage:
    return message(row.address)


def message(address: str) -> OutgoingMessage:
    return OutgoingMessage(
        address, address, "measure@meetings.qingzhi.example", "【会议通知】第四季度联席会议", TEXT, f"<p>{TEXT}</p>"
    )


async def filled(database: Database) -> None:
    async with database.writing() as db:
        for n in range(MAILS):
            address = f"p{n}@unit.qingzhi.example"
            await outbox.enqueue(
                db, kind="measure", about="bench:1", address=address, display_to=address, locale="zh_CN"
            )


async def ours(database: Database, port: int) -> float:
    await filled(database)
    transport = SmtpTransport(f"smtp://127.0.0.1:{port}")
    before = time.perf_counter()
    sent = 0
    while done := await deliver_due(database, transport, {"measure": one_by_one(composer)}, "bench", limit=MAILS):
        sent += done
    taken = time.perf_counter() - before
    await transport.close()
    assert sent == MAILS, sent
    return MAILS / taken


async def bare(database: Database, port: int) -> float:
    await filled(database)
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await client.connect()
    async with database.reading() as db:
        ids = list(await db.scalars(select(OutboxMail.id)))
    before = time.perf_counter()
    for mail_id in ids:
        async with database.writing() as db:
            row = await db.get(OutboxMail, mail_id)
            assert row is not None
            raw = to_bytes(message(row.address), message_id=new_message_id("a@b.example"), date=db.now())
            await client.sendmail("measure@meetings.qingzhi.example", [row.address], raw)
            row.state, row.final_at = SENT, db.now()
    taken = time.perf_counter() - before
    await client.quit()
    return MAILS / taken


async def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    logs.set_up("text", quiet=True)  # a line a mail would be measured too, and stand before the table
    gc.collect()
    gc.freeze()
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    try:
        for _ in range(ROUNDS):
            for name, drain in (("ours", ours), ("bare", bare)):
                async with site() as database:
                    rates[name].append(await drain(database, port))
    finally:
        controller.stop()
    print(f"| draining {MAILS} mails, {ROUNDS} rounds | mails/s | least | most |\n|---|---|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {median(values):.0f} | {min(values):.0f} | {max(values):.0f} |")
    print(f"| ratio ours : bare | {median(a / b for a, b in zip(rates['ours'], rates['bare'], strict=True)):.2f} | | |")


if __name__ == "__main__":
    asyncio.run(main())
