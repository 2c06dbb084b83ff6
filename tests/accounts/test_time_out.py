"""A session that ran out while somebody was typing loses nothing of it, and gives it to nobody else (UX 44)."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from liaison.accounts.kept import LARGEST, Kept, seal, unseal, worth_keeping
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.accounts.conftest import Door, Mailroom, NewDoor, with_password
from tests.conftest import NOW
from tests.world import World

TYPED = "请各单位\n先报情况 & <数据>"


def hidden(answer: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, answer.text
    return html.unescape(found.group(1))


def pairs(answer: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(text) for name, text in found}


@pytest.fixture
async def timed_out(door: Door, world: World, database: Database, clock: Clock) -> httpx.Response:
    """What zhoumin is answered who sends the form of a new meeting forty minutes after opening it."""
    for person in (world.zhoumin, world.qianwei):
        await with_password(database, person)
    await door.sign_in("zhoumin")
    await door.get(path_of(world))
    clock.as_of = NOW + timedelta(minutes=40)
    door.headers["Referer"] = f"http://127.0.0.1:8000{path_of(world)}?x=1"
    return await door.post(path_of(world), title="第四季度会议", note=TYPED, kind="regular", password="不该留下")


def path_of(world: World) -> str:
    return f"/mechanisms/{world.mechanism.id}/meetings/new"


async def test_what_was_typed_comes_back_after_signing_in_and_is_sent_by_one_press(
    timed_out: httpx.Response, door: Door, world: World
) -> None:
    assert timed_out.status_code == 401
    assert "不该留下" not in timed_out.text
    back = await door.post(
        "/sign-in",
        account="zhoumin",
        password="一句容易记住的话，很长",
        kept=hidden(timed_out, "kept"),
        next=hidden(timed_out, "next"),
    )
    assert back.status_code == 200
    assert await door.is_in()
    fields = pairs(back)
    assert (fields["title"], fields["note"], fields["kind"]) == ("第四季度会议", TYPED, "regular")
    assert "password" not in fields
    assert f'action="{path_of(world)}"' in back.text
    assert f'href="{path_of(world)}?x=1"' in back.text  # the way back without sending
    again = await door.post(path_of(world), **fields)
    assert again.status_code == 422  # no date yet: the form itself, with what was typed
    assert "第四季度会议" in again.text


async def test_a_wrong_password_keeps_it(timed_out: httpx.Response, door: Door) -> None:
    sealed = hidden(timed_out, "kept")
    answer = await door.post("/sign-in", account="zhoumin", password="not this one", kept=sealed)
    assert hidden(answer, "kept") == sealed


async def test_somebody_else_who_signs_in_is_not_shown_it(timed_out: httpx.Response, door: Door) -> None:
    answer = await door.post(
        "/sign-in", account="qianwei", password="一句容易记住的话，很长", kept=hidden(timed_out, "kept")
    )
    assert "第四季度会议" not in answer.text
    assert "属于他人" in answer.text
    assert await door.is_in()


async def test_it_waits_beside_a_mailed_link(timed_out: httpx.Response, door: Door, mailroom: Mailroom) -> None:
    sealed = hidden(timed_out, "kept")
    asked = await door.post("/sign-in/link", account="zhoumin", kept=sealed)
    assert hidden(asked, "kept") == sealed
    early = await door.post("/sign-in/kept", kept=sealed)
    assert hidden(early, "kept") == sealed  # not signed in yet: the sign-in page keeps it
    assert (await door.post(await mailroom.link())).status_code == 303
    assert pairs(await door.post("/sign-in/kept", kept=sealed))["note"] == TYPED


async def test_nothing_is_kept_for_whoever_was_never_signed_in(
    timed_out: httpx.Response, new_door: NewDoor, world: World
) -> None:
    answer = await new_door().post(path_of(world), title="谁也不知道是谁")
    assert answer.status_code == 401
    assert 'name="kept"' not in answer.text


async def test_one_that_is_too_large_is_told(timed_out: httpx.Response, door: Door, world: World) -> None:
    answer = await door.post(path_of(world), title="长" * LARGEST)
    assert answer.status_code == 401
    assert 'name="kept"' not in answer.text
    assert "过长" in answer.text


async def test_htmx_shows_the_sign_in_page_in_place_of_the_whole_page(
    timed_out: httpx.Response, door: Door, world: World
) -> None:
    door.headers |= {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/?month=2026-12"}
    answer = await door.post("/desk/items/1", note=TYPED)
    assert (answer.status_code, answer.headers["hx-retarget"]) == (401, "body")
    assert hidden(answer, "next") == "/?month=2026-12"
    part = await door.get(f"/mechanisms/{world.mechanism.id}/meetings/day?date=2026-12-17")
    assert (part.status_code, part.headers["hx-retarget"], part.headers["hx-reswap"]) == (401, "#toasts", "beforeend")
    assert "/sign-in?next=/%3Fmonth%3D2026-12" in part.text


async def test_the_way_back_keeps_the_whole_address(door: Door, world: World, database: Database) -> None:
    answer = await door.get("/?month=2026-12&x=%E4%BC%9A")
    assert answer.headers["location"] == "/sign-in?next=/%3Fmonth%3D2026-12%26x%3D%25E4%25BC%259A"
    await with_password(database, world.zhoumin)
    form = await door.get(answer.headers["location"])
    entered = await door.post(
        "/sign-in", account="zhoumin", password="一句容易记住的话，很长", next=hidden(form, "next")
    )
    assert entered.headers["location"] == "/?month=2026-12&x=%E4%BC%9A"


async def test_a_foreign_page_is_never_the_way_back(timed_out: httpx.Response, door: Door, world: World) -> None:
    door.headers["Referer"] = "https://elsewhere.example/path"
    answer = await door.post(path_of(world), title="某会")
    assert 'name="next"' not in answer.text


async def test_a_long_way_back_is_left_out_of_a_mailed_link_rather_than_cut(
    door: Door, world: World, mailroom: Mailroom
) -> None:
    await door.post("/sign-in/link", account="zhoumin", next="/?month=" + "1" * 300)
    assert (await door.post(await mailroom.link())).headers["location"] == "/"


def test_a_seal_holds_for_this_site_only_and_is_refused_when_changed(settings: Settings, world: World) -> None:
    kept = Kept(world.zhoumin.id, "/x", (("a", TYPED), ("a", "2")))
    sealed = seal(settings, kept)
    assert sealed is not None
    assert unseal(settings, sealed) == kept
    assert unseal(replace(settings, secret_key="another key" * 4), sealed) is None
    for forged in ("", "x", f"A{sealed}", sealed[:-1], sealed + "0", f"e30=.{sealed.partition('.')[2]}"):
        assert unseal(settings, forged) is None, forged
    assert worth_keeping(1, "/x", {"_csrf_token": ["t"], "new_password": ["p"], "repeated": ["p"]}) is None
