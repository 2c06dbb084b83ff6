"""Answers: by the agency's liaison or deputy, by link, or registered; until the date; the newest stands."""

from datetime import datetime, timedelta

import httpx
import pytest

from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.mechanisms.models import Designation
from liaison.meetings.replies import Registered
from liaison.polls import answering, queries, settling
from tests.meetings.play import Play
from tests.polls.asked import SFJ, ask, link_in, read, say

AFTER = datetime.fromisoformat("2026-11-28T00:00+08:00")
"""The first moment after the date to answer by."""


async def test_the_liaison_or_the_deputy_answers_and_the_newest_answer_stands(play: Play) -> None:
    poll_id = await ask(play)
    await say(play, poll_id, play.world.liwb, "can", "cannot", comment="10日开庭")
    await say(play, poll_id, play.world.wuxl, "if_need_be", "can")
    poll = await read(play, poll_id)
    row = poll.answer_of(play.world.sfj.id)
    assert row is not None
    assert [row.choice_for(one) for one in poll.candidates] == ["if_need_be", "can"]
    assert (row.comment, row.answered_by, row.answered_via) == (None, play.world.wuxl.id, "web")


async def test_nobody_answers_for_another_agency(play: Play) -> None:
    poll_id = await ask(play)
    viewer = await play.viewer(play.world.zhoumin)
    async with play.database.writing() as db:
        poll = await queries.get(db, viewer, poll_id)
        said = {one.id: "can" for one in poll.candidates}
        with pytest.raises(NotPermitted):
            await answering.answer(db, viewer, poll, play.world.sfj.id, said)
        with pytest.raises(NotPermitted):
            await answering.withdraw(db, viewer, poll, play.world.sfj.id)


async def test_every_time_is_answered_with_a_word_that_is_known(play: Play) -> None:
    poll_id = await ask(play)
    with pytest.raises(Invalid) as refusal:
        await say(play, poll_id, play.world.liwb, "can", "maybe")
    poll = await read(play, poll_id)
    assert list(refusal.value.errors) == [f"choices.{poll.candidates[1].id}"]
    viewer = await play.viewer(play.world.liwb)
    async with play.database.writing() as db:
        poll = await queries.get(db, viewer, poll_id)
        for said in ({}, {poll.candidates[0].id: "can"}):
            with pytest.raises(Invalid):
                await answering.answer(db, viewer, poll, play.world.sfj.id, said)
        too_much = {one.id: "can" for one in poll.candidates} | {99_999: "can"}
        with pytest.raises(Invalid):
            await answering.answer(db, viewer, poll, play.world.sfj.id, too_much)


async def test_a_form_opened_before_a_newer_answer_is_refused(play: Play) -> None:
    poll_id = await ask(play)
    await say(play, poll_id, play.world.liwb, "can", "can", version=1)
    with pytest.raises(Conflict):
        await say(play, poll_id, play.world.wuxl, "cannot", "cannot", version=1)


async def test_after_the_date_only_who_asks_may_still_register(play: Play) -> None:
    poll_id = await ask(play)
    play.clock.as_of = AFTER - timedelta(seconds=1)
    await say(play, poll_id, play.world.liwb, "can", "can")
    play.clock.as_of = AFTER
    with pytest.raises(Conflict):
        await say(play, poll_id, play.world.liwb, "cannot", "cannot")
    said = Registered("phone", "李文博", AFTER - timedelta(hours=9))
    world = play.world
    for who, allowed in ((world.wuxl, False), (world.qianwei, True)):
        viewer = await play.viewer(who)
        async with play.database.writing() as db:
            poll = await queries.get(db, viewer, poll_id)
            choices = {one.id: "cannot" for one in poll.candidates}
            act = answering.answer(db, viewer, poll, world.sfj.id, choices, registered=said)
            if allowed:
                row = await act
                assert row.registered is not None
                assert (row.answered_via, row.registered["said_by"]) == ("registered", "李文博")
            else:
                with pytest.raises(Conflict):
                    await act


async def test_an_answer_is_not_registered_as_said_before_the_agencies_were_asked(play: Play) -> None:
    poll_id = await ask(play)
    said = Registered("phone", "李文博", play.clock.as_of - timedelta(minutes=1))
    with pytest.raises(Invalid) as refusal:
        await say(play, poll_id, play.world.liwb, "can", "can", registered=said)
    assert list(refusal.value.errors) == ["registered.at"]


