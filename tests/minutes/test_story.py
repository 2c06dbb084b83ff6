"""A quarter's minutes from the record to the issue, with every mail that anybody gets: none missing, none twice, none to somebody else."""

from datetime import date, datetime
from typing import Any

from liaison.meetings import holding
from liaison.meetings.asking import Asked
from liaison.minutes.deeming import deem_due
from liaison.reminders.reminding import remind_due
from tests.callers import Program
from tests.meetings.play import Mail, Play
from tests.minutes.test_api import SECTIONS
from tests.minutes.test_mails import CHENZY, LIWB, QIANWEI, WUXL, ZHOUMIN, link_in
from tests.reminders.test_reminding import beijing, without_digest
from tests.reminders.test_steps import four_members
from tests.succession.quarter import GONGHUI, Quarter

SONGHP = "songhp@mzj.qingzhi.example"
Told = list[tuple[str, str]]


class Story:
    """Acts by programs on their days; what arrived since the last look, as (address, what its subject begins with)."""

    def __init__(self, play: Play, program: Program) -> None:
        self.play, self.program, self.quarter = play, program, Quarter(play)
        self.mails: dict[str, Mail] = {}

    async def arrived(self) -> Told:
        """Every mail that arrived, each address at most once an act."""
        found = await self.play.delivered()
        self.mails |= {mail.to: mail for mail in found}
        return sorted((mail.to, mail.subject.split("：")[0]) for mail in found)

    async def on(self, text: str) -> Told:
        """A day passes: everything that the worker does by itself, twice."""
        self.play.clock.as_of = beijing(text)
        for _ in range(2):
            async with self.play.database.writing() as db:
                await deem_due(db)
                await remind_due(db)
        return sorted([*await self.arrived(), *[(mail.to, mail.subject) for mail in await self.quarter.tick()]])

    async def held(self, *who: Any) -> str:
        await without_digest(self.play)
        await self.quarter.tick()
        asked = [Asked(person_id=one.id, role="chair" if place == 0 else "required") for place, one in enumerate(who)]
        start = datetime.fromisoformat("2026-11-26T14:30")
        meeting_id = await self.play.scheduled(*asked, local_start=start)
        self.play.clock.as_of = beijing("11-26T17:00")
        for one in (await self.program.get(self.play.world.zhoumin, f"/meetings/{meeting_id}/attendees"))["items"]:
            await self.program.patch(self.play.world.zhoumin, f"/attendees/{one['id']}", {"attendance": "present"})
        async with self.play.database.writing() as db:
            viewer, meeting = await self.play.meeting(db, meeting_id)
            await holding.hold(db, viewer, meeting)
        assert await self.arrived() == []
        return str(meeting_id)

    async def circulated(self, meeting: str, text: str) -> Any:
        sections = {"sections": [SECTIONS[0] | {"text": text}]}
        made = await self.program.put(self.play.world.zhoumin, f"/meetings/{meeting}/minutes", sections)
        assert await self.arrived() == []
        return await self.program.post(self.play.world.zhoumin, f"/minutes/{made['id']}/circulate")


def to(subject: str, *addresses: str) -> Told:
    return sorted((address, subject) for address in addresses)


ASK, CONFIRM, ISSUED = (
    "【纪要会签】请于12月3日（周四）前答复",
    "【签署确认】第四季度联席会议（第1稿）",
    "【会议纪要】第四季度联席会议",
)
READY = "【纪要会签】各单位均已同意，可以印发"


async def test_two_agencies_from_the_record_to_the_issue(play: Play, program: Program) -> None:
    world, story = play.world, Story(play, program)
    meeting = await story.held(world.chenzy, world.liwb)
    assert await story.on("11-30T08:30") == to("【会议纪要】第四季度联席会议", ZHOUMIN, QIANWEI)
    sent = await story.circulated(meeting, "会议议定，3个工作日内完成移送。")
    assert await story.arrived() == to(ASK, ZHOUMIN, QIANWEI, LIWB, WUXL)
    path = f"/minutes/{sent['id']}"
    await program.post(world.zhoumin, f"{path}/sign", {"root": sent["root"]})
    assert await story.arrived() == to(CONFIRM, ZHOUMIN)
    assert await story.on("12-02T08:30") == to("【纪要会签】第四季度联席会议", LIWB, WUXL)
    signed = await program.client.post(link_in(story.mails[LIWB]), json={"root": sent["root"], "agree": True})
    assert signed.status_code == 200
    assert await story.arrived() == sorted([*to(CONFIRM, LIWB), *to(READY, ZHOUMIN)])
    assert await story.on("12-03T08:30") == []
    assert await story.on("12-07T08:30") == to("【会议纪要】第四季度联席会议", ZHOUMIN, QIANWEI)
    await program.post(world.zhoumin, f"{path}/issue", {"doc_no": "清检会纪〔2026〕4号"})
    assert await story.arrived() == to(ISSUED, ZHOUMIN, QIANWEI, LIWB, WUXL, CHENZY)
    assert await story.on("12-08T08:30") == []


