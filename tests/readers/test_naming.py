"""A reader is named for a while by the lead's liaison, or by the operator on a letter; both ends are told, and it ends on its day or before."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Mechanism
from tests.callers import Browser, Program
from tests.meetings.play import Play

LETTER = "清检函〔2026〕9号"
MEMBERS = {
    "zhoumin@jcy.qingzhi.example",
    "qianwei@jcy.qingzhi.example",
    "liwb@sfj.qingzhi.example",
    "wuxl@sfj.qingzhi.example",
}
SUNL = "sunl@rsj.qingzhi.example"


async def named(play: Play, program: Program, who: Any = None, *, status: int = 201, **more: Any) -> Any:
    given = {"person_id": str(play.world.sunl.id), "ends_on": "2026-12-23"} | more
    return await program.post(
        who or play.world.zhoumin, f"/mechanisms/{play.world.mechanism.id}/readers", given, status=status
    )


async def test_who_is_named_reads_from_then_on_and_both_ends_are_told(play: Play, program: Program) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}"
    assert (await program.call(world.sunl, "GET", path)).status_code == 404
    await named(play, program, basis_ref=LETTER)
    assert (await program.call(world.sunl, "GET", path)).status_code == 200
    mails = {mail.to: mail for mail in await play.delivered()}
    assert set(mails) == MEMBERS | {SUNL}
    assert "2026年11月23日" in mails[SUNL].text
    assert LETTER in mails[SUNL].text
    assert "操作日志" in mails["liwb@sfj.qingzhi.example"].text
    assert await play.delivered() == []
    play.clock.as_of = play.clock.now() + timedelta(days=30)
    assert (await program.call(world.sunl, "GET", path)).status_code == 404, "its last day has passed"


async def test_an_end_before_its_time_takes_effect_at_once_and_both_ends_are_told(play: Play, program: Program) -> None:
    world = play.world
    made = await named(play, program)
    await play.delivered()
    for _ in range(2):  # twice is once
        ended = await program.post(world.zhoumin, f"/readers/{made['id']}/end")
    assert (ended["ends_on"], ended["ended_early"]) == ("2026-11-23", True)
    assert (await program.call(world.sunl, "GET", f"/mechanisms/{world.mechanism.id}")).status_code == 404
    mails = {mail.to: mail for mail in await play.delivered()}
    assert set(mails) == MEMBERS | {SUNL}
    assert "不再查阅" in mails[SUNL].subject
    await named(play, program)  # and may be named again


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ends_on": "2026-11-23"}, "ends_on"),
        ({"ends_on": "2027-12-24"}, "ends_on"),
        ({"person_id": "99999999"}, "person_id"),
        ({"basis_ref": "x" * 81}, "basis_ref"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    play: Play, program: Program, more: dict[str, str], field: str
) -> None:
    given = {"person_id": str(play.world.sunl.id), "ends_on": "2026-12-23"} | more
    path = f"/mechanisms/{play.world.mechanism.id}/readers"
    assert await program.refused(play.world.zhoumin, "POST", path, given) == (422, [field])


async def test_the_operator_names_the_letter_and_a_member_agencys_people_need_no_naming(
    play: Play, program: Program
) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/readers"
    given = {"person_id": str(world.sunl.id), "ends_on": "2026-12-23"}
    assert await program.refused(world.guyan, "POST", path, given) == (422, ["basis_ref"])
    own = given | {"person_id": str(world.zhenggq.id)}
    assert await program.refused(world.zhoumin, "POST", path, own) == (422, ["person_id"])
    await named(play, program, world.guyan, basis_ref=LETTER)
    assert (await program.refused(world.zhoumin, "POST", path, given))[0] == 409, "they read it already"
    for who in (world.qianwei, world.liwb, world.hejing):
        assert (await program.refused(who, "POST", path, given))[0] == 403


async def test_the_page_keeps_what_was_typed_names_and_ends(play: Play, program: Program, browser: Browser) -> None:
    world = play.world
    await browser.sign_in(world.zhoumin)
    path = f"/mechanisms/{world.mechanism.id}/readers"
    assert f'href="{path}"' in await browser.get(f"/mechanisms/{world.mechanism.id}")
    page = await browser.get(path)
    assert "毛琳" in page
    assert "郑国强" not in page, "only people of other agencies can be chosen"
    wrong = await browser.post(
        path, person_id=str(world.sunl.id), starts_on="2026-11-23", ends_on="2026-11-01", basis_ref=LETTER
    )
    assert wrong.status_code == 422
    assert LETTER in wrong.text
    done = await browser.post(
        path, person_id=str(world.sunl.id), starts_on="2026-11-23", ends_on="2026-12-01", basis_ref=LETTER
    )
    assert done.status_code == 303
    page = await browser.get(path)
    assert page.count("结束查阅") >= 2
    (made,) = [
        one for one in (await program.get(world.zhoumin, f"/mechanisms/{world.mechanism.id}/readers"))["items"]
        if one["person_id"] == str(world.sunl.id)
    ]  # fmt: skip
    assert (await browser.post(f"{path}/{made['id']}/end")).status_code == 303
    await browser.sign_in(world.liwb)
    page = await browser.get(path)
    assert "提前结束" in page
    assert "指定查阅人员" not in page, "the other members see who reads, and name nobody"
    assert made["starts_on"] == date(2026, 11, 23).isoformat()


async def test_who_cannot_sign_in_here_is_refused_like_whom_nobody_knows(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    async with play.database.writing() as db:
        ours = Agency(name="清沚中学", short_name="中学", kind="outside", kept_by_id=world.jcy.id, version=1)
        theirs = Agency(name="清沚小学", short_name="小学", kind="outside", kept_by_id=world.sfj.id, version=1)
        gone = Agency(name="区档案局", short_name="区档案局", deactivated_at=db.now(), version=1)
        db.add_all([ours, theirs, gone])
        await db.flush()
        people = [Person(name=f"金丝雀{one.short_name}", agency_id=one.id, version=1) for one in (ours, theirs, gone)]
        db.add_all(people)
        await db.flush()
        ids = [str(one.id) for one in people]
    path = f"/mechanisms/{world.mechanism.id}/readers"
    given = {"ends_on": "2026-12-23", "basis_ref": LETTER}
    for who in (world.zhoumin, world.guyan):
        unknown = await program.call(who, "POST", path, given | {"person_id": "99999999"})
        assert unknown.status_code == 422
        for one in ids:
            answer = await program.call(who, "POST", path, given | {"person_id": one})
            assert (answer.status_code, told(answer.json())) == (422, told(unknown.json()))
    await browser.sign_in(world.zhoumin)
    assert "金丝雀" not in await browser.get(path)
    for one in ids:
        page = await browser.post(path, person_id=one, starts_on="2026-11-23", ends_on="2026-12-01")
        assert page.status_code == 422
        assert "金丝雀" not in page.text
    assert {one["person_id"] for one in (await program.get(world.zhoumin, path))["items"]} == {str(world.maolin.id)}


def told(refusal: Any) -> str:
    return json.dumps({name: value for name, value in refusal.items() if "request" not in name}, sort_keys=True)


async def test_the_operator_opens_the_record_to_no_operator_and_the_leads_liaison_may(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    path = f"/mechanisms/{world.mechanism.id}/readers"
    given = {"person_id": str(world.guyan.id), "ends_on": "2026-12-23", "basis_ref": LETTER}
    assert await program.refused(world.guyan, "POST", path, given) == (422, ["person_id"])
    await browser.sign_in(world.guyan)
    assert f'value="{world.guyan.id}"' not in await browser.get(path)
    page = await browser.post(path, starts_on="2026-11-23", **given)
    assert page.status_code == 422
    assert "须由牵头单位联络员指定" in page.text
    await program.post(world.zhoumin, path, given, status=201)


async def test_a_readers_time_ends_under_the_address_of_their_own_mechanism_alone(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    async with play.database.writing() as db:
        other = Mechanism(
            name="另一机制",
            short_name="另一机制",
            timezone="Asia/Shanghai",
            region="CN",
            locale="zh_CN",
            lead_agency_id=world.jcy.id,
            quorum=2,
            deadlines={},
        )
        db.add(other)
        await db.flush()
        other_id = other.id
    made = await named(play, program)
    path = f"/mechanisms/{world.mechanism.id}/readers"
    await browser.sign_in(world.zhoumin)
    await browser.get(path)
    answer = await browser.post(f"/mechanisms/{other_id}/readers/{made['id']}/end")
    assert answer.status_code == 404
    assert not any(one["ended_early"] for one in (await program.get(world.zhoumin, path))["items"])
    assert (await browser.post(f"{path}/{made['id']}/end")).status_code == 303
