"""The stretch from planning a meeting to its end, played by its doors with the digest on, as sites have it: every mail of it by day,
address and beginning of the subject, none missing, none twice, none to anybody else (PRACTICE.md "One quarter")."""

import io
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import docx
import httpx
import pytest

from liaison.actions import assigning
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.models import MAIL_ONLY, PAPER, Designation, Member
from liaison.meetings import agenda, announcing, holding, queries, recording, replies
from liaison.meetings.asking import Asked
from liaison.meetings.deferring import return_item
from liaison.meetings.replies import Registered, SlipName
from liaison.paperwork import writing
from liaison.reminders.reminding import remind_due
from tests.callers import visitor
from tests.meetings.play import Mail, Play
from tests.meetings.test_restricted import decoded
from tests.postroom.post import answer, take
from tests.reminders.test_reminding import LIWB, QIANWEI, WUXL, ZHOUMIN, beijing

CHENZY, SONGHP = "chenzy@jcy.qingzhi.example", "songhp@mzj.qingzhi.example"
MINJIAN, SFJ = "minjian@jcy.qingzhi.example", "sfj@sfj.qingzhi.example"
START = datetime.fromisoformat("2026-10-29T14:30")
"""A Thursday: call for items on 24 September, items due on 15 October, the notice on 22 October."""
CANARY = "密商戊7a"


class Stretch:
    """The clock goes on day by day, free days too; whatever arrives stands in `table` under its day and address."""

    def __init__(self, play: Play, anybody: httpx.AsyncClient) -> None:
        self.play, self.anybody, self.meeting_id = play, anybody, 0
        self.table: dict[str, dict[str, str]] = {}
        self.mails: list[Mail] = []

    async def planned(self, *asked: Asked) -> None:
        self.play.clock.as_of = beijing("08-31T09:00")
        self.meeting_id = await self.play.scheduled(*asked, local_start=START)
        await self.arrive()

    async def until(self, last: str) -> None:
        """Every morning up to that day's; the worker runs twice on each."""
        today = self.play.clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
        for n in range(today.toordinal() + 1, date.fromisoformat(f"2026-{last}").toordinal() + 1):
            self.play.clock.as_of = beijing(f"{date.fromordinal(n):%m-%d}T08:30")
            for _ in range(2):
                async with self.play.database.writing() as db:
                    await remind_due(db)
                await self.arrive()

    def at(self, text: str) -> None:
        self.play.clock.as_of = beijing(text)

    async def arrive(self) -> None:
        for mail in await self.play.delivered():
            day = self.table.setdefault(f"{self.play.clock.now().astimezone(ZoneInfo('Asia/Shanghai')):%m-%d}", {})
            assert mail.to not in day, f"two mails on one day: {day[mail.to]}, {mail.subject}"
            day[mail.to] = mail.subject.replace("第四季度联席会议：", "")
            self.mails.append(mail)

    def link(self, address: str, *, behind: str = "") -> str:
        """The first link in the newest mail there; `behind` a name, where several share it."""
        text = next(mail for mail in reversed(self.mails) if mail.to == address).text
        return re.search(r"/r/[^?\s]+", text[text.index(behind) :])[0]

    async def post(self, path: str, said: dict[str, object]) -> None:
        done = await self.anybody.post(path, json=said, headers={"accept": "application/json"})
        assert done.status_code == 200, done.text

    async def items(self) -> dict[str, int]:
        async with self.play.database.reading() as db:
            return {one.title: one.id for one in await queries.agenda(db, self.meeting_id)}

    async def sent(self) -> None:
        """The officer sends the notice."""
        async with self.play.database.writing() as db:
            viewer, meeting = await self.play.meeting(db, self.meeting_id)
            await announcing.send(db, viewer, meeting)
        await self.arrive()

    async def accept(self, item_id: int) -> None:
        async with self.play.database.writing() as db:
            viewer = await self.play.viewer(self.play.world.zhoumin)
            await agenda.accept_item(db, viewer, await agenda.item_of(db, viewer, item_id))
        await self.arrive()

    def told(self) -> dict[str, dict[str, str]]:
        """The table; what a subject says after its first clause is left out."""
        return {day: {to: re.split("[，：]", said)[0] for to, said in one.items()} for day, one in self.table.items()}


@pytest.fixture
def stretch(play: Play, settings: Settings, database: Database, clock: Clock) -> Stretch:
    anybody = visitor(settings, database, clock)
    anybody.headers["Accept-Language"] = "zh-CN"
    return Stretch(play, anybody)


