"""How far a table is while it is taken in: told to whoever brought it and to nobody else, by a question that writes nothing and waits for
nobody who writes."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from liaison.accounts.models import UserSession
from liaison.clock import Clock
from liaison.db import Database
from liaison.directory.models import Person
from liaison.documents.headed import unheard
from liaison.documents.spreadsheet import workbook
from liaison.web.how_far import UnderWay
from tests.actions.test_ledger_file import TITLE, assigned, table_for
from tests.callers import Browser
from tests.conftest import NOW
from tests.held import held
from tests.meetings.play import Play
from tests.meetings.test_past_meetings import LECTURE, NEXT, ROW, path_of, table
from tests.notices.past import DONE
from tests.notices.past import path_of as referrals_path
from tests.notices.past import table as referrals_table
from tests.results.test_taking_in import ROW as OUTCOME
from tests.results.test_taking_in import table as outcomes_table

KEY = "0123456789abcdef" * 2
MEETINGS = table(NEXT, ROW, LECTURE)
INSERTED = "INSERT INTO meeting "


async def seen_at(database: Database) -> list[object]:
    async with database.reading() as db:
        return list(await db.scalars(select(UserSession.last_seen_at).order_by(UserSession.id)))


async def test_how_far_a_table_is_is_told_to_its_person_alone_and_only_until_it_is_over(
    play: Play, browser: Browser
) -> None:
    await browser.sign_in(play.world.liwb)
    others = browser.client.cookies["session"]
    await browser.sign_in(play.world.zhoumin)
    own = browser.client.cookies["session"]
    await browser.get(path_of(play))
    assert (await browser.client.get(f"/how-far/{KEY}")).status_code == 404
    with held(play.database, INSERTED, 3) as hold:
        sending = asyncio.create_task(browser.upload(path_of(play), "会议.csv", MEETINGS, how_far=KEY))
        await hold.reached.wait()
        answer = await browser.client.get(f"/how-far/{KEY}")
        assert (answer.status_code, answer.json()) == (200, {"done": 2, "of": 3})
        assert answer.headers["cache-control"] == "no-store"
        assert (await browser.client.get(f"/how-far/{KEY[::-1]}")).status_code == 404
        browser.client.cookies.set("session", others)
        assert (await browser.client.get(f"/how-far/{KEY}")).status_code == 404, "another agency's liaison"
        browser.client.cookies.delete("session")
        assert (await browser.client.get(f"/how-far/{KEY}")).status_code == 303, "nobody: to sign in"
        browser.client.cookies.set("session", own)
        hold.let_go()
        assert (await sending).text.count('<th scope="row">') == 3
    assert (await browser.client.get(f"/how-far/{KEY}")).status_code == 404


async def test_neither_the_question_nor_a_page_waits_for_the_table_and_the_question_is_no_sign_of_life(
    play: Play, browser: Browser, clock: Clock
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(path_of(play))
    with held(play.database, INSERTED, 2) as hold:
        sending = asyncio.create_task(browser.upload(path_of(play), "会议.csv", MEETINGS, how_far=KEY))
        await hold.reached.wait()
        before = await seen_at(play.database)
        clock.as_of = NOW + timedelta(minutes=5)  # long enough for a page to note that somebody was here
        assert (await browser.client.get(f"/how-far/{KEY}")).json()["done"] == 1
        assert await seen_at(play.database) == before
        if play.database.is_sqlite:  # elsewhere a page notes it beside the table
            await browser.get("/meetings")
            assert await seen_at(play.database) == before, "that waits for a request when nobody writes"
        hold.let_go()
        await sending
    await browser.client.get(f"/how-far/{KEY}")
    if play.database.is_sqlite:
        assert await seen_at(play.database) == before
    await browser.get("/meetings")
    assert (await seen_at(play.database))[-1] == clock.as_of


async def heard_of(
    play: Play, browser: Browser, who: Person, path: str, file: tuple[str, bytes], at: tuple[str, int], **fields: str
) -> dict[str, int]:
    """What the form at this address tells its page while the server stands still at a statement."""
    await browser.sign_in(who)
    await browser.get(path.removesuffix("/people"))
    with held(play.database, *at) as hold:
        sending = asyncio.create_task(browser.upload(path, *file, how_far=KEY, **fields))
        await hold.reached.wait()
        heard: dict[str, int] = (await browser.client.get(f"/how-far/{KEY}")).json()
        hold.let_go()
        assert (await sending).status_code == 200
    return heard


async def test_outcomes_say_how_far_they_are(play: Play, browser: Browser) -> None:
    rows = outcomes_table(*(OUTCOME.replace("001", str(n)) for n in range(300)))
    path = f"/mechanisms/{play.world.mechanism.id}/outcomes/import"
    at = ("INSERT INTO outcome ", 2)
    assert await heard_of(play, browser, play.world.zhoumin, path, ("成效.csv", rows), at) == {"done": 250, "of": 300}


async def test_a_ledger_of_referrals_says_how_far_it_is(play: Play, browser: Browser) -> None:
    rows = referrals_table(*(DONE.replace("〕1号", f"〕{n}号") for n in range(1, 61)))
    # SQLite is given each row by itself, PostgreSQL all of a turn at once.
    path, at = (
        referrals_path(play),
        ("INSERT INTO notice ", 26 if play.database.settings.sqlite_path is not None else 2),
    )
    heard = await heard_of(play, browser, play.world.zhoumin, path, ("台账.csv", rows), at)
    assert heard == {"done": 25, "of": 60}


async def test_the_ledger_says_how_far_it_is(play: Play, browser: Browser) -> None:
    for title in ("建立线索台账", "交换清单"):
        await assigned(play.database, play.world, title)
    ledger = await table_for(play.database, play.world, play.world.liwb)
    for row in ledger[1:]:
        row[TITLE] += "（修订）"
    file = ("台账.xlsx", workbook({"台账": ledger}))
    at = ("UPDATE action_item ", 1)
    assert (await heard_of(play, browser, play.world.liwb, "/actions/import", file, at))["of"] == 2


async def test_the_directory_says_how_far_it_is(play: Play, browser: Browser) -> None:
    people = [["单位", "姓名"], *(["区水务局", name] for name in ("韩一", "韩二", "韩三"))]
    file = ("通讯录.xlsx", workbook({"人员": people}))
    path, at = "/system/first-steps/people", ("INSERT INTO person ", 2)
    heard = await heard_of(play, browser, play.world.guyan, path, file, at, how="file")
    assert heard == {"done": 2, "of": 4}, "an agency and the first of three people"


async def test_a_refused_table_is_forgotten_as_well(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get(path_of(play))
    wrong = table(ROW.replace("例会", "大会"))
    answer = await browser.upload(path_of(play), "会议.csv", wrong, how_far=KEY)
    assert (answer.status_code, "C2" in answer.text) == (422, True)
    assert (await browser.client.get(f"/how-far/{KEY}")).status_code == 404


def test_a_table_is_known_under_its_key_while_the_block_runs_however_that_ends() -> None:
    under_way = UnderWay()
    with under_way.telling(7, KEY) as told:
        assert (under_way.tables[7, KEY].done, under_way.tables[7, KEY].of) == (0, 0)
        told(3, 9)
        assert (under_way.tables[7, KEY].done, under_way.tables[7, KEY].of) == (3, 9)
        with pytest.raises(ValueError, match="in the middle"), under_way.telling(8, KEY):
            raise ValueError("in the middle")
        assert list(under_way.tables) == [(7, KEY)]
    assert under_way.tables == {}


@pytest.mark.parametrize("key", ["", "x" * 32, KEY.upper(), KEY + "0", KEY + "\n"])
def test_nothing_is_kept_under_what_is_no_key_of_ours(key: str) -> None:
    under_way = UnderWay()
    with under_way.telling(7, key) as told:
        assert under_way.tables == {}
        assert told is unheard
