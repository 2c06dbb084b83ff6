"""A form that is refused loses nothing that was typed and names the field, with and without a script, in both languages."""

import re
from datetime import datetime
from typing import Any

import pytest

from liaison.accounts.kept import worth_keeping
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.meetings import agenda, holding, queries, recording, scheduling
from liaison.meetings.asking import Asked
from tests.callers import Browser
from tests.meetings.play import Play
from tests.meetings.test_holding import MORNING
from tests.world import World

TYPED = "写了半小时的一段话"


@pytest.fixture
async def browser(settings: Settings, database: Database, clock: Clock, world: World) -> Browser:
    return await Browser(settings, database, clock).sign_in(world.zhoumin)


@pytest.fixture
async def running(play: Play) -> int:
    return await play.scheduled(Asked(person_id=play.world.chenzy.id, role="chair"), local_start=MORNING)


@pytest.fixture
async def held(play: Play, running: int) -> int:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        await holding.hold(db, viewer, meeting)
    return running


WHEN = {"date": "2026-12-20", "time": "14:30", "duration_minutes": "60"}


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "您填写的内容"), ("en", "What you typed")])
@pytest.mark.parametrize(
    ("rest", "fields"),
    [
        ("notes", {"text": TYPED}),
        ("agenda-items/new", {"title": TYPED, "purpose": "study"}),
        ("edit", {"title": TYPED, "kind": "regular"}),
        ("move", {"reason": TYPED, **WHEN}),
        ("cancel", {"reason": TYPED}),
        ("postpone", {"reason": TYPED}),
        ("reinstate", {"location": TYPED, **WHEN}),
        ("send", {"note": TYPED}),
        ("people", {"agency.2.asked": "1", "agency.2.seats": "2", "agency.2.requirement": TYPED}),
    ],
)
async def test_what_was_typed_for_a_meeting_that_was_held_meanwhile_is_given_back(
    browser: Browser, held: int, rest: str, fields: dict[str, str], language: str, said: str
) -> None:
    browser.client.headers["Accept-Language"] = language
    await browser.get("/")
    refused = await browser.post(f"/meetings/{held}/{rest}", **fields)
    assert refused.status_code == 409, refused.text
    assert said in refused.text
    assert TYPED in refused.text
    assert "2026-12-20" not in refused.text, "nor what is chosen anew in a moment"


@pytest.mark.parametrize(
    ("rest", "fields"),
    [("notes", {"text": "approved"}), ("cancel", {"reason": "approved"}), ("decisions", {"text": "2026-12-20"})],
)
async def test_a_single_word_is_given_back_too(
    browser: Browser, play: Play, held: int, rest: str, fields: dict[str, str]
) -> None:
    if rest == "decisions":
        await browser.sign_in(play.world.liwb)
    await browser.get("/")
    refused = await browser.post(f"/meetings/{held}/{rest}", **fields)
    assert refused.status_code in (403, 409)
    assert f'<p class="notice-text">{next(iter(fields.values()))}</p>' in refused.text


async def test_what_was_typed_is_given_back_to_whoever_may_not_save_it_any_more(
    browser: Browser, play: Play, running: int
) -> None:
    for who, status in ((play.world.liwb, 403), (play.world.sunl, 404)):
        await browser.sign_in(who)
        await browser.get("/")
        refused = await browser.post(f"/meetings/{running}/notes", text=TYPED)
        assert (refused.status_code, TYPED in refused.text) == (status, True)


async def test_what_was_typed_is_given_back_in_the_order_of_the_form(browser: Browser, held: int) -> None:
    await browser.get("/")
    said = [f"第{n}段话" for n in range(12)]
    refused = await browser.post(
        f"/meetings/{held}/notes", **{f"text.{n}": text for n, text in enumerate(said)}, text="完"
    )
    assert re.findall(r"<p class=\"notice-text\">(.+?)</p>", refused.text) == [*said, "完"]


def test_a_password_is_never_given_back() -> None:
    fields = {
        "password": ["Geheim Wort"],
        "new_password": ["Geheim Wort"],
        "repeated": ["Geheim Wort"],
        "name": ["周 敏"],
    }
    kept = worth_keeping(1, "/account/password", fields)
    assert kept is not None
    assert kept.words() == ["周 敏"]


