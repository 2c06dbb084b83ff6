"""Days pass, workers run, mails arrive, and each person's calendar makes of them what RFC 5546 says."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import icalendar

from liaison.directory.models import Person
from liaison.mechanisms import designating
from liaison.mechanisms.models import Designation
from liaison.meetings.asking import Asked
from liaison.succession.following import apply_due
from tests.meetings.play import Mail, Play

DAY = date(2026, 12, 1)
"""The day on which the office changes hands."""
LIWB, GONGHUI, WUXL = "liwb@sfj.qingzhi.example", "gonghui@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"
CHENZY, ZHOUMIN = "chenzy@jcy.qingzhi.example", "zhoumin@jcy.qingzhi.example"
QIANWEI = "qianwei@jcy.qingzhi.example"
SFJ, JCY = "sfj@sfj.qingzhi.example", "jcy@jcy.qingzhi.example"


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass
class Calendar:
    """A client of RFC 5546: newer is a higher SEQUENCE, then a later DTSTAMP; a CANCEL takes the meeting out and is remembered."""

    events: dict[str, tuple[tuple[int, datetime], icalendar.Event | None]] = field(default_factory=dict)

    def receive(self, mail: Mail) -> None:
        event = mail.event
        stamp: datetime = event["DTSTAMP"].dt  # type: ignore[assignment]
        version = (int(event["SEQUENCE"]), stamp)
        known = self.events.get(str(event["UID"]))
        if known is None or version > known[0]:
            self.events[str(event["UID"])] = (version, None if mail.method == "CANCEL" else event)

    @property
    def shown(self) -> list[str]:
        """The titles of what it shows."""
        return sorted(str(event["SUMMARY"]) for _, event in self.events.values() if event is not None)


class Quarter:
    """The story of `play` by days; every mail goes into its reader's calendar as it arrives."""

    def __init__(self, play: Play) -> None:
        self.play, self.world = play, play.world
        self.calendars: dict[str, Calendar] = {}
        self.changes: list[Mail] = []
        """Each 联络员变更告知 that arrived; a tick gives back the other mails."""

    @property
    def agency(self) -> Asked:
        return Asked(agency_id=self.world.sfj.id, seats=2, requirement="分管负责同志1名、联络员1名")

    async def announced(self, *asked: Asked, **more: object) -> int:
        meeting_id = await self.play.scheduled(*(asked or (self.agency,)), **more)
        self.arrive(await self.play.send(meeting_id))
        return meeting_id

    async def on(self, text: str, *, workers: int = 2) -> list[Mail]:
        """The clock stands at that time of Beijing and workers run; what newly arrived."""
        self.play.clock.as_of = beijing(text)
        return await self.tick(workers)

    async def tick(self, workers: int = 2) -> list[Mail]:
        for _ in range(workers):
            async with self.play.database.writing() as db:
                await apply_due(db)
        return self.arrive(await self.play.delivered())

    def arrive(self, mails: list[Mail]) -> list[Mail]:
        for mail in mails:
            if mail.method is not None:
                self.calendars.setdefault(mail.to, Calendar()).receive(mail)
        self.changes += [mail for mail in mails if "联络员变更告知" in mail.subject]
        return [mail for mail in mails if mail not in self.changes]

    def shown(self, address: str) -> list[str]:
        return self.calendars[address].shown if address in self.calendars else []

    async def hand_over(self, to: Person, *, on: date = DAY, role: str = "liwb", **more: bool) -> Designation:
        """By the agency's own administrator."""
        async with self.play.database.writing() as db:
            viewer = await self.world.viewer(db, self.world.gonghui)
            term = self.world.terms[role].id
            return await designating.hand_over(db, viewer, term, to_person_id=to.id, starts_on=on, **more)

    async def end(self, *, on: date = DAY, role: str = "liwb", again: bool = False) -> None:
        async with self.play.database.writing() as db:
            viewer = await self.world.viewer(db, self.world.gonghui)
            await designating.change_end(db, viewer, self.world.terms[role].id, ends_on=None if again else on)

    async def fill(self, person: Person, on: date) -> None:
        """Name a liaison for the vacant office."""
        async with self.play.database.writing() as db:
            viewer = await self.world.viewer(db, self.world.gonghui)
            named = {"agency_id": person.agency_id, "person_id": person.id, "role": "principal", "starts_on": on}
            await designating.designate(db, viewer, self.world.mechanism.id, **named)  # type: ignore[arg-type]


def told(mails: list[Mail]) -> dict[str, str | None]:
    """By address, the METHOD of the one mail it got (None: a mail without calendar part)."""
    found = {mail.to: mail.method for mail in mails}
    assert len(found) == len(mails), sorted(mail.to for mail in mails)
    return found