async def test_an_answer_taken_back_counts_as_none(play: Play) -> None:
    poll_id = await ask(play)
    await say(play, poll_id, play.world.liwb, "can", "can", comment="行")
    viewer = await play.viewer(play.world.liwb)
    async with play.database.writing() as db:
        await answering.withdraw(db, viewer, await queries.get(db, viewer, poll_id), play.world.sfj.id)
    row = (await read(play, poll_id)).answer_of(play.world.sfj.id)
    assert row is not None
    assert (row.choices, row.comment, row.answered_at, row.answered_by) == ({}, None, None, None)


# by the mailed link


async def test_following_the_link_shows_the_times_and_changes_nothing(play: Play, anybody: httpx.AsyncClient) -> None:
    poll_id = await ask(play)
    link = link_in(await play.delivered())
    page = await anybody.get(link)
    assert page.status_code == 200
    assert "商请协助会" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    row = (await read(play, poll_id)).answer_of(play.world.sfj.id)
    assert row is not None
    assert row.answered_at is None


async def test_posting_the_link_answers_without_a_cookie_and_again_changes_the_answer(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    poll_id = await ask(play)
    link = link_in(await play.delivered())
    one, two = (await read(play, poll_id)).candidates
    assert (await anybody.post(link, data={f"choices.{one.id}": "can"})).status_code == 422
    done = await anybody.post(link, data={f"choices.{one.id}": "can", f"choices.{two.id}": "cannot", "comment": "开庭"})
    assert done.status_code == 200
    assert "贵单位的答复已记录" in done.text
    assert not anybody.cookies.get("session")
    row = (await read(play, poll_id)).answer_of(play.world.sfj.id)
    assert row is not None
    assert (row.answered_via, row.answered_by, row.comment) == ("link", play.world.liwb.id, "开庭")
    stale = {f"choices.{one.id}": "cannot", f"choices.{two.id}": "cannot", "version": "1"}
    assert (await anybody.post(link, data=stale)).status_code == 409
    as_json = {"choices": {str(one.id): "if_need_be", str(two.id): "can"}}
    assert (await anybody.post(link, json=as_json)).status_code == 200
    row = (await read(play, poll_id)).answer_of(play.world.sfj.id)
    assert row is not None
    assert row.choices == as_json["choices"]
    assert (await anybody.post(link, data={"withdraw": "1"})).status_code == 200
    row = (await read(play, poll_id)).answer_of(play.world.sfj.id)
    assert row is not None
    assert row.answered_at is None


async def test_after_the_date_and_after_the_end_the_link_says_so(play: Play, anybody: httpx.AsyncClient) -> None:
    poll_id = await ask(play)
    link = link_in(await play.delivered())
    play.clock.as_of = AFTER
    for answer in (await anybody.get(link), await anybody.post(link, data={"withdraw": "1"})):
        assert answer.status_code == 410
        assert "答复截止日期已过" in answer.text
    viewer = await play.viewer(play.world.zhoumin)
    async with play.database.writing() as db:
        poll = await queries.get(db, viewer, poll_id)
        await settling.pick(db, viewer, poll, poll.candidates[1].id)
    gone = await anybody.get(link)
    assert gone.status_code == 410
    assert "时间定于2026-12-10 09:00" in gone.text


async def test_the_link_of_an_agency_without_a_liaison_answers_for_it_until_one_is_in_office(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    async with play.database.writing() as db:
        term = await db.get_one(Designation, play.world.terms["liwb"].id)
        term.ends_on = play.clock.today("Asia/Shanghai") - timedelta(days=3)
    poll_id = await ask(play)
    link = link_in(await play.delivered(), SFJ)
    one, two = (await read(play, poll_id)).candidates
    said = {f"choices.{one.id}": "can", f"choices.{two.id}": "can"}
    assert (await anybody.post(link, data=said)).status_code == 200
    row = (await read(play, poll_id)).answer_of(play.world.sfj.id)
    assert row is not None
    assert (row.answered_by, row.answered_via) == (None, "link")
    async with play.database.writing() as db:
        (await db.get_one(Designation, play.world.terms["liwb"].id)).ends_on = None
    assert (await anybody.get(link)).status_code == 410


async def test_the_link_ends_with_the_office_of_who_got_it(play: Play, anybody: httpx.AsyncClient) -> None:
    await ask(play)
    link = link_in(await play.delivered())
    async with play.database.writing() as db:
        term = await db.get_one(Designation, play.world.terms["liwb"].id)
        term.ends_on = play.clock.today("Asia/Shanghai")
    assert (await anybody.get(link)).status_code == 410
