"""Sessions and tokens: how long they live, and what ends them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from liaison.accounts import links, tokens
from liaison.accounts.models import ApiToken, Link, UserSession
from liaison.accounts.sessions import open_session
from liaison.accounts.viewer import COMMAND_LINE, Viewer
from liaison.clock import Clock
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import NotPermitted
from liaison.mechanisms.models import Designation
from tests.accounts.conftest import PASSWORD, Door, NewDoor, with_password
from tests.conftest import NOW
from tests.world import World


async def signed_in(door: Door, database: Database, person: Person) -> Door:
    await with_password(database, person)
    assert (await door.sign_in(person.key or "")).status_code == 303
    return door


async def test_a_session_ends_after_thirty_minutes_without_use(
    door: Door, world: World, database: Database, clock: Clock
) -> None:
    await signed_in(door, database, world.zhoumin)
    for minutes in (29, 58, 87):
        clock.as_of = NOW + timedelta(minutes=minutes)
        assert await door.is_in()
    clock.as_of = NOW + timedelta(minutes=117)
    assert not await door.is_in()


async def test_a_session_ends_after_twelve_hours_however_busy(
    door: Door, world: World, database: Database, clock: Clock
) -> None:
    await signed_in(door, database, world.zhoumin)
    for quarters in range(1, 48):
        clock.as_of = NOW + timedelta(minutes=15 * quarters)
        assert await door.is_in()
    clock.as_of = NOW + timedelta(hours=12)
    assert not await door.is_in()


async def test_each_sign_in_makes_a_new_key_and_ends_the_browsers_old_session(
    door: Door, world: World, database: Database
) -> None:
    await signed_in(door, database, world.zhoumin)
    first = door.client.cookies["session"]
    await door.sign_in("zhoumin")
    second = door.client.cookies["session"]
    assert first != second
    door.client.cookies.set("session", first)
    assert not await door.is_in()


async def test_a_key_that_the_visitor_brought_along_is_never_taken_over(
    door: Door, world: World, database: Database
) -> None:
    door.client.cookies.set("session", "planted-by-somebody-else", domain="127.0.0.1", path="/")
    await with_password(database, world.zhoumin)
    answer = await door.sign_in("zhoumin")
    assert "planted" not in answer.headers["set-cookie"]
    async with database.reading() as db:
        assert (await db.scalars(select(UserSession))).one().person_id == world.zhoumin.id


async def test_signing_out_ends_the_session_and_takes_the_cookie_away(
    door: Door, world: World, database: Database
) -> None:
    await signed_in(door, database, world.zhoumin)
    key = door.client.cookies["session"]
    await door.get("/account")
    answer = await door.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert "session" not in door.client.cookies
    door.client.cookies.set("session", key)
    assert not await door.is_in()


async def test_signing_out_everywhere_ends_every_browser(
    door: Door, new_door: NewDoor, world: World, database: Database
) -> None:
    await signed_in(door, database, world.zhoumin)
    other, stranger = new_door(), new_door()
    await other.sign_in("zhoumin")
    await signed_in(stranger, database, world.liwb)
    await door.get("/account")
    assert (await door.post("/account/sign-out-everywhere")).status_code == 303
    assert [await each.is_in() for each in (door, other, stranger)] == [False, False, True]


async def test_one_browser_can_be_signed_out_from_another_but_nobody_elses(
    door: Door, new_door: NewDoor, world: World, database: Database
) -> None:
    await signed_in(door, database, world.zhoumin)
    other = new_door()
    await other.sign_in("zhoumin")
    stranger = await signed_in(new_door(), database, world.liwb)
    async with database.reading() as db:
        ids = {
            row.id: row.person_id for row in await db.scalars(select(UserSession).where(UserSession.ended_at.is_(None)))
        }
    mine = sorted(id_ for id_, person in ids.items() if person == world.zhoumin.id)
    theirs = next(id_ for id_, person in ids.items() if person == world.liwb.id)
    await door.get("/account")
    assert (await door.post(f"/account/sessions/{theirs}/end")).status_code == 404
    assert (await door.post(f"/account/sessions/{mine[1]}/end")).status_code == 303
    assert [await each.is_in() for each in (door, other, stranger)] == [True, False, True]


async def test_changing_the_password_needs_the_present_one_and_signs_out_the_others(
    door: Door, new_door: NewDoor, world: World, database: Database
) -> None:
    await signed_in(door, database, world.zhoumin)
    other = new_door()
    await other.sign_in("zhoumin")
    await door.get("/account")
    new = {"new_password": "another sentence to keep", "repeated": "another sentence to keep"}
    refused = await door.post("/account/password", password="not the present one", **new)
    assert refused.status_code == 422
    assert "another sentence" not in refused.text
    assert (await door.post("/account/password", password=PASSWORD, **new)).status_code == 303
    assert [await door.is_in(), await other.is_in()] == [True, False]
    assert (await other.sign_in("zhoumin", "another sentence to keep")).status_code == 303


async def test_guessing_the_present_password_from_an_open_browser_is_limited(
    door: Door, world: World, database: Database
) -> None:
    await signed_in(door, database, world.zhoumin)
    await door.get("/account")
    statuses = [
        (await door.post("/account/password", password="wrong", new_password="x", repeated="x")).status_code
        for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


async def test_a_session_of_an_office_ends_with_the_last_designation(
    door: Door, world: World, database: Database, clock: Clock
) -> None:
    await signed_in(door, database, world.wuxl)
    async with database.writing() as db:
        mine = Designation.person_id == world.wuxl.id
        await db.execute(update(Designation).where(mine).values(ends_on=clock.today("Asia/Shanghai")))
    assert not await door.is_in()
    await door.sign_in("wuxl")  # as a participant
    assert await door.is_in()


async def test_deactivation_ends_sessions_tokens_and_links_at_once(
    door: Door, new_door: NewDoor, world: World, database: Database
) -> None:
    await signed_in(door, database, world.qianwei)
    admin = await signed_in(new_door(), database, world.hejing)
    async with database.writing() as db:
        token = await tokens.create_token(db, COMMAND_LINE, world.qianwei.id)
        link = await links.link_for(
            db, purpose=links.ANSWER, object_id=1, person_id=world.qianwei.id, expires_at=NOW + timedelta(days=1)
        )
    program = {"authorization": f"Bearer {token}"}
    assert (await door.client.get("/api/me", headers=program)).status_code == 200
    await admin.get("/account")
    assert "停用钱伟" in (await admin.client.get(f"/directory/people/{world.qianwei.id}/deactivate")).text
    assert await door.is_in(), "a page that says what ends comes first"
    done = await admin.post(f"/directory/people/{world.qianwei.id}/deactivate")
    assert done.status_code == 303
    assert not await door.is_in()
    assert (await door.client.get("/api/me", headers=program)).status_code == 401
    assert (await door.sign_in("qianwei")).status_code == 422
    async with database.reading() as db:
        row = (await db.scalars(select(ApiToken).where(ApiToken.person_id == world.qianwei.id))).one()
        assert row.revoked_at is not None
        assert (await db.scalars(select(Link))).one().revoked_at is not None
    assert link
    await admin.post(f"/directory/people/{world.qianwei.id}/reactivate")
    assert (await door.client.get("/api/me", headers=program)).status_code == 401
    assert (await door.sign_in("qianwei")).status_code == 303


async def test_a_token_is_shown_once_and_stored_hashed(door: Door, world: World, database: Database) -> None:
    await signed_in(door, database, world.zhoumin)
    await door.get("/account")
    shown = await door.post("/account/tokens", name="统计")
    token = next(part for part in shown.text.split('"') if part.startswith("lia_"))
    assert (await door.client.get("/api/me", headers={"authorization": f"Bearer {token}"})).json()["key"] == "zhoumin"
    page = await door.get("/account")
    assert token not in page.text
    assert "统计" in page.text
    async with database.reading() as db:
        row = (await db.scalars(select(ApiToken))).one()
    assert token not in str(row.__dict__)
    assert row.last_used_at == NOW
    assert (await door.post(f"/account/tokens/{row.id}/revoke")).status_code == 303
    assert (await door.client.get("/api/me", headers={"authorization": f"Bearer {token}"})).status_code == 401


async def test_a_token_needs_a_name_on_the_page(door: Door, world: World, database: Database) -> None:
    await signed_in(door, database, world.zhoumin)
    await door.get("/account")
    assert (await door.post("/account/tokens", name=" ")).status_code == 422


async def test_the_list_of_sessions_names_browser_and_address(door: Door, world: World, database: Database) -> None:
    await signed_in(door, database, world.zhoumin)  # gives a password, which ends what was open
    async with database.writing() as db:
        await open_session(
            db,
            world.zhoumin.id,
            user_agent="Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/138.0 Safari/537.36",
            source="10.1.2.3",
            by_office=False,
        )
    page = (await door.get("/account")).text
    assert "Chrome · Windows" in page
    assert "10.1.2.3" in page
    assert "本浏览器" in page


async def test_ones_language_holds_for_pages_of_this_browser_too(door: Door, world: World, database: Database) -> None:
    await signed_in(door, database, world.zhoumin)
    await door.get("/account")
    answer = await door.post("/account/language", locale="en")
    assert 'lang="en"' in (await door.get(answer.headers["location"])).text
    assert 'lang="en"' in (await door.get("/account")).text
    async with database.reading() as db:
        assert (await db.get_one(Person, world.zhoumin.id)).locale == "en"
    assert (await door.post("/account/language", locale="xx")).status_code == 422


async def test_a_token_is_made_by_its_owner_on_a_page_or_at_the_console(world: World, database: Database) -> None:
    own = world.zhoumin.id
    operator = Viewer(person_id=world.guyan.id, agency_id=world.guyan.agency_id, operator=True)
    for actor in (Viewer(own, 1, via="api"), Viewer(own, 1, via="link"), Viewer(world.hejing.id, 1), operator):
        async with database.writing() as db:
            with pytest.raises(NotPermitted):
                await tokens.create_token(db, actor, own)
    async with database.writing() as db:
        assert await tokens.create_token(db, Viewer(own, 1), own)
        assert await tokens.create_token(db, COMMAND_LINE, own)
