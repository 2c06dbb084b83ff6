"""Opening the site's database: what server, worker and command line begin with. Loads every table, and no web framework, which takes
longer than most commands."""

from liaison import audit, models
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database, Session
from liaison.mechanisms.calendars import SiteCalendars
from liaison.search import indexing
from liaison.search.changes import note_changes

TABLES = models.metadata
"""Known from here on, whatever else is loaded: a row of one may point at a row of any other."""


def open_database(settings: Settings, clock: Clock) -> Database:
    """The site's database: before each commit the search follows what was changed, and the audit trail is sealed; and with the working
    days that the site has entered."""
    return Database(settings, clock, before_commit=_settle, after_flush=note_changes, surroundings=SiteCalendars())


async def _settle(db: Session) -> None:
    await indexing.follow(db)
    await audit.seal(db)
