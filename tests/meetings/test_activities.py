"""Joint activities: co-hosts and guests from outside, what was counted, the year of them, and the lead that was found at one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from liaison.accounts.sign_in import people_named
from liaison.config import Settings
from liaison.directory.models import Agency, Person
from liaison.documents.spreadsheet import tables_of
from liaison.errors import Invalid, NotPermitted
from liaison.mechanisms.models import Designation, Mechanism, Member
from liaison.meetings import activities, asking, holding, planning, queries, scheduling
from liaison.meetings.asking import Asked, Guest
from liaison.meetings.models import Attendee
from liaison.notices import queries as notices
from liaison.notices import writing
from liaison.notices.leads import Lead
from liaison.notices.models import Notice
from tests.callers import Browser, Program, visitor
from tests.meetings.play import Play, by_address

SCHOOL = "清沚技师学院"
DEAN = Guest("方敏", SCHOOL, "院长", "office@school.example")
TEACHER = Guest("高远", SCHOOL, "教师", "office@school.example")
LAWYER = Guest("陆岩", "清沚律师事务所", "律师", "luyan@law.example")
ELDER = Guest("马大爷", "清沚街道居委会")
HELD = datetime(2026, 12, 17, 9, tzinfo=UTC)
"""After the activity, on its day."""


async def lecture(play: Play, *guests: Guest, kind: str = "lecture") -> int:
    asked = [Asked(guest=one, role="in_attendance") for one in guests]
    return await play.scheduled(*asked, kind=kind, title="劳动者权益专题讲座")


async def held(play: Play, kind: str = "publicity") -> int:
    meeting_id = await play.scheduled(kind=kind, title="国家宪法日联合宣传")
    play.clock.as_of = HELD
    async with play.database.writing() as db:
        await holding.hold(db, *await play.meeting(db, meeting_id))
    return meeting_id


async def test_a_lecture_with_guests_from_outside_and_a_shared_mailbox(play: Play, settings: Settings) -> None:
    meeting_id = await lecture(play, DEAN, TEACHER, LAWYER, ELDER)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await activities.describe(
            db, viewer, meeting, co_host_ids=[play.world.sfj.id], co_host_names=[SCHOOL], audience_groups=["农民工"]
        )
    mails = by_address(await play.send(meeting_id))
    assert set(mails) == {"office@school.example", "luyan@law.example"}
    own, shared = mails["luyan@law.example"], mails["office@school.example"]
    assert own.subject == "【邀请函】劳动者权益专题讲座，12月17日（周四）14:30"
    assert "陆岩律师" in own.text
    assert "诚邀您拨冗出席" in own.text
    assert f"协办单位：清沚区司法局、{SCHOOL}" in own.text
    assert "受众：农民工" in own.text
    assert "诚邀方敏院长、高远教师拨冗出席" in shared.text
    assert len(set(shared.links)) == 2, "each is answered apart"
    listed = {str(one).removeprefix("mailto:"): one.params.get("CUTYPE") for one in shared.event["ATTENDEE"]}
    assert listed == {"office@school.example": "GROUP", "luyan@law.example": "INDIVIDUAL"}
    async with visitor(settings, play.database, play.clock) as client:
        for link, answer in ((own.links[0], "accepted"), (shared.links[0], "accepted"), (shared.links[1], "declined")):
            assert (await client.post(link, data={"partstat": answer})).status_code == 200
    async with play.database.reading() as db:
        said = {one.name: one.partstat for one in await queries.attendees(db, meeting_id)}
    assert said == {"方敏": "accepted", "高远": "declined", "陆岩": "accepted", "马大爷": "needs_action"}


async def test_a_guest_is_asked_by_the_host_and_a_bad_address_is_named_and_keeps_what_was_typed(
    play: Play, browser: Browser
) -> None:
    world, meeting_id = play.world, await lecture(play)
    with pytest.raises(NotPermitted):
        async with play.database.writing() as db:
            await asking.ask(db, *await play.meeting(db, meeting_id, world.liwb), [Asked(guest=LAWYER)])
    await browser.sign_in(world.zhoumin)
    typed = {"outside.0.name": "陆岩", "outside.0.body": "清沚律师事务所", "outside.0.mail": "luyan(at)law"}
    await browser.get(f"/meetings/{meeting_id}/people")
    refused = await browser.post(f"/meetings/{meeting_id}/people", **typed, **{"outside.0.role": "optional"})
    assert refused.status_code == 422
    assert "嘉宾1：邮箱" in refused.text
    assert 'value="luyan(at)law"' in refused.text
    async with play.database.reading() as db:
        assert not list(await db.scalars(select(Agency).where(Agency.kept_by_id.is_not(None))))
    at_home = typed | {"outside.0.body": "区司法局", "outside.0.mail": "", "outside.0.role": "optional"}
    assert "该单位已在通讯录中" in (await browser.post(f"/meetings/{meeting_id}/people", **at_home)).text
    right = typed | {"outside.0.mail": "luyan@law.example", "outside.0.role": "optional"}
    for _ in range(2):
        assert (await browser.post(f"/meetings/{meeting_id}/people", **right)).status_code == 303
    async with play.database.reading() as db:
        rows = list(await db.scalars(select(Attendee).where(Attendee.meeting_id == meeting_id)))
        assert [(one.name, one.role) for one in rows] == [("陆岩", "optional")], "typed twice it is the same guest"


async def test_nobody_but_the_agency_that_asked_them_reads_of_guests_and_they_sign_in_nowhere(
    play: Play, program: Program, browser: Browser
) -> None:
    await lecture(play, LAWYER)
    own = [one["name"] for one in (await program.get(play.world.zhoumin, "/people"))["items"]]
    assert "陆岩" in own
    for who in (play.world.liwb, play.world.guyan, play.world.sunl):
        for kind in ("people", "agencies"):
            names = [one["name"] for one in (await program.get(who, f"/{kind}"))["items"]]
            assert not {"陆岩", "清沚律师事务所"} & set(names)
        await browser.sign_in(who)
        assert "清沚律师事务所" not in await browser.get("/directory")
    async with play.database.reading() as db:
        assert await people_named(db, "luyan@law.example") == []
        guest = (await db.scalars(select(Person).where(Person.name == "陆岩"))).one()
    refused = await program.refused(play.world.guyan, "POST", "/agencies", {"short_name": "区检察院", "name": "重名"})
    assert refused == (422, ["short_name"])
    made = await program.post(
        play.world.guyan, "/agencies", {"short_name": "清沚律师事务所", "name": "清沚律师事务所"}, status=201
    )
    assert made["short_name"] == "清沚律师事务所", "a body from outside makes way"
    members = f"/mechanisms/{play.world.mechanism.id}/members"
    refused = await program.refused(play.world.guyan, "POST", members, {"agency_id": str(guest.agency_id)})
    assert refused == (422, ["agency_id"])


async def test_only_joint_activities_have_co_hosts_and_an_audience(play: Play) -> None:
    meeting_id = await play.scheduled()
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        with pytest.raises(Invalid) as refusal:
            await activities.describe(db, viewer, meeting, co_host_names=[SCHOOL], audience_groups=["企业"])
        assert set(refusal.value.errors) == {"co_hosts", "audience_groups"}
        assert not await activities.describe(db, viewer, meeting)
        await scheduling.change(db, viewer, meeting, kind="lecture")
        await activities.describe(db, viewer, meeting, co_host_names=[SCHOOL], audience_groups=["企业"])
        await scheduling.change(db, viewer, meeting, kind="regular")
        said = (await planning.plan(db, meeting)).snapshot
        assert not {"co_hosts", "audience_groups"} & set(said), "what is no activity any more has neither"


async def test_a_form_says_who_co_hosts_and_an_edit_is_told(play: Play, browser: Browser) -> None:
    world, meeting_id = play.world, await lecture(play, LAWYER)
    await play.send(meeting_id)
    await browser.sign_in(world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}/edit")
    assert "联合活动：协办单位与受众" in page
    form = {"title": "劳动者权益专题讲座", "kind": "lecture", "host_agency_id": str(world.jcy.id)}
    form |= {f"co_host.{world.rsj.id}": "1", "co_hosts": f"{SCHOOL}，清沚街道办", "audience_groups": "农民工、学生"}
    assert (await browser.post(f"/meetings/{meeting_id}/edit", then="send", **form)).status_code == 303
    (mail,) = await play.delivered()
    assert f"协办单位现为：清沚区人力资源和社会保障局、{SCHOOL}、清沚街道办。" in mail.text
    assert "受众现为：农民工、学生。" in mail.text
    page = await browser.get(f"/meetings/{meeting_id}/edit")
    assert f'value="{SCHOOL}、清沚街道办"' in page
    again = await browser.post(f"/meetings/{meeting_id}/edit", **form)
    assert again.headers["location"].endswith("done=unchanged")


async def test_who_co_hosts_is_said_by_one_name_each_and_not_over_what_somebody_else_said_meanwhile(
    play: Play, program: Program
) -> None:
    world, meeting_id = play.world, await lecture(play)
    path = f"/meetings/{meeting_id}/activity"
    before = (await program.get(world.zhoumin, path))["version"]
    groups = ["农民工", "农民工"]
    said = await program.put(world.zhoumin, path, {"co_hosts": [SCHOOL], "audience_groups": groups, "version": before})
    assert (said["version"], said["audience_groups"]) == (before + 1, ["农民工"])
    late = {"co_hosts": ["市总工会"], "version": before}
    assert await program.refused(world.qianwei, "PUT", path, late) == (409, [])
    several = {"co_hosts": ["总工会、妇联"], "audience_groups": ["学生，老年人"]}
    refused = await program.refused(world.zhoumin, "PUT", path, several)
    assert refused == (422, ["co_hosts", "audience_groups"]), "the form would take them apart again"


async def test_figures_are_entered_once_it_was_held_and_count_by_kind(play: Play, program: Program) -> None:
    world = play.world
    draft_id = await lecture(play)
    regular_id = await play.scheduled()
    path = f"/meetings/{draft_id}/figures"
    assert await program.refused(world.zhoumin, "PUT", f"/meetings/{regular_id}/figures", {"turnout": 60}) == (409, [])
    assert await program.refused(world.zhoumin, "PUT", path, {"turnout": 60}) == (409, [])
    meeting_id = await held(play)
    path = f"/meetings/{meeting_id}/figures"
    assert (await program.refused(world.liwb, "PUT", path, {"turnout": 60}))[0] == 403
    assert await program.refused(world.zhoumin, "PUT", path, {"turnout": -1}) == (422, ["turnout"])
    given = {"brochures": 800, "consultations": 46, "turnout": 320}
    said = await program.put(world.zhoumin, path, given)
    assert said["figures"] == given | {"leads": None, "version": 1}
    assert (await program.refused(world.zhoumin, "PUT", path, given | {"leads": 2, "version": 7}))[0] == 409
    await program.put(world.zhoumin, path, given | {"leads": 2, "version": 1})
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, draft_id)
        await holding.hold(db, viewer, meeting)
        counted = await activities.count(db, viewer, meeting, {"turnout": 60, "consultations": 9})
        assert (counted.turnout, counted.consultations) == (60, None), "a lecture counts no consultations"
    year = f"/mechanisms/{world.mechanism.id}/activities?year=2026"
    found = await program.get(world.liwb, year)
    assert [(one["kind"], one["figures"]["turnout"]) for one in found["items"]] == [("lecture", 60), ("publicity", 320)]
    total = {"brochures": 800, "consultations": 46, "turnout": 380, "leads": 2}
    assert found["sums"][-1] == {"kind": None, "held": 2, **total}
    assert [one["kind"] for one in (await program.get(world.liwb, year + "&kind=lecture"))["items"]] == ["lecture"]
    assert await program.refused(world.liwb, "GET", year + "&kind=regular") == (422, ["kind"])


async def test_what_a_kind_does_not_count_or_nobody_counted_is_a_dash_in_sums_and_not_0(
    play: Play, browser: Browser, program: Program
) -> None:
    world, meeting_id = play.world, await lecture(play)
    play.clock.as_of = HELD
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await holding.hold(db, viewer, meeting)
        await activities.count(db, viewer, meeting, {"turnout": 60, "leads": 0})
    base = f"/mechanisms/{world.mechanism.id}/activities"
    total = {"brochures": None, "consultations": None, "turnout": 60, "leads": 0}
    assert (await program.get(world.liwb, f"{base}?year=2026"))["sums"] == [{"kind": "lecture", "held": 1, **total}]
    await browser.sign_in(world.zhoumin)
    page = await browser.get(f"{base}?year=2026")
    assert page.count(">—<") == 5, "two figures in the sum and in the row, and the audience"
    (rows,) = tables_of((await browser.client.get(f"{base}.xlsx?year=2026")).content)
    assert rows[1][-4:] == rows[2][-4:] == ["—", "—", "60", "0"]


async def test_a_figure_typed_with_its_thousands_apart_counts_and_one_in_words_is_refused_and_kept(
    play: Play, browser: Browser, program: Program
) -> None:
    world, meeting_id = play.world, await held(play)
    await browser.sign_in(world.zhoumin)
    path = f"/meetings/{meeting_id}/figures"
    assert 'type="number"' not in await browser.get(path), "a browser sends nothing for what it takes for no number"
    for typed in ("1万", "1,20", "3.5"):
        refused = await browser.post(path, brochures=typed)
        assert (refused.status_code, f'value="{typed}"' in refused.text) == (422, True)
    assert (await browser.post(path, brochures="12,000", consultations="1，024", turnout="３２０")).status_code == 303
    said = (await program.get(world.zhoumin, f"/meetings/{meeting_id}/activity"))["figures"]
    assert (said["brochures"], said["consultations"], said["turnout"]) == (12000, 1024, 320)


async def test_the_year_is_a_page_and_a_table_and_no_part_of_the_promised_rhythm(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    base = f"/mechanisms/{world.mechanism.id}"
    assert "本年度没有联合活动" in await browser.get(f"{base}/activities?year=2026")
    before = (await program.get(world.zhoumin, f"{base}/promise?from=2026&to=2026"))["items"]
    meeting_id = await held(play)
    await browser.sign_in(world.zhoumin)
    await browser.get(f"/meetings/{meeting_id}/figures")
    assert (await browser.post(f"/meetings/{meeting_id}/figures", turnout="三百")).status_code == 422
    assert (await browser.post(f"/meetings/{meeting_id}/figures", turnout="320", leads="1")).status_code == 303
    page = await browser.get(f"{base}/activities?year=2026")
    assert "国家宪法日联合宣传" in page
    assert page.count(">320<") == 2
    answer = await browser.client.get(f"{base}/activities.xlsx?year=2026")
    (rows,) = tables_of(answer.content)
    assert rows[1][:4] == ["2026-12-17", "联合宣传", "国家宪法日联合宣传", "区检察院"]
    assert (rows[2][:3], rows[2][-2:]) == (["合计", "联合宣传", "1场"], ["320", "1"])
    after = (await program.get(world.zhoumin, f"{base}/promise?from=2026&to=2026"))["items"]
    assert [(one["promised"], one["held"]) for one in after] == [(one["promised"], one["held"]) for one in before]
    assert f"{base}/activities" in await browser.get(base)


async def test_a_lead_found_becomes_a_referral_in_one_step_and_only_the_two_agencies_find_it(
    play: Play, browser: Browser, program: Program
) -> None:
    world, meeting_id = play.world, await held(play)
    await browser.sign_in(world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}")
    link = f"/mechanisms/{world.mechanism.id}/notices/new?kind=referral&amp;activity={meeting_id}"
    assert link in page
    form = await browser.get(link.replace("&amp;", "&"))
    assert "在12月17日（周四）“国家宪法日联合宣传”活动中发现以下线索" in form
    given = {
        "kind": "referral",
        "activity_id": str(meeting_id),
        "to_agency_ids": str(world.sfj.id),
        "deadline_days": "5",
    }
    given |= {"subject": "欠薪线索", "text": "在活动中发现。", "case_code": "移送-12"}
    sent = await browser.post(f"/mechanisms/{world.mechanism.id}/notices", **given)
    assert sent.status_code == 303
    async with play.database.reading() as db:
        notice = (await db.scalars(select(Notice))).one()
        assert notice.activity_id == meeting_id
    assert "移送-12" in await browser.get(f"/meetings/{meeting_id}")
    assert "发现于" in await browser.get(f"/notices/{notice.id}")
    await program.post(world.zhoumin, f"/notices/{notice.id}/send")
    for who, finds in ((world.liwb, True), (world.chenzy, False), (world.maolin, False)):
        await browser.sign_in(who)
        assert ("移送-12" in await browser.get(f"/meetings/{meeting_id}")) is finds
    other = await play.scheduled()
    body: dict[str, object] = {"kind": "referral", "subject": "x", "text": "y", "to_agency_ids": [str(world.sfj.id)]}
    body |= {"activity_id": str(other), "draft": True}
    refused = await program.refused(world.zhoumin, "POST", f"/mechanisms/{world.mechanism.id}/notices", body)
    assert refused == (422, ["activity_id"])


async def test_once_the_mechanism_has_ended_figures_are_entered_and_no_lead_is_offered_to_be_referred(
    play: Play, browser: Browser, program: Program
) -> None:
    world, meeting_id = play.world, await held(play)
    await browser.sign_in(world.zhoumin)
    assert "移送在此发现的线索" in await browser.get(f"/meetings/{meeting_id}")
    async with play.database.writing() as db:
        (await db.get_one(Mechanism, world.mechanism.id)).ended_on = HELD.date() + timedelta(days=1)
    play.clock.as_of = HELD + timedelta(days=2)
    await browser.sign_in(world.zhoumin)
    assert "移送在此发现的线索" not in await browser.get(f"/meetings/{meeting_id}")
    await program.put(world.zhoumin, f"/meetings/{meeting_id}/figures", {"turnout": 320})


async def test_a_lead_names_an_activity_that_its_writer_may_know_of_and_keeps_it_whatever_becomes_of_it(
    play: Play,
) -> None:
    world, meeting_id = play.world, await held(play)
    joined = date(2026, 12, 18)
    async with play.database.writing() as db:
        db.add(Member(mechanism_id=world.mechanism.id, agency_id=world.rsj.id, joined_on=joined))
        db.add(
            Designation(
                mechanism_id=world.mechanism.id,
                agency_id=world.rsj.id,
                person_id=world.sunl.id,
                role="principal",
                starts_on=joined,
                may_sign=True,
                designated_at=db.now(),
            )
        )
    play.clock.as_of = HELD + timedelta(days=4)
    said: dict[str, Any] = {"subject": "欠薪线索", "text": "在活动中发现。", "to_agency_ids": [world.sfj.id]}
    said["lead"] = Lead(activity_id=meeting_id)
    for activity_id in (meeting_id, 999_999):
        lead = said | {"lead": Lead(activity_id=activity_id)}
        with pytest.raises(Invalid) as refusal:
            async with play.database.writing() as db:
                await writing.draft(db, await world.viewer(db, world.sunl), world.mechanism.id, **lead)
        assert set(refusal.value.errors) == {"activity_id"}
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        notice_id = (await writing.draft(db, viewer, world.mechanism.id, **said)).id
        await holding.unhold(db, viewer, meeting, reason="误登记")
        await scheduling.change(db, viewer, meeting, kind="topical")
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        notice = await notices.get(db, viewer, notice_id)
        await writing.change(db, viewer, notice, purpose="", **(said | {"text": "补充。"}))
        assert notice.activity_id == meeting_id


async def test_an_activity_that_was_held_without_the_system_is_entered_with_co_hosts_and_counted(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    path = f"/mechanisms/{world.mechanism.id}/meetings/held"
    assert "联合活动：协办单位与受众" in await browser.get(path)
    form = {
        "kind": "reception",
        "title": "联合接访日",
        "date": "2026-11-20",
        "time": "09:00",
        "duration_minutes": "180",
    }
    form |= {"host_agency_id": str(world.jcy.id), "co_hosts": "市总工会", "audience_groups": "农民工"}
    answer = await browser.post(path, **form)
    assert answer.status_code == 303
    meeting_id = answer.headers["location"].split("/")[2].split("?")[0]
    said = await program.put(world.zhoumin, f"/meetings/{meeting_id}/figures", {"consultations": 31})
    assert ([one["name"] for one in said["co_hosts"]], said["figures"]["consultations"]) == (["市总工会"], 31)
    assert "市总工会" in await browser.get(f"/meetings/{meeting_id}/print")
