"""Taking in answers by mail: replies of ordinary clients to one notice, each read and taken in within a transaction of its own,
as the inbox does.

    uv run python -m bench.ingesting [REPLIES PEOPLE [imap]]

With `imap` they lie in the mailbox of a Dovecot on this machine (the one of the tests), over TLS, and are fetched, taken in and moved.
"""

import asyncio
import gc
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from statistics import median

from bench.sending import Taken, texts_of
from bench.site import meeting_with, officer_of, queries, site
from liaison import intake, logs
from liaison.composers import COMPOSERS
from liaison.db import Database
from liaison.mail.delivery import deliver_due
from liaison.meetings import announcing
from liaison.postroom.reading import read_mail
from liaison.postroom.sorting import receive
from tests.dovecot import dovecot

ROUNDS = 3
PARTSTATS = ("ACCEPTED", "TENTATIVE", "DECLINED")
REPLY = """From: {address}\r
To: {organizer}\r
Subject: Accepted\r
Message-ID: <{number}@unit.qingzhi.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
\r
Accepted\r
--b\r
Content-Type: text/calendar; charset=utf-8; method=REPLY\r
\r
BEGIN:VCALENDAR\r
PRODID:-//Client//EN\r
VERSION:2.0\r
METHOD:REPLY\r
BEGIN:VEVENT\r
UID:{uid}\r
SEQUENCE:0\r
DTSTAMP:{stamp}\r
ORGANIZER:mailto:{organizer}\r
ATTENDEE;PARTSTAT={partstat}:mailto:{address}\r
END:VEVENT\r
END:VCALENDAR\r
--b--\r
"""


async def replies_to(database: Database, count: int, people: int) -> list[bytes]:
    """So many replies to a notice that was sent, each newer than the one before."""
    meeting_id, officer_id = await meeting_with(database, people)
    async with database.writing() as db:
        viewer = await officer_of(database, db, officer_id)
        meeting = await queries.get(db, viewer, meeting_id)
        await announcing.send(db, viewer, meeting)
        uid, organizer, start = meeting.uid, meeting.organizer or "", db.now()
    out = Taken()
    while await deliver_due(database, out, COMPOSERS, "bench"):
        pass
    addresses = [texts_of(data)[1].rpartition("<")[2].rstrip(">") for data in out.mails]
    return [
        REPLY.format(
            address=addresses[n % len(addresses)],
            organizer=organizer,
            number=n,
            uid=uid,
            stamp=(start + timedelta(milliseconds=n)).strftime("%Y%m%dT%H%M%SZ"),
            partstat=PARTSTATS[n // len(addresses) % 3],
        ).encode()
        for n in range(count)
    ]


async def taken_in(database: Database, raws: list[bytes]) -> None:
    """Without a mailbox: read and taken in, one after another."""
    for number, raw in enumerate(raws):
        mail = await asyncio.to_thread(read_mail, raw)
        async with database.writing() as db:
            taken = await receive(db, mail, door="imap", source_key=f"imap:bench:1:{number}")
        assert taken.verdict in ("applied", "stale"), taken.reason


async def main(count: int, people: int, *, by_imap: bool) -> None:
    logs.set_up("text", quiet=True)
    rates, costs = [], []
    gc.collect()
    gc.freeze()
    for _ in range(ROUNDS):
        with ExitStack() as stack:
            server = stack.enter_context(dovecot()) if by_imap else None
            async with site() as database:
                raws = await replies_to(database, count, people)
                for raw in raws if server else ():
                    server.put(raw)
                began, cpu = time.perf_counter(), time.process_time()
                if server:
                    taken = await intake.poll(
                        database,
                        server.inbox(),
                        stop=asyncio.Event(),
                        anyway=True,
                        source_for=lambda _, source=server.source(): source,
                    )
                    assert (taken, len(server.files())) == (count, 0)
                else:
                    await taken_in(database, raws)
                rates.append(count / (time.perf_counter() - began))
                costs.append((time.process_time() - cpu) * 1000 / count)
    way = ", by IMAP" if by_imap else ""
    print(f"| {count} replies of {people} people{way}, {ROUNDS} rounds | median | least | most |\n|---|---|---|---|")
    print(f"| replies/s | {median(rates):.0f} | {min(rates):.0f} | {max(rates):.0f} |")
    print(f"| CPU ms a reply | {median(costs):.2f} | {min(costs):.2f} | {max(costs):.2f} |")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:3]]
    asyncio.run(main(*(given or [1000, 50]), by_imap="imap" in sys.argv))
