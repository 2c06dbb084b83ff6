"""What clients really send back, one file each under replies/, and what it must come to. A further file is a further test.

A file begins with `X-Expected: VERDICT REASON` and what the answers are afterwards where they changed, each after a semicolon:
`WHO PARTSTAT verified|unverified [from ADDRESS] [by PERSON] [: COMMENT]`, a line feed in the comment written as /. WHO ending in @ is a
shared address. `X-Own-Server` names the site's own mail server where it has one. Both are taken off before the mail is taken in.

All answer one meeting: moved once, so that its SEQUENCE is 1, to 2026-12-18 14:30. chenzy (chair) has accepted at 03:00, when liwb and
the address of wuxl, who reads zhenggq's mail, had not answered. qianwei may answer for chenzy; liwb writes from a second address too."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Session
from liaison.directory.models import KnownAddress, Person
from liaison.mail.choices import OWN_SERVER
from liaison.mail.models import OutboxMail
from liaison.meetings.address_models import AddressAnswer
from liaison.meetings.asking import Asked
from liaison.meetings.models import Attendee, Meeting
from liaison.opening import open_database
from liaison.postroom.reading import read_mail
from liaison.postroom.sorting import receive
from liaison.site import SiteChoice
from tests.conftest import NOW, migrated_settings
from tests.meetings.play import Play
from tests.meetings.test_announcing import move
from tests.statements import hurried
from tests.world import World, build

UID = "3f6c1a0b9d2e47588a64c0d1e2f3a4b5"
AT = datetime(2026, 11, 23, 3, 31, tzinfo=UTC)
"""When each mail arrives."""
FILES = {file.stem: file.read_bytes() for file in sorted((Path(__file__).parent / "replies").glob("*.eml"))}


class RolledBack(Exception):
    """The end of each test: the next one finds the meeting as it was."""


@dataclass(frozen=True, slots=True)
class Stage:
    settings: Settings
    world: World


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The meeting of all these files, announced once."""
    with migrated_settings(tmp_path_factory.mktemp("replies"), request) as settings:
        yield Stage(settings, asyncio.run(announced(settings)))


async def announced(settings: Settings) -> World:
    clock = Clock(as_of=NOW)
    database = hurried(open_database(settings, clock))
    try:
        async with database.writing() as db:
            world = await build(db)
            for person, kind, address in (
                (world.liwb, "alias", "li.wenbo@mobile.example"),
                (world.chenzy, "contact", "qianwei@jcy.qingzhi.example"),
            ):
                db.add(KnownAddress(person_id=person.id, kind=kind, address=address, added_at=NOW))
        play = Play(database, world, clock, settings.data_dir / "mail")
        asked = (Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.liwb.id))
        meeting_id = await play.scheduled(*asked, Asked(person_id=world.zhenggq.id))
        async with database.writing() as db:
            await db.execute(update(Meeting).where(Meeting.id == meeting_id).values(uid=UID))
        for number in (0, 1):
            if number:
                await move(play, meeting_id)
            await play.send(meeting_id)
            async with database.writing() as db:
                await name_the_mails(db, number)
        first = (
            FILES["gmail-accepted"]
            .replace(b"liwb@sfj", b"chenzy@jcy")
            .replace(b"20261123T033000Z", b"20261123T030000Z")
        )
        async with database.writing() as db:
            await receive(db, read_mail(first), door="stdin", received_at=AT)
        return world
    finally:
        await database.dispose()


async def name_the_mails(db: Session, number: int) -> None:
    """Give the invitations Message-IDs that a file can name."""
    new = OutboxMail.message_id.is_not(None) & OutboxMail.message_id.not_like("<invite.%")
    for row in await db.scalars(select(OutboxMail).where(new)):
        row.message_id = f"<invite.{number}.{row.address.partition('@')[0]}@meetings.qingzhi.example>"


def taken_off(raw: bytes, name: str) -> tuple[str, bytes]:
    """The value of our own field at the head of the file, and the file without it."""
    found = re.match(rb"(?:X-[^\n]*\n)?" + name.encode() + rb": ([^\r\n]*)\r?\n", raw)
    if found is None:
        return "", raw
    start = raw.index(name.encode())
    return found[1].decode(), raw[:start] + raw[found.end() :]


async def answers(db: Session) -> set[str]:
    """How everybody's answer stands, in the words of X-Expected."""
    people = {each.id: each.key for each in await db.scalars(select(Person))}
    said = set()
    for one in await db.scalars(select(Attendee)):
        if one.partstat != "needs_action" and one.person_id:
            words = [people[one.person_id], one.partstat, "unverified" if one.answered_unverified else "verified"]
            words += ["from", one.answered_from] if one.answered_from else []
            words += ["by", people[one.answered_by]] if one.answered_by not in (None, one.person_id) else []
            said.add(" ".join(words) + _comment(one.comment))
    for shared in await db.scalars(select(AddressAnswer)):
        sure = "unverified" if shared.unverified else "verified"
        said.add(f"{shared.address.partition('@')[0]}@ {shared.partstat} {sure}" + _comment(shared.comment))
    return said


def _comment(text: str | None) -> str:
    return ": " + text.replace("\n", "/") if text else ""


BEFORE = "chenzy accepted unverified"


@pytest.mark.parametrize("name", FILES)
async def test_what_a_client_sends_back_comes_to_what_its_file_says(name: str, stage: Stage) -> None:
    expected, raw = taken_off(FILES[name], "X-Expected")
    own_server, raw = taken_off(raw, "X-Own-Server")
    verdict, *changed = re.split(r";\s+(?=[a-z]+@? )", expected)
    database = hurried(open_database(stage.settings, Clock(as_of=AT)))
    with suppress(RolledBack):
        async with database.writing() as db:
            if own_server:
                db.add(SiteChoice(name=OWN_SERVER, value={"name": own_server}, set_at=AT))
            row = await receive(db, read_mail(raw), door="stdin", received_at=AT)
            came_to, stand = f"{row.verdict} {row.reason}", await answers(db)
            raise RolledBack
    await database.dispose()
    assert came_to == verdict
    assert stand == {*changed, *([] if any(each.startswith("chenzy ") for each in changed) else [BEFORE])}


@pytest.mark.parametrize("name", FILES)
def test_line_ends_change_nothing_of_what_is_read(name: str) -> None:
    unix = FILES[name].replace(b"\r\n", b"\n")
    one, other = read_mail(unix.replace(b"\n", b"\r\n")), read_mail(unix)
    assert one.calendar == other.calendar
    assert one.heading == other.heading
    assert one.message is not None
    assert other.message is not None
    assert one.message.text.split() == other.message.text.split()
    assert one.message.bounces == other.message.bounces