async def four_members(play: Play) -> None:
    """区民政局 takes part by mail only, 区人社局 on paper, and 区司法局 has neither liaison nor deputy at the moment."""
    world, since = play.world, date(2026, 1, 1)
    async with play.database.writing() as db:
        for agency, person, how in ((world.mzj, world.songhp, MAIL_ONLY), (world.rsj, world.sunl, PAPER)):
            db.add(Member(mechanism_id=world.mechanism.id, agency_id=agency.id, joined_on=since, takes_part=how))
            term = {"agency_id": agency.id, "person_id": person.id, "designated_at": play.clock.now()}
            db.add(
                Designation(mechanism_id=world.mechanism.id, role="principal", starts_on=since, may_sign=True, **term)
            )
        for key in ("liwb", "wuxl"):
            (await db.get_one(Designation, world.terms[key].id)).ends_on = date(2026, 8, 1)


async def test_every_mail_of_four_agencies_from_the_plan_to_the_end_of_the_meeting(stretch: Stretch) -> None:
    play, world = stretch.play, stretch.play.world
    await four_members(play)
    named = (Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.hanmei.id), Asked(person_id=world.zhenggq.id))  # fmt: skip
    await stretch.planned(*(Asked(agency_id=one.id) for one in (world.sfj, world.mzj, world.rsj)), *named)

    # Items come by the link of the call: a restricted one in time, one late. 区人社局 hands in a sheet of paper.
    await stretch.until("09-29")
    restricted = {"title": f"会商{CANARY}", "purpose": "consult", "audience": [str(world.jcy.id)]}
    await stretch.post(stretch.link(SONGHP), restricted)
    await stretch.until("10-14")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, stretch.meeting_id)
        await agenda.add_item(db, viewer, meeting, title="欠薪线索", purpose="report", agency_id=world.rsj.id)
    await stretch.until("10-16")
    proposes = stretch.link(SFJ)
    await stretch.post(proposes, {"title": "值班安排", "purpose": "study"})
    await stretch.until("10-20")
    stretch.at("10-20T15:00")
    async with play.database.writing() as db:
        viewer = await play.viewer(world.zhoumin)
        item = await agenda.item_of(db, viewer, (await stretch.items())["值班安排"])
        await return_item(db, viewer, item, reason="请明确值班地点")
    await stretch.arrive()
    assert stretch.link(SFJ) == proposes, "what was returned can be proposed again from the mail"
    await stretch.until("10-21")
    await stretch.accept((await stretch.items())[f"会商{CANARY}"])

    # The notice, and on paper for the agency that takes part so.
    await stretch.until("10-22")
    stretch.at("10-23T10:00")
    await stretch.sent()
    async with play.database.reading() as db:
        viewer, meeting = await play.meeting(db, stretch.meeting_id)
        slips = {one.agency_id: one.id for one in await queries.invitations(db, stretch.meeting_id)}
        letter = await writing.make(db, viewer, meeting, "notice", slips[world.rsj.id])
    said = "\n".join(one.text for one in docx.Document(io.BytesIO(letter.content)).paragraphs)
    assert "清沚区人力资源和社会保障局：" in said
    assert CANARY not in said

    # Answers come by calendar mail, by link, and on paper after their day.
    chair = next(mail for mail in reversed(stretch.mails) if mail.to == CHENZY)
    assert (await take(play, answer(chair, "ACCEPTED", at=play.clock.now()), received_at=play.clock.now()))[0] == (
        "applied"
    )
    await stretch.post(stretch.link(MINJIAN, behind="韩梅"), {"partstat": "accepted"})
    await stretch.post(stretch.link(SONGHP), {"names": [{"name": "宋和平"}]})
    await stretch.until("10-26")
    called = next(mail for mail in reversed(stretch.mails) if mail.to == ZHOUMIN).text
    assert [name for name in ("郑国强", "孙丽", "区司法局", "宋和平", "陈志远") if name in called] == [
        "郑国强", "孙丽", "区司法局",
    ]  # fmt: skip
    await stretch.post(stretch.link(WUXL), {"partstat": "declined", "comment": "外出"})
    await stretch.until("10-27")
    async with play.database.writing() as db:
        viewer = await play.viewer(world.zhoumin)
        slip = await queries.invitation(db, slips[world.rsj.id])
        noted = Registered("paper", "孙丽", play.clock.now())
        await replies.return_slip(db, viewer, slip, [SlipName("孙丽")], registered=noted)

    # The meeting takes place.
    await stretch.until("10-29")
    stretch.at("10-29T14:40")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, stretch.meeting_id)
        await holding.check_in_all(db, viewer, meeting, {}, everybody=True)
        item_id = (await stretch.items())[f"会商{CANARY}"]
        await holding.begin_item(db, viewer, await agenda.item_of(db, viewer, item_id))
        await recording.save_note(db, viewer, meeting, f"讨论{CANARY}", agenda_item_id=item_id)
        decision = await recording.decide(db, viewer, meeting, text=f"同意{CANARY}", agenda_item_id=item_id)
        await assigning.assign(
            db, viewer, meeting.mechanism_id, title=f"落实{CANARY}", lead_agency_id=world.mzj.id, meeting=meeting,
            decision_id=decision.id, owner_id=world.songhp.id, due_on=date(2026, 11, 12),
        )  # fmt: skip
    stretch.at("10-29T16:30")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, stretch.meeting_id)
        await holding.hold(db, viewer, meeting)
    await stretch.arrive()
    await stretch.until("10-30")

    call, due, prepare, notice, reminder = (
        "【议题征集】征集议题",
        "【议题征集】议题报送今天截止",
        "【会议筹备】",
        "【会议通知】第四季度联席会议",
        "【会议提醒】",
    )
    hosts = (ZHOUMIN, QIANWEI)
    assert stretch.told() == {
        "09-01": {
            SFJ: "【名单核对】请核对区司法局名单",
            SONGHP: "【名单核对】请核对区民政局名单",
            ZHOUMIN: "【名单核对】请核对区检察院名单",
        },
        "09-24": dict.fromkeys((*hosts, SFJ, SONGHP), call),  # 区司法局 at its own address, nobody of 区人社局
        "10-15": dict.fromkeys((*hosts, SFJ), due),  # who sent none: two agencies did
        "10-20": {**dict.fromkeys(hosts, f"{prepare}召开联络员会议前"), SFJ: "【议题退回】第四季度联席会议"},
        "10-21": dict.fromkeys((*hosts, CHENZY), f"{prepare}议程待审定"),
        "10-22": dict.fromkeys(hosts, f"{prepare}会议通知应今天发出"),
        "10-23": dict.fromkeys((CHENZY, MINJIAN, SFJ, SONGHP, WUXL), notice),  # 吴晓岚 for 郑国强, who has no mailbox
        "10-26": {**dict.fromkeys((SFJ, WUXL), f"{reminder}答复今天截止"), **dict.fromkeys(hosts, f"{prepare}3项答复未到")},
        "10-28": dict.fromkeys((CHENZY, MINJIAN, SFJ, SONGHP), f"{reminder}明天14:30"),  # nobody who declined
    }  # fmt: skip
    assert {mail.to for mail in stretch.mails if CANARY in decoded(mail)} == {SONGHP, CHENZY, MINJIAN}
    assert LIWB not in {mail.to for mail in stretch.mails}