async def test_a_form_that_is_both_stale_and_wrong_shows_both_versions_once_it_is_right(
    browser: Browser, play: Play, database: Database
) -> None:
    meeting_id = await play.scheduled()
    await browser.get("/")
    seen = await version_of(play, meeting_id)
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2026-12-18T09:00"))
    wrong = await browser.post(f"/meetings/{meeting_id}/move", **WHEN | {"time": ""}, version=seen)
    assert wrong.status_code == 422
    assert f'name="version" value="{seen}"' in wrong.text
    right = await browser.post(f"/meetings/{meeting_id}/move", **WHEN, version=seen)
    assert right.status_code == 409
    assert "2026-12-18 09:00" in right.text
    assert "2026-12-20 14:30" in right.text
    assert f'name="version" value="{int(seen) + 1}"' in right.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_notes_that_are_refused_do_not_overwrite_what_came_meanwhile(
    browser: Browser, play: Play, running: int, *, htmx: bool
) -> None:
    path = f"/meetings/{running}/notes"
    await browser.get(f"/meetings/{running}")
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        await recording.save_note(db, viewer, meeting, "另一位记录人所记", version=0)
    refused = await browser.post(path, htmx=htmx, text="身份证号11010519491231002X", version="0")
    assert refused.status_code == 422
    assert 'name="version" value="0"' in refused.text
    both = await browser.post(path, htmx=htmx, text=TYPED, version="0")
    assert both.status_code == 409
    assert "另一位记录人所记" in both.text
    assert 'name="version" value="1"' in both.text
    assert htmx or TYPED in both.text  # htmx leaves the field as it is


@pytest.mark.parametrize("htmx", [False, True])
async def test_two_recorders_of_one_item_see_each_others_notes_and_bring_them_together(
    settings: Settings, database: Database, clock: Clock, play: Play, running: int, *, htmx: bool
) -> None:
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, running)
        item = await agenda.add_item(db, viewer, meeting, title="通报情况", purpose="report")
        await holding.begin_item(db, viewer, item)
    path, where = f"/meetings/{running}/notes", {"agenda_item_id": str(item.id)}
    first, second = [
        await Browser(settings, database, clock).sign_in(who) for who in (play.world.zhoumin, play.world.qianwei)
    ]
    for each in (first, second):
        assert f'id="note-{item.id}"' in await each.get(f"/meetings/{running}")
    saved = await first.post(path, htmx=htmx, text="甲所记", version="0", **where)
    assert saved.status_code == (200 if htmx else 303)
    late = await second.post(path, htmx=htmx, text=TYPED, version="0", **where)
    assert late.status_code == 409
    assert "甲所记" in late.text
    assert 'name="version" value="1"' in late.text
    if not htmx:
        assert f"{TYPED}</textarea>" in late.text
        assert f'name="agenda_item_id" value="{item.id}"' in late.text
    both = await second.post(path, htmx=htmx, text=f"甲所记 {TYPED}", version="1", **where)
    assert both.status_code == (200 if htmx else 303)
    answer = await first.post(path, htmx=htmx, text="甲所记，再补一句", version="1", **where)
    assert (answer.status_code, TYPED in answer.text) == (409, True)


async def test_notes_of_an_item_that_is_taken_off_while_they_are_typed_are_kept(
    browser: Browser, play: Play, running: int
) -> None:
    item_id = await taken_off(play, running)
    await browser.get(f"/meetings/{running}")
    saved = await browser.post(f"/meetings/{running}/notes", text=TYPED, agenda_item_id=str(item_id), version="0")
    assert saved.status_code == 303
    assert TYPED in await browser.get(f"/meetings/{running}")


async def test_a_decision_on_an_item_that_was_taken_off_meanwhile_is_refused_where_another_can_be_chosen(
    browser: Browser, play: Play, running: int
) -> None:
    item_id = await taken_off(play, running)
    await browser.get(f"/meetings/{running}")
    refused = await browser.post(f"/meetings/{running}/decisions", text=TYPED, agenda_item_id=str(item_id))
    assert refused.status_code == 422
    assert TYPED in refused.text
    assert '<a href="#f-agenda_item_id">' in refused.text
    assert '<select id="f-agenda_item_id"' in refused.text


async def test_the_annual_plan_names_the_field_of_a_date_that_is_none(browser: Browser, world: World) -> None:
    await browser.get("/")
    path = f"/mechanisms/{world.mechanism.id}/plan"
    refused = await browser.post(path, year="2027", dates=f"{world.series.id}:2027-03-19")
    assert refused.status_code == 422
    assert '<a href="#f-dates">' in refused.text


async def test_quick_add_names_the_one_list_of_agencies_and_owners(browser: Browser, world: World) -> None:
    await browser.get("/actions")
    refused = await browser.post("/actions", title=TYPED, who="", mechanism_id=str(world.mechanism.id))
    assert refused.status_code == 422
    assert '<a href="#f-who">' in refused.text
    assert f'value="{TYPED}"' in refused.text


async def taken_off(play: Play, meeting_id: int) -> int:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        item = await agenda.add_item(db, viewer, meeting, title="商请协助", purpose="consult")
        await agenda.withdraw_item(db, viewer, item)
        return item.id


async def version_of(play: Play, meeting_id: int) -> Any:
    async with play.database.reading() as db:
        viewer = await play.world.viewer(db, play.world.zhoumin)
        return str((await queries.get(db, viewer, meeting_id)).version)
