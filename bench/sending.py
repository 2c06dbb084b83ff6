"""Sending a notice to 200 addresses: the request, then a worker's `deliver_due` until every mail is composed, stored and handed over,
beside bare stdlib MIME of the same texts. The event loop is watched all the while.

The way out takes each mail at once, so that what is measured is ours: claims, loading, links, words, calendar, MIME, storing, recording.

    uv run python -m bench.sending [ADDRESSES]
"""

import asyncio
import email
import email.policy
import gc
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from statistics import median

from bench.site import lateness, meeting_with, officer_of, queries, row, site, timed
from liaison import logs
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.db import Database
from liaison.mail.classify import SENT, Outcome
from liaison.mail.compose import new_message_id
from liaison.mail.delivery import deliver_due
from liaison.mail.transport import always
from liaison.meetings import announcing, letters

ROUNDS = 5


class Taken:
    """A way out that takes every mail at once and keeps it."""

    lanes = 1

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def send(self, data: bytes, mail_from: str, rcpt: str, *, may_finish: Callable[[], bool] = always) -> Outcome:
        self.mails.append(data)
        return SENT

    async def close(self) -> None:
        """Nothing is kept open."""


Texts = tuple[str, str, str, str, str, bytes]


def texts_of(data: bytes) -> Texts:
    """From, To, Subject, text, html and calendar of a mail that went out."""
    mail = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    parts = {part.get_content_type(): part for part in mail.walk()}
    text, html = parts["text/plain"].get_content(), parts["text/html"].get_content()
    calendar = parts["text/calendar"].get_payload(decode=True)
    assert isinstance(calendar, bytes)
    return str(mail["From"]), str(mail["To"]), str(mail["Subject"]), text, html, calendar


def bare(texts: Texts) -> bytes:
    """The same mail by the standard library alone, its texts and calendar given."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], text, html, calendar = texts
    mail["Date"], mail["Message-ID"] = format_datetime(Clock().now()), new_message_id(texts[0])
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    mail.add_alternative(calendar, maintype="text", subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")
    return mail.as_bytes()


async def send_to(database: Database, people: int) -> None:
    """A meeting sent to a few, and their mails handed over."""
    meeting_id, officer_id = await meeting_with(database, people, name="before")
    async with database.writing() as db:
        viewer = await officer_of(database, db, officer_id)
        await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
    while await deliver_due(database, Taken(), COMPOSERS, "bench"):
        pass


async def main(people: int) -> None:
    requests: list[float] = []
    request_late: list[float] = []
    delivering: list[float] = []
    delivering_late: list[float] = []
    theirs: list[float] = []
    logs.set_up("text", quiet=True)  # a line a mail would be measured too, and stand before the table
    gc.collect()
    gc.freeze()  # as `liaison serve` does once everything is imported
    for _ in range(ROUNDS):
        letters.calendar_part.cache_clear()
        async with site() as database:
            await send_to(database, 2)  # a server that has sent before: its statements are compiled, its templates too
            meeting_id, officer_id = await meeting_with(database, people)
            async with lateness() as watch:
                with timed(requests):
                    async with database.writing() as db:
                        viewer = await officer_of(database, db, officer_id)
                        await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
                await asyncio.sleep(0.01)
            request_late.append(watch.worst)
            letters.calendar_part.cache_clear()  # as in a worker that is another process
            out = Taken()
            async with lateness() as watch:
                with timed(delivering):
                    while await deliver_due(database, out, COMPOSERS, "bench"):
                        pass
                await asyncio.sleep(0.01)
            delivering_late.append(watch.worst)
            assert len(out.mails) == people, len(out.mails)
            given = [texts_of(data) for data in out.mails]
            before = time.perf_counter()
            for texts in given:
                bare(texts)
            theirs.append((time.perf_counter() - before) * 1000)
    print(f"| sending to {people} addresses, {ROUNDS} rounds | median | least | most |\n|---|---|---|---|")
    print(row("the request: the verb and its commit", requests))
    print(row("event loop late by, at worst, during the request", request_late))
    print(row(f"`deliver_due`: {people} mails composed, stored, handed over, recorded", delivering))
    print(row("event loop late by, at worst, during `deliver_due`", delivering_late))
    print(row("bare stdlib MIME of the same texts", theirs))
    ratios = [ours / bare for ours, bare in zip(delivering, theirs, strict=True)]
    print(f"| ratio `deliver_due` : bare | {median(ratios):.2f} | {min(ratios):.2f} | {max(ratios):.2f} |")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