async def test_four_agencies_with_changes_a_signature_on_paper_and_a_handover_in_the_middle(
    play: Play, program: Program
) -> None:
    """区民政局 asks for changes, so that the second version voids what 区检察院 signed; 区人社局 signs on paper; 区司法局 gets another
    liaison before it has signed."""
    world, story = play.world, Story(play, program)
    await four_members(play)
    meeting = await story.held(world.chenzy, world.liwb, world.songhp, world.sunl)
    first = await story.circulated(meeting, "会议议定，3个工作日内完成移送。")
    assert await story.arrived() == to(ASK, ZHOUMIN, QIANWEI, LIWB, WUXL, SONGHP)
    await program.post(world.zhoumin, f"/minutes/{first['id']}/sign", {"root": first["root"]})
    assert await story.arrived() == to(CONFIRM, ZHOUMIN)
    wanted = {"root": first["root"], "text": "改为5个工作日"}
    await program.post(world.songhp, f"/minutes/{first['id']}/request-changes", wanted)
    assert await story.arrived() == sorted([*to(CONFIRM, SONGHP), *to("【纪要会签】区民政局提出修改意见", ZHOUMIN)])
    assert "改为5个工作日" in story.mails[ZHOUMIN].text

    assert await story.on("11-27T09:00") == []
    second = await story.circulated(meeting, "会议议定，5个工作日内完成移送。")
    assert await story.arrived() == to(
        "【纪要会签】第2稿，请于12月3日（周四）前答复", ZHOUMIN, QIANWEI, LIWB, WUXL, SONGHP
    )
    read = await program.get(world.zhoumin, f"/minutes/{second['id']}")
    assert {(one["number"], one["state"], one["void"]) for one in read["sign_offs"]} == {
        (1, "agreed", True), (1, "changes_requested", True)
    }  # fmt: skip
    path, confirm = f"/minutes/{second['id']}", "【签署确认】第四季度联席会议（第2稿）"
    await program.post(world.zhoumin, f"{path}/sign", {"root": second["root"]})
    songhp = await program.client.post(link_in(story.mails[SONGHP]), json={"root": second["root"], "agree": True})
    assert songhp.status_code == 200
    assert await story.arrived() == to(confirm, ZHOUMIN, SONGHP)
    paper = {"root": second["root"], "agency_id": str(world.rsj.id), "leader": "孙局长", "signed_on": "2026-11-27"}
    await program.post(world.zhoumin, f"{path}/register", paper)
    assert await story.arrived() == []  # told by letter, and the host registered it themselves
    assert (await program.call(world.zhoumin, "POST", f"{path}/issue", {})).status_code == 409  # 3 of 4

    await story.quarter.hand_over(world.gonghui, on=date(2026, 11, 30))
    assert await story.arrived() == []
    old = link_in(story.mails[LIWB])
    on_the_day = await story.on("11-30T08:30")
    assert on_the_day == to("【纪要会签】第2稿，请于12月3日（周四）前答复：第四季度联席会议", GONGHUI)
    assert {mail.to for mail in story.quarter.changes} == {ZHOUMIN, QIANWEI, SONGHP}
    assert (await program.client.get(old)).status_code == 410
    assert await story.on("12-02T08:30") == to("【纪要会签】第四季度联席会议", GONGHUI, WUXL)
    assert await story.on("12-03T08:30") == to("【纪要会签】第四季度联席会议", GONGHUI, WUXL)
    signed = await program.client.post(link_in(story.mails[GONGHUI]), json={"root": second["root"], "agree": True})
    assert signed.status_code == 200
    assert await story.arrived() == sorted([*to(confirm, GONGHUI), *to(READY, ZHOUMIN)])
    await program.post(world.zhoumin, f"{path}/issue", {"doc_no": "清检会纪〔2026〕4号"})
    # 李文博 took part and reads what came of it; 区人社局 gets it by letter.
    assert await story.arrived() == to(ISSUED, ZHOUMIN, QIANWEI, GONGHUI, WUXL, SONGHP, CHENZY, LIWB)
    assert await story.on("12-07T08:30") == []
