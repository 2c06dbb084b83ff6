"""来信 as officers use it: the page and the programs' way to it."""

from sqlalchemy import select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.postroom.models import IncomingMail
from tests.callers import Program
from tests.meetings.play import Play, by_address
from tests.meetings.test_announcing import LIWB, move, people
from tests.meetings.test_pages import OpenAs, open_as, seen
from tests.postroom.post import answer, said, take, written
from tests.postroom.test_identity import choose
from tests.postroom.test_settling import ELSEWHERE, attendee_of, held

__all__ = ["open_as"]  # the fixture


async def test_the_page_says_why_a_mail_waits_and_counts_the_answer_in_it(play: Play, open_as: OpenAs) -> None:
    mail_id = await held(play)
    browser = await open_as(play.world.zhoumin)
    assert f'href="/incoming/{mail_id}"' in await browser.get("/incoming")
    page = await browser.get(f"/incoming/{mail_id}")
    assert "发件人代他人答复，而未登记其可以代答。" in seen(page)
    refused = await browser.post(f"/incoming/{mail_id}/apply", partstat="substitute", comment="出差")
    assert refused.status_code == 422
    assert "出差" in refused.text
    assert all(f'href="#f-{field}"' in refused.text for field in ("attendee_id", "substitute"))
    async with play.database.reading() as db:
        his = str((await attendee_of(db, play.world.liwb.id)).id)
    fields = {"attendee_id": his, "partstat": "substitute", "substitute": "郑国强"}
    assert (await browser.post(f"/incoming/{mail_id}/apply", **fields)).status_code == 303
    async with play.database.reading() as db:
        one = await attendee_of(db, play.world.liwb.id)
        assert (one.partstat, one.substitute and one.substitute["name"]) == ("accepted", "郑国强")
    assert f'href="/incoming/{mail_id}"' not in await browser.get("/incoming")
    assert f'href="/incoming/{mail_id}"' in await browser.get("/incoming?show=all")


async def test_the_own_agency_says_on_the_page_whose_address_it_is(play: Play, open_as: OpenAs) -> None:
    mail_id = await held(play)
    browser = await open_as(play.world.liwb)
    await browser.get(f"/incoming/{mail_id}")
    refused = await browser.post(f"/incoming/{mail_id}/name", kind="alias")
    assert refused.status_code == 422
    assert 'href="#f-person_id"' in refused.text
    taken = {"person_id": str(play.world.liwb.id), "kind": "alias"}
    assert (await browser.post(f"/incoming/{mail_id}/name", **taken)).status_code == 303
    assert await said(play, play.world.liwb.id) == ("accepted", True, ELSEWHERE)


async def test_a_mail_is_dismissed_and_taken_up_again_on_the_page(play: Play, open_as: OpenAs) -> None:
    mail_id = await held(play)
    browser = await open_as(play.world.zhoumin)
    assert f"/incoming/{mail_id}/dismiss" in await browser.get(f"/incoming/{mail_id}")
    await browser.post(f"/incoming/{mail_id}/dismiss")
    assert f"/incoming/{mail_id}/reopen" in await browser.get(f"/incoming/{mail_id}")
    await browser.post(f"/incoming/{mail_id}/reopen")
    assert f"/incoming/{mail_id}/dismiss" in await browser.get(f"/incoming/{mail_id}")


async def test_a_proposed_time_is_shown_with_the_way_to_move_and_is_settled_by_hand(
    play: Play, open_as: OpenAs
) -> None:
    mail_id = await held(play, method="COUNTER", more="DTSTART:20261218T010000Z", sender=LIWB)
    browser = await open_as(play.world.zhoumin)
    page = await browser.get(f"/incoming/{mail_id}")
    assert "/move?date=2026-12-18&amp;time=09:00" in page
    assert (await browser.post(f"/incoming/{mail_id}/settle")).status_code == 303
    assert "/move?date" not in await browser.get(f"/incoming/{mail_id}")
    async with play.database.reading() as db:
        assert (await db.scalars(select(IncomingMail.settled_as))).all() == ["by_hand"]


async def test_the_page_says_how_it_is_known_who_sent_an_answer(play: Play, open_as: OpenAs) -> None:
    await choose(play, sub_addressing=True)
    mails = by_address(await play.send(await play.scheduled(*people(play))))
    await take(play, answer(mails[LIWB], "ACCEPTED", sender=ELSEWHERE))
    await take(play, written(mails[LIWB], "参加").as_bytes())
    await choose(play)
    async with play.database.reading() as db:
        proofs = [row.params["proof"] for row in await db.scalars(select(IncomingMail).order_by(IncomingMail.id))]
    assert proofs == ["secret", "secret"]
    browser = await open_as(play.world.zhoumin)
    assert "专用地址" in seen(await browser.get("/incoming/1"))


async def test_programs_list_what_waits_count_it_and_dismiss_it(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    mail_id, world = await held(play), play.world
    api = Program(settings, database, clock)
    assert await api.refused(world.zhoumin, "GET", "/incoming?state=other") == (422, ["state"])
    found = (await api.get(world.zhoumin, "/incoming?state=held"))["items"]
    assert [(one["id"], one["reason"]["code"], one["partstat"]) for one in found] == [
        (str(mail_id), "other_sender", "accepted")
    ]
    assert await api.get(world.sunl, "/incoming") == {"items": [], "next": None}
    async with play.database.reading() as db:
        his = str((await attendee_of(db, world.liwb.id)).id)
    given = {"attendee_id": his, "partstat": "declined", "comment": "出差"}
    counted = await api.post(world.zhoumin, f"/incoming/{mail_id}/apply", given)
    assert (counted["settled_as"], counted["attendee_id"]) == ("applied", his)
    assert (await said(play, world.liwb.id))[0] == "declined"
    assert (await api.refused(world.zhoumin, "POST", f"/incoming/{mail_id}/apply", given))[0] == 409
    assert (await api.post(world.zhoumin, f"/incoming/{mail_id}/dismiss"))["settled_as"] == "applied"
    assert (await api.get(world.zhoumin, "/incoming?state=held"))["items"] == []


async def test_what_answers_a_former_time_cannot_be_counted_but_settled_and_taken_up_again(
    play: Play, open_as: OpenAs
) -> None:
    meeting_id = await play.scheduled(*people(play))
    await take(play, answer(by_address(await play.send(meeting_id))[LIWB], "ACCEPTED", sender=ELSEWHERE))
    browser = await open_as(play.world.zhoumin)
    assert "计入答复" in await browser.get("/incoming/1")
    await move(play, meeting_id)
    await play.send(meeting_id)
    page = await browser.get("/incoming/1")
    assert "答复针对的是会议原定时间" in page
    assert "计入答复" not in page
    refused = await browser.post("/incoming/1/apply", attendee_id="2", partstat="accepted")
    assert refused.status_code == 409
    await browser.post("/incoming/1/dismiss")
    page = await browser.get("/incoming/1")
    assert "已处理" in page
    assert "重新处理" in page
    assert "待联络员处理" not in page
    await browser.post("/incoming/1/reopen")
    assert "待联络员处理" in await browser.get("/incoming/1")
