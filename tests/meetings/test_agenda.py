"""Preparing the agenda: items returned, deferred, late, restricted, put in order by who may not know what they are about."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from liaison.config import Settings
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.mechanisms.models import Designation, Member
from liaison.meetings import agenda, asking, deferring, recording, scheduling
from liaison.meetings.agenda_models import AgendaItemMove
from liaison.meetings.asking import Asked
from liaison.meetings.models import AgendaItem, Note
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.meetings.test_papers import brought
from tests.test_private import ID_CARD

ZHENGGQ_READS = "wuxl@sfj.qingzhi.example"
"""郑国强 has no mail; his contact reads it for him."""


@pytest.fixture
async def meeting_id(play: Play) -> int:
    return await play.scheduled()


async def proposed(
    play: Play, meeting_id: int, *, title: str = "研究移送口径", by: str = "liwb", **more: object
) -> int:
    """An item that somebody of 区司法局 proposes."""
    async with play.database.writing() as db:
        who, meeting = await play.meeting(db, meeting_id, getattr(play.world, by))
        given: dict[str, object] = {"title": title, "purpose": "study", **more}
        return (await agenda.add_item(db, who, meeting, **given)).id  # type: ignore[arg-type]


async def act(play: Play, item_id: int, verb: object, *, by: str = "zhoumin", **more: object) -> AgendaItem:
    async with play.database.writing() as db:
        who = await play.world.viewer(db, getattr(play.world, by))
        item = await agenda.item_of(db, who, item_id, unseen=True)
        await verb(db, who, item, **more)  # type: ignore[operator]
        return item


async def kept(play: Play, item_id: int) -> AgendaItem:
    async with play.database.reading() as db:
        return await db.get_one(AgendaItem, item_id)


@pytest.mark.parametrize(("takes_part", "told"), [("mail", ["sfj@sfj.qingzhi.example"]), ("paper", [])])
async def test_what_becomes_of_an_item_is_told_to_an_agency_without_a_liaison_at_its_own_address_unless_by_paper(
    play: Play, meeting_id: int, takes_part: str, told: list[str]
) -> None:
    item_id = await proposed(play, meeting_id)
    async with play.database.writing() as db:
        (await db.get_one(AgendaItem, item_id)).proposed_by = None
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = date(2026, 11, 1)
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = takes_part
    await act(play, item_id, deferring.defer_item)
    mails = await play.delivered()
    assert [mail.to for mail in mails] == told
    for mail in mails:
        assert "无需重新报送。" in mail.text
        assert "http" not in mail.text


async def test_an_item_is_returned_with_the_reason_and_proposed_again_once_it_is_changed(
    play: Play, meeting_id: int
) -> None:
    item_id = await proposed(play, meeting_id)
    await act(play, item_id, deferring.return_item, reason="请补充近三个月的数据。")
    (mail,) = await play.delivered()
    assert (mail.to, mail.subject) == ("liwb@sfj.qingzhi.example", "【议题退回】第四季度联席会议")
    assert "请补充近三个月的数据。" in mail.text
    assert "/agenda-items/" not in mail.text, "that page would ask to sign in"
    assert mail.links[0].endswith(f"?item={item_id}")
    item = await kept(play, item_id)
    assert (item.state, item.reason, item.returned_by) == ("returned", "请补充近三个月的数据。", play.world.zhoumin.id)
    changed = {"title": "研究移送口径（附数据）", "purpose": "study", "agency_id": play.world.sfj.id}
    rest = {"presenter_id": None, "duration_minutes": 15}
    await act(play, item_id, agenda.change_item, by="liwb", **changed, **rest)
    item = await kept(play, item_id)
    assert (item.state, item.reason, item.returned_at) == ("proposed", None, None)
    await act(play, item_id, agenda.accept_item)
    assert await play.delivered() == [], "that it is accepted stands in the notice"


async def test_an_item_is_not_returned_without_a_reason_nor_by_who_does_not_arrange_the_agenda(
    play: Play, meeting_id: int
) -> None:
    item_id = await proposed(play, meeting_id)
    with pytest.raises(Invalid) as refused:
        await act(play, item_id, deferring.return_item, reason=" ")
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(Invalid):
        await act(play, item_id, deferring.return_item, reason=f"涉及{ID_CARD}")
    for verb in (deferring.return_item, deferring.defer_item):
        with pytest.raises(NotPermitted):
            await act(play, item_id, verb, by="liwb", reason="改期")
    assert await play.delivered() == []


async def test_a_deferred_item_goes_to_the_next_joint_meeting_as_the_same_item(play: Play, meeting_id: int) -> None:
    later = await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    await play.scheduled(local_start=datetime.fromisoformat("2027-01-18T14:30"), kind="topical", title="专题会议")
    last = await play.scheduled(local_start=datetime.fromisoformat("2027-06-17T14:30"), title="二季度联席会议")
    item_id = await proposed(play, meeting_id)
    await act(play, item_id, agenda.accept_item)
    await act(play, item_id, deferring.defer_item, reason="材料未齐")
    (mail,) = await play.delivered()
    assert mail.subject == "【议题暂缓】第四季度联席会议"
    assert "材料未齐" in mail.text
    assert "一季度联席会议" not in mail.text, "nobody was told of that one yet"
    await act(play, item_id, deferring.defer_item)
    assert ((await kept(play, item_id)).meeting_id, await play.delivered()) == (later, []), "a repetition"
    await act(play, item_id, deferring.defer_item, version=(await kept(play, item_id)).version)
    item = await kept(play, item_id)
    assert (item.meeting_id, item.state, item.deferred_count) == (last, "proposed", 2)
    async with play.database.reading() as db:
        moves = [(m.from_meeting_id, m.to_meeting_id, m.reason) for m in await deferring.moves_of(db, item)]
    assert moves == [(meeting_id, later, "材料未齐"), (later, last, None)]


async def test_while_no_meeting_is_scheduled_a_deferred_item_waits_for_the_next_joint_one(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    item_id = await proposed(play, meeting_id)
    await act(play, item_id, deferring.defer_item)
    assert (await kept(play, item_id)).state == "deferred"
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    assert "待安排" in await browser.get(f"/meetings/{meeting_id}")
    await play.scheduled(local_start=datetime.fromisoformat("2027-01-18T14:30"), kind="lecture", title="专题讲座")
    assert (await kept(play, item_id)).state == "deferred"
    later = await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    item = await kept(play, item_id)
    assert (item.meeting_id, item.state, item.deferred_count) == (later, "proposed", 1)
    async with play.database.reading() as db:
        assert (await db.scalars(select(AgendaItemMove.to_meeting_id))).all() == [later]
    page = await browser.get(f"/meetings/{later}")
    assert "第1次暂缓" in page
    assert "已暂缓至后续会议" in await browser.get(f"/meetings/{meeting_id}")
    assert "第四季度联席会议 → 一季度联席会议" in await browser.get(f"/agenda-items/{item_id}")


async def test_an_item_that_waits_goes_to_the_postponed_meeting_that_is_given_a_date_again(
    play: Play, meeting_id: int
) -> None:
    later = await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    item_id = await proposed(play, meeting_id)

    async def changed(verb: object, which: int, **more: object) -> None:
        async with play.database.writing() as db:
            host, meeting = await play.meeting(db, which)
            await verb(db, host, meeting, **more)  # type: ignore[operator]

    await changed(scheduling.postpone, later)
    await act(play, item_id, deferring.defer_item)
    await changed(scheduling.postpone, meeting_id)
    await changed(scheduling.reinstate, meeting_id, local_start=datetime.fromisoformat("2026-12-24T14:30"))
    assert (await kept(play, item_id)).state == "deferred", "it is not the meeting that it was deferred from"
    await changed(scheduling.reinstate, later, local_start=datetime.fromisoformat("2027-03-25T14:30"))
    item = await kept(play, item_id)
    assert (item.meeting_id, item.state) == (later, "proposed")


async def test_an_item_deferred_to_a_meeting_that_is_cancelled_goes_to_the_next_one_or_waits_for_it(
    play: Play, meeting_id: int
) -> None:
    later = await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"), title="一季度联席会议")
    last = await play.scheduled(local_start=datetime.fromisoformat("2027-06-17T14:30"), title="二季度联席会议")
    item_id = await proposed(play, meeting_id)
    own = await proposed(play, later, title="会商经费")
    await act(play, item_id, deferring.defer_item)
    await act(play, item_id, agenda.accept_item)

    async def cancelled(which: int) -> AgendaItem:
        async with play.database.writing() as db:
            host, meeting = await play.meeting(db, which)
            await scheduling.cancel(db, host, meeting)
        return await kept(play, item_id)

    item = await cancelled(later)
    assert (item.meeting_id, item.state, item.deferred_count) == (last, "proposed", 1)
    assert (await kept(play, own)).meeting_id == later, "what was proposed for it stays with it"
    item = await cancelled(last)
    assert (item.meeting_id, item.state, item.deferred_count) == (meeting_id, "deferred", 1)
    between = await play.scheduled(local_start=datetime.fromisoformat("2027-02-18T14:30"), title="补开的联席会议")
    item = await kept(play, item_id)
    assert (item.meeting_id, item.state) == (between, "proposed")
    async with play.database.reading() as db:
        assert (await db.scalars(select(AgendaItemMove.to_meeting_id))).all() == [between]


async def test_an_item_that_left_the_agenda_meanwhile_is_not_moved_on_it(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    item_id = await proposed(play, meeting_id)
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    await browser.get(f"/meetings/{meeting_id}")
    await act(play, item_id, deferring.return_item, reason="请补充材料")
    answer = await browser.post(f"/agenda-items/{item_id}/move", direction="up")
    assert answer.status_code == 409
    assert "该议题已不在议程中" in answer.text


async def test_notes_of_a_deferred_item_stay_with_their_meeting(play: Play) -> None:
    today = await play.scheduled(local_start=datetime.fromisoformat("2026-11-23T08:00"))
    later = await play.scheduled(local_start=datetime.fromisoformat("2027-03-18T14:30"))
    item_id = await proposed(play, today)
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, today)
        await recording.save_note(db, host, meeting, "意见不一，再议。", agenda_item_id=item_id)
    await act(play, item_id, deferring.defer_item)
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, later)
        await recording.save_note(db, host, meeting, "已达成一致。", agenda_item_id=item_id)
        notes = {(note.meeting_id, note.text) for note in await db.scalars(select(Note))}
    assert notes == {(today, "意见不一，再议。"), (later, "已达成一致。")}


async def test_an_item_that_comes_after_the_date_for_items_is_marked_late(play: Play, settings: Settings) -> None:
    meeting_id = await play.scheduled()  # on 17 December: items are due ten working days before, on 3 December
    at_once = await play.scheduled(local_start=datetime.fromisoformat("2026-11-27T14:30"))
    api = Program(settings, play.database, play.clock)
    in_time = await proposed(play, meeting_id)
    short = await proposed(play, at_once)
    play.clock.as_of = datetime.fromisoformat("2026-12-03T23:59+08:00")
    last_minute = await proposed(play, meeting_id)
    play.clock.as_of = datetime.fromisoformat("2026-12-04T00:01+08:00")
    late = await proposed(play, meeting_id)
    got = [await api.get(play.world.liwb, f"/agenda-items/{id_}") for id_ in (in_time, last_minute, late, short)]
    assert [one["late"] for one in got] == [False, False, True, False], (
        "nobody is late for a meeting called at short notice"
    )
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    assert (await browser.get(f"/meetings/{meeting_id}")).count("逾期报送") == 1
    play.clock.as_of = datetime.fromisoformat("2026-12-17T14:35+08:00")
    from_the_floor = await proposed(play, meeting_id, by="zhoumin")
    assert (await api.get(play.world.zhoumin, f"/agenda-items/{from_the_floor}"))["late"] is False


async def test_a_proposed_item_is_returned_or_deferred_on_the_meetings_page(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    first, second = await proposed(play, meeting_id), await proposed(play, meeting_id, title="会商经费")
    host = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    page = await host.get(f"/meetings/{meeting_id}")
    for item_id in (first, second):
        assert f'<form id="decide-{item_id}" method="post" action="/agenda-items/{item_id}/defer">' in page
        assert f'name="reason" maxlength="500" form="decide-{item_id}"' in page
        assert f'form="decide-{item_id}" formaction="/agenda-items/{item_id}/return"' in page
    assert (await host.post(f"/agenda-items/{first}/return", reason="请补充方案", version="1")).status_code == 303
    assert (await host.post(f"/agenda-items/{second}/defer", reason="", version="1")).status_code == 303
    assert "decide-" not in await host.get(f"/meetings/{meeting_id}"), "what is decided is not asked for again"
    member = await Browser(settings, play.database, play.clock).sign_in(play.world.wuxl)
    await proposed(play, meeting_id, title="再议")
    assert "decide-" not in await member.get(f"/meetings/{meeting_id}")


async def test_the_host_arranges_a_restricted_item_without_knowing_what_it_is_about(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    open_one = await proposed(play, meeting_id, title="通报工作情况")
    closed = await proposed(play, meeting_id, audience=[play.world.sfj.id], duration_minutes=20)
    api = Program(settings, play.database, play.clock)
    got = await api.post(play.world.zhoumin, f"/agenda-items/{closed}/accept")
    assert (got["hidden"], got["title"], got["audience"], got["state"]) == (True, None, None, "accepted")
    assert (got["agency_id"], got["duration_minutes"]) == (str(play.world.sfj.id), 20), "to plan with"
    await api.post(play.world.zhoumin, f"/agenda-items/{open_one}/accept")
    order = {"item_ids": [str(closed), str(open_one)]}
    items = (await api.put(play.world.zhoumin, f"/meetings/{meeting_id}/agenda-order", order))["items"]
    assert [one["id"] for one in items] == order["item_ids"]
    with pytest.raises(NotFound):
        async with play.database.reading() as db:
            await agenda.item_of(db, await play.world.viewer(db, play.world.zhoumin), closed)
    with pytest.raises(Conflict) as stale:
        await act(play, closed, deferring.return_item, reason="时间不够", version=1)
    assert stale.value.theirs["title"] is None, "neither its title nor words of ours in another language"
    await act(play, closed, deferring.return_item, reason="时间不够")
    (mail,) = await play.delivered()
    assert "研究移送口径" in mail.text
    assert "研究移送口径" not in mail.subject


async def test_the_agency_that_brings_an_item_says_who_may_know_of_it(play: Play, meeting_id: int) -> None:
    jcy, sfj, rsj = play.world.jcy.id, play.world.sfj.id, play.world.rsj.id
    item_id = await proposed(play, meeting_id, audience=[jcy])
    assert (await kept(play, item_id)).audience == frozenset({jcy, sfj}), "who brings it knows of it"
    await act(play, item_id, agenda.accept_item)
    with pytest.raises(NotPermitted):
        await act(play, item_id, agenda.set_audience, audience=[])
    given = {"title": "改", "purpose": "study", "agency_id": sfj, "presenter_id": None, "duration_minutes": None}
    with pytest.raises(NotPermitted):
        await act(play, item_id, agenda.change_item, **given, audience=[])
    with pytest.raises(Invalid) as refused:
        await act(play, item_id, agenda.set_audience, by="liwb", audience=[rsj])
    assert set(refused.value.errors) == {"audience"}
    await act(play, item_id, agenda.set_audience, by="wuxl", audience=[sfj])
    assert (await kept(play, item_id)).audience == frozenset({sfj})
    with pytest.raises(Invalid) as refused:
        await proposed(play, meeting_id, audience=[jcy], presenter_id=play.world.liwb.id, by="zhoumin")
    assert "presenter_id" in refused.value.errors


async def test_who_proposed_an_item_and_its_agencys_officers_withdraw_it_until_it_is_accepted(
    play: Play, meeting_id: int
) -> None:
    async with play.database.writing() as db:
        (await play.meeting(db, meeting_id))[1].announced_at = db.now()
    for by in ("zhenggq", "liwb", "wuxl"):
        item_id = await proposed(play, meeting_id, by="zhenggq")
        await act(play, item_id, agenda.withdraw_item, by=by)
    item_id = await proposed(play, meeting_id, by="zhenggq")
    await act(play, item_id, agenda.accept_item)
    for by in ("zhenggq", "liwb"):
        with pytest.raises(NotPermitted):
            await act(play, item_id, agenda.withdraw_item, by=by)


async def test_who_went_to_another_agency_leaves_what_they_proposed_and_brought_to_the_former_one(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    world, program = play.world, Program(settings, play.database, play.clock)
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        await asking.ask(db, host, meeting, [Asked(agency_id=world.sfj.id)])
    await play.send(meeting_id)
    item_id = await proposed(play, meeting_id, by="zhenggq")
    paper = (await brought(program, world.zhenggq, meeting_id, agenda_item_id=str(item_id)))["id"]
    await program.post(world.guyan, f"/people/{world.zhenggq.id}/transfer", {"agency_id": str(world.jcy.id)})
    for method, to, body in (
        ("PATCH", f"/agenda-items/{item_id}", {"title": "另一个题目"}),
        ("POST", f"/agenda-items/{item_id}/withdraw", {}),
        ("PATCH", f"/papers/{paper}", {"title": "另一个题目"}),
        ("DELETE", f"/papers/{paper}", None),
    ):
        assert (await program.call(world.zhenggq, method, to, body)).status_code == 403, to
    await program.patch(world.wuxl, f"/agenda-items/{item_id}", {"title": "由副联络员修改"})
    await program.patch(world.wuxl, f"/papers/{paper}", {"title": "由副联络员修改"})


async def test_who_was_not_there_any_more_is_answered_by_way_of_the_liaison(play: Play, meeting_id: int) -> None:
    item_id = await proposed(play, meeting_id, by="wuxl")
    async with play.database.writing() as db:
        (await db.get_one(Person, play.world.wuxl.id)).deactivated_at = db.now()
    await act(play, item_id, deferring.return_item, reason="请补充")
    assert [mail.to for mail in await play.delivered()] == ["liwb@sfj.qingzhi.example"]


async def test_what_was_decided_on_a_restricted_item_is_given_to_agencies_that_may_know_of_it(
    play: Play, settings: Settings
) -> None:
    today = await play.scheduled(local_start=datetime.fromisoformat("2026-11-23T08:00"))
    item_id = await proposed(play, today, audience=[play.world.sfj.id])
    await act(play, item_id, agenda.accept_item)
    api, liwb = Program(settings, play.database, play.clock), play.world.liwb
    decided = {"text": "先行摸底。", "agenda_item_id": str(item_id)}
    decision = await api.post(liwb, f"/meetings/{today}/decisions", decided, status=201)
    path = f"/meetings/{today}/action-items"
    given = {"title": "摸底", "decision_id": decision["id"]}
    for lead, wrong in ((play.world.jcy, ["lead_agency_id"]), (play.world.sfj, [])):
        answer = await api.call(liwb, "POST", path, {**given, "lead_agency_id": str(lead.id)})
        assert [one["field"] for one in answer.json().get("errors", [])] == wrong
    refused = await api.refused(play.world.zhoumin, "POST", path, {**given, "lead_agency_id": str(play.world.jcy.id)})
    assert refused == (422, ["decision_id"]), "as a decision that does not exist"


async def test_an_item_is_proposed_closed_and_returned_on_its_pages(
    play: Play, meeting_id: int, settings: Settings
) -> None:
    officer = await Browser(settings, play.database, play.clock).sign_in(play.world.liwb)
    page = await officer.get(f"/meetings/{meeting_id}/agenda-items/new")
    assert "知悉范围" in page
    fields = {"title": "会商个案", "purpose": "consult", "duration_minutes": "20", "audience": str(play.world.sfj.id)}
    await officer.post(f"/meetings/{meeting_id}/agenda-items/new", **fields)
    async with play.database.reading() as db:
        item = (await db.scalars(select(AgendaItem))).one()
    assert item.audience == frozenset({play.world.sfj.id})
    assert "限定知悉范围" in await officer.get(f"/meetings/{meeting_id}")
    host = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    for path in (f"/meetings/{meeting_id}", f"/agenda-items/{item.id}", "/", f"/meetings/{meeting_id}/print"):
        shown = await host.get(path)
        assert "会商个案" not in shown, path
    assert "另行通知" in await host.get(f"/agenda-items/{item.id}")
    await act(play, item.id, agenda.accept_item)
    row = (await host.get(f"/meetings/{meeting_id}/print")).partition("另行通知</td>")[2].partition("</tr>")[0]
    assert "区司法局" not in row, "the sheet is handed to everybody in the room"
    assert "会商个案（限定知悉范围）" in await officer.get(f"/meetings/{meeting_id}/print")
    refused = await host.post(f"/agenda-items/{item.id}/return", reason="", version="2")
    assert refused.status_code == 422
    done = await host.post(f"/agenda-items/{item.id}/return", reason="请先通气", version="2")
    assert done.headers["location"] == f"/meetings/{meeting_id}?done=item_returned#agenda"
    shown = await officer.get(f"/meetings/{meeting_id}")
    assert "请先通气" in shown
    assert "请先通气" not in await host.get(f"/meetings/{meeting_id}"), "it may say what the item is about"
