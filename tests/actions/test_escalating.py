"""提请关注: a draft to the own leader, read and mailed within one's own agency only."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from liaison.actions import assigning, escalating, queries
from liaison.config import Settings
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotPermitted
from tests.callers import Browser, Program
from tests.meetings.play import Play

CHENZY = "chenzy@jcy.qingzhi.example"


@pytest.fixture
async def item_id(play: Play) -> int:
    """An item of 区检察院, three days overdue."""
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        item = await assigning.assign(
            db, viewer, world.mechanism.id, title="建立线索台账", lead_agency_id=world.jcy.id,
            owner_id=world.hanmei.id, due_on=date(2026, 11, 24),
        )  # fmt: skip
    play.clock.as_of = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    return item.id


async def escalate(play: Play, by: Person, item_id: int, **more: Any) -> None:
    async with play.database.writing() as db:
        viewer = await play.world.viewer(db, by)
        await escalating.escalate(db, viewer, await queries.get(db, viewer, item_id), **{"text": "请领导关注", **more})


async def test_it_is_mailed_to_the_own_leader_in_the_liaisons_words(play: Play, item_id: int) -> None:
    await escalate(play, play.world.zhoumin, item_id, text="请关注台账", to_person_id=play.world.chenzy.id)
    (mail,) = await play.delivered()
    assert (mail.to, "请关注台账" in mail.text, "台账" in mail.subject) == (CHENZY, True, False)


async def test_a_form_sent_twice_is_one_text_and_one_mail(play: Play, item_id: int) -> None:
    world = play.world
    for to in (None, world.chenzy.id, world.chenzy.id):  # kept first, then sent: two different things
        await escalate(play, world.zhoumin, item_id, to_person_id=to)
    assert [mail.to for mail in await play.delivered()] == [CHENZY]
    async with play.database.reading() as db:
        viewer = await world.viewer(db, world.zhoumin)
        kept = await escalating.of_item(db, viewer, await queries.get(db, viewer, item_id))
        assert [one.to_person_id for one in kept] == [world.chenzy.id, None]
    play.clock.as_of = play.clock.now() + timedelta(minutes=2)
    await escalate(play, world.zhoumin, item_id, to_person_id=world.chenzy.id)
    assert [mail.to for mail in await play.delivered()] == [CHENZY]


async def test_nothing_goes_to_another_agency_or_where_others_read_it(play: Play, item_id: int) -> None:
    world = play.world
    for person in (world.zhenggq, world.liwb, world.sunl):
        with pytest.raises(Invalid):
            await escalate(play, world.zhoumin, item_id, to_person_id=person.id)
    async with play.database.writing() as db:
        (await db.get_one(Person, world.xujie.id)).mail = CHENZY  # somebody of 区司法局 reads his mailbox too
    with pytest.raises(Invalid):
        await escalate(play, world.zhoumin, item_id, to_person_id=world.chenzy.id)
    assert await play.delivered() == []


async def test_only_the_own_agencys_liaison_and_deputy_and_only_what_is_overdue(play: Play, item_id: int) -> None:
    world = play.world
    for person in (world.liwb, world.hanmei, world.chenzy, world.hejing):
        with pytest.raises(NotPermitted):
            await escalate(play, person, item_id)
    await escalate(play, world.qianwei, item_id)
    play.clock.as_of = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    with pytest.raises(Conflict):
        await escalate(play, world.zhoumin, item_id)


async def test_another_agency_reads_nothing_of_it_anywhere(play: Play, item_id: int, settings: Settings) -> None:
    world, secret = play.world, "只给本单位看的话"
    await escalate(play, world.zhoumin, item_id, text=secret, to_person_id=world.chenzy.id)
    api = Program(settings, play.database, play.clock)
    own = await api.get(world.chenzy, f"/action-items/{item_id}/escalations")
    assert [one["text"] for one in own["items"]] == [secret]
    for person in (world.liwb, world.maolin):
        browser = await Browser(settings, play.database, play.clock).sign_in(person)
        assert secret not in await browser.get(f"/actions/{item_id}")
        assert (await api.get(person, f"/action-items/{item_id}/escalations"))["items"] == []
        trail = await api.get(person, f"/audit?object=action:{item_id}")
        assert "escalate" not in {line["verb"] for line in trail["items"]}


async def test_the_page_drafts_and_keeps_or_sends(play: Play, item_id: int, settings: Settings) -> None:
    browser = await Browser(settings, play.database, play.clock).sign_in(play.world.zhoumin)
    page = await browser.get(f"/actions/{item_id}/escalate")
    assert "我单位负责的落实事项“建立线索台账”应于" in page
    assert "陈志远" in page
    assert "李文博" not in page
    assert (await browser.post(f"/actions/{item_id}/escalate", text="")).status_code == 422
    assert (await browser.post(f"/actions/{item_id}/escalate", text="请关注")).status_code == 303
    assert await play.delivered() == [], "kept only"
    assert "仅保存" in await browser.get(f"/actions/{item_id}")
    sent = await browser.post(f"/actions/{item_id}/escalate", text="请关注", to_person_id=str(play.world.chenzy.id))
    assert sent.headers["location"].endswith("?done=escalated#escalations")
    assert [mail.to for mail in await play.delivered()] == [CHENZY]
