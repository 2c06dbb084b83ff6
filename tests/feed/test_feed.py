"""A person's calendar subscription: what is in it and what never is, when it is fetched again, and its secret address."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from liaison.accounts.deactivation import deactivate_person
from liaison.accounts.models import IdempotentAnswer, Link
from liaison.actions import assigning, reporting
from liaison.actions import queries as actions
from liaison.audit import AuditLine
from liaison.db import Database
from liaison.feed.calendar import is_known
from liaison.logs import masked
from liaison.mechanisms import designating
from liaison.meetings import asking, queries, scheduling
from liaison.meetings.asking import Asked
from tests.callers import Browser
from tests.conftest import NOW
from tests.feed.conftest import Calendars
from tests.meetings.play import by_address
from tests.world import World

TITLE, DUE = "第四季度联席会议", "到期：建立线索编号登记台账"
CHENZY = "chenzy@jcy.qingzhi.example"


async def invited(calendars: Calendars, **more: object) -> int:
    """A meeting that was sent to 陈志远 by name and to 区司法局 with two seats."""
    world = calendars.play.world
    asked = (Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id, seats=2))
    meeting_id = await calendars.play.scheduled(*asked, **more)
    await calendars.play.send(meeting_id)
    return meeting_id


# --- what is in it


async def test_a_meeting_stands_in_the_calendar_of_whom_it_asks_as_the_mail_says_it(
    calendars: Calendars, world: World
) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id), Asked(agency_id=world.sfj.id))
    mailed = by_address(await calendars.play.send(meeting_id))[CHENZY].event
    event = (await calendars.entries(world.chenzy))[TITLE]
    for name in ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "LOCATION", "STATUS", "DESCRIPTION"):
        assert event[name].to_ical() == mailed[name].to_ical(), name
    assert event["LAST-MODIFIED"].dt == event["DTSTAMP"].dt
    assert str(event["URL"]).endswith(f"/meetings/{meeting_id}")


async def test_the_agencys_liaison_and_deputy_see_what_their_agency_is_asked_to_and_nobody_else_does(
    calendars: Calendars, world: World
) -> None:
    await invited(calendars)
    for who in (world.chenzy, world.liwb, world.wuxl):
        assert TITLE in await calendars.entries(who), who.name
    for who in (world.zhoumin, world.qianwei, world.zhenggq, world.gonghui, world.sunl, world.guyan, world.maolin):
        assert await calendars.entries(who) == {}, who.name


async def test_what_came_with_an_office_leaves_with_it_on_the_day_and_what_is_asked_by_name_stays(
    calendars: Calendars, world: World
) -> None:
    await invited(calendars)
    by_name = await calendars.play.scheduled(Asked(person_id=world.liwb.id), title="专题会议")
    await calendars.play.send(by_name)
    async with calendars.play.database.writing() as db:
        await designating.hand_over(
            db, await world.viewer(db, world.gonghui), world.terms["liwb"].id,
            to_person_id=world.zhenggq.id, starts_on=date(2026, 11, 25), basis_ref="清司函〔2026〕9号",
        )  # fmt: skip
    assert set(await calendars.entries(world.liwb)) == {TITLE, "专题会议"}
    assert await calendars.entries(world.zhenggq) == {}
    calendars.play.clock.as_of = NOW + timedelta(days=2)
    assert set(await calendars.entries(world.liwb)) == {"专题会议"}
    assert set(await calendars.entries(world.zhenggq)) == {TITLE}


async def test_a_draft_is_in_no_calendar_and_an_unsent_change_neither(calendars: Calendars, world: World) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id))
    assert await calendars.entries(world.chenzy) == {}
    await calendars.play.send(meeting_id)
    async with calendars.play.database.writing() as db:
        viewer, meeting = await calendars.play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, title="改名的会议", location="二楼")
    assert set(await calendars.entries(world.chenzy)) == {TITLE}
    await calendars.play.send(meeting_id)
    event = (await calendars.entries(world.chenzy))["改名的会议"]
    assert (event["SEQUENCE"], str(event["LOCATION"])) == (1, "二楼")


@pytest.mark.parametrize("act", ["cancel", "postpone"])
async def test_a_meeting_that_is_off_is_shown_as_cancelled_for_30_days(
    calendars: Calendars, world: World, act: str
) -> None:
    meeting_id = await invited(calendars)
    async with calendars.play.database.writing() as db:
        viewer, meeting = await calendars.play.meeting(db, meeting_id)
        await getattr(scheduling, act)(db, viewer, meeting, reason="与上级会议冲突")
    assert (await calendars.entries(world.chenzy))[TITLE]["STATUS"] == "CONFIRMED"  # nobody was told yet
    await calendars.play.send(meeting_id)
    event = (await calendars.entries(world.chenzy))[TITLE]
    assert (event["STATUS"], event["SEQUENCE"], str(event["DESCRIPTION"])) == ("CANCELLED", 1, "与上级会议冲突")
    calendars.play.clock.as_of = NOW + timedelta(days=30)
    assert set(await calendars.entries(world.chenzy)) == {TITLE}
    calendars.play.clock.as_of = NOW + timedelta(days=31)
    assert await calendars.entries(world.chenzy) == {}


async def test_who_is_taken_off_the_list_no_longer_sees_the_meeting(calendars: Calendars, world: World) -> None:
    meeting_id = await invited(calendars)
    async with calendars.play.database.writing() as db:
        viewer, meeting = await calendars.play.meeting(db, meeting_id)
        attendee = next(a for a in await queries.attendees(db, meeting_id) if a.person_id == world.chenzy.id)
        await asking.remove_attendee(db, viewer, meeting, attendee)
        await asking.remove_invitation(db, viewer, meeting, (await queries.invitations(db, meeting_id))[0])
    assert await calendars.entries(world.chenzy) == await calendars.entries(world.liwb) == {}


async def test_a_meeting_stays_for_a_year(calendars: Calendars, world: World) -> None:
    await invited(calendars)
    calendars.play.clock.as_of = NOW + timedelta(days=24 + 366)
    assert TITLE in await calendars.entries(world.chenzy)
    calendars.play.clock.as_of = NOW + timedelta(days=24 + 367)
    assert await calendars.entries(world.chenzy) == {}


async def test_an_action_item_stands_on_its_due_day_in_its_owners_calendar_until_it_ends(
    calendars: Calendars, world: World
) -> None:
    item_id = await calendars.assigned(world.liwb)
    await calendars.assigned(world.liwb, title="没有时限", due_on=None)
    await calendars.assigned(None, title="没有责任人")
    event = (await calendars.entries(world.liwb))[DUE]
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 10), date(2026, 12, 11))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["DTSTAMP"].dt == NOW
    assert set(await calendars.entries(world.liwb)) == {DUE}
    assert await calendars.entries(world.wuxl) == await calendars.entries(world.zhoumin) == {}
    async with calendars.play.database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await reporting.complete(db, viewer, await actions.get(db, viewer, item_id), note="已建立")
    assert await calendars.entries(world.liwb) == {}


async def test_a_changed_due_day_moves_under_the_same_uid_with_a_later_stamp(
    calendars: Calendars, world: World
) -> None:
    item_id = await calendars.assigned(world.liwb)
    before = (await calendars.entries(world.liwb))[DUE]
    async with calendars.play.database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        await assigning.change(db, viewer, await actions.get(db, viewer, item_id), due_on=date(2026, 12, 20))
    after = (await calendars.entries(world.liwb))[DUE]
    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt == date(2026, 12, 20)
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt
    assert after["SEQUENCE"] > before["SEQUENCE"]


async def test_a_feed_names_nobody_and_carries_no_way_to_answer(calendars: Calendars, world: World) -> None:
    await invited(calendars)
    await calendars.assigned(world.chenzy, lead_agency_id=world.jcy.id)
    text = (await calendars.fetch(world.chenzy)).content.decode().replace("\r\n ", "")
    assert "ATTENDEE" not in text
    assert "/r/" not in text
    assert "VALARM" not in text
    for other in (world.zhoumin, world.liwb, world.wuxl, world.chenzy):
        assert other.mail not in text
        assert other.name not in text
    assert "METHOD:PUBLISH" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text
    assert "NAME:联络台：会议和到期事项\r\n" in text
    assert "X-WR-CALNAME:联络台：会议和到期事项\r\n" in text
    assert "X-WR-TIMEZONE:Asia/Shanghai\r\n" in text


async def test_a_feed_speaks_its_owners_language(calendars: Calendars, world: World) -> None:
    await calendars.assigned(world.liwb)
    await calendars.api.patch(world.liwb, f"/people/{world.liwb.id}", {"locale": "en"})
    assert set(await calendars.entries(world.liwb)) == {"Due: 建立线索编号登记台账"}


# --- fetching it again


async def test_an_unchanged_feed_is_the_same_to_the_byte_and_answered_304(calendars: Calendars, world: World) -> None:
    await invited(calendars)
    await calendars.assigned(world.liwb)
    first = await calendars.fetch(world.liwb)
    calendars.play.clock.as_of = NOW + timedelta(hours=5)
    second = await calendars.fetch(world.liwb)
    assert second.content == first.content
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await calendars.fetch(world.liwb, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    same = await calendars.fetch(world.liwb, if_modified_since=first.headers["last-modified"])
    assert (same.status_code, same.headers["last-modified"]) == (304, first.headers["last-modified"])


async def test_the_tag_decides_alone_where_both_are_given(calendars: Calendars, world: World) -> None:
    later = "Fri, 01 Jan 2100 00:00:00 GMT"
    answer = await calendars.fetch(world.liwb, if_none_match='"old"', if_modified_since=later)
    assert answer.status_code == 200
    assert (await calendars.fetch(world.liwb, if_modified_since=later)).status_code == 304
    for none in ("yesterday", "Thu, 01 Jan 2026 99999999999999999999:00:00 GMT"):
        assert (await calendars.fetch(world.liwb, if_modified_since=none)).status_code == 200
    assert not is_known('"a"', "")


async def test_whatever_comes_changes_or_leaves_gives_a_new_tag_and_a_later_moment(
    calendars: Calendars, world: World
) -> None:
    item_id = await calendars.assigned(world.liwb)
    answer = await calendars.fetch(world.liwb)

    async def fetched_anew() -> None:
        nonlocal answer
        calendars.play.clock.as_of = calendars.play.clock.now() + timedelta(minutes=1)
        old = answer.headers
        by_moment = await calendars.fetch(world.liwb, if_modified_since=old["last-modified"])
        answer = await calendars.fetch(world.liwb, if_none_match=old["etag"])
        assert by_moment.status_code == answer.status_code == 200
        assert answer.headers["etag"] != old["etag"]

    await invited(calendars)
    await fetched_anew()
    async with calendars.play.database.writing() as db:  # somebody else's from now on: nothing of it is left here
        viewer = await world.viewer(db, world.zhoumin)
        item = await actions.get(db, viewer, item_id)
        await assigning.change(db, viewer, item, owner_id=world.wuxl.id)
    await fetched_anew()
    assert set(await calendars.entries(world.liwb)) == {TITLE}


async def test_a_head_request_answers_like_a_get(calendars: Calendars, world: World) -> None:
    path = await calendars.address(world.liwb)
    head = await calendars.client.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, (await calendars.fetch(world.liwb)).headers["etag"])


# --- the secret address


async def test_a_feed_needs_neither_cookie_nor_session_and_sets_none(calendars: Calendars, world: World) -> None:
    answer = await calendars.fetch(world.liwb)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in answer.headers


async def test_a_new_address_ends_the_old_one(calendars: Calendars, world: World) -> None:
    old = await calendars.address(world.liwb)
    calendars.addresses.clear()
    new = await calendars.address(world.liwb)
    assert old != new
    assert (await calendars.client.get(old)).status_code == 410
    assert (await calendars.client.get(new)).status_code == 200


async def test_a_guessed_address_says_nothing_also_where_its_first_half_exists(
    calendars: Calendars, world: World
) -> None:
    path = await calendars.address(world.liwb)
    kid, link, mac = path.removeprefix("/feed/").removesuffix(".ics").split(".")
    answers = [
        await calendars.client.get(f"/feed/{guess}")
        for guess in (
            f"{kid}.{link}.{'0' * 32}.ics",
            f"{kid}.{'0' * 24}.{mac}.ics",
            f"{kid}.{link}.{mac}",
            "x.ics",
            ".ics",
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    alike = r'/feed/[^"?]+|name="(csrf-token|_csrf_token)" (content|value)="[0-9a-f]+"'
    assert len({re.sub(alike, "", answer.text) for answer in answers}) == 1
    calendars.addresses.clear()
    await calendars.address(world.liwb)
    assert (
        await calendars.client.get(f"/feed/{kid}.{link}.{'0' * 32}.ics")
    ).status_code == 404  # revoked, and still a guess


async def test_a_link_of_another_purpose_opens_no_feed(calendars: Calendars, world: World) -> None:
    meeting_id = await calendars.play.scheduled(Asked(person_id=world.chenzy.id))
    mails = by_address(await calendars.play.send(meeting_id))
    token = re.search(r"/r/([^?\s]+)", mails[CHENZY].links[0])[1]
    assert (await calendars.client.get(f"/feed/{token}.ics")).status_code == 404
    secret = (await calendars.address(world.chenzy)).removeprefix("/feed/").removesuffix(".ics")
    assert (await calendars.client.get(f"/r/{secret}")).status_code == 404


async def test_a_feed_ends_with_its_persons_account(calendars: Calendars, world: World, database: Database) -> None:
    path = await calendars.address(world.wuxl)
    async with database.writing() as db:
        await deactivate_person(db, await world.viewer(db, world.guyan), world.wuxl.id)
    assert (await calendars.client.get(path)).status_code == 410


async def test_the_secret_is_in_no_table_no_log_and_no_audit_line(
    calendars: Calendars, world: World, database: Database
) -> None:
    answer = await calendars.api.call(world.liwb, "POST", "/me/feed", {}, idempotency_key="once")
    url = answer.json()["url"]
    secret = url.removesuffix(".ics").rpartition(".")[2]
    assert secret not in masked(f'GET {url} "200"')
    async with database.reading() as db:
        link = (await db.scalars(select(Link).where(Link.purpose == "feed"))).one()
        assert secret not in str(vars(link))
        assert (await db.scalars(select(IdempotentAnswer))).all() == []
        lines = (await db.scalars(select(AuditLine).where(AuditLine.verb == "renew_feed"))).all()
        assert [line.object for line in lines] == [f"person:{world.liwb.id}"]
        assert all(secret not in str(vars(line)) for line in lines)


async def test_the_account_page_shows_the_address_again_and_makes_a_new_one(
    calendars: Calendars, world: World, database: Database
) -> None:
    browser = await Browser(database.settings, database, calendars.play.clock).sign_in(world.liwb)
    assert "生成地址" in await browser.get("/account")
    assert (await browser.post("/account/feed")).status_code == 303
    page = await browser.get("/account")
    shown = re.search(r'value="[^"]+(/feed/[^"]+\.ics)"', page)[1]
    assert shown in await browser.get("/account")
    assert (await calendars.client.get(shown)).status_code == 200
    await browser.post("/account/feed")
    assert shown not in await browser.get("/account")
    assert (await calendars.client.get(shown)).status_code == 410
