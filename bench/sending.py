"""Sending a notice to 200 addresses: the request, the event loop beside it, and composing against bare stdlib MIME.

uv run python -m bench.sending
"""

import asyncio
import gc
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from statistics import median

from bench.site import lateness, meeting_with, officer_of, queries, row, site, timed
from liaison.calendaring.ics import to_ics
from liaison.mail.compose import new_message_id, to_bytes
from liaison.mail.message import OutgoingMessage
from liaison.meetings import announcing, planning
from liaison.meetings.mails import PRODID, Lines, Told, calendar_part, written

PEOPLE, ROUNDS = 200, 5


def bare(message: OutgoingMessage) -> bytes:
    """The same mail by the standard library alone, its texts and calendar given."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = message.mail_from, message.to, message.subject
    mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), new_message_id(message.mail_from)
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    assert message.calendar is not None
    mail.add_alternative(message.calendar, maintype="text", subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(message.calendar, maintype="application", subtype="ics", filename="invite.ics")
    return mail.as_bytes()


async def main() -> None:
    requests: list[float] = []
    late: list[float] = []
    ours: list[float] = []
    theirs: list[float] = []
    gc.collect()
    gc.freeze()  # as `liaison serve` does once everything is imported
    for _ in range(ROUNDS):
        async with site() as database:
            meeting_id, officer_id = await meeting_with(database, PEOPLE)
            async with lateness() as watch:
                with timed(requests):
                    async with database.writing() as db:
                        viewer = await officer_of(database, db, officer_id)
                        await announcing.send(db, viewer, await queries.get(db, viewer, meeting_id))
                await asyncio.sleep(0.01)
            late.append(watch.worst)
            async with database.reading() as db:
                viewer = await officer_of(database, db, officer_id)
                meeting = await queries.get(db, viewer, meeting_id)
                planned = await planning.plan(db, meeting)
            calendar_part.cache_clear()
            today = database.clock.today("Asia/Shanghai")
            before = time.perf_counter()
            messages = []
            for mail in planned.mails:
                told = Told(mail.addressee.name, "https://liaison.example/r/" + "x" * 60, mail.addressee.name)
                messages.append(
                    written(
                        planned.snapshot,
                        mail,
                        Lines([told], (), ()),
                        note=None,
                        held=None,
                        occasion="invited",
                        today=today,
                    )
                )
                to_bytes(messages[-1], message_id=new_message_id(messages[-1].mail_from), date=datetime.now(UTC))
            ours.append((time.perf_counter() - before) * 1000)
            before = time.perf_counter()
            built = to_ics(planned.mails[0].message.method, planned.mails[0].message.event, prodid=PRODID)
            assert built
            for message in messages:
                bare(message)
            theirs.append((time.perf_counter() - before) * 1000)
    print(f"| sending to {PEOPLE} addresses, {ROUNDS} rounds | median | least | most |\n|---|---|---|---|")
    print(row("the verb and its commit", requests))
    print(row("event loop late by, at worst", late))
    print(row(f"composing {PEOPLE} mails (words, html, calendar once, MIME)", ours))
    print(row("bare stdlib MIME of the same texts", theirs))
    print(f"| ratio ours : bare | {median(o / t for o, t in zip(ours, theirs, strict=True)):.2f} | | |")


if __name__ == "__main__":
    asyncio.run(main())
