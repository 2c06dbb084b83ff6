"""What comes back by mail to a notice: a code acknowledges it, and everything else waits for the officers who may know of it."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from liaison.config import Settings
from liaison.directory.models import Person
from liaison.mechanisms.models import Designation, Mechanism
from liaison.notices.models import Notice
from liaison.postroom.models import IncomingMail
from tests.callers import Browser, Program
from tests.meetings.play import Mail, Play
from tests.notices.sent import LIWB, WUXL, line, mails, morning, sent
from tests.notices.test_answering import third
from tests.postroom.post import take, written


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A site that reads its mail."""
    return replace(settings, inbox_url=f"maildir://{tmp_path / 'in'}")


def code_in(mail: Mail) -> str:
    found = re.search(r"L-[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", mail.text)
    assert found is not None
    return found[0]


def uncoded(mail: Mail, words: str) -> bytes:
    """A reply of a client that quotes nothing, so that the code is lost."""
    message = written(mail, words)
    message.set_content(words)
    return message.as_bytes()


async def seen_by(play: Play, program: Program, *people: Person) -> dict[str, int]:
    """How many incoming mails each of them finds."""
    found: dict[str, Any] = {one.name: await program.get(one, "/incoming?state=held") for one in people}
    return {name: len(answer["items"]) for name, answer in found.items()}


async def test_the_deputys_code_acknowledges_as_the_liaisons_does_and_once(play: Play, program: Program) -> None:
    made = await sent(play, program)
    got = await mails(play)
    assert code_in(got[LIWB]) != code_in(got[WUXL])
    assert await take(play, written(got[WUXL], "签收").as_bytes()) == ("applied", "coded")
    assert await take(play, written(got[LIWB], "签收").as_bytes()) == ("applied", "coded")
    acts = line(await program.get(play.world.zhoumin, f"/notices/{made['id']}"), play.world.sfj)["acts"]
    assert [(one["what"], one["by_id"], one["unverified"]) for one in acts] == [
        ("acknowledged", str(play.world.wuxl.id), True)
    ]


async def test_the_code_of_who_lost_the_office_acknowledges_nothing(play: Play, program: Program) -> None:
    made = await sent(play, program)
    got = await mails(play)
    async with play.database.writing() as db:
        term = await db.get_one(Designation, play.world.terms["liwb"].id)
        term.ends_on = play.clock.today("Asia/Shanghai")
    assert (await take(play, written(got[LIWB], "签收").as_bytes()))[0] == "held"
    assert (await program.get(play.world.zhoumin, f"/notices/{made['id']}"))["state"] == "sent"


async def test_a_second_reply_with_the_same_code_is_seen_by_the_agencies_of_the_notice_alone(
    play: Play, program: Program
) -> None:
    world = play.world
    await third(play)
    await sent(play, program)
    reply = written((await mails(play))[LIWB], "签收")
    del reply["In-Reply-To"]
    del reply["References"]
    assert await take(play, reply.as_bytes()) == ("applied", "coded")
    reply["X-Sent"] = "again"
    assert await take(play, reply.as_bytes()) == ("held", "used_code")
    seen = await seen_by(play, program, world.zhoumin, world.liwb, world.sunl, world.guyan)
    assert seen == {world.zhoumin.name: 1, world.liwb.name: 1, world.sunl.name: 0, world.guyan.name: 0}


@pytest.mark.parametrize("known", [True, False], ids=["with the thread", "without the thread"])
@pytest.mark.parametrize("words", ["不属我局职责。", "签收一下再说"])
async def test_a_coded_reply_that_waits_is_seen_by_the_agencies_of_the_notice_alone(
    play: Play, program: Program, words: str, known: bool
) -> None:
    world = play.world
    await third(play)
    await sent(play, program)
    reply = written((await mails(play))[LIWB], words)
    if not known:
        del reply["In-Reply-To"]
        del reply["References"]
    assert (await take(play, reply.as_bytes()))[0] == "held"
    seen = await seen_by(play, program, world.zhoumin, world.liwb, world.sunl, world.guyan)
    assert seen == {world.zhoumin.name: 1, world.liwb.name: 1, world.sunl.name: 0, world.guyan.name: 0}


