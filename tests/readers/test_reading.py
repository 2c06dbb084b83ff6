"""Every page and file that a reader is shown is one line of the trail, whatever feature shows it; what anybody else looks at is none."""

import json
import re
from datetime import date
from typing import Any

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy import select

from liaison.audit import AuditLine
from liaison.documents.spreadsheet import workbook
from liaison.mechanisms.models import Reader
from liaison.web.reading import FOUND_BY, OF_NO_MECHANISM, OVERVIEWS
from tests.archive.kept import year_of_record
from tests.callers import Browser, Program, wired
from tests.conftest import SECRET
from tests.meetings.play import Play


def read_routes() -> list[str]:
    """The addresses of everything that can be looked at."""
    routes = [one for one in wired(SECRET, False).routes if isinstance(one, HTTPRoute) and "GET" in one.methods]
    return sorted(one.path_format for one in routes)


def is_noted(path: str) -> bool:
    return path in OVERVIEWS or bool(set(re.findall(r"{(\w+)", path)) & set(FOUND_BY))


async def views(play: Play) -> list[tuple[int | None, str]]:
    async with play.database.reading() as db:
        lines = await db.scalars(select(AuditLine).where(AuditLine.verb == "view").order_by(AuditLine.number))
        return [(one.person_id, json.loads(one.payload or "{}")["path"]) for one in lines]


def test_every_address_is_noted_or_shows_nothing_of_a_mechanism() -> None:
    left = [path for path in read_routes() if not is_noted(path) and not path.startswith(OF_NO_MECHANISM)]
    assert left == []
    assert set(read_routes()) >= OVERVIEWS


async def test_each_page_and_file_a_reader_opens_is_one_line_a_day_and_files_each_time(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    made = await year_of_record(play, program)
    await browser.sign_in(world.maolin)
    paths = [
        "/",
        f"/mechanisms/{world.mechanism.id}",
        f"/meetings/{made['meeting']}",
        f"/actions/{made['action']}",
        f"/minutes/{made['minutes']}",
        "/actions",
    ]
    for path in [*paths, *paths]:
        await browser.get(path)
    for _ in range(2):
        assert (await browser.client.get(f"/minutes/{made['minutes']}/minutes.docx")).status_code == 200
    seen = await views(play)
    assert {person for person, _ in seen} == {world.maolin.id}
    found = [path for _, path in seen]
    assert found[: len(paths)] == paths
    assert len([path for path in found if path.endswith(".docx")]) == 2
    play.clock.as_of = play.clock.now().replace(day=24)
    await browser.sign_in(world.maolin)
    await browser.get(paths[1])
    assert [path for _, path in await views(play)].count(paths[1]) == 2, "another day, another line"


async def test_what_others_look_at_and_what_a_reader_is_refused_is_no_line(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    for who in (world.zhoumin, world.chenzy, world.guyan):
        await browser.sign_in(who)
        await browser.get(f"/mechanisms/{world.mechanism.id}")
    await browser.sign_in(world.maolin)
    for path in ("/mechanisms/999", "/system", "/account", "/directory"):
        await browser.client.get(path)
    assert await views(play) == []


async def test_the_members_read_on_one_page_what_a_reader_looked_at(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    made = await year_of_record(play, program)
    await browser.sign_in(world.maolin)
    await browser.get(f"/meetings/{made['meeting']}")
    await browser.sign_in(world.liwb)
    page = await browser.get(f"/mechanisms/{world.mechanism.id}/readers")
    assert f'href="/meetings/{made["meeting"]}"' in page
    listed = await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/readers")
    assert [(one["person_id"], one["views"]) for one in listed["items"]] == [(str(world.maolin.id), 1)]


@pytest.mark.parametrize("path", ["", "/archive?year=2026", "/readers"])
async def test_programs_of_a_reader_leave_the_same_line(play: Play, program: Program, path: Any) -> None:
    world = play.world
    assert (await program.call(world.maolin, "GET", f"/mechanisms/{world.mechanism.id}{path}")).status_code == 200
    assert await views(play) == [(world.maolin.id, f"/api/mechanisms/{world.mechanism.id}{path.partition('?')[0]}")]


async def test_files_that_a_reader_has_made_on_pressing_a_button_are_lines_too_each_time(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    await year_of_record(play, program)
    base = f"/mechanisms/{world.mechanism.id}"
    await browser.sign_in(world.maolin)
    await browser.get(f"{base}/archive")
    before = len(await views(play))
    for _ in range(2):
        taken = await browser.post(f"{base}/archive", year="2026")
        assert taken.headers["content-type"] == "application/zip"
    filled = await browser.upload(f"{base}/report/fill", "报表.xlsx", workbook({"表": [["{{件数}}"]]}))
    assert "content-disposition" in filled.headers
    refused = await browser.upload(f"{base}/report/fill", "报表.xlsx", b"no workbook")
    assert refused.status_code == 422
    paths = [f"{base}/archive", f"{base}/archive", f"{base}/report/fill"]
    assert (await views(play))[before:] == [(world.maolin.id, path) for path in paths]
    await browser.sign_in(world.liwb)
    page = await browser.get(f"{base}/readers")
    assert page.count("下载归档包") == 2
    assert f"{base}/report/fill" in page
    assert f'href="{base}/report/fill"' not in page, "no page lies there"


async def test_the_archives_of_members_are_not_among_what_readers_looked_at(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    base = f"/mechanisms/{world.mechanism.id}"
    async with play.database.writing() as db:  # of a member agency by now, a reader once
        past = Reader(
            mechanism_id=world.mechanism.id,
            person_id=world.zhoumin.id,
            starts_on=date(2025, 1, 1),
            ends_on=date(2025, 2, 1),
        )
        db.add(past)
    for who in (world.zhoumin, world.liwb, world.maolin):
        assert (await program.call(who, "GET", f"{base}/archive?year=2026")).status_code == 200
    await browser.sign_in(world.liwb)
    assert (await browser.get(f"{base}/readers")).count("下载归档包") == 1
    listed = (await program.get(world.liwb, f"{base}/readers"))["items"]
    assert {one["person_id"]: one["views"] for one in listed} == {str(world.maolin.id): 2, str(world.zhoumin.id): 0}
