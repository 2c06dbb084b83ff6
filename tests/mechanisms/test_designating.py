"""Designations: dated, the agency's own word, never two principals at one time, and what dies with an office."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from liaison.accounts import sessions
from liaison.accounts.models import Link, UserSession
from liaison.audit import AuditLine
from liaison.clock import Clock
from liaison.db import Database
from liaison.directory.models import Person
from liaison.errors import Conflict, Invalid, NotFound, NotPermitted
from liaison.i18n import gettext_for
from liaison.mechanisms import designating, queries
from liaison.mechanisms.models import Designation
from tests.conftest import NOW
from tests.world import World

TODAY = date(2026, 11, 23)


def worded(refusal: Invalid, locale: str = "en") -> dict[str, str]:
    return {name: said.worded(gettext_for(locale)) for name, said in refusal.errors.items()}


async def test_a_second_principal_at_the_same_time_is_refused_naming_the_other_term(
    database: Database, world: World
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.hejing)
        with pytest.raises(Invalid) as refused:
            await designating.designate(
                db,
                viewer,
                world.mechanism.id,
                agency_id=world.jcy.id,
                person_id=world.chenzy.id,
                role="principal",
                starts_on=TODAY,
            )
    assert worded(refused.value) == {
        "starts_on": "周敏 is Liaison since 2022-05-23. Please end that term first, or hand over."
    }
    async with database.reading() as db:
        assert len(await queries.designations(db, world.mechanism.id)) == 5


async def test_moving_an_end_over_the_next_principal_is_refused_on_the_end(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        await designating.hand_over(
            db,
            viewer,
            world.terms["zhoumin"].id,
            to_person_id=world.chenzy.id,
            starts_on=date(2027, 1, 1),
            basis_ref="X",
        )
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        with pytest.raises(Invalid) as refused:
            await designating.change_end(db, viewer, world.terms["zhoumin"].id, ends_on=date(2027, 3, 1))
    assert worded(refused.value) == {
        "ends_on": "陈志远 is Liaison since 2027-01-01. Please end that term first, or hand over."
    }


async def test_a_term_may_begin_on_the_day_the_earlier_one_ends(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.hejing)
        await designating.change_end(db, viewer, world.terms["zhoumin"].id, ends_on=date(2027, 1, 1))
        await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.jcy.id,
            person_id=world.chenzy.id,
            role="principal",
            starts_on=date(2027, 1, 1),
        )
    async with database.reading() as db:
        before = await queries.in_office(db, world.mechanism.id, date(2026, 12, 31))
        after = await queries.in_office(db, world.mechanism.id, date(2027, 1, 1))
    assert _names(before) == {world.jcy.id: "周敏", world.sfj.id: "李文博"}
    assert _names(after) == {world.jcy.id: "陈志远", world.sfj.id: "李文博"}


def _names(in_office: dict[int, Designation | None]) -> dict[int, str | None]:
    return {agency: held.person.name if held else None for agency, held in in_office.items()}


async def test_an_acting_liaison_is_in_office_instead_of_the_principal(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.jcy.id,
            person_id=world.qianwei.id,
            role="acting",
            starts_on=TODAY,
            ends_on=date(2026, 12, 1),
        )
    async with database.reading() as db:
        on = {
            d: _names(await queries.in_office(db, world.mechanism.id, d))[world.jcy.id]
            for d in (TODAY, date(2026, 12, 1))
        }
        zhoumin = await world.viewer(db, world.zhoumin)
        qianwei = await world.viewer(db, world.qianwei)
    assert on == {TODAY: "钱伟", date(2026, 12, 1): "周敏"}
    assert zhoumin.officer_of(world.mechanism.id) is None
    assert qianwei.officer_of(world.mechanism.id) == world.jcy.id


async def test_two_acting_liaisons_of_one_agency_never_overlap(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.hejing)
        for person, field in ((world.qianwei, None), (world.chenzy, "starts_on")):
            call = designating.designate(
                db,
                viewer,
                world.mechanism.id,
                agency_id=world.jcy.id,
                person_id=person.id,
                role="acting",
                starts_on=TODAY,
            )
            if field is None:
                await call
            else:
                with pytest.raises(Invalid, match="Please check") as refused:
                    await call
                assert list(refused.value.errors) == [field]


async def test_a_deactivated_person_leaves_a_vacancy(database: Database, world: World) -> None:
    async with database.writing() as db:
        person = await db.get(Person, world.zhoumin.id)
        assert person is not None
        person.deactivated_at = NOW
    async with database.reading() as db:
        now = await queries.in_office(db, world.mechanism.id, TODAY)
        yesterday = await queries.in_office(db, world.mechanism.id, date(2026, 11, 22))
    assert now[world.jcy.id] is None
    assert yesterday[world.jcy.id] is not None


async def test_a_deactivated_acting_liaison_gives_the_office_back_to_the_principal(
    database: Database, world: World
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.hejing)
        await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.jcy.id,
            person_id=world.qianwei.id,
            role="acting",
            starts_on=TODAY,
        )
        (await db.get_one(Person, world.qianwei.id)).deactivated_at = NOW
    async with database.reading() as db:
        assert _names(await queries.in_office(db, world.mechanism.id, TODAY))[world.jcy.id] == "周敏"
        assert (await world.viewer(db, world.zhoumin)).officer_of(world.mechanism.id) == world.jcy.id


@pytest.mark.parametrize("who", ["zhoumin", "hejing"])
async def test_an_agency_designates_its_own(database: Database, world: World, who: str) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, getattr(world, who))
        made = await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.jcy.id,
            person_id=world.hanmei.id,
            role="deputy",
            starts_on=TODAY,
        )
        assert made.may_sign is False
        assert made.designated_by == viewer.person_id


@pytest.mark.parametrize("who", ["qianwei", "chenzy", "liwb", "gonghui", "maolin", "songhp"])
async def test_deputies_participants_and_other_agencies_do_not_designate(
    database: Database, world: World, who: str
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, getattr(world, who))
        with pytest.raises(NotPermitted):
            await designating.designate(
                db,
                viewer,
                world.mechanism.id,
                agency_id=world.jcy.id,
                person_id=world.hanmei.id,
                role="deputy",
                starts_on=TODAY,
            )
        with pytest.raises(NotPermitted):
            await designating.change_end(db, viewer, world.terms["zhoumin"].id, ends_on=TODAY)
        with pytest.raises(NotPermitted):
            await designating.hand_over(
                db, viewer, world.terms["zhoumin"].id, to_person_id=world.hanmei.id, starts_on=TODAY, basis_ref="X"
            )


async def test_somebody_outside_the_mechanism_does_not_learn_that_a_designation_exists(
    database: Database, world: World
) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.sunl)
        with pytest.raises(NotFound):
            await designating.change_end(db, viewer, world.terms["zhoumin"].id, ends_on=TODAY)


async def test_the_operator_designates_only_on_a_letter(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        call = {"agency_id": world.jcy.id, "person_id": world.hanmei.id, "role": "deputy", "starts_on": TODAY}
        with pytest.raises(Invalid) as refused:
            await designating.designate(db, viewer, world.mechanism.id, **call)  # type: ignore[arg-type]
        assert list(refused.value.errors) == ["basis_ref"]
        made = await designating.designate(db, viewer, world.mechanism.id, **call, basis_ref="清检函〔2026〕9号")  # type: ignore[arg-type]
    async with database.reading() as db:
        line = (await db.scalars(select(AuditLine).where(AuditLine.object == f"designation:{made.id}"))).one()
    assert line.verb == "designate"
    assert line.mechanism_id == world.mechanism.id


async def test_only_active_people_of_the_agency_are_designated(database: Database, world: World) -> None:
    async with database.writing() as db:
        (await db.get_one(Person, world.chenzy.id)).deactivated_at = NOW
        await db.flush()
        viewer = await world.viewer(db, world.hejing)
        for person in (world.liwb, world.chenzy):
            with pytest.raises(Invalid) as refused:
                await designating.designate(
                    db,
                    viewer,
                    world.mechanism.id,
                    agency_id=world.jcy.id,
                    person_id=person.id,
                    role="deputy",
                    starts_on=TODAY,
                )
            assert list(refused.value.errors) == ["person_id"]


async def test_a_term_lies_within_the_agencys_membership(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        call = {"agency_id": world.mzj.id, "person_id": world.songhp.id, "role": "deputy", "basis_ref": "X"}
        with pytest.raises(Invalid) as after:
            await designating.designate(db, viewer, world.mechanism.id, **call, starts_on=TODAY)  # type: ignore[arg-type]
        with pytest.raises(Invalid) as over:
            await designating.designate(db, viewer, world.mechanism.id, **call, starts_on=date(2025, 1, 1))  # type: ignore[arg-type]
    assert list(after.value.errors) == ["starts_on"]
    assert worded(over.value) == {"ends_on": "The agency leaves on 2025-07-01; please give an end no later than that."}


async def test_handover_ends_one_term_and_begins_the_next_on_the_day(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        new = await designating.hand_over(
            db,
            viewer,
            world.terms["liwb"].id,
            to_person_id=world.wuxl.id,
            starts_on=TODAY,
            basis_ref="清司函〔2026〕3号",
        )
    async with database.reading() as db:
        old = await db.get_one(Designation, world.terms["liwb"].id)
        viewer = await world.viewer(db, world.wuxl)
    assert (old.ends_on, new.starts_on, new.ends_on, new.role) == (TODAY, TODAY, None, "principal")
    assert new.basis_ref == "清司函〔2026〕3号"
    assert viewer.officer_of(world.mechanism.id) == world.sfj.id


async def test_handover_to_an_acting_liaison_and_back_to_a_principal(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        acting = await designating.hand_over(
            db, viewer, world.terms["liwb"].id, to_person_id=world.wuxl.id, starts_on=TODAY, acting=True
        )
        principal = await designating.hand_over(
            db, viewer, acting.id, to_person_id=world.zhenggq.id, starts_on=date(2026, 12, 1)
        )
    assert (acting.role, principal.role) == ("acting", "principal")


async def test_handover_names_its_own_fields(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        with pytest.raises(Invalid) as same:
            await designating.hand_over(
                db, viewer, world.terms["liwb"].id, to_person_id=world.liwb.id, starts_on=date(2022, 5, 23)
            )
        with pytest.raises(Invalid) as foreign:
            await designating.hand_over(
                db, viewer, world.terms["liwb"].id, to_person_id=world.zhoumin.id, starts_on=TODAY
            )
    assert set(same.value.errors) == {"to_person_id", "starts_on"}
    assert set(foreign.value.errors) == {"to_person_id"}


async def test_a_stale_version_changes_nothing(database: Database, world: World) -> None:
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        with pytest.raises(Conflict) as refused:
            await designating.change_end(db, viewer, world.terms["zhoumin"].id, ends_on=TODAY, version=7)
    assert refused.value.theirs == {"ends_on": None}


async def _tie_to_office(database: Database, world: World, person: Person) -> None:
    async with database.writing() as db:
        await sessions.open_session(db, person.id, user_agent="", source="", by_office=True)
        await sessions.open_session(db, person.id, user_agent="", source="", by_office=False)
        db.add(
            Link(
                public_id=f"link-{person.id}",
                purpose="slip",
                object_id=1,
                person_id=person.id,
                agency_id=person.agency_id,
                designation_id=world.terms[person.key or ""].id,
                created_at=NOW,
                expires_at=datetime(2027, 1, 1, tzinfo=UTC),
            )
        )


async def _tied(database: Database, person: Person) -> tuple[bool, list[bool]]:
    """(the link lives, by office or not of the sessions that live)"""
    async with database.reading() as db:
        link = (await db.scalars(select(Link).where(Link.person_id == person.id))).one()
        live = await db.scalars(
            select(UserSession)
            .where(UserSession.person_id == person.id, UserSession.ended_at.is_(None))
            .order_by(UserSession.id)
        )
        return link.revoked_at is None, [session.by_office for session in live]


async def test_what_is_tied_to_an_office_dies_with_it(database: Database, world: World) -> None:
    await _tie_to_office(database, world, world.liwb)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        await designating.hand_over(db, viewer, world.terms["liwb"].id, to_person_id=world.wuxl.id, starts_on=TODAY)
    assert await _tied(database, world.liwb) == (False, [False])


async def test_a_term_that_ends_later_keeps_its_links_and_sessions_until_then(database: Database, world: World) -> None:
    await _tie_to_office(database, world, world.liwb)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        await designating.change_end(db, viewer, world.terms["liwb"].id, ends_on=date(2026, 11, 24))
    assert await _tied(database, world.liwb) == (True, [True, False])


async def test_sessions_by_office_live_while_another_office_is_held(database: Database, world: World) -> None:
    await _tie_to_office(database, world, world.liwb)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.sfj.id,
            person_id=world.liwb.id,
            role="deputy",
            starts_on=TODAY,
        )
        await designating.change_end(db, viewer, world.terms["liwb"].id, ends_on=TODAY)
    assert await _tied(database, world.liwb) == (False, [True, False])


async def test_today_is_the_mechanisms_local_day(database: Database, world: World, clock: Clock) -> None:
    clock.as_of = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 on the 23rd in Beijing
    await _tie_to_office(database, world, world.liwb)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.gonghui)
        await designating.change_end(db, viewer, world.terms["liwb"].id, ends_on=TODAY)
    assert await _tied(database, world.liwb) == (False, [False])
