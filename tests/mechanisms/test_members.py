"""Founding, members on dates, the agreement, deadlines."""

from datetime import date

import pytest

from liaison.db import Database
from liaison.directory.models import Agency
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.mechanisms import agreement, founding, members, queries
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.founding import Facts, Joining
from liaison.mechanisms.models import Designation, Mechanism
from tests.world import World

TODAY = date(2026, 11, 23)


async def test_the_operator_founds_a_mechanism_of_two_to_nine_members(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        facts = Facts(name="甲乙协作机制", lead_agency_id=world.jcy.id, host_rotation=(world.sfj.id, world.jcy.id))
        made = await founding.found(
            db,
            viewer,
            facts,
            members=[Joining(agency_id=world.jcy.id), Joining(agency_id=world.sfj.id, takes_part="paper")],
        )
    async with database.reading() as db:
        joined = await queries.members_on(db, made.id, TODAY)
        turns = await queries.host_rotation(db, [made.id])
    assert (made.timezone, made.region, made.locale, made.short_name) == (
        "Asia/Shanghai",
        "CN",
        "zh_CN",
        "甲乙协作机制",
    )
    assert [(m.agency_id, m.takes_part) for m in joined] == [(world.jcy.id, "online"), (world.sfj.id, "paper")]
    assert [agency.id for agency in turns[made.id]] == [world.sfj.id, world.jcy.id]


@pytest.mark.parametrize("who", ["zhoumin", "hejing", "maolin", "sunl"])
async def test_nobody_but_the_operator_founds(database: Database, world: World, who: str) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, getattr(world, who))
        with pytest.raises(NotPermitted):
            await founding.found(db, viewer, Facts(name="X", lead_agency_id=world.jcy.id))


