"""What the link of a call for items does: an agency proposes without an account, until the meeting begins."""

import re
from datetime import UTC, date

import httpx
import pytest

from liaison.mechanisms.models import Designation, Member
from liaison.meetings import agenda, deferring, queries, scheduling
from tests.meetings.play import Play
from tests.reminders.test_reminding import LIWB, at
from tests.reminders.test_steps import OCTOBER, link_in, planned


async def test_the_link_of_a_call_proposes_for_the_agency_without_an_account(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await planned(play)
    path = link_in((await at(play, "09-24T08:30"))[LIWB])
    page = await anybody.get(path)
    assert page.status_code == 200
    assert "请于10月15日（周四）前报送议题" in re.sub(r"<[^>]+>", "", page.text)
    async with play.database.reading() as db:
        assert await queries.agenda(db, meeting_id) == [], "a GET changes nothing"
    empty = await anybody.post(path, data={"title": " ", "purpose": "study"})
    assert empty.status_code == 422
    for _ in range(2):  # a second press is the same item
        done = await anybody.post(
            path, data={"title": "欠薪线索双向移送", "purpose": "consult", "duration_minutes": "20"}
        )
        assert (done.status_code, "欠薪线索双向移送" in done.text) == (200, True)
    async with play.database.reading() as db:
        (item,) = await queries.agenda(db, meeting_id)
    assert (item.agency_id, item.state, item.proposed_by, item.purpose) == (
        play.world.sfj.id,
        "proposed",
        play.world.liwb.id,
        "consult",
    )
    play.clock.as_of = OCTOBER.replace(hour=6, minute=30, tzinfo=UTC)
    assert (await anybody.get(path)).status_code == 410
    assert (await anybody.post(path, data={"title": "迟到", "purpose": "study"})).status_code == 410


async def test_an_item_that_was_returned_is_proposed_again_by_the_link_as_the_same_item(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await planned(play)
    path = link_in((await at(play, "09-24T08:30"))[LIWB])
    said = {"title": "欠薪线索双向移送", "purpose": "study", "audience": str(play.world.sfj.id)}
    assert (await anybody.post(path, data=said)).status_code == 200
    async with play.database.writing() as db:
        host, _ = await play.meeting(db, meeting_id)
        (item,) = await queries.agenda(db, meeting_id)
        item = await agenda.item_of(db, host, item.id, unseen=True)
        await deferring.return_item(db, host, item, reason="请写明所需时长")
    again = {"title": "欠薪线索双向移送", "purpose": "consult", "duration_minutes": "20"}
    assert (await anybody.post(path, data=again)).status_code == 200
    async with play.database.reading() as db:
        (now,) = await queries.agenda(db, meeting_id)
    assert (now.id, now.state, now.purpose, now.duration_minutes, now.reason) == (
        item.id,
        "proposed",
        "consult",
        20,
        None,
    )
    assert now.audience == frozenset({play.world.sfj.id}), "nobody opened it"


@pytest.mark.parametrize("closed", [False, True], ids=["open", "restricted"])
async def test_a_returned_item_is_mended_from_the_liaisons_mail_without_signing_in_as_the_same_item(
    play: Play, anybody: httpx.AsyncClient, closed: bool
) -> None:
    meeting_id = await planned(play)
    call = link_in((await at(play, "09-24T08:30"))[LIWB])
    said = {"title": "欠薪线索双向移送", "purpose": "consult", "duration_minutes": "35"}
    await anybody.post(call, data={**said, "audience": str(play.world.sfj.id)} if closed else said)
    async with play.database.writing() as db:
        host, _ = await play.meeting(db, meeting_id)
        (item,) = await queries.agenda(db, meeting_id)
        item = await agenda.item_of(db, host, item.id, unseen=True)
        await deferring.return_item(db, host, item, reason="请改题目")
    (mail,) = await play.delivered()
    assert (mail.to, mail.subject) == (LIWB, "【议题退回】第四季度联席会议")
    path = re.search(r"/r/\S+", mail.links[0])[0]
    page = (await anybody.get(path)).text
    assert ('value="35"' in page, f'name="item" value="{item.id}"' in page) == (True, True)
    assert (f'value="{said["title"]}"' in page, "请改题目" in page, said["title"] in page) == (
        (False,) * 3 if closed else (True,) * 3
    )
    again = {"title": "欠薪线索双向移送指引", "purpose": "consult", "item": str(item.id)}
    for _ in range(2):  # a second press is the same item
        assert (await anybody.post(path, data=again)).status_code == 200
    async with play.database.reading() as db:
        (now,) = await queries.agenda(db, meeting_id)
    assert (now.id, now.state, now.title) == (item.id, "proposed", again["title"])
    assert now.audience == (frozenset({play.world.sfj.id}) if closed else None), "nobody opened it"
    assert (await anybody.post(path, data={**again, "title": "又一项"})).status_code == 409
    other = await anybody.post(path, data={**again, "title": "第三项", "item": "999999"})
    assert other.status_code == 409


async def test_a_member_that_takes_part_by_mail_is_led_to_no_page_when_its_item_is_deferred(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await planned(play)
    await anybody.post(link_in((await at(play, "09-24T08:30"))[LIWB]), data={"title": "值班安排", "purpose": "study"})
    async with play.database.writing() as db:
        (await db.get_one(Member, play.world.members["sfj"].id)).takes_part = "mail"
        host, _ = await play.meeting(db, meeting_id)
        (item,) = await queries.agenda(db, meeting_id)
        await deferring.defer_item(db, host, await agenda.item_of(db, host, item.id))
    (mail,) = await play.delivered()
    assert (mail.to, "无需重新报送" in mail.text, "http" in mail.text) == (LIWB, True, False)


async def test_a_postponed_meeting_is_proposed_for_by_the_link_also_after_its_former_date(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await planned(play)
    path = link_in((await at(play, "09-24T08:30"))[LIWB])
    async with play.database.writing() as db:
        host, meeting = await play.meeting(db, meeting_id)
        await scheduling.postpone(db, host, meeting)
    play.clock.as_of = OCTOBER.replace(hour=6, minute=30, tzinfo=UTC)
    assert (await anybody.post(path, data={"title": "值班安排", "purpose": "study"})).status_code == 200
    async with play.database.reading() as db:
        assert [item.title for item in await queries.agenda(db, meeting_id)] == ["值班安排"]


async def test_an_item_proposed_by_link_names_its_presenter_and_who_may_know_of_it_and_the_link_shows_no_such_item(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await planned(play)
    path = link_in((await at(play, "09-24T08:30"))[LIWB])
    sfj, jcy = play.world.sfj.id, play.world.jcy.id
    typed = {"title": "密商丁", "purpose": "consult", "presenter_id": str(play.world.zhenggq.id), "audience": str(jcy)}
    done = await anybody.post(path, data=typed)
    assert (done.status_code, "密商丁" in done.text) == (200, False)
    assert "另行通知" in (await anybody.get(path)).text
    other = await anybody.post(path, data={**typed, "title": "又一项", "presenter_id": str(play.world.chenzy.id)})
    assert other.status_code == 403, "somebody of another agency"
    async with play.database.reading() as db:
        (item,) = await queries.agenda(db, meeting_id)
    assert (item.title, item.presenter_id, item.audience) == ("密商丁", play.world.zhenggq.id, frozenset({sfj, jcy}))


async def test_an_agency_without_a_liaison_proposes_by_the_link_sent_to_its_own_address_until_it_has_one(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id = await planned(play)
    async with play.database.writing() as db:
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = date(2026, 9, 1)
    path = link_in((await at(play, "09-24T08:30"))["sfj@sfj.qingzhi.example"])
    done = await anybody.post(path, json={"title": "法律援助值班安排"}, headers={"accept": "application/json"})
    assert done.status_code == 200
    async with play.database.writing() as db:
        (item,) = await queries.agenda(db, meeting_id)
        assert (item.agency_id, item.proposed_by) == (play.world.sfj.id, None)
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = None
    assert (await anybody.get(path)).status_code == 410
