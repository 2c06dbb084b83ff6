"""One-time links: good for ten minutes after the mail server has them, once, and only where they were asked for."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text, update

from liaison.accounts.models import SignInLink
from liaison.accounts.sign_in import printed_link, set_up_link
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.mail.models import MailPerson, OutboxMail
from tests.accounts.conftest import PASSWORD, Door, Mailroom, NewDoor, link_in, with_password
from tests.conftest import NOW
from tests.world import World


async def ask(door: Door, account: str = "zhoumin", **more: str) -> httpx.Response:
    answer = await door.post("/sign-in/link", account=account, **more)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/sent")
    return answer


async def test_a_mailed_link_signs_in_by_post_and_goes_on_to_the_page_wanted(
    door: Door, mailroom: Mailroom, world: World
) -> None:
    await ask(door, next="/meetings")
    [(to, body)] = await mailroom.newest()
    assert "zhoumin@jcy.qingzhi.example" in to
    path = link_in(body)
    shown = await door.get(path)
    assert shown.status_code == 200
    assert "周敏" in shown.text
    assert not await door.is_in()
    answer = await door.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/meetings")
    assert await door.is_in()


async def test_a_scanner_that_fetches_the_link_does_not_use_it_up(
    door: Door, new_door: NewDoor, mailroom: Mailroom, world: World
) -> None:
    await ask(door)
    path = await mailroom.link()
    scanner = new_door()
    for _ in range(3):
        assert (await scanner.client.get(path)).status_code == 403
        assert (await scanner.client.head(path)).status_code in (403, 405)
        assert (await door.get(path)).status_code == 200
    assert (await door.post(path)).status_code == 303


async def test_a_link_works_once(door: Door, mailroom: Mailroom, world: World) -> None:
    await ask(door)
    path = await mailroom.link()
    assert (await door.post(path)).status_code == 303
    assert (await door.post(path)).status_code == 410
    assert (await door.get(path)).status_code == 410


async def test_a_link_works_only_in_the_browser_that_asked(
    door: Door, new_door: NewDoor, mailroom: Mailroom, world: World
) -> None:
    await ask(door)
    path = await mailroom.link()
    other = new_door()
    await other.post("/sign-in/link", account="zhoumin")
    assert (await other.post(path)).status_code == 403
    assert not await other.is_in()
    assert (await door.post(path)).status_code == 303


async def test_ten_minutes_count_from_the_hand_over_to_the_mail_server(
    door: Door, mailroom: Mailroom, world: World, clock: Clock
) -> None:
    await ask(door)
    clock.as_of = NOW + timedelta(hours=2)  # the mail waited
    path = await mailroom.link()
    clock.as_of = NOW + timedelta(hours=2, minutes=9, seconds=59)
    assert (await door.get(path)).status_code == 200
    clock.as_of = NOW + timedelta(hours=2, minutes=10)
    assert (await door.get(path)).status_code == 410
    assert (await door.post(path)).status_code == 410


async def test_asking_tells_by_nothing_whether_the_account_exists(
    new_door: NewDoor, mailroom: Mailroom, world: World, database: Database
) -> None:
    answers = []
    for account in ("zhoumin", "hanmei", "nobody-here"):  # with a mail address, without one, unknown
        door = new_door()
        answer = await ask(door, account)
        assert "browser=" in answer.headers["set-cookie"]
        answers.append((answer.status_code, answer.text, (await door.get("/sign-in/sent")).text.replace(door.csrf, "")))
    assert len(set(answers)) == 1
    assert len(await mailroom.newest()) == 1


async def test_a_link_goes_to_ones_own_address_only_never_to_a_contact_office_or_agency(
    door: Door, mailroom: Mailroom, world: World
) -> None:
    await ask(door, "zhenggq")
    await ask(door, "hanmei")
    assert await mailroom.newest() == []


async def test_people_who_share_an_address_each_get_their_own_link(
    door: Door, mailroom: Mailroom, world: World, database: Database
) -> None:
    async with database.writing() as db:
        shared = update(Person).where(Person.id.in_([world.zhoumin.id, world.qianwei.id]))
        await db.execute(shared.values(mail="shared@jcy.qingzhi.example"))
    await ask(door, "shared@jcy.qingzhi.example")
    mails = await mailroom.newest()
    assert len(mails) == 2
    assert len({link_in(body) for _, body in mails}) == 2
    assert {name for name in ("周敏", "钱伟") for _, body in mails if name in body} == {"周敏", "钱伟"}


async def test_asking_for_links_is_limited_by_account(door: Door, world: World, mailroom: Mailroom) -> None:
    statuses = [(await door.post("/sign-in/link", account="zhoumin")).status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    assert len(await mailroom.newest()) == 3


async def test_the_database_alone_signs_nobody_in(
    door: Door, mailroom: Mailroom, world: World, database: Database, settings: Settings
) -> None:
    await ask(door)
    path = await mailroom.link()
    token = path.rpartition("/")[2]
    mac = token.partition(".")[2]
    assert len(mac) * 4 >= 128
    async with database.writing() as db:
        await db.execute(update(OutboxMail).values(body=None))  # sent bytes are deleted after 30 days
    async with database.reading() as db:
        rows = (await db.execute(select(SignInLink.__table__))).all()
        mails = (await db.execute(select(OutboxMail.params, OutboxMail.subject, OutboxMail.last_reply))).all()
    assert mac not in str(rows)
    assert mac not in str(mails)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
        lambda token: token.partition(".")[0],
        lambda token: "x" * 24 + "." + token.partition(".")[2],
        lambda token: "%F0%9F%92%A9.",
        lambda token: "a" * 3000,
    ],
)
async def test_a_forged_or_malformed_link_is_like_one_that_never_was(
    door: Door, mailroom: Mailroom, world: World, wrong: Callable[[str], str]
) -> None:
    await ask(door)
    head, _, token = (await mailroom.link()).rpartition("/")
    for path in (f"{head}/{wrong(token)}", f"/password/{token}", f"/set-up/{token}"):
        assert (await door.get(path)).status_code == 404
        assert (await door.post(path)).status_code == 404


async def test_a_deactivated_persons_link_is_over(
    door: Door, mailroom: Mailroom, world: World, database: Database
) -> None:
    await ask(door)
    path = await mailroom.link()
    async with database.writing() as db:
        await db.execute(update(Person).where(Person.id == world.zhoumin.id).values(deactivated_at=NOW))
    assert (await door.post(path)).status_code == 410


async def test_no_mail_goes_out_for_a_link_whose_person_left_meanwhile(
    door: Door, mailroom: Mailroom, world: World, database: Database
) -> None:
    await ask(door)
    async with database.writing() as db:
        await db.execute(update(Person).where(Person.id == world.zhoumin.id).values(deactivated_at=NOW))
    assert await mailroom.newest() == []


async def test_a_printed_link_works_in_any_browser_for_ten_minutes(
    door: Door, new_door: NewDoor, world: World, database: Database, clock: Clock
) -> None:
    paths = []
    for _ in range(2):
        async with database.writing() as db:
            paths.append(link_in(await printed_link(db, world.guyan.id)))
    assert (await door.post(paths[0])).status_code == 303
    assert (await new_door().post(paths[0])).status_code == 410
    clock.as_of = NOW + timedelta(minutes=10)
    assert (await new_door().get(paths[1])).status_code == 410


async def test_secret_addresses_tell_no_other_site(door: Door, mailroom: Mailroom, world: World) -> None:
    await ask(door)
    answer = await door.get(await mailroom.link())
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"


async def test_links_signed_by_the_previous_key_still_work(
    door: Door, mailroom: Mailroom, world: World, database: Database, settings: Settings
) -> None:
    await ask(door)
    path = await mailroom.link()
    for target in (database.settings, settings):
        object.__setattr__(target, "secret_key_previous", settings.secret_key)
    object.__setattr__(database.settings, "secret_key", "another-key-of-more-than-32-characters")
    assert (await door.get(path)).status_code == 200


# --- passwords by link


async def test_a_mailed_link_sets_a_new_password_and_signs_out_everywhere_else(
    door: Door, new_door: NewDoor, mailroom: Mailroom, world: World, database: Database
) -> None:
    await with_password(database, world.zhoumin, "the old sentence, forgotten")
    elsewhere = new_door()
    await elsewhere.sign_in("zhoumin", "the old sentence, forgotten")
    await door.post("/password", account="zhoumin")
    path = await mailroom.link()
    assert path.startswith("/password/")
    assert (await door.get(path)).status_code == 200
    assert (await door.post(path, new_password="short", repeated="short")).status_code == 422
    assert (await door.post(path, new_password=PASSWORD, repeated=PASSWORD + "x")).status_code == 422
    assert (await door.post(path, new_password=PASSWORD, repeated=PASSWORD)).status_code == 303
    assert await door.is_in()
    assert not await elsewhere.is_in()
    assert (await elsewhere.sign_in("zhoumin", "the old sentence, forgotten")).status_code == 422
    assert (await door.post(path, new_password=PASSWORD, repeated=PASSWORD)).status_code == 410


async def test_setting_a_password_ends_links_that_are_still_on_their_way(
    door: Door, mailroom: Mailroom, world: World, database: Database
) -> None:
    await ask(door)
    path = await mailroom.link()
    await with_password(database, world.zhoumin)
    assert (await door.post(path)).status_code == 410


# --- first start

FIRST = {
    "agency_short_name": "区信访局",
    "agency_name": "清沚区信访局",
    "agency_kind": "administration",
    "name": "吕晴",
    "mail": "lvqing@xfj.qingzhi.example",
    "new_password": PASSWORD,
    "repeated": PASSWORD,
}


async def test_first_start_makes_the_first_agency_and_its_operator_once(door: Door, database: Database) -> None:
    async with database.writing() as db:
        link = await set_up_link(db)
    assert link is not None
    path = link_in(link)
    assert (await door.get(path)).status_code == 200
    wrong = await door.post(path, **FIRST | {"mail": "", "agency_name": " "})
    assert wrong.status_code == 422
    assert 'href="#f-mail"' in wrong.text
    assert 'href="#f-agency_name"' in wrong.text
    assert (await door.post(path, **FIRST)).headers["location"] == "/system/first-steps"
    assert await door.is_in()
    async with database.reading() as db:
        person = (await db.scalars(select(Person))).one()
        assert (await db.scalars(select(Agency.short_name))).all() == ["区信访局"]
    assert person.operator_at is not None
    assert person.agency_admin_at is not None
    assert (await door.post(path, **FIRST)).status_code == 410
    async with database.writing() as db:
        assert await set_up_link(db) is None


async def test_a_second_set_up_link_is_worth_nothing_once_there_is_an_operator(door: Door, database: Database) -> None:
    paths = []
    for _ in range(2):
        async with database.writing() as db:
            paths.append(link_in(str(await set_up_link(db))))
    assert (await door.post(paths[0], **FIRST)).status_code == 303
    assert (await door.post(paths[1], **FIRST | {"agency_short_name": "另一个"})).status_code == 410


async def test_link_rows_go_with_their_mails_not_the_other_way(
    door: Door, mailroom: Mailroom, world: World, database: Database, clock: Clock
) -> None:
    await ask(door)
    path = await mailroom.link()
    async with database.writing() as db:
        await db.execute(text(f"DELETE FROM {MailPerson.__tablename__}"))
        await db.execute(text(f"DELETE FROM {OutboxMail.__tablename__}"))
    assert (await door.get(path)).status_code == 200
    clock.as_of = NOW + timedelta(minutes=10)
    assert (await door.get(path)).status_code == 410
