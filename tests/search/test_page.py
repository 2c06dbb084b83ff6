"""The page and the API of the search, through the real app."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event, select, update

from liaison.audit import AuditLine
from liaison.db import Database
from liaison.directory.models import Person
from liaison.meetings import agenda
from liaison.meetings.asking import Asked
from liaison.meetings.models import Meeting
from liaison.minutes import queries as minutes
from liaison.search.kinds import BY_NAME
from liaison.search.models import SearchBuild, SearchRow
from liaison.search.reach import EVERYBODY
from liaison.search.words import GROUP, LONGEST, tokens_of
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.meetings.test_activities import LAWYER
from tests.rights_meetings import meetings
from tests.statements import noting
from tests.world import World

HOSTILE = (
    '"', "'", "*", '"" OR ""', "联席*", "NEAR(联席 会议, 3)", "联席 AND", "NOT 会议", "-会议", "^联席", "tokens:联席", "联席\0会议", "\0", "\\", "%_", "{联席}", "(", ")", "联席 & !会议 | <->", "':*", "\ue001m1 会议", "\ud7ff会议", "𠀀𠀁", "👩‍👩‍👧", "\u202e会议", "会" * LONGEST, "a" * LONGEST, "a b " * 25, "会议 " * 33, "1 2 3 4 5 6 7 8 9 ab", "…", "——", "﷽" * 5,
)  # fmt: skip


@pytest.fixture
async def signed_in(browser: Browser, world: World) -> Browser:
    return await browser.sign_in(world.zhoumin)


async def test_every_page_has_the_field_and_it_costs_no_statement(
    signed_in: Browser, world: World, database: Database, play: Play
) -> None:
    """The budget of the desk is kept by tests/desk; here that nothing asks the index where nobody searches."""
    asked: list[str] = []
    event.listen(database.reader.sync_engine, "before_cursor_execute", noting(asked))
    for path in ("/", "/meetings", "/mechanisms", "/directory", "/account"):
        page = await signed_in.get(path)
        assert '<form class="find" role="search" aria-label=' in page, path
        assert 'href="/search"' in page, "where the window is narrow"
    assert not [one for one in asked if "search" in one]


async def test_what_is_found_stands_by_kind_with_the_place_marked_and_date_and_mechanism_beside(
    signed_in: Browser, world: World, play: Play
) -> None:
    meeting_id = await play.scheduled(title="农民工讨薪联席会议", note="请带讨薪台账。")
    page = await signed_in.get("/search?q=讨薪")
    assert f'<a href="/meetings/{meeting_id}">农民工<mark>讨薪</mark>联席会议</a>' in page
    assert "请带<mark>讨薪</mark>台账。" in page
    assert "2026年12月17日" in page
    assert "支持起诉协作机制" in page
    assert '<h2 id="h-meeting">会议</h2>' in page
    assert 'id="h-person"' not in page, "what has nothing is no group"


async def test_a_person_is_found_by_name_job_title_and_agency(signed_in: Browser, world: World) -> None:
    for words, marked in (
        ("文博", "李<mark>文博</mark>"),
        ("liwb", "<mark>liwb</mark>"),
        ("法律援助中心", "<mark>法律援助中心</mark>"),
    ):
        page = await signed_in.get(f"/search?q={quote(words)}")
        assert marked in page
        assert f'href="/directory/people/{world.liwb.id}"' in page


async def test_what_was_written_and_what_was_typed_stay_text(signed_in: Browser, world: World, play: Play) -> None:
    evil = "<img src=x onerror=alert(1)>会议&<b>"
    await play.scheduled(title=evil, note="</mark><script>alert(1)</script>会议")
    for words in ("会议", "<img src=x>会议", 'img "><script>alert(1)</script>'):
        response = await signed_in.client.get("/search", params={"q": words})
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "<img" not in response.text
    page = await signed_in.get("/search?q=会议")
    assert "&lt;img src=x onerror=alert(1)&gt;<mark>会议</mark>&amp;&lt;b&gt;" in page


async def test_of_each_kind_a_few_stand_first_and_all_are_read_page_by_page(
    signed_in: Browser, world: World, play: Play
) -> None:
    for n in range(23):
        await play.scheduled(title=f"协调会第{n}号")
    first = await signed_in.get("/search?q=协调会")
    assert len(re.findall("<mark>协调会</mark>", first)) == 5
    every = unescape(re.findall(r'href="(/search\?q=[^"]+kind=meeting)">显示全部', first)[0])
    page = await signed_in.get(every)
    titles = found_titles(page)
    assert len(titles) == 20
    onward = unescape(re.findall(r'href="(/search\?[^"]+after=\d+)" rel="next"', page)[0])
    last = await signed_in.get(onward)
    titles += found_titles(last)
    assert titles == [f"协调会第{n}号" for n in reversed(range(23))], "the newest first, none twice"
    assert 'rel="next"' not in last
    assert "回到首页" in last


def found_titles(page: str) -> list[str]:
    rows = re.findall(r'<h3 class="list-title"><a [^>]+>(.*?)</a>', page)
    return [re.sub("</?mark>", "", row) for row in rows]


async def test_a_word_too_short_says_so_and_is_kept(signed_in: Browser) -> None:
    page = await signed_in.get("/search?q=会")
    assert "请至少输入两个字" in page
    assert 'value="会"' in page
    assert 'aria-invalid="true"' in page


async def test_words_too_long_are_refused_and_kept(signed_in: Browser) -> None:
    page = await signed_in.get(f"/search?q={'会' * (LONGEST + 1)}")
    assert f"最多输入{LONGEST}个字。" in page
    assert "会" * (LONGEST + 1) in page


async def test_nothing_found_and_nothing_typed_say_what_to_do(signed_in: Browser) -> None:
    assert "没有搜到与“没有的词”有关的内容" in await signed_in.get("/search?q=没有的词")
    assert "可搜索您有权查看的会议" in await signed_in.get("/search")
    assert "可搜索您有权查看的会议" in await signed_in.get("/search?q=%20")


async def test_an_unknown_kind_or_place_is_no_error(signed_in: Browser, play: Play) -> None:
    await play.scheduled()
    assert "<mark>" in await signed_in.get("/search?q=联席会议&kind=nonsense")
    response = await signed_in.client.get("/search?q=联席会议&kind=meeting&after=nonsense")
    assert response.status_code == 404


@pytest.mark.parametrize("words", HOSTILE)
async def test_whatever_is_typed_is_answered(
    signed_in: Browser, program: Program, world: World, play: Play, words: str
) -> None:
    await play.scheduled()
    page = await signed_in.client.get("/search", params={"q": words})
    assert page.status_code == (422 if "\0" in words else 200)
    answer = await program.client.get(
        "/api/search", params={"q": words}, headers={"Authorization": f"Bearer {await token(program, world)}"}
    )
    assert answer.status_code in (200, 422), answer.text


async def token(program: Program, world: World) -> str:
    await program.get(world.zhoumin, "/me")
    return program.tokens[world.zhoumin.id]


async def test_programs_read_it_page_by_page_newest_first_and_people_last(
    program: Program, world: World, play: Play
) -> None:
    early = await play.scheduled(title="检察工作会")
    late = await play.scheduled(title="检察座谈会", local_start=datetime.fromisoformat("2027-01-05T09:00"))
    answer = await program.get(world.zhoumin, "/search?q=检察&limit=2")
    assert answer["items"] == [
        {
            "kind": "meeting",
            "id": str(late),
            "title": "检察座谈会",
            "excerpt": "区检察院三楼第一会议室",
            "marks": [[1, 3]],
            "date": "2027-01-05",
            "mechanism_id": str(world.mechanism.id),
        },
        {
            "kind": "meeting",
            "id": str(early),
            "title": "检察工作会",
            "excerpt": "区检察院三楼第一会议室",
            "marks": [[1, 3]],
            "date": "2026-12-17",
            "mechanism_id": str(world.mechanism.id),
        },
    ]
    rest = await program.get(world.zhoumin, f"/search?q=检察&cursor={answer['next']}")
    assert {item["kind"] for item in rest["items"]} == {"person"}
    assert rest["next"] is None
    only = await program.get(world.zhoumin, "/search?q=检察&kind=person")
    assert only["items"] == rest["items"]


async def test_programs_are_told_what_is_wrong_with_what_they_ask(program: Program, world: World) -> None:
    assert await program.refused(world.zhoumin, "GET", "/search") == (422, ["q"])
    assert await program.refused(world.zhoumin, "GET", "/search?q=会") == (422, ["q"])
    assert await program.refused(world.zhoumin, "GET", "/search?q=会议&kind=nonsense") == (422, ["kind"])
    assert await program.refused(world.zhoumin, "GET", "/search?q=会议&limit=0") == (422, ["limit"])
    assert (await program.call(world.zhoumin, "GET", "/search?q=会议&cursor=x")).status_code == 404


async def test_an_agency_that_left_finds_what_was_before_and_nothing_after(
    program: Program, world: World, play: Play, database: Database
) -> None:
    """区民政局 left on 2025-07-01; what begins after is not for it, and no place in the order tells that there is anything."""
    await play.scheduled(title="离开之后的例会", local_start=datetime.fromisoformat("2025-07-01T09:00"))
    before = await play.scheduled(title="离开之前的例会", local_start=datetime.fromisoformat("2025-06-30T09:00"))
    async with database.writing() as db:
        for title in ("之前的议题", "之后的议题"):
            viewer, meeting = await play.meeting(db, before)
            await agenda.add_item(db, viewer, meeting, title=title, purpose="study")
        for row in await db.scalars(select(Meeting)):
            row.announced_at = db.now()
    found = await program.get(world.songhp, "/search?q=例会")
    assert [item["title"] for item in found["items"]] == ["离开之前的例会"]
    assert found["next"] is None
    assert len((await program.get(world.zhoumin, "/search?q=例会"))["items"]) == 2


async def test_who_is_asked_by_name_from_outside_finds_that_meeting_and_its_open_agenda_alone(
    program: Program, world: World, play: Play, database: Database
) -> None:
    asked_to = await play.scheduled(Asked(person_id=world.sunl.id), title="邀请列席会")
    other = await play.scheduled(Asked(person_id=world.chenzy.id), title="不邀请列席会")
    async with database.writing() as db:
        for id_ in (asked_to, other):
            viewer, meeting = await play.meeting(db, id_)
            await agenda.add_item(db, viewer, meeting, title="列席议题", purpose="study")
            await agenda.add_item(db, viewer, meeting, title="列席密件", purpose="study", audience=[world.sfj.id])
    for id_ in (asked_to, other):
        await play.send(id_)
    found = await program.get(world.sunl, "/search?q=列席")
    assert [(item["kind"], item["title"]) for item in found["items"]] == [
        ("agenda_item", "列席议题"),
        ("meeting", "邀请列席会"),
    ]


async def test_minutes_that_a_reader_finds_are_on_the_trail_as_if_they_were_opened(
    program: Program, browser: Browser, world: World, play: Play, database: Database
) -> None:
    async with database.writing() as db:
        things = await meetings(db, world)
    async with database.writing() as db:
        row, _ = await minutes.of_version(db, things["minutes_version"])
        row.issued_at = db.now()
    found = await program.get(world.maolin, "/search?q=交换清单&kind=minutes")
    assert [item["id"] for item in found["items"]] == [str(things["minutes_version"])]
    async with database.reading() as db:
        lines = list(await db.scalars(select(AuditLine).where(AuditLine.verb == "view_minutes")))
    assert [(line.person_id, line.object) for line in lines] == [(world.maolin.id, f"meeting:{things['held']}")]


async def test_a_site_whose_index_is_being_built_says_so(signed_in: Browser, database: Database) -> None:
    assert "索引正在建立" not in await signed_in.get("/search")
    async with database.writing() as db:
        await db.execute(update(SearchBuild).values(built_at=None))
    assert "索引正在建立" in await signed_in.get("/search?q=会议")


async def test_the_key_can_be_switched_off_in_a_browser_and_on_again(signed_in: Browser) -> None:
    assert "data-slash" in await signed_in.get("/")
    for on, there in (("0", False), ("1", True)):
        response: Any = await signed_in.post("/search/key", on=on)
        assert (response.status_code, response.headers["location"]) == (303, "/search")
        page = await signed_in.get("/")
        assert ("data-slash" in page, "<kbd" in page) == (there, there)


@pytest.mark.parametrize("narrows", [True, False], ids=["index-as-it-is", "index-open-to-everybody"])
async def test_guests_from_outside_are_found_by_the_agency_that_entered_them_alone(
    play: Play, program: Program, *, narrows: bool
) -> None:
    await play.scheduled(Asked(guest=LAWYER, role="in_attendance"), kind="lecture", title="专题讲座")
    if not narrows:  # the rights are not the index's to keep
        async with play.database.writing() as db:
            person = (await db.scalars(select(Person).where(Person.name == LAWYER.name))).one()
            tokens = frozenset({*tokens_of([LAWYER.name]), f"{GROUP}k{BY_NAME['person'].number}", EVERYBODY})
            await db.execute(update(SearchRow).where(SearchRow.thing_id == person.id, SearchRow.kind == BY_NAME["person"].number).values(tokens=tokens))  # fmt: skip
    path = f"/search?q={quote(LAWYER.name)}"
    assert [one["title"] for one in (await program.get(play.world.zhoumin, path))["items"]] == [LAWYER.name]
    for other in (play.world.liwb, play.world.chenzy, play.world.songhp):
        found = (await program.get(other, path))["items"]
        assert bool(found) is (other.agency_id == play.world.jcy.id)
