"""The pages of mechanisms, as a browser without JavaScript uses them."""

import re
from datetime import date

import pytest

from liaison.actions.assigning import assign
from liaison.db import Database
from liaison.directory.models import Person
from liaison.mechanisms import queries
from liaison.mechanisms.models import Designation, Mechanism
from tests.callers import Browser
from tests.conftest import NOW
from tests.world import World

TODAY = date(2026, 11, 23)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_the_page_names_who_is_in_office_with_phone_and_what_was_agreed(browser: Browser, world: World) -> None:
    await browser.sign_in(world.chenzy)
    page = text_of(await browser.get(f"/mechanisms/{world.mechanism.id}"))
    for words in (
        "周敏",
        "0553-0000011",
        "李文博",
        "副联络员",
        "《关于建立支持起诉与法律援助协作机制的意见》",
        "清检会〔2022〕3号",
        "第3条",
    ):
        assert words in page
    assert "指定联络员" not in page


@pytest.mark.parametrize("who", ["songhp", "maolin"])
async def test_phones_are_for_present_members_only(browser: Browser, world: World, who: str) -> None:
    await browser.sign_in(getattr(world, who))
    page = await browser.get(f"/mechanisms/{world.mechanism.id}")
    assert "周敏" in page
    assert "0553-0000011" not in page


async def test_a_former_member_sees_who_was_in_office_until_it_left(
    browser: Browser, database: Database, world: World
) -> None:
    async with database.writing() as db:
        term = await db.get_one(Designation, world.terms["wuxl"].id)
        term.starts_on = date(2025, 8, 1)
    await browser.sign_in(world.songhp)
    page = text_of(await browser.get(f"/mechanisms/{world.mechanism.id}"))
    assert "您所在单位已于2025年7月1日退出本机制" in page
    assert "宋和平" in page
    assert "吴晓岚" not in page


async def test_a_vacancy_is_told_on_top_and_a_term_that_ends_soon_beside_its_name(
    browser: Browser, database: Database, world: World
) -> None:
    async with database.writing() as db:
        (await db.get_one(Person, world.liwb.id)).deactivated_at = NOW
        (await db.get_one(Designation, world.terms["zhoumin"].id)).ends_on = date(2026, 12, 31)
    await browser.sign_in(world.zhoumin)
    page = text_of(await browser.get(f"/mechanisms/{world.mechanism.id}"))
    assert "区司法局自2026年11月23日起联络员空缺" in page
    assert "38天后到期" in page


async def test_the_operator_sees_the_frame_but_no_meetings(browser: Browser, world: World) -> None:
    await browser.sign_in(world.guyan)
    page = text_of(await browser.get(f"/mechanisms/{world.mechanism.id}"))
    assert "周敏" in page
    assert "会议召开情况" not in page


async def test_what_may_not_be_seen_is_not_there(browser: Browser, world: World) -> None:
    await browser.sign_in(world.sunl)
    for path in (f"/mechanisms/{world.mechanism.id}", f"/designations/{world.terms['liwb'].id}", "/mechanisms/999"):
        assert (await browser.client.get(path)).status_code == 404
    assert "您所在单位尚未加入协作机制" in await browser.get("/mechanisms")


