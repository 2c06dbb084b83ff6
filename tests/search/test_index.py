"""The index follows each change in the transaction that makes it, and says the same as one that is built anew."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import Column, Table, delete, select, text, update
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.sql.visitors import iterate
from structlog.testing import capture_logs

from liaison.accounts.viewer import Viewer
from liaison.actions import assigning
from liaison.db import Database, Session
from liaison.directory.models import Agency, Person
from liaison.meetings import agenda, queries, recording, scheduling
from liaison.meetings.agenda import item_of
from liaison.meetings.asking import Asked, ask
from liaison.meetings.models import Meeting
from liaison.notices.models import Notice
from liaison.search import building, changes, indexing
from liaison.search import queries as search
from liaison.search.indexing import MOST_CHARACTERS, _row
from liaison.search.kinds import KINDS, Entry, Kind
from liaison.search.models import SearchBuild, SearchRow
from liaison.search.places import place
from liaison.worker import build_search, work_for
from tests.meetings.play import Play
from tests.rights_meetings import meetings
from tests.rights_notices import contacts, notices
from tests.world import World


async def titles(database: Database, viewer: Viewer, words: str, kind: str | None = None) -> list[str]:
    """What somebody finds, by title, newest first."""
    async with database.reading() as db:
        found = await search.find(db, await search.begin(db, viewer, words), kind=kind, limit=50)
    return [hit.found.title for hit in found.hits]


async def rows(db: Session) -> set[tuple[int, str]]:
    return {(row.id, row.digest) for row in await db.execute(select(SearchRow.id, SearchRow.digest))}


async def built_anew(database: Database) -> set[tuple[int, str]]:
    """The rows of an index that was empty and is built from what there is."""
    async with database.writing() as db:
        await db.execute(delete(SearchRow))
        await building.begin_anew(db)
    while True:
        async with database.writing() as db:
            if not await building.build_some(db):
                return await rows(db)


async def test_what_was_followed_change_by_change_is_what_is_built_anew(
    database: Database, world: World, play: Play
) -> None:
    """On the whole site of the tests of rights, where everything that is found is written, sent, decided, signed and restricted."""
    async with database.writing() as db:
        await meetings(db, world)
        await notices(db, world)
        await contacts(db, world)
    await play.scheduled(title="再次安排")
    async with database.reading() as db:
        followed = await rows(db)
        kinds = set(await db.scalars(select(SearchRow.kind).distinct()))
    assert kinds == {kind.number for kind in KINDS}, "every kind has rows, or this says nothing of it"
    assert followed == await built_anew(database)


Change = Callable[[Session, Viewer, Meeting], Awaitable[Any]]


async def _moves(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    await scheduling.move(db, viewer, meeting, local_start=datetime.fromisoformat("2027-01-14T09:00"))


async def _renames(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    await scheduling.change(db, viewer, meeting, title="改名座谈会", location="新地点", note="带上材料")


async def _asks(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    outside = (await db.scalars(select(Agency).where(Agency.short_name == "区民政局"))).one()
    await ask(db, viewer, meeting, [Asked(agency_id=outside.id)])


async def _restricts(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    item = (await queries.agenda(db, meeting.id))[0]
    item = await item_of(db, viewer, item.id)
    await agenda.set_audience(db, viewer, item, [viewer.agency_id])


async def _withdraws(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    item = await item_of(db, viewer, (await queries.agenda(db, meeting.id))[0].id)
    await agenda.withdraw_item(db, viewer, item)


async def _renames_the_agency(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    (await db.get_one(Agency, viewer.agency_id)).name = "清沚区改名检察院"


async def _deactivates(db: Session, viewer: Viewer, meeting: Meeting) -> None:
    (await db.scalars(select(Person).where(Person.key == "hanmei"))).one().deactivated_at = db.now()


@pytest.mark.parametrize("change", [_moves, _renames, _asks, _restricts, _withdraws, _renames_the_agency, _deactivates])
async def test_a_change_reaches_all_that_is_found_by_it(
    database: Database, world: World, play: Play, change: Change
) -> None:
    asked = (Asked(agency_id=world.sfj.id), Asked(person_id=world.chenzy.id))
    meeting_id = await play.scheduled(*asked, local_start=datetime.fromisoformat("2026-11-23T08:30"))
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        meeting.announced_at = db.now()
        item = await agenda.add_item(db, viewer, meeting, title="研究线索移送", purpose="study")
        decided = await recording.decide(db, viewer, meeting, text="建立清单", agenda_item_id=item.id)
        given = {"meeting": meeting, "decision_id": decided.id, "lead_agency_id": world.jcy.id}
        await assigning.assign(db, viewer, world.mechanism.id, title="建立清单", **given)  # type: ignore[arg-type]
    async with database.reading() as db:
        before = await rows(db)
    async with database.writing() as db:
        await change(db, *await play.meeting(db, meeting_id))
    async with database.reading() as db:
        followed = await rows(db)
    assert followed != before, "the change is one that shows"
    assert followed == await built_anew(database)


async def test_saved_is_found_changed_is_found_by_its_new_words_and_what_is_taken_off_comes_back(
    database: Database, world: World, play: Play
) -> None:
    viewer = await play.viewer(world.zhoumin)
    meeting_id = await play.scheduled(title="农民工讨薪专题会")
    assert await titles(database, viewer, "讨薪") == ["农民工讨薪专题会"]
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, title="根治欠薪专题会", location=None, note=None)
        item = await agenda.add_item(db, viewer, meeting, title="核实欠薪线索", purpose="study")
    assert await titles(database, viewer, "讨薪") == []
    assert await titles(database, viewer, "欠薪") == ["核实欠薪线索", "根治欠薪专题会"]
    async with database.writing() as db:
        await agenda.withdraw_item(db, viewer, await item_of(db, viewer, item.id))
    assert await titles(database, viewer, "欠薪", "agenda_item") == []
    async with database.writing() as db:
        await agenda.restore_item(db, viewer, await item_of(db, viewer, item.id, removed=True))
    assert await titles(database, viewer, "欠薪", "agenda_item") == ["核实欠薪线索"]


async def test_a_change_that_is_undone_with_its_transaction_leaves_nothing(
    database: Database, world: World, play: Play
) -> None:
    viewer = await play.viewer(world.zhoumin)
    with suppress(RuntimeError):
        async with database.writing() as db:
            await assigning.assign(db, viewer, world.mechanism.id, title="半途而废", lead_agency_id=world.jcy.id)
            await db.flush()
            raise RuntimeError
    assert await titles(database, viewer, "半途") == []


async def test_an_answer_or_a_reminder_writes_nothing_to_the_index(
    database: Database, world: World, play: Play
) -> None:
    meeting_id = await play.scheduled(Asked(person_id=world.chenzy.id))
    async with database.writing() as db:
        _, meeting = await play.meeting(db, meeting_id)
        meeting.remind_on = date(2026, 12, 1)
        await db.flush()
        assert changes.CHANGED not in db.info


async def test_an_agency_and_its_people_can_be_renamed_and_are_found_by_their_names(
    database: Database, world: World, play: Play
) -> None:
    viewer = await play.viewer(world.zhoumin)
    assert "李文博" in await titles(database, viewer, "法律援助中心", "person")
    async with database.writing() as db:
        row = await db.get_one(Agency, world.sfj.id)
        row.name = "清沚区司法行政局"
    found = await titles(database, viewer, "司法行政", "person")
    assert sorted(found) == sorted(["李文博", "吴晓岚", "郑国强", "龚慧", "徐洁"])


async def test_the_worker_builds_what_was_there_before_and_is_quick_about_it_afterwards(
    database: Database, world: World, play: Play
) -> None:
    await play.scheduled(title="以前的会议")
    async with database.writing() as db:
        kept = await rows(db)
        await db.execute(delete(SearchRow))
        await db.execute(delete(SearchBuild))
    viewer = await play.viewer(world.zhoumin)
    assert await titles(database, viewer, "以前") == []
    async with database.reading() as db:
        assert not await building.is_built(db)
    await build_search(work_for(database, {}))
    assert await titles(database, viewer, "以前") == ["以前的会议"]
    async with database.reading() as db:
        assert await building.is_built(db)
        assert await rows(db) == kept
    async with database.writing() as db:
        assert not await building.build_some(db)


async def test_another_form_of_the_tokens_has_the_index_built_anew_without_what_is_gone(
    database: Database, world: World, play: Play
) -> None:
    await play.scheduled()
    async with database.writing() as db:
        kept = await rows(db)
        await db.execute(update(SearchBuild).values(form=building.FORM - 1))
        await db.execute(update(SearchRow).where(SearchRow.kind == 1).values(digest="another"))
        row = {"kind": 1, "thing_id": 77, "digest": "", "tokens": frozenset({"以前"})}
        await db.execute(SearchRow.__table__.insert().values(id=77, **row))  # type: ignore[attr-defined]
    async with database.reading() as db:
        assert not await building.is_built(db)
    await build_search(work_for(database, {}))
    async with database.reading() as db:
        assert await rows(db) == kept


async def test_a_new_site_has_nothing_to_build(database: Database) -> None:
    async with database.reading() as db:
        assert await building.is_built(db)


async def test_what_the_full_text_table_holds_is_what_its_rows_say(
    database: Database, world: World, play: Play
) -> None:
    """SQLite compares the two itself; PostgreSQL has but one."""
    meeting_id = await play.scheduled(title="甲乙丙丁")
    async with database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.change(db, viewer, meeting, title="戊己庚辛", location=None, note=None)
    if database.is_sqlite:
        async with database.writing() as db:
            await db.execute(text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"))


def test_no_column_is_watched_that_there_is_not() -> None:
    for model, watched in changes.WATCHED.items():
        assert {*watched.columns, watched.by} <= set(model.__mapper__.attrs.keys()), model


NEVER_CHANGED = {
    "id", "mechanism_id", "agenda_item.meeting_id", "decision.meeting_id", "decision.year", "decision.number", "notice.written_at", "mechanism.timezone", "notice.from_agency_id", "paper.added_by",
    "agency_invitation.meeting_id", "action_support.action_item_id", "notice_addressee.notice_id", "minutes.meeting_id", "document_version.document_id", "document_version.number", "document_section.document_version_id", "document_section.position",
}  # fmt: skip
"""What the index reads and no verb changes of a row that is there."""


def test_whatever_column_the_index_is_made_of_is_watched() -> None:
    watched = {f"{model.__tablename__}.{column}" for model, of in changes.WATCHED.items() for column in of.columns}
    read = {
        f"{element.table.name}.{element.name}"
        for kind in KINDS
        for element in iterate(kind.rows)
        if isinstance(element, Column) and isinstance(element.table, Table)
    }
    assert len(read) > 40
    assert {one for one in read - watched - NEVER_CHANGED if one.split(".")[1] not in NEVER_CHANGED} == set()


def long_text(characters: int) -> str:
    """Chinese in which nearly each two characters are others than all before."""
    letters = Random(7)
    return "".join(chr(letters.randrange(0x4E00, 0x9FA5)) for _ in range(characters))


async def test_of_a_very_long_text_the_beginning_is_found_and_saving_goes_on(
    database: Database, world: World, play: Play
) -> None:
    viewer = await play.viewer(world.zhoumin)
    meeting_id = await play.scheduled(title="长篇会议")
    async with database.writing() as db:
        _, meeting = await play.meeting(db, meeting_id)
        meeting.note = f"开头讨薪。{long_text(MOST_CHARACTERS)}。{long_text(200_000)}末尾欠薪"
    assert await titles(database, viewer, "讨薪") == ["长篇会议"]
    assert await titles(database, viewer, "欠薪") == []


async def test_letters_of_many_bytes_are_cut_earlier_than_the_database_has_room() -> None:
    rare = "".join(
        f"{chr(0x4E00 + n)}{''.join(chr(0x10400 + (n * 7 + k * 3) % 40) for k in range(8))}" for n in range(6000)
    )
    (entry,) = [Entry(1, None, set(), (rare, rare))]
    tokens = _row(KINDS[0], entry)["tokens"]
    assert 100_000 < len(" ".join(tokens).encode()) < 2**20


@pytest.mark.parametrize("broken", [DataError("", {}, ValueError()), ValueError()])
async def test_a_row_that_cannot_be_indexed_is_noted_and_all_others_are_built(
    database: Database, world: World, play: Play, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    meeting_id = await play.scheduled(title="不能编入")
    await play.scheduled(title="以后的会议")
    async with database.writing() as db:
        await db.execute(delete(SearchRow))
        await building.begin_anew(db)
    really = indexing.index

    async def index(db: Session, kind: Kind, ids: Sequence[int]) -> None:
        await really(db, kind, ids)
        if kind.name == "meeting" and meeting_id in ids:
            raise broken

    monkeypatch.setattr(building, "index", index)
    with capture_logs() as logged:
        await build_search(work_for(database, {}))
    assert [(one["kind"], one["id"]) for one in logged if one["event"] == "search_not_indexed"] == [
        ("meeting", meeting_id)
    ]
    viewer = await play.viewer(world.zhoumin)
    assert await titles(database, viewer, "不能编入") == []
    assert await titles(database, viewer, "以后") == ["以后的会议"]
    async with database.reading() as db:
        assert await building.is_built(db)


async def test_a_lost_connection_is_no_fault_of_a_row(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def index(db: Session, kind: Kind, ids: Sequence[int]) -> None:
        raise DBAPIError("", {}, ConnectionError(), connection_invalidated=True)

    async with database.writing() as db:
        await building.begin_anew(db)
    monkeypatch.setattr(building, "index", index)
    with pytest.raises(DBAPIError):
        async with database.writing() as db:
            await building.build_some(db)
    async with database.reading() as db:
        assert not await building.is_built(db)


async def test_a_notice_stands_on_the_day_that_its_mechanism_has(database: Database, world: World) -> None:
    late = datetime.fromisoformat("2026-11-23T17:30:00+00:00")
    async with database.writing() as db:
        await notices(db, world)
    async with database.writing() as db:
        notice = (await db.scalars(select(Notice).where(Notice.sent_at.is_not(None)).limit(1))).one()
        notice.sent_at, id_ = late, notice.id
    async with database.reading() as db:
        places = await db.scalars(select(SearchRow.id).where(SearchRow.kind == 7, SearchRow.thing_id == id_))
        assert set(places) == {place(date(2026, 11, 24), 7, id_)}, "half past one in the morning of the next day"
