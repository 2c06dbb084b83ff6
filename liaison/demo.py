"""`liaison demo`: an invented mechanism on this machine alone, ready to be tried, with its next meetings proposed."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from liaison import migrate
from liaison.accounts.sign_in import printed_link
from liaison.accounts.viewer import COMMAND_LINE, Viewer
from liaison.bundle.kinds import bundle_in
from liaison.bundle.loading import load
from liaison.clock import Clock
from liaison.config import Settings, checked, with_secret_key
from liaison.db import Database, Session
from liaison.demo_activities import hold_activities
from liaison.demo_notices import send_notices
from liaison.demo_outcomes import report_outcomes
from liaison.demo_story import tell_story
from liaison.directory import people
from liaison.directory.models import Person
from liaison.errors import N_, CannotRun
from liaison.i18n import Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings.asking import Asked
from liaison.meetings.queries import upcoming
from liaison.meetings.scheduling import schedule
from liaison.meetings.suggesting import next_days, next_host
from liaison.opening import open_database
from liaison.serving import serve

HOST = "127.0.0.1"
WHO = "zhoumin"
PROPOSED = 2
REQUIREMENT = "分管负责同志1名、联络员1名"
_MARK = "this-is-a-demo"
"""A file that tells the demo's directory from a real site's, which the demo never touches."""


def bundle_file() -> Path:
    """The import bundle that the demo loads."""
    return Path(__file__).parent / "bundle" / "demo.yaml"


def demo_settings(site: Settings, *, data_dir: Path, port: int) -> Settings:
    """Settings of the demo: nothing of the site's but its language, so that no real database or mail server is touched."""
    return checked(
        Settings(
            data_dir=data_dir,
            base_url=f"http://{HOST}:{port}",
            mail_from="联络台 <liaison@meetings.qingzhi.example>",
            locale=site.locale,
            demo=True,
        )
    )


async def run_demo(settings: Settings, *, port: int, reset: bool, say: Callable[[str], None], words: Words) -> None:
    """Make or reuse the demo's site, serve it, and tell where it is and how to get in. Raises CannotRun."""
    prepare(settings, reset=reset)
    settings = with_secret_key(settings)
    migrate.ensure_current(settings)

    async def on_start(database: Database) -> None:
        async with database.writing() as db:
            person = await _who(db)
            link = await printed_link(db, person.id)
        say(
            words._(
                "The demo runs at %(address)s. Stop it with Ctrl+C; a second run goes on where you left it.",
                address=settings.base_url,
            )
        )
        say(
            words._(
                "Sign in as %(name)s, liaison and, in the demo, also operator. This link works once:", name=person.name
            )
        )
        say(f"    {link}")
        say(
            words._(
                "No mail leaves this machine: each mail is one file in %(path)s, and readable on the page %(page)s.",
                path=settings.mail_dir,
                page=f"{settings.base_url}/system/outbox",
            )
        )

    database = open_database(settings, Clock())
    try:
        mechanism_ids = await fill(database)
    finally:
        await database.dispose()
    for mechanism_id in mechanism_ids:
        await tell_story(settings, mechanism_id, WHO)
        await send_notices(settings, mechanism_id)
        await hold_activities(settings, mechanism_id, WHO)
        await report_outcomes(settings, mechanism_id)
    await serve(settings, host=HOST, port=port, access_log=False, on_start=on_start)


def prepare(settings: Settings, *, reset: bool) -> None:
    """Make the directory, or with `reset` make it anew; one that holds anything but a demo is refused."""
    directory = settings.data_dir
    if directory.exists() and any(directory.iterdir()) and not (directory / _MARK).exists():
        raise CannotRun(
            N_("%(path)s holds something else than a demo. Please give another --data-dir."), path=directory
        )
    if reset and directory.exists():
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / _MARK).touch()


async def fill(database: Database) -> list[int]:
    """Load the bundle (the second time nothing changes), and propose the next meetings of each series; the mechanisms' ids."""
    async with database.writing() as db:
        bundle = bundle_in("demo.yaml", bundle_file().read_bytes())
        await load(db, COMMAND_LINE, bundle)
        who = await _who(db)
        await people.name_operator(db, COMMAND_LINE, who.id)
        viewer = await viewer_for(db, who.id, via="cli")
        assert viewer is not None
        ours = {one.text("name") for one in bundle.mechanisms}  # what somebody founds in the demo is theirs
        found = [one for one in await mechanisms.mechanisms_visible_to(db, viewer) if one.name in ours]
        for mechanism in found:
            await _propose(db, viewer, mechanism)
        return [mechanism.id for mechanism in found]


async def _propose(db: Session, viewer: Viewer, mechanism: Mechanism) -> None:
    """Draft the meetings on the next dates that the series names, each with the host whose turn it is, until enough lie ahead."""
    today = db.clock.today(mechanism.timezone)
    planned = [each for each in await upcoming(db, viewer, mechanism_id=mechanism.id) if each.series_id]
    for suggestion in (await next_days(db, viewer, mechanism))[: max(0, PROPOSED - len(planned))]:
        series, day = suggestion.series, suggestion.day
        host = await next_host(db, viewer, mechanism) or mechanism.lead_agency
        members = await mechanisms.members_on(db, mechanism.id, today)
        liaison = (await mechanisms.in_office(db, mechanism.id, today)).get(host.id)
        planner = await viewer_for(db, liaison.person_id, via="cli") if liaison else None
        await schedule(
            db,
            planner or viewer,
            mechanism.id,
            kind="regular",
            title=series.name,
            local_start=datetime.combine(day.date, series.start_time),
            duration_minutes=series.duration_minutes,
            location=series.location if host.id == mechanism.lead_agency_id else None,
            host_agency_id=host.id,
            asked=[Asked(agency_id=member.agency_id, seats=2, requirement=REQUIREMENT) for member in members],
            series_id=series.id,
            nominal_on=day.nominal,
            why_moved={"code": day.why.code, "params": dict(day.why.params)} if day.why else None,
            provisional=not day.certain,
        )


async def _who(db: Session) -> Person:
    return (await db.scalars(select(Person).where(Person.key == WHO))).one()
