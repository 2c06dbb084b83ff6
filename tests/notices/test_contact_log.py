"""The contact log: one line by Enter, kept by an agency for itself, and made a notice, an agenda item or an action item in one press."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from liaison.actions.models import ActionItem
from liaison.documents import spreadsheet
from liaison.meetings.models import AgendaItem
from liaison.notices.contact_rules import Known, of_log, told_apart
from liaison.notices.models import Notice
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.test_answering import third

TYPED = {"mechanism_id": "1", "counterpart": "区司法局 李文博", "way": "phone", "subject": "讨薪线索核实"}
CANARY = "金丝雀联络"
CASE = "清检民支〔2026〕7号"


async def noted(play: Play, program: Program, *, by: Any = None, **more: Any) -> Any:
    """An entry of 区检察院 about a call with 区司法局; its JSON."""
    world = play.world
    given = {"subject": CASE, "way": "phone", "counterpart": "李文博", "with_agency_id": str(world.sfj.id)}
    return await program.post(
        by or world.zhoumin, f"/mechanisms/{world.mechanism.id}/contact-log", given | more, status=201
    )


async def entries(play: Play, program: Program, who: Any = None) -> list[Any]:
    found = await program.get(who or play.world.zhoumin, f"/mechanisms/{play.world.mechanism.id}/contact-log")
    items: list[Any] = found["items"]
    return items


def test_one_field_names_agency_and_person_whichever_way_they_are_written() -> None:
    known = [Known(2, "区司法局", "李文博"), Known(3, "区人社局", "孙丽"), Known(2, "区司法局"), Known(3, "区人社局")]
    assert told_apart("区司法局 李文博", known) == (2, "李文博")
    assert told_apart(" 区司法局：王主任 ", known) == (2, "王主任")
    assert told_apart("孙丽", known) == (3, "孙丽")
    assert told_apart("区司法局", known) == (2, "")
    assert told_apart("某律师", known) == (None, "某律师")
    twice = [*known, Known(3, "区人社局", "李文博")]
    assert told_apart("李文博", twice) == (None, "李文博"), "two of that name: neither is meant for sure"


@pytest.mark.parametrize("htmx", [False, True])
async def test_three_fields_and_enter_note_a_contact_of_today_with_the_agency_that_was_named(
    play: Play, program: Program, browser: Browser, htmx: bool
) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    page = await browser.get("/contact-log")
    assert '<option value="区司法局 李文博">' in page
    assert '<option value="区检察院' not in page, "nobody logs a contact with the own agency"
    answer = await browser.post("/contact-log", htmx=htmx, **TYPED)
    if htmx:
        assert answer.status_code == 200
        assert answer.text.lstrip().startswith('<div id="contacts">')
        shown = answer.text
    else:
        assert answer.status_code == 303
        shown = await browser.get(answer.headers["location"])
    assert "讨薪线索核实" in shown
    undo = re.search(r"/contact-log/\d+/remove", shown)
    assert undo is not None
    (one,) = await entries(play, program)
    assert (one["on"], one["with_agency_id"], one["counterpart"]) == ("2026-11-23", str(world.sfj.id), "李文博")
    assert (one["way"], one["by_id"], one["agency_id"]) == ("phone", str(world.zhoumin.id), str(world.jcy.id))


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_refused_line_keeps_what_was_typed_and_names_the_fields(
    play: Play, program: Program, browser: Browser, htmx: bool
) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get("/contact-log")
    answer = await browser.post(
        "/contact-log", htmx=htmx, **TYPED | {"subject": "", "on": "2026-11-24", "follow_up": "再联系"}
    )
    assert answer.status_code == 422
    for name in ("subject", "on"):
        assert f'href="#f-{name}"' in answer.text
    for kept in ("区司法局 李文博", "再联系", "2026-11-24"):
        assert kept in answer.text
    assert await entries(play, program) == []


async def test_the_same_line_sent_twice_is_one_entry(play: Play, program: Program, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    await browser.get("/contact-log")
    for counterpart in (TYPED["counterpart"], TYPED["counterpart"], "某律师", "某律师"):
        await browser.post("/contact-log", **TYPED | {"counterpart": counterpart})
    assert [(one["counterpart"], bool(one["with_agency_id"])) for one in await entries(play, program)] == [
        ("某律师", False),
        ("李文博", True),
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "字" * 201}, "subject"),
        ({"subject": "身份证11010519491231002X"}, "subject"),
        ({"follow_up": "卡号4111 1111 1111 1111"}, "follow_up"),
        ({"counterpart": "字" * 81}, "counterpart"),
        ({"counterpart": None, "with_agency_id": None}, "counterpart"),
        ({"with_agency_id": "1"}, "with_agency_id"),
        ({"with_agency_id": "99999"}, "with_agency_id"),
        ({"way": "pigeon"}, "way"),
        ({"on": "2026-11-24"}, "on"),
    ],
)
async def test_what_does_not_fit_is_refused_on_its_field(
    play: Play, program: Program, given: dict[str, Any], field: str
) -> None:
    world = play.world
    assert world.jcy.id == 1
    full = {"subject": CASE, "way": "phone", "counterpart": "李文博", "with_agency_id": str(world.sfj.id)} | given
    path = f"/mechanisms/{world.mechanism.id}/contact-log"
    assert await program.refused(world.zhoumin, "POST", path, full) == (422, [field])


async def test_no_other_agency_and_nobody_else_of_the_own_one_finds_a_trace_of_it(
    play: Play, program: Program, browser: Browser
) -> None:
    await third(play)
    world = play.world
    made = await noted(play, program, subject=CANARY, follow_up=CANARY)
    path = f"/contact-log/{made['id']}"
    everybody = (
        world.liwb,
        world.wuxl,
        world.sunl,
        world.hejing,
        world.hanmei,
        world.guyan,
        world.maolin,
        world.songhp,
    )
    for who in everybody:
        there = await program.call(who, "GET", path)
        missing = await program.call(who, "GET", "/contact-log/99999999")
        assert (there.status_code, there.content) == (404, missing.content), who.name
        assert (await program.call(who, "PATCH", path, {"subject": "改"})).status_code == 404
        assert (await program.call(who, "DELETE", path)).status_code == 404
        for act in ("notice", "agenda-item", "action-item"):
            assert (await program.call(who, "POST", f"{path}/{act}", {})).status_code == 404
    assert await entries(play, program, world.liwb) == []
    await browser.sign_in(world.liwb)
    for address in (
        "/",
        "/notices",
        "/contact-log",
        f"/contact-log?q={CANARY}",
        "/contact-log/print",
        "/meetings",
        "/actions",
    ):
        assert CANARY not in (await browser.get(address)).replace(f'value="{CANARY}"', "")
    assert CANARY.encode() not in (await browser.client.get("/contact-log/contact-log.xlsx")).content
    assert (await browser.client.get(f"{path}/edit")).status_code == 404
    assert [one["subject"] for one in await entries(play, program, world.qianwei)] == [CANARY], (
        "its deputy keeps it too"
    )


async def test_an_entry_is_changed_and_a_stale_form_is_refused_showing_both(
    play: Play, program: Program, browser: Browser
) -> None:
    world, made = play.world, await noted(play, program)
    path = f"/contact-log/{made['id']}"
    await browser.sign_in(world.qianwei)
    assert CASE in await browser.get(f"{path}/edit")
    typed = {
        "subject": "改写的事由",
        "way": "in_person",
        "on": "2026-11-20",
        "counterpart": "",
        "with_agency_id": str(world.sfj.id),
    }
    saved = await browser.post(f"{path}/edit", **typed, version="1")
    assert saved.status_code == 303, saved.text
    now = await program.get(world.zhoumin, path)
    assert (now["subject"], now["way"], now["on"], now["counterpart"]) == (
        "改写的事由",
        "in_person",
        "2026-11-20",
        None,
    )
    stale = await browser.post(f"{path}/edit", **typed | {"subject": "第三稿"}, version="1")
    assert stale.status_code == 409
    assert "第三稿" in stale.text
    assert (await program.call(world.zhoumin, "PATCH", path, {"subject": "x", "version": 1})).status_code == 409
    assert (await program.call(world.zhoumin, "DELETE", path, if_match='"1"')).status_code == 409
    patched = await program.patch(world.zhoumin, path, {"counterpart": "李文博", "version": 2})
    assert (patched["subject"], patched["counterpart"], patched["version"]) == ("改写的事由", "李文博", 3)


async def test_an_entry_is_removed_and_taken_back(play: Play, program: Program, browser: Browser) -> None:
    world, made = play.world, await noted(play, program)
    path = f"/contact-log/{made['id']}"
    await browser.sign_in(world.zhoumin)
    await browser.get("/contact-log")
    gone = await browser.post(f"{path}/remove")
    page = await browser.get(gone.headers["location"])
    assert CASE not in page
    assert f"{path}/restore" in page
    assert (await program.call(world.zhoumin, "GET", path)).status_code == 404
    await browser.post(f"{path}/restore")
    assert CASE in await browser.get("/contact-log")
    assert (await program.call(world.zhoumin, "DELETE", path)).status_code == 204
    assert await entries(play, program) == []


async def test_one_press_makes_a_notice_draft_an_agenda_item_of_the_next_meeting_or_an_action_item_and_twice_is_once(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    await play.scheduled(kind="publicity", title="联合宣传", local_start=datetime.fromisoformat("2026-12-04T09:00"))
    meeting_id = await play.scheduled()
    made = await noted(play, program, follow_up="请提供受援人名册编号。")
    path = f"/contact-log/{made['id']}"
    await browser.sign_in(world.zhoumin)
    page = await browser.get("/contact-log")
    for act in ("notice", "agenda-item", "action-item"):
        assert f'action="{path}/{act}"' in page
        first, second = [await browser.post(f"{path}/{act}") for _ in range(2)]
        assert first.status_code == 303, first.text
        assert first.headers["location"] == second.headers["location"]
        await browser.get(first.headers["location"])
    async with play.database.reading() as db:
        (notice,) = await db.scalars(select(Notice))
        (item,) = await db.scalars(select(AgendaItem))
        (action,) = await db.scalars(select(ActionItem))
        to = [row[0] for row in await db.execute(text("SELECT agency_id FROM notice_addressee"))]
    assert (notice.subject, notice.text, notice.sent_at, to) == (CASE, "请提供受援人名册编号。", None, [world.sfj.id])
    assert (item.title, item.meeting_id, item.agency_id, item.audience) == (CASE, meeting_id, world.jcy.id, None)
    assert (action.title, action.lead_agency_id, str(action.due_on)) == (CASE, world.jcy.id, "2026-12-07")
    page = await browser.get("/contact-log")
    for link in (f"/notices/{notice.id}", f"/agenda-items/{item.id}", f"/actions/{action.id}"):
        assert f'href="{link}"' in page
    assert f"{path}/notice" not in page
    now = await program.post(world.zhoumin, f"{path}/notice", {})
    assert [now[name] for name in ("notice_id", "agenda_item_id", "action_item_id")] == [
        str(notice.id),
        str(item.id),
        str(action.id),
    ]
    await browser.post(f"/notices/{notice.id}/discard")
    assert f'action="{path}/notice"' in await browser.get("/contact-log"), "a draft thrown away can be made again"
    again = await program.post(world.zhoumin, f"{path}/notice", {})
    assert again["notice_id"] not in (None, str(notice.id))


async def test_what_cannot_be_made_is_not_offered_and_refused_with_a_word(
    play: Play, program: Program, browser: Browser
) -> None:
    world, made = play.world, await noted(play, program, with_agency_id=None, counterpart="某律师")
    path = f"/contact-log/{made['id']}"
    await browser.sign_in(world.zhoumin)
    page = await browser.get("/contact-log")
    assert f"{path}/notice" not in page
    assert f"{path}/agenda-item" not in page
    assert f"{path}/action-item" in page
    assert await program.refused(world.zhoumin, "POST", f"{path}/notice", {}) == (422, ["with_agency_id"])
    assert await program.refused(world.zhoumin, "POST", f"{path}/agenda-item", {}) == (409, [])


async def test_the_list_is_newest_day_first_page_by_page_and_narrowed_by_agency_and_words(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    for day in range(1, 23):
        for which in ("甲", "乙"):
            await noted(play, program, subject=f"{which}{day:02}", on=f"2026-11-{day:02}")
    await noted(play, program, subject="丙", counterpart="孙律师", with_agency_id=None, on="2026-11-02")
    path = f"/mechanisms/{world.mechanism.id}/contact-log"
    found, cursor = [], ""
    while cursor is not None:
        part = await program.get(world.zhoumin, f"{path}?limit=7" + (f"&cursor={cursor}" if cursor else ""))
        found += [one["on"] for one in part["items"]]
        cursor = part["next"]
    assert len(found) == 45
    assert found == sorted(found, reverse=True)
    await browser.sign_in(world.zhoumin)
    first = await browser.get("/contact-log")
    following = re.search(r'href="(/contact-log\?before=\d+)" rel="next"', first)
    assert following is not None
    second = await browser.get(following[1])
    shown = [re.findall(r'<h3 class="list-title">(.*?)</h3>', page) for page in (first, second)]
    assert [len(each) for each in shown] == [30, 15]
    assert shown[0][0] == "乙22"
    assert len({*shown[0], *shown[1]}) == 45
    narrowed = await browser.get("/contact-log?q=孙律师")
    assert re.findall(r'<h3 class="list-title">(.*?)</h3>', narrowed) == ["丙"]
    assert ">丙<" not in await browser.get(f"/contact-log?agency={world.sfj.id}")
    assert "没有符合条件" in await browser.get("/contact-log?q=丁")


async def test_the_list_is_read_by_its_index(play: Play) -> None:
    async with play.database.reading() as db:
        engine = db.get_bind()
        explain = "EXPLAIN QUERY PLAN"
        if engine.dialect.name == "postgresql":
            await db.execute(text("SET LOCAL enable_seqscan = off"))  # a small table would be read whole all the same
            explain = "EXPLAIN"
        query = of_log(1, 1, (date(2026, 11, 20), 7)).limit(31)
        said = query.compile(engine, compile_kwargs={"literal_binds": True})
        plan = " ".join(str(row) for row in await db.execute(text(f"{explain} {said}")))
    assert "ix_contact_log_listed" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


async def test_the_printed_and_the_exported_log_hold_what_the_address_narrows_it_to(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    await noted(play, program, subject="=1+1", follow_up="下周回复")
    await noted(play, program, subject="另一件", counterpart="某律师", with_agency_id=None)
    await browser.sign_in(world.zhoumin)
    page = await browser.get("/contact-log/print?q=下周")
    assert "下周回复" in page
    assert "另一件" not in page
    got = await browser.client.get(f"/contact-log/contact-log.xlsx?agency={world.sfj.id}")
    ((headings, row),) = spreadsheet.tables_of(got.content)
    assert headings == ["日期", "协作机制", "单位", "对方", "方式", "事由", "后续", "转成", "记录人员"]
    assert row == ["2026-11-23", "支持起诉协作机制", "区司法局", "李文博", "电话", "=1+1", "下周回复", "", "周敏"]


async def test_only_who_keeps_a_log_is_led_to_it(play: Play, browser: Browser) -> None:
    await browser.sign_in(play.world.zhoumin)
    assert 'href="/contact-log"' in await browser.get("/notices")
    await browser.sign_in(play.world.hanmei)
    assert 'href="/contact-log"' not in await browser.get("/notices")
    assert (await browser.client.get("/contact-log")).status_code == 403
