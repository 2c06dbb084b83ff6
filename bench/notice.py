"""Sending an information notice to nine agencies: the verbs that keep and send it, with their commit, on SQLite; each agency has a liaison
and a deputy, so that eighteen mails are called for.

    uv run python -m bench.notice
"""

import asyncio
import time

from sqlalchemy import select

from bench.site import meeting_with, officer_of, row, site
from liaison.directory.models import Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.notices import writing
from liaison.notices.models import FOR_ACTION

AGENCIES, ROUNDS = 9, 25
TEXT = "近期受理支持起诉申请三件，请协助核实法律援助情况，并于期限内答复办理进展。\n" * 8


async def main() -> None:
    """Print the figures."""
    async with site() as database:
        _, officer_id = await meeting_with(database, 3 * (AGENCIES + 1), members=AGENCIES + 1)
        async with database.writing() as db:
            mechanism_id = (await db.execute(select(Mechanism.id))).scalar_one()
            members = list(await db.scalars(select(Member).order_by(Member.id)))
            for member in members[1:]:
                people = (await db.scalars(select(Person).where(Person.agency_id == member.agency_id))).all()
                for person, role in zip(people, ("principal", "deputy"), strict=False):
                    db.add(
                        Designation(
                            mechanism_id=mechanism_id, agency_id=member.agency_id, person_id=person.id, role=role,
                            starts_on=member.joined_on, designated_at=db.now(),
                        )
                    )  # fmt: skip
        to, took = [member.agency_id for member in members[1:]], []
        for n in range(ROUNDS + 1):
            async with database.reading() as db:
                viewer = await officer_of(database, db, officer_id)
            began = time.perf_counter()
            async with database.writing() as db:
                notice = await writing.draft(
                    db, viewer, mechanism_id, subject=f"第{n}件", text=TEXT, purpose=FOR_ACTION, to_agency_ids=to, deadline_days=5
                )  # fmt: skip
                await writing.send(db, viewer, notice)
            took.append((time.perf_counter() - began) * 1000)
        async with database.reading() as db:
            mails = len((await db.scalars(select(OutboxMail.id).where(OutboxMail.kind == "notice"))).all())
        assert mails == (ROUNDS + 1) * AGENCIES * 2
    print(f"| a notice to {AGENCIES} agencies, {ROUNDS} rounds | median | least | most |\n|---|---|---|---|")
    print(row("the first of a process", [took[0]], "ms"))
    print(row("kept and sent, with commit", took[1:], "ms"))


if __name__ == "__main__":
    asyncio.run(main())