async def test_every_mail_of_two_agencies_from_the_plan_to_the_end_of_the_meeting(stretch: Stretch) -> None:
    play, world = stretch.play, stretch.play.world
    await stretch.planned(Asked(agency_id=world.sfj.id), Asked(person_id=world.chenzy.id, role="chair"))
    await stretch.until("10-09")
    await stretch.post(stretch.link(LIWB), {"title": "值班安排", "purpose": "study"})
    stretch.at("10-10T10:00")
    await stretch.accept((await stretch.items())["值班安排"])
    await stretch.until("10-21")
    stretch.at("10-21T10:00")
    await stretch.sent()
    await stretch.post(stretch.link(LIWB), {"names": [{"name": "李文博"}]})
    await stretch.until("10-29")
    stretch.at("10-29T16:30")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, stretch.meeting_id)
        await holding.hold(db, viewer, meeting)
    await stretch.until("10-30")
    assert stretch.told() == {
        "09-01": {LIWB: "【名单核对】请核对区司法局名单", ZHOUMIN: "【名单核对】请核对区检察院名单"},
        "09-24": dict.fromkeys((ZHOUMIN, QIANWEI, LIWB, WUXL), "【议题征集】征集议题"),
        "10-15": dict.fromkeys((ZHOUMIN, QIANWEI), "【议题征集】议题报送今天截止"),  # the host itself sent none
        "10-21": dict.fromkeys((CHENZY, LIWB, WUXL), "【会议通知】第四季度联席会议"),
        "10-26": {CHENZY: "【会议提醒】答复今天截止", **dict.fromkeys((ZHOUMIN, QIANWEI), "【会议筹备】1项答复未到")},
        "10-28": dict.fromkeys((CHENZY, LIWB, WUXL), "【会议提醒】明天14:30"),
    }