async def test_a_reply_without_code_waits_for_the_agencies_of_the_notice_alone(play: Play, program: Program) -> None:
    world = play.world
    await third(play)
    await sent(play, program)
    assert (await take(play, uncoded((await mails(play))[LIWB], "三件属实。")))[0] == "held"
    seen = await seen_by(play, program, world.zhoumin, world.liwb, world.sunl, world.guyan)
    assert seen == {world.zhoumin.name: 1, world.liwb.name: 1, world.sunl.name: 0, world.guyan.name: 0}


async def test_a_reply_from_an_address_that_others_read_is_not_seen_by_these(play: Play, program: Program) -> None:
    world = play.world
    await third(play)
    async with play.database.writing() as db:
        (await db.get_one(Person, world.sunl.id)).mail = LIWB
    await sent(play, program)
    assert (await take(play, uncoded((await mails(play))[LIWB], "三件属实。")))[0] == "held"
    seen = await seen_by(play, program, world.zhoumin, world.liwb, world.sunl, world.guyan)
    assert seen == {world.zhoumin.name: 1, world.liwb.name: 1, world.sunl.name: 0, world.guyan.name: 0}


async def test_a_reply_to_the_reminder_of_a_notice_waits_in_its_own_mechanism(play: Play, program: Program) -> None:
    """Numbers of notices and of those they went to do not run alike: another mechanism's notice has the number of the line."""
    world = play.world
    here, there = [str(world.sfj.id)], [str((await third(play)).id)]
    for to, copies in ((there, here), (here, there)):
        await sent(play, program, to_agency_ids=to, copy_to_agency_ids=copies)
        await mails(play)
    async with play.database.writing() as db:
        far = Mechanism(
            name="远方机制", short_name="远方", timezone="Asia/Shanghai", region="CN", locale="zh_CN",
            lead_agency_id=world.mzj.id, deadlines={},
        )  # fmt: skip
        db.add(far)
        await db.flush()
        one: dict[str, Any] = {"kind": "information", "purpose": "information", "subject": "别处", "text": "别处"}
        one |= {
            "from_agency_id": world.mzj.id,
            "written_at": play.clock.now(),
            "dated_on": play.clock.now().date(),
            "version": 1,
        }
        db.add_all(Notice(mechanism_id=far.id, **one) for _ in range(4))
    reminder = (await morning(play, "11-26"))[LIWB]
    assert (await take(play, uncoded(reminder, "下周答复。")))[0] == "held"
    async with play.database.reading() as db:
        row = (await db.scalars(select(IncomingMail))).one()
        assert row.mechanism_id == world.mechanism.id
        assert row.audience == frozenset({world.jcy.id, world.sfj.id, world.rsj.id})


async def test_a_leaders_reply_to_what_they_were_written_is_seen_by_their_own_agency_alone(
    play: Play, program: Program, browser: Browser
) -> None:
    world, made = play.world, await sent(play, program)
    await mails(play)
    play.clock.as_of = play.clock.now() + timedelta(days=10)
    await browser.sign_in(world.zhoumin)
    await browser.get(f"/notices/{made['id']}/escalate")
    await browser.post(f"/notices/{made['id']}/escalate", text="请协调。", to_person_id=str(world.chenzy.id))
    reply = written((await mails(play))["chenzy@jcy.qingzhi.example"], "我来联系。")
    assert (await take(play, reply.as_bytes()))[0] == "held"
    seen = await seen_by(play, program, world.zhoumin, world.liwb, world.guyan)
    assert seen == {world.zhoumin.name: 1, world.liwb.name: 0, world.guyan.name: 0}
