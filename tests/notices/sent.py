"""Notices as tests send them: of 区检察院 to 区司法局, on Monday 2026-11-23 in the morning, to be answered in five working days (the 30th)."""

import re
from typing import Any

from liaison.reminders.reminding import remind_due
from tests.callers import Program
from tests.meetings.play import Mail, Play, by_address
from tests.reminders.test_reminding import beijing, without_digest

LIWB, WUXL = "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"
ZHOUMIN, QIANWEI = "zhoumin@jcy.qingzhi.example", "qianwei@jcy.qingzhi.example"
SUBJECT, TEXT = "关于清检民支〔2026〕7号支持起诉情况的通报", "近期受理支持起诉申请三件。\n请贵局协助核实法律援助情况。"


async def sent(play: Play, program: Program, *, by: Any = None, **more: Any) -> Any:
    """A notice that was sent; its JSON. Its mails wait."""
    world = play.world
    given = {
        "subject": SUBJECT,
        "text": TEXT,
        "purpose": "action",
        "deadline_days": 5,
        "to_agency_ids": [str(world.sfj.id)],
    }
    path = f"/mechanisms/{world.mechanism.id}/notices"
    return await program.post(by or world.zhoumin, path, given | more, status=201)


def line(notice: Any, agency: Any) -> Any:
    """How an agency stands to it."""
    return next(one for one in notice["addressees"] if one["agency_id"] == str(agency.id))


async def mails(play: Play) -> dict[str, Mail]:
    """What newly arrived, one mail an address."""
    return by_address(await play.delivered())


def link_in(mail: Mail) -> str:
    """The path of the one link in a mail."""
    assert len(mail.links) == 1, mail.text
    match = re.search(r"/r/\S+", mail.links[0])
    assert match is not None
    return match[0]


async def morning(play: Play, day: str) -> dict[str, Mail]:
    """The clock's mails at half past eight on that day, which a second run sends none of again."""
    await without_digest(play)
    play.clock.as_of = beijing(f"{day}T08:30")
    for _ in range(2):
        async with play.database.writing() as db:
            await remind_due(db)
    return await mails(play)
