"""Received mail's bytes are kept 90 days; what a mail came to stays."""

from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import undefer

from liaison.clock import Clock
from liaison.db import Database
from liaison.mail.models import QueueState
from liaison.mail.sources import state
from liaison.mail.sources.places import Waiting
from liaison.postroom.models import IncomingMail
from liaison.postroom.purging import purge
from liaison.postroom.reading import read_mail
from liaison.postroom.sorting import receive


async def test_bytes_go_after_90_days_and_what_the_mail_came_to_stays(database: Database, clock: Clock) -> None:
    assert clock.as_of is not None
    for subject in ("old", "new"):
        async with database.writing() as db:
            raw = f"From: x@elsewhere.example\r\nSubject: {subject}\r\n\r\nhello\r\n".encode()
            await receive(db, read_mail(raw), door="stdin")
        clock.as_of += timedelta(days=60)
    async with database.writing() as db:
        assert await purge(db) == 1
    async with database.reading() as db:
        query = select(IncomingMail).options(undefer(IncomingMail.raw)).order_by(IncomingMail.id)
        rows = [(row.subject, row.verdict, row.raw is None) for row in await db.scalars(query)]
    assert rows == [("old", "held", True), ("new", "held", False)]


async def test_failures_of_mails_that_are_gone_are_forgotten_after_a_week(database: Database) -> None:
    gone, fresh = Waiting("gone", 1, 1), Waiting("fresh", 2, 1)
    async with database.writing() as db:
        await state.count_failure(db, gone)
        for row in await db.scalars(select(QueueState)):
            row.at -= timedelta(days=8)
        await state.count_failure(db, fresh)
        await purge(db)
        kept = [row.detail["key"] for row in await db.scalars(select(QueueState))]
    assert kept == ["fresh"]


async def test_what_is_to_go_is_found_without_looking_at_everything_that_ever_came(database: Database) -> None:
    async with database.reading() as db:
        explain = "EXPLAIN QUERY PLAN"
        if db.get_bind().dialect.name == "postgresql":
            await db.execute(text("SET LOCAL enable_seqscan = off"))  # a small table would be read whole all the same
            explain = "EXPLAIN"
        update = "UPDATE incoming_mail SET raw = NULL WHERE received_at < '2026-01-01' AND raw IS NOT NULL"
        plan = " ".join(str(row) for row in await db.execute(text(f"{explain} {update}")))
    assert "ix_incoming_mail_kept" in plan
