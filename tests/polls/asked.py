"""A question for a time as tests ask it: two times, for the draft of 2026-12-17, due on 2026-11-27."""

import re
from datetime import date, datetime

from liaison.directory.models import Person
from liaison.meetings import queries as meetings
from liaison.polls import answering, asking, queries
from liaison.polls.asking import Proposed
from liaison.polls.models import TimePoll
from tests.meetings.play import Mail, Play, by_address

FIRST, SECOND = datetime.fromisoformat("2026-12-08T14:30"), datetime.fromisoformat("2026-12-10T09:00")
TIMES = (Proposed(FIRST, 120), Proposed(SECOND, 90))
DUE = date(2026, 11, 27)
LIWB, ZHOUMIN, SFJ = "liwb@sfj.qingzhi.example", "zhoumin@jcy.qingzhi.example", "sfj@sfj.qingzhi.example"


async def ask(play: Play, *, meeting_id: int | None = None, by: Person | None = None, **more: object) -> int:
    """The question asked by the host's liaison; its id."""
    viewer = await play.viewer(by or play.world.zhoumin)
    async with play.database.writing() as db:
        meeting = await meetings.get(db, viewer, meeting_id) if meeting_id else None
        facts: dict[str, object] = {"candidates": TIMES, "due_on": DUE, "title": None if meeting else "商请协助会"}
        poll = await asking.ask_for_times(db, viewer, play.world.mechanism.id, meeting=meeting, **{**facts, **more})  # type: ignore[arg-type]
        return poll.id


async def read(play: Play, poll_id: int) -> TimePoll:
    """As it is stored."""
    async with play.database.reading() as db:
        return await queries.whole(db, poll_id)


async def say(play: Play, poll_id: int, who: Person, *choices: str, **more: object) -> None:
    """That person's agency answers, one choice for each time."""
    viewer = await play.viewer(who)
    async with play.database.writing() as db:
        poll = await queries.get(db, viewer, poll_id)
        said = {one.id: choice for one, choice in zip(poll.candidates, choices, strict=True)}
        await answering.answer(db, viewer, poll, who.agency_id, said, **more)  # type: ignore[arg-type]


def link_in(mails: list[Mail], to: str = LIWB) -> str:
    """The path of the one link in the mail to that address."""
    found = by_address(mails)[to].links
    assert len(found) == 1
    match = re.search(r"/r/\S+", found[0])
    assert match is not None
    return match[0]