async def test_founding_names_every_wrong_field_at_once(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        facts = Facts(
            name=world.mechanism.name,
            lead_agency_id=world.rsj.id,
            host_rotation=(world.sjj.id,),
            timezone="Mars/Base",
            region="ZZ",
            locale="xx",
            mailbox="nobody",
            quorum=12,
        )
        with pytest.raises(Invalid) as refused:
            await founding.found(db, viewer, facts, members=[Joining(agency_id=world.jcy.id)])
    assert set(refused.value.errors) == {
        *("name", "lead_agency_id", "host_rotation", "timezone", "region", "locale", "mailbox", "quorum", "members")
    }


async def test_a_change_touches_only_what_is_given(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        changed = await founding.change_mechanism(db, viewer, world.mechanism.id, {"quorum": 1}, version=1)
        assert (changed.quorum, changed.name, changed.version) == (1, world.mechanism.name, 2)
        with pytest.raises(Conflict):
            await founding.change_mechanism(db, viewer, world.mechanism.id, {"quorum": 2}, version=1)


async def test_an_agency_joins_and_leaves_on_dates(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        joined = await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 12, 1))
        await members.leave(db, viewer, joined.id, left_on=date(2027, 6, 1))
    async with database.reading() as db:
        on = {
            day: [m.agency_id for m in await queries.members_on(db, world.mechanism.id, day)]
            for day in (date(2026, 11, 30), date(2026, 12, 1), date(2027, 5, 31), date(2027, 6, 1))
        }
    two, three = [world.jcy.id, world.sfj.id], [world.jcy.id, world.sfj.id, world.rsj.id]
    assert list(on.values()) == [two, three, three, two]


async def test_an_agency_that_left_may_join_again(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        with pytest.raises(Invalid, match="check") as early:
            await members.join(db, viewer, world.mechanism.id, agency_id=world.mzj.id, joined_on=date(2025, 6, 30))
        await members.join(db, viewer, world.mechanism.id, agency_id=world.mzj.id, joined_on=date(2025, 7, 1))
    assert list(early.value.errors) == ["agency_id"]


async def test_a_tenth_member_is_refused(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        for n in range(8):
            agency = Agency(short_name=f"第{n}局", name=f"第{n}局")
            db.add(agency)
            await db.flush()
            if n < 7:
                await members.join(db, viewer, world.mechanism.id, agency_id=agency.id)
        with pytest.raises(Invalid) as refused:
            await members.join(db, viewer, world.mechanism.id, agency_id=agency.id)
    assert list(refused.value.errors) == ["agency_id"]


async def test_two_agencies_must_remain_and_the_lead_stays(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        for name in ("sfj", "jcy"):
            with pytest.raises(Invalid) as refused:
                await members.leave(db, viewer, world.members[name].id, left_on=TODAY)
            assert list(refused.value.errors) == ["left_on"]


async def test_the_terms_of_an_agency_end_when_it_leaves(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id, joined_on=date(2026, 1, 1))
        await members.leave(db, viewer, world.members["sfj"].id, left_on=TODAY)
    async with database.reading() as db:
        term = await db.get_one(Designation, world.terms["liwb"].id)
        liwb = await world.viewer(db, world.liwb)
        in_office = await queries.in_office(db, world.mechanism.id, TODAY)
    assert term.ends_on == TODAY
    assert liwb.acts_for(world.mechanism.id) is None
    assert set(in_office) == {world.jcy.id, world.rsj.id}
    assert in_office[world.rsj.id] is None


@pytest.mark.parametrize(
    ("who", "may"), [("liwb", True), ("gonghui", True), ("guyan", True), ("wuxl", False), ("zhoumin", False)]
)
async def test_an_agency_says_itself_how_it_takes_part(database: Database, world: World, who: str, may: bool) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, getattr(world, who))
        call = members.change_takes_part(db, viewer, world.members["sfj"].id, takes_part="paper")
        if may:
            assert (await call).takes_part == "paper"
        else:
            with pytest.raises(NotPermitted):
                await call


async def test_members_are_not_changed_by_officers(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        with pytest.raises(NotPermitted):
            await members.join(db, viewer, world.mechanism.id, agency_id=world.rsj.id)
        with pytest.raises(NotPermitted):
            await members.leave(db, viewer, world.members["sfj"].id, left_on=TODAY)
        outsider = await world.viewer(db, world.sunl)
        with pytest.raises(NotFound):
            await members.join(db, outsider, world.mechanism.id, agency_id=world.rsj.id)


async def test_the_agreement_is_put_and_its_clauses_replaced(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        facts = AgreementFacts(title="新的意见", doc_no="清检会〔2026〕1号")
        put = await agreement.put_agreement(
            db,
            viewer,
            world.mechanism.id,
            facts,
            clauses=[ClauseSaid(1, "甲"), ClauseSaid(2, "乙")],
            version=1,
        )
        await agreement.add_clause(db, viewer, world.mechanism.id, ClauseSaid(5, "丙"))
        with pytest.raises(Invalid) as twice:
            await agreement.add_clause(db, viewer, world.mechanism.id, ClauseSaid(5, "丁"))
    async with database.reading() as db:
        kept = await queries.clauses(db, world.mechanism.id)
    assert put.title == "新的意见"
    assert [(c.number, c.text) for c in kept] == [(1, "甲"), (2, "乙"), (5, "丙")]
    assert list(twice.value.errors) == ["number"]


async def test_deadlines_keep_their_order(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.wuxl)
        kept = await founding.set_deadlines(db, viewer, world.mechanism.id, {"call_for_items": -25})
        assert kept.deadlines["call_for_items"] == -25
        assert kept.deadlines["issue"] == 7
        with pytest.raises(Invalid) as refused:
            await founding.set_deadlines(db, viewer, world.mechanism.id, {"items_due": -30})
        reader = await world.viewer(db, world.maolin)
        with pytest.raises(NotPermitted):
            await founding.set_deadlines(db, reader, world.mechanism.id, {})
    assert list(refused.value.errors) == ["items_due"]


async def test_everybody_sees_the_mechanisms_of_their_agency_readers_and_operators_too(
    database: Database, world: World
) -> None:
    seen = {}
    async with database.reading() as db:
        for who in ("zhoumin", "chenzy", "songhp", "maolin", "guyan", "sunl"):
            viewer = await world.viewer(db, getattr(world, who))
            seen[who] = len(await queries.mechanisms_visible_to(db, viewer))
    assert seen == {"zhoumin": 1, "chenzy": 1, "songhp": 1, "maolin": 1, "guyan": 1, "sunl": 0}


async def test_contacts_are_shared_among_present_members_only(database: Database, world: World) -> None:
    async with database.reading() as db:
        common = {
            who: await queries.agencies_in_common(db, await world.viewer(db, getattr(world, who)))
            for who in ("chenzy", "songhp", "sunl")
        }
    assert common == {
        "chenzy": {world.jcy.id, world.sfj.id},
        "songhp": {world.mzj.id},
        "sunl": {world.rsj.id},
    }


async def test_designations_on_a_day_say_who_is_in_office(database: Database, world: World) -> None:
    async with database.reading() as db:
        day = date(2024, 6, 1)
        everybody = queries.with_office(await queries.designations(db, world.mechanism.id), day, "Asia/Shanghai")
        rows = [(row, held) for row, held in everybody if row.is_in_term_on(day)]
        deputies = await queries.deputies(db, world.mechanism.id, TODAY)
        assert await db.get(Mechanism, 999) is None
    assert {row.person.name: held for row, held in rows} == {
        "周敏": True,
        "李文博": True,
        "宋和平": True,
        "钱伟": False,
    }
    assert {agency: [d.person.name for d in rows] for agency, rows in deputies.items()} == {
        world.jcy.id: ["钱伟"],
        world.sfj.id: ["吴晓岚"],
    }
