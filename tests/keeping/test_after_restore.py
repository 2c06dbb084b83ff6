"""After a restore nothing goes twice, and whatever goes later is newer than anything sent before (TRUST.md 14)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from liaison import audit, migrate, restoring
from liaison.accounts.viewer import COMMAND_LINE
from liaison.actions.models import ActionItem
from liaison.clock import Clock
from liaison.composers import COMPOSERS
from liaison.config import Settings
from liaison.db import Database
from liaison.errors import CannotRun, Conflict
from liaison.keeping import making
from liaison.mail import outbox
from liaison.mail.models import HELD, OutboxMail
from liaison.meetings import announcing, scheduling
from liaison.meetings.asking import Asked
from liaison.opening import open_database
from liaison.reminders.reminding import remind_due
from liaison.system import backups
from liaison.system.after_restore import JUMP, settle
from tests.callers import Browser
from tests.conftest import ON_POSTGRESQL
from tests.meetings.play import START, Mail, Play, by_address
from tests.statements import hurried
from tests.world import World

LIWB = "liwb@sfj.qingzhi.example"
WUXL = "wuxl@sfj.qingzhi.example"
CHENZY = "chenzy@jcy.qingzhi.example"
OPERATOR = COMMAND_LINE


@dataclass(slots=True)
class Sites:
    """The site that was backed up, and where it comes back."""

    play: Play
    file: Path
    place: Settings

    def backup(self) -> None:
        making.make(self.play.database.settings, self.file)

    async def restored(self) -> Play:
        """The same mailbox, the same people, and a database that does not know what happened since the backup."""
        await restoring.restore(self.place, self.file)
        self.play.clock.as_of = datetime.now(UTC).replace(microsecond=0)
        database = hurried(open_database(self.place, self.play.clock))
        again = Play(database, self.play.world, self.play.clock, self.play.directory)
        again.read = self.play.read
        return again


@pytest.fixture
def sites(play: Play, empty_place: Settings, tmp_path: Path) -> Sites:
    return Sites(play, tmp_path / "b.tar.gz", empty_place)


def people(world: World) -> tuple[Asked, ...]:
    return (Asked(person_id=world.chenzy.id, role="chair"), Asked(person_id=world.liwb.id))


async def move(play: Play, meeting_id: int, days: int) -> list[Mail]:
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.move(db, viewer, meeting, local_start=START + timedelta(days=days))
    return await play.send(meeting_id)


def local_start(mail: Mail) -> datetime:
    """When it says the meeting begins, as wall time."""
    begins: Any = mail.event["DTSTART"].dt
    return datetime.combine(begins.date(), begins.time())


def newest(mails: list[Mail]) -> tuple[int, datetime]:
    """The highest SEQUENCE and DTSTAMP among them."""
    events = [mail.event for mail in mails if mail.calendar is not None]
    stamps: list[Any] = [event["DTSTAMP"].dt for event in events]
    return max(int(event["SEQUENCE"]) for event in events), max(stamps)


async def test_an_update_after_a_restore_is_newer_than_all_that_was_ever_sent(sites: Sites, world: World) -> None:
    play = sites.play
    meeting = await play.scheduled(*people(world))
    sent = await play.send(meeting)
    sites.backup()
    for days in range(1, 6):  # lost by the restore
        sent += await move(play, meeting, days)
    sequence, dtstamp = newest(sent)
    assert sequence == 5

    again = await sites.restored()
    try:
        assert await again.delivered() == []
        mails = by_address(await move(again, meeting, 7))
        assert set(mails) == {CHENZY, LIWB}
        for mail in mails.values():
            assert mail.method == "REQUEST"
            assert int(mail.event["SEQUENCE"]) == 0 + JUMP + 1
            assert mail.event["DTSTAMP"].dt > dtstamp
            assert local_start(mail) == START + timedelta(days=7)
            assert mail.event["UID"] == sent[0].event["UID"]
            assert "改期" in mail.subject
        assert await again.delivered() == []
    finally:
        await again.database.dispose()


async def test_an_update_of_the_text_alone_is_newer_too_and_so_is_one_sent_once_more(
    sites: Sites, world: World
) -> None:
    play = sites.play
    meeting = await play.scheduled(*people(world))
    sent = await play.send(meeting)
    sites.backup()
    sent += await move(play, meeting, 1)
    sequence, dtstamp = newest(sent)
    again = await sites.restored()
    try:
        async with again.database.writing() as db:
            viewer, found = await again.meeting(db, meeting)
            await announcing.resend(db, viewer, found, LIWB)
        (mail,) = await again.delivered()
        assert (mail.to, int(mail.event["SEQUENCE"])) == (LIWB, JUMP)
        assert int(mail.event["SEQUENCE"]) > sequence
        assert mail.event["DTSTAMP"].dt > dtstamp
        async with again.database.writing() as db:
            viewer, found = await again.meeting(db, meeting)
            await scheduling.change(db, viewer, found, note="请带第三季度清单。")
        mails = by_address(await again.send(meeting))
        assert {int(mail.event["SEQUENCE"]) for mail in mails.values()} == {JUMP}
        assert set(mails) == {CHENZY, LIWB}
    finally:
        await again.database.dispose()


async def test_the_notice_can_be_sent_anew_although_nothing_was_changed_here(sites: Sites, world: World) -> None:
    play = sites.play
    meeting = await play.scheduled(*people(world))
    await play.send(meeting)
    sites.backup()
    await move(play, meeting, 1)
    again = await sites.restored()
    try:
        mails = by_address(await again.send(meeting))
        assert set(mails) == {CHENZY, LIWB}
        assert {local_start(mail) for mail in mails.values()} == {START}
        async with again.database.writing() as db:
            viewer, found = await again.meeting(db, meeting)
            with pytest.raises(Conflict):
                await announcing.send(db, viewer, found)
    finally:
        await again.database.dispose()


async def test_mail_that_waited_is_held_until_an_operator_releases_it(sites: Sites, world: World) -> None:
    play = sites.play
    meeting = await play.scheduled(*people(world))
    async with play.database.writing() as db:
        viewer, found = await play.meeting(db, meeting)
        await announcing.send(db, viewer, found)
    sites.backup()
    again = await sites.restored()
    try:
        assert await again.delivered() == []
        async with again.database.writing() as db:
            mails = (await db.scalars(select(OutboxMail))).all()
            assert {(mail.state, mail.reason, mail.in_doubt) for mail in mails} == {(HELD, "restored", True)}
            first = await outbox.release(db, OPERATOR, mails[0].id)
            address = first.address
        (mail,) = await again.delivered()
        assert (mail.to, int(mail.event["SEQUENCE"]), mail.method) == (address, JUMP, "REQUEST")
        async with again.database.writing() as db:
            with pytest.raises(Conflict):
                await outbox.release_all(db, OPERATOR, count=2)
            await db.rollback()
            assert await outbox.release_all(db, OPERATOR, count=1) == 1
        assert len(await again.delivered()) == 1
        assert await again.delivered() == []
    finally:
        await again.database.dispose()


async def test_whoever_may_have_been_told_after_the_backup_is_told_when_the_meeting_is_off(
    sites: Sites, world: World
) -> None:
    play = sites.play
    meeting = await play.scheduled(*people(world))
    async with play.database.writing() as db:
        viewer, found = await play.meeting(db, meeting)
        await announcing.send(db, viewer, found)
    sites.backup()
    assert len(await play.delivered()) == 2  # sent by the site that is lost
    again = await sites.restored()
    try:
        async with again.database.writing() as db:
            viewer, found = await again.meeting(db, meeting)
            await scheduling.cancel(db, viewer, found, reason="不开了")
        mails = by_address(await again.send(meeting))
        assert {(mail.to, mail.method) for mail in mails.values()} == {(CHENZY, "CANCEL"), (LIWB, "CANCEL")}
        async with again.database.reading() as db:
            assert (await db.scalars(select(OutboxMail.id).where(OutboxMail.state == HELD))).all() == []
    finally:
        await again.database.dispose()


async def test_a_mail_on_its_way_counts_as_arrived(sites: Sites, world: World) -> None:
    play = sites.play
    meeting = await play.scheduled(*people(world))
    await play.send(meeting)
    async with play.database.writing() as db:  # as a worker leaves it that is killed inside DATA
        await db.execute(
            text("UPDATE outbox_mail SET state = 'sending', claimed_by = 'killed', claimed_until = next_try_at")
        )
    sites.backup()
    again = await sites.restored()
    try:
        assert await again.delivered() == []
        async with again.database.reading() as db:
            mails = (await db.scalars(select(OutboxMail))).all()
            assert {(m.state, m.in_doubt, m.claimed_by, m.claimed_until) for m in mails} == {(HELD, True, None, None)}
            assert set(await outbox.holding(db, mails[0].thread)) == {CHENZY, LIWB}
    finally:
        await again.database.dispose()


async def test_reminders_that_went_out_after_the_backup_are_held_and_do_not_go_again(
    database: Database, world: World, clock: Clock
) -> None:
    assert clock.as_of is not None
    made_at = clock.as_of  # Monday 09:00, after that morning's mail
    async with database.writing() as db:
        db.add(
            ActionItem(
                mechanism_id=world.mechanism.id, title="建立联合台账", lead_agency_id=world.sfj.id, owner_id=world.liwb.id,
                assigned_at=made_at - timedelta(days=20),
                assigned_on=made_at.date() - timedelta(days=20), due_on=made_at.date() + timedelta(days=1),
                remind_on=made_at.date() + timedelta(days=1),
            )
        )  # fmt: skip
    clock.as_of = made_at + timedelta(days=1, hours=14)  # Tuesday 23:00: the lost site has reminded at 08:30
    async with database.writing() as db:
        assert (await settle(db, made_at=made_at, composers=COMPOSERS)).mails == 1
    async with database.writing() as db:
        assert await remind_due(db) == 0
        assert (await db.scalars(select(OutboxMail.state))).all() == [HELD]


async def test_a_restore_is_a_line_of_the_audit_trail_which_still_fits(sites: Sites, world: World) -> None:
    sites.backup()
    again = await sites.restored()
    try:
        async with again.database.reading() as db:
            assert await audit.broken_at(db) is None
            lines = (await db.scalars(select(audit.AuditLine).order_by(audit.AuditLine.number))).all()
        assert lines[-1].verb == "restore"
        assert migrate.revision_of(sites.place) == migrate.head()
    finally:
        await again.database.dispose()


async def test_a_place_that_holds_data_is_refused(sites: Sites, settings: Settings, world: World) -> None:
    sites.backup()
    with pytest.raises(restoring.NotEmpty):
        await restoring.restore(settings, sites.file)


async def test_a_backup_is_examined_before_it_is_needed(sites: Sites, world: World) -> None:
    sites.backup()
    found = await restoring.examine(sites.file)
    assert found.manifest.facts.counts["person"] == 15
    assert found.manifest.is_sqlite is not ON_POSTGRESQL
    assert found.trail_checked is not ON_POSTGRESQL


async def test_without_the_client_programs_postgresql_says_what_to_install(
    sites: Sites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    if ON_POSTGRESQL:
        with pytest.raises(CannotRun, match="pg_dump is not installed"):
            sites.backup()
    else:
        sites.backup()  # needs nothing but itself


async def test_nothing_runs_on_a_restore_that_was_broken_off(database: Database) -> None:
    async with database.writing() as db:
        await db.execute(text(f"UPDATE alembic_version SET version_num = '{migrate.RESTORING}'"))
    with pytest.raises(migrate.SchemaError, match="broken off"):
        migrate.ensure_current(database.settings)


async def test_postgresql_is_migrated_after_a_backup_or_on_the_word_that_there_is_one(
    empty_place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = migrate.sync_engine(empty_place)
    migrate.upgrade(engine, "0001")
    engine.dispose()
    monkeypatch.setenv("PATH", "/nowhere")
    if ON_POSTGRESQL:
        with pytest.raises(migrate.SchemaError, match="--no-backup"):
            migrate.bring_to_head(empty_place)
        assert migrate.revision_of(empty_place) == "0001"
    assert migrate.bring_to_head(empty_place, backup=False) == "0001"
    assert migrate.revision_of(empty_place) == migrate.head()
    made = list(making.directory_of(empty_place).glob("before-*"))
    assert len(made) == (0 if ON_POSTGRESQL else 1)  # SQLite needs no other program


async def test_the_outbox_page_releases_all_held_mail_once_their_number_was_confirmed(
    settings: Settings, play: Play, clock: Clock, world: World
) -> None:
    meeting = await play.scheduled(*people(world))
    async with play.database.writing() as db:
        viewer, found = await play.meeting(db, meeting)
        await announcing.send(db, viewer, found)
    async with play.database.writing() as db:
        await settle(db, made_at=db.now(), composers=COMPOSERS)
    browser = await Browser(settings, play.database, clock).sign_in(world.guyan)
    assert "放行全部 2 封" in await browser.get("/system/outbox")
    asked = await browser.post("/system/outbox/release-all", count="2")
    assert 'name="count" value="2"' in asked.text
    assert await play.delivered() == []
    assert (await browser.post("/system/outbox/release-all", count="3", confirmed="1")).status_code == 409
    assert await play.delivered() == []
    assert (await browser.post("/system/outbox/release-all", count="2", confirmed="1")).status_code == 303
    assert len(await play.delivered()) == 2
    await browser.client.aclose()


async def test_a_backup_taken_while_the_nightly_one_was_being_made_leaves_that_night_to_the_restored_site(
    sites: Sites,
) -> None:
    async with sites.play.database.writing() as db:
        assert await backups.begin(db) is not None
    sites.backup()
    again = await sites.restored()
    async with again.database.writing() as db:
        assert (await backups.status(db)).state is None
        assert await backups.begin(db) is not None
    await again.database.dispose()