async def test_the_first_page_of_an_empty_site_leads_the_operator(
    browser: Browser, database: Database, world: World
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        assert await queries.mechanisms_visible_to(db, viewer)
        for table in ("host_turn", "clause", "agreement", "reader", "series", "designation", "member", "mechanism"):
            await db.execute(Mechanism.metadata.tables[table].delete())
    await browser.sign_in(world.guyan)
    page = await browser.get("/mechanisms")
    assert "三步" in page
    assert 'href="/mechanisms/new"' in page


async def test_a_mechanism_is_entered_by_form_and_nothing_typed_is_lost(
    browser: Browser, database: Database, world: World
) -> None:
    await browser.sign_in(world.guyan)
    await browser.get("/mechanisms/new")
    typed = {"name": "甲乙协作机制", "lead_agency_id": str(world.jcy.id), "timezone": "Asia/Shanghai", "region": "CN"}
    wrong = await browser.post("/mechanisms/new", **typed, locale="zh_CN", members=str(world.jcy.id), quorum="many")
    assert wrong.status_code == 422
    page = text_of(wrong.text)
    assert "协作机制的成员单位为2至9个" in page
    assert 'value="甲乙协作机制"' in wrong.text
    assert 'value="many"' in wrong.text
    both = {"members": [str(world.jcy.id), str(world.sfj.id)]}
    response = await browser.client.post(
        "/mechanisms/new",
        data={"_csrf_token": browser.csrf, **typed, **both, "locale": "zh_CN", "joined_on": "2026-01-01"},
    )
    assert response.status_code == 303
    assert re.fullmatch(r"/mechanisms/\d+/agreement", response.headers["location"])
    async with database.reading() as db:
        made = int(response.headers["location"].split("/")[2])
        assert [m.joined_on for m in await queries.members(db, made)] == [date(2026, 1, 1)] * 2


async def test_a_designation_refused_by_the_database_shows_the_form_again(browser: Browser, world: World) -> None:
    await browser.sign_in(world.hejing)
    path = f"/mechanisms/{world.mechanism.id}/designations/new"
    page = await browser.get(path)
    assert "李文博" not in page, "another agency's people are not offered"
    refused = await browser.post(path, role="principal", person_id=str(world.chenzy.id), starts_on="2026-11-23")
    assert refused.status_code == 422
    assert "周敏自2022年5月23日起任联络员" in text_of(refused.text)
    made = await browser.post(path, role="acting", person_id=str(world.chenzy.id), starts_on="2026-11-23", may_sign="1")
    assert made.status_code == 303


async def test_an_end_over_the_next_principal_shows_the_term_again(browser: Browser, world: World) -> None:
    await browser.sign_in(world.hejing)
    path = f"/designations/{world.terms['zhoumin'].id}"
    await browser.get(path)
    done = await browser.post(
        f"{path}/handover", to_person_id=str(world.chenzy.id), starts_on="2027-01-01", version="1"
    )
    assert done.status_code == 303
    refused = await browser.post(f"{path}/end", ends_on="2027-03-01", version="2")
    assert refused.status_code == 422
    assert "陈志远自2027年1月1日起任联络员" in text_of(refused.text)
    assert 'value="2027-03-01"' in refused.text


async def test_the_handover_page_counts_what_passes_and_leaves_out_what_is_not_ticked(
    browser: Browser, database: Database, world: World
) -> None:
    async with database.writing() as db:
        officer = await world.viewer(db, world.zhoumin)
        given = {"lead_agency_id": world.jcy.id, "due_on": date(2026, 12, 10)}
        items = [
            await assign(db, officer, world.mechanism.id, title=title, owner_id=owner.id, **given)
            for title, owner in (
                ("建立线索台账", world.zhoumin),
                ("送达清单", world.zhoumin),
                ("汇编案例", world.qianwei),
            )
        ]
    await browser.sign_in(world.hejing)
    path = f"/designations/{world.terms['zhoumin'].id}"
    page = text_of(await browser.get(path))
    assert "移交给接任人员的事项" in page
    assert "2项未办结落实事项 建立线索台账 完成时限12月10日（周四）" in page
    assert "汇编案例" not in page
    assert "交接当日告知其他成员单位联络员" in page
    deputys = text_of(await browser.get(f"/designations/{world.terms['qianwei'].id}"))
    assert "告知其他成员单位联络员" not in deputys
    await browser.get(path)
    answer = await browser.client.post(
        f"{path}/handover",
        data={
            "_csrf_token": browser.csrf,
            "to_person_id": str(world.chenzy.id),
            "starts_on": "2026-11-23",
            "offered": [str(items[0].id), str(items[1].id)],
            "moves": [str(items[1].id)],
        },
    )
    assert answer.status_code == 303
    ledger = text_of(await browser.get("/actions"))
    assert "陈志远 原责任人：周敏" in ledger
    assert "至2026年11月23日" in text_of(await browser.get(f"/actions/{items[1].id}"))
    assert "原责任人" not in text_of(await browser.get(f"/actions/{items[0].id}"))


async def test_a_handover_ahead_is_shown_and_taken_back_on_the_page_of_the_term(browser: Browser, world: World) -> None:
    await browser.sign_in(world.hejing)
    path = f"/designations/{world.terms['zhoumin'].id}"
    await browser.get(path)
    await browser.post(f"{path}/handover", to_person_id=str(world.chenzy.id), starts_on="2027-01-01")
    assert "2027年1月1日（星期五）由陈志远接替周敏。此前可以撤回。" in text_of(await browser.get(path))
    assert (await browser.post(f"{path}/handover/take-back")).status_code == 303
    assert "撤回" not in text_of(await browser.get(path)).replace("此前可以撤回", "")
    assert "陈志远" not in text_of(await browser.get(f"/mechanisms/{world.mechanism.id}"))


async def test_a_stale_form_shows_both_versions_and_can_be_sent_again(
    browser: Browser, database: Database, world: World
) -> None:
    await browser.sign_in(world.guyan)
    path = f"/mechanisms/{world.mechanism.id}/edit"
    await browser.get(path)
    typed = {
        "name": "新名称",
        "lead_agency_id": str(world.jcy.id),
        "timezone": "Asia/Shanghai",
        "region": "CN",
        "locale": "zh_CN",
    }
    async with database.writing() as db:
        mechanism = await db.get_one(Mechanism, world.mechanism.id)
        mechanism.quorum = 1
        mechanism.touch()
    stale = await browser.post(path, **typed, version="1")
    assert stale.status_code == 409
    assert "已有其他人作了修改" in stale.text
    assert world.mechanism.name in text_of(stale.text)
    assert 'value="新名称"' in stale.text
    again = re.search(r'name="version" value="(\d+)"', stale.text)
    assert again is not None
    assert (await browser.post(path, **typed, version=again.group(1))).status_code == 303


async def test_the_agencies_that_must_be_there_are_ticked_and_shown(browser: Browser, world: World) -> None:
    await browser.sign_in(world.guyan)
    path = f"/mechanisms/{world.mechanism.id}/edit"
    await browser.get(path)
    typed = {
        "name": world.mechanism.name,
        "lead_agency_id": str(world.jcy.id),
        "timezone": "Asia/Shanghai",
        "region": "CN",
        "locale": "zh_CN",
        "version": "1",
    }
    assert (await browser.post(path, **typed, must_include=str(world.sfj.id))).status_code == 303
    assert f'name="must_include" value="{world.sfj.id}" checked' in await browser.get(path)
    assert "必须到会的单位 区司法局" in text_of(await browser.get(f"/mechanisms/{world.mechanism.id}"))


async def test_who_signs_minutes_and_what_silence_means_is_ticked_and_shown(browser: Browser, world: World) -> None:
    await browser.sign_in(world.guyan)
    path, page = f"/mechanisms/{world.mechanism.id}/edit", f"/mechanisms/{world.mechanism.id}"
    assert 'name="all_sign" value="1">' in await browser.get(path)
    assert "由参会单位签署；未答复不视为同意" in text_of(await browser.get(page))
    typed = {
        "name": world.mechanism.name,
        "lead_agency_id": str(world.jcy.id),
        "timezone": "Asia/Shanghai",
        "region": "CN",
        "locale": "zh_CN",
    }
    for ticks, said in (
        ({"all_sign": "1", "silence_consents": "1"}, "由全体成员单位签署；逾期未答复视为同意"),
        ({}, "由参会单位签署；未答复不视为同意"),
    ):
        shown = await browser.get(path)
        version = re.search(r'name="version" value="(\d+)"', shown)
        assert version is not None
        assert (await browser.post(path, **typed, **ticks, version=version.group(1))).status_code == 303
        assert ('name="all_sign" value="1" checked' in await browser.get(path)) == bool(ticks)
        assert said in text_of(await browser.get(page))


async def test_the_agreement_form_keeps_its_clauses_in_order(
    browser: Browser, database: Database, world: World
) -> None:
    await browser.sign_in(world.guyan)
    path = f"/mechanisms/{world.mechanism.id}/agreement"
    await browser.get(path)
    clauses = {"number": ["", "3", "x"], "text": ["", "第三条", "第七条"]}
    form = {"_csrf_token": browser.csrf, "title": "意见", "version": "1"}
    refused = await browser.client.post(path, data={**form, **clauses})
    assert refused.status_code == 422
    assert "第七条" in refused.text
    done = await browser.client.post(path, data={**form, **clauses, "number": ["", "3", "7"]})
    assert done.status_code == 303
    async with database.reading() as db:
        assert [(c.number, c.text) for c in await queries.clauses(db, world.mechanism.id)] == [
            (3, "第三条"),
            (7, "第七条"),
        ]


async def test_deadlines_are_set_without_signs(browser: Browser, database: Database, world: World) -> None:
    await browser.sign_in(world.qianwei)
    path = f"/mechanisms/{world.mechanism.id}/deadlines"
    page = await browser.get(path)
    assert 'name="call_for_items" value="20"' in page
    assert (await browser.post(path, items_due="30", version="1")).status_code == 422
    assert (await browser.post(path, call_for_items="25", issue="9", version="1")).status_code == 303
    async with database.reading() as db:
        kept = (await db.get_one(Mechanism, world.mechanism.id)).deadlines
    assert (kept["call_for_items"], kept["issue"], kept["items_due"]) == (-25, 9, -10)


async def test_an_agency_leaves_by_form(browser: Browser, world: World) -> None:
    await browser.sign_in(world.guyan)
    path = f"/members/{world.members['sfj'].id}"
    await browser.get(path)
    refused = await browser.post(f"{path}/leave", left_on="2026-12-01", version="1")
    assert refused.status_code == 422
    assert "至少保留两个成员单位" in refused.text
    new = f"/mechanisms/{world.mechanism.id}/members/new"
    await browser.get(new)
    joined = await browser.post(new, agency_id=str(world.rsj.id), joined_on="2026-11-23", takes_part="paper")
    assert joined.status_code == 303
    assert (await browser.post(f"{path}/leave", left_on="2026-12-01", version="1")).status_code == 303
    assert (await browser.post(f"{path}/takes-part", takes_part="mail", version="2")).status_code == 303


@pytest.mark.parametrize(
    "path", ["/mechanisms/new", "/mechanisms/1/edit", "/mechanisms/1/agreement", "/mechanisms/1/members/new"]
)
async def test_forms_of_what_was_agreed_are_the_operators(browser: Browser, world: World, path: str) -> None:
    await browser.sign_in(world.zhoumin)
    assert (await browser.client.get(path)).status_code == 403


async def test_terms_are_changed_by_their_agency_alone(browser: Browser, world: World) -> None:
    await browser.sign_in(world.liwb)
    assert (await browser.client.get(f"/designations/{world.terms['zhoumin'].id}")).status_code == 403
    await browser.get(f"/designations/{world.terms['wuxl'].id}")
