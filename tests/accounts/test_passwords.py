"""Signing in by password: what is accepted, what is counted, and that nobody learns which accounts exist."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison.accounts import credentials, passwords
from liaison.accounts.models import Password, UserSession
from liaison.accounts.secrets import hashed
from liaison.audit import AuditLine
from liaison.checks import Check
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Person
from liaison.system import console
from tests.accounts.conftest import PASSWORD, Door, NewDoor, with_password
from tests.callers import Browser, Program
from tests.conftest import NOW
from tests.world import World


def wrong_with(password: str, *names: str) -> bool:
    check = Check()
    passwords.check_password(check, "password", password, names=names)
    return bool(check.errors)


@pytest.mark.parametrize(
    "password", ["", "short", "123456789", " " * 12, "aaaaaaaaaaaa", "1234567890", "9876543210", "qwertyuiop"]
)
def test_short_blank_and_row_like_passwords_are_refused(password: str) -> None:
    assert wrong_with(password)


def test_a_password_is_not_ones_own_name_or_address() -> None:
    assert wrong_with("ZhouMin@jcy.qingzhi.example", "zhoumin@jcy.qingzhi.example")
    assert not wrong_with("zhoumin-jcy-4711", "zhoumin@jcy.qingzhi.example")


def test_a_short_sentence_is_a_password() -> None:
    assert not wrong_with(PASSWORD)
    assert wrong_with("长" * 201)


@pytest.mark.usefixtures("full_work")
def test_passwords_are_kept_as_argon2id_of_19_mb_and_nobodys_hash_costs_the_same() -> None:
    stored = passwords.hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.NOBODY.rpartition("$")[0].rpartition("$")[0] == stored.rpartition("$")[0].rpartition("$")[0]
    assert passwords.fits(PASSWORD, stored)
    assert not passwords.fits(PASSWORD, None)
    assert not passwords.fits("another sentence", stored)


@pytest.mark.parametrize(
    "account", ["zhoumin", "ZHOUMIN", "zhoumin@jcy.qingzhi.example", " Zhoumin@JCY.qingzhi.example "]
)
async def test_key_or_mail_and_password_sign_in(door: Door, world: World, database: Database, account: str) -> None:
    await with_password(database, world.zhoumin)
    answer = await door.sign_in(account)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await door.is_in()


async def test_unknown_account_wrong_password_and_no_password_answer_alike(
    new_door: NewDoor, world: World, database: Database
) -> None:
    await with_password(database, world.zhoumin)
    texts = set()
    for account in ("zhoumin", "qianwei", "nobody-here"):
        door = new_door()
        answer = await door.sign_in(account, "a wrong password")
        assert answer.status_code == 422
        assert not await door.is_in()
        texts.add(answer.text.replace(account, "ACCOUNT").replace(door.csrf, "TOKEN"))
    assert len(texts) == 1


async def test_one_address_and_one_password_of_two_people_sign_nobody_in_but_their_short_names_do(
    door: Door, world: World, database: Database
) -> None:
    async with database.writing() as db:
        for who in (world.zhoumin, world.qianwei):
            person = await db.get_one(Person, who.id)
            person.mail = "shared@jcy.qingzhi.example"
    await with_password(database, world.zhoumin)
    await with_password(database, world.qianwei)
    assert (await door.sign_in("shared@jcy.qingzhi.example")).status_code == 422
    assert (await door.sign_in("qianwei")).status_code == 303


async def test_an_account_is_locked_after_five_tries_for_a_growing_time_known_or_not(
    new_door: NewDoor, world: World, database: Database, clock: Clock
) -> None:
    await with_password(database, world.zhoumin)
    for account in ("zhoumin", "nobody-here"):
        door = new_door()
        clock.as_of = NOW
        assert [(await door.sign_in(account, "wrong")).status_code for _ in range(6)] == [422] * 5 + [429]
        right = await door.sign_in(account)
        assert right.status_code == 429
        assert int(right.headers["retry-after"]) == 30
        clock.as_of = NOW + timedelta(seconds=31)
        assert (await door.sign_in(account, "wrong")).status_code == 422
        assert int((await door.sign_in(account)).headers["retry-after"]) == 60
        clock.as_of = NOW + timedelta(seconds=92)
        assert (await door.sign_in(account)).status_code == (303 if account == "zhoumin" else 422)


async def test_a_right_password_clears_the_count(door: Door, world: World, database: Database) -> None:
    await with_password(database, world.zhoumin)
    for _ in range(3):
        for _ in range(4):
            assert (await door.sign_in("zhoumin", "wrong")).status_code == 422
        assert (await door.sign_in("zhoumin")).status_code == 303


async def test_one_source_is_locked_after_fifty_tries_at_many_accounts(door: Door, world: World) -> None:
    statuses = [(await door.sign_in(f"guess-{n}", "wrong")).status_code for n in range(52)]
    assert statuses == [422] * 50 + [429] * 2


async def test_what_was_typed_stays_on_the_form_but_never_the_password(door: Door, world: World) -> None:
    answer = await door.post("/sign-in", account="zhou<min>", password="kept-nowhere-4711", next="/meetings")
    assert "zhou&lt;min&gt;" in answer.text
    assert 'value="/meetings"' in answer.text
    assert "kept-nowhere-4711" not in answer.text


async def test_a_refused_sign_in_is_one_audit_line_without_what_was_typed(
    door: Door, world: World, database: Database
) -> None:
    await door.sign_in("zhoumin", "wrong-4711")
    await door.sign_in("typed-into-the-wrong-field", "wrong-4711")
    async with database.reading() as db:
        lines = (await db.scalars(select(AuditLine).where(AuditLine.verb == "sign_in_refused"))).all()
    assert {line.object for line in lines} == {f"person:{world.zhoumin.id}", "site:1"}
    assert not any("typed" in (line.payload or "") or "4711" in (line.payload or "") for line in lines)


async def test_sessions_and_passwords_are_stored_hashed_only(door: Door, world: World, database: Database) -> None:
    await with_password(database, world.zhoumin)
    await door.sign_in("zhoumin")
    key = door.client.cookies["session"]
    async with database.reading() as db:
        session = (await db.scalars(select(UserSession))).one()
        password = (await db.scalars(select(Password))).one()
    assert len(key) >= 43
    assert session.key_hash == hashed(key) != key
    assert PASSWORD not in password.hash


async def test_the_cookie_is_http_only_lax_and_ends_with_the_browser(
    door: Door, world: World, database: Database
) -> None:
    await with_password(database, world.zhoumin)
    cookie = next(c for c in (await door.sign_in("zhoumin")).headers.get_list("set-cookie") if c.startswith("session="))
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert "path=/" in cookie.lower()
    assert "max-age" not in cookie.lower()


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/meetings?kind=regular", "/meetings?kind=regular"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\tevil", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
async def test_next_leads_to_our_own_pages_only(
    door: Door, world: World, database: Database, wanted: str, leads_to: str
) -> None:
    await with_password(database, world.zhoumin)
    answer = await door.post("/sign-in", account="zhoumin", password=PASSWORD, next=wanted)
    assert answer.headers["location"] == leads_to


async def test_a_sign_in_from_another_sites_page_is_refused(door: Door, world: World, database: Database) -> None:
    await with_password(database, world.zhoumin)
    await door.get("/sign-in")
    door.headers["Origin"] = "https://evil.example"
    assert (await door.sign_in("zhoumin")).status_code == 403


async def test_nobody_shuts_another_out_by_a_like_key_or_the_same_mail(
    database: Database, world: World, settings: Settings, clock: Clock
) -> None:
    async with database.writing() as db:
        hash_ = passwords.hash_password("correct horse battery")
        await credentials.set_password(db, world.liwb.id, hash_, via="web")
    program = Program(settings, database, clock)
    copy = {"name": "攻", "agency_id": str(world.jcy.id), "key": "LIWB", "mail": world.liwb.mail}
    assert await program.refused(world.zhoumin, "POST", "/people", copy) == (422, ["key"])
    second = await program.post(world.zhoumin, "/people", {**copy, "key": "gong"}, status=201)
    async with database.writing() as db:
        hash_ = passwords.hash_password("another horse battery")
        await credentials.set_password(db, int(second["id"]), hash_, via="web")
    for account, password, who in (
        ("liwb", "correct horse battery", world.liwb.name),
        (world.liwb.mail, "correct horse battery", world.liwb.name),
        (world.liwb.mail, "another horse battery", "攻"),
    ):
        browser = Browser(settings, database, clock)
        await browser.get("/sign-in")
        entered = await browser.post("/sign-in", account=account, password=password)
        assert entered.status_code == 303, account
        assert who in await browser.get("/account")
    async with database.reading() as db:
        assert (await console.person_named(db, "liwb")).id == world.liwb.id


async def test_letters_beyond_ascii_in_a_key_have_one_case(
    database: Database, world: World, settings: Settings, clock: Clock
) -> None:
    program = Program(settings, database, clock)
    person = {"name": "甲", "agency_id": str(world.jcy.id)}
    for key in ("É", "ſam", "straße"):
        assert await program.refused(world.zhoumin, "POST", "/people", {**person, "key": key}) == (422, ["key"])
    await program.post(world.zhoumin, "/people", {**person, "key": "é甲"}, status=201)
