"""Opening the site's database: what server, worker and command line begin with. Loads every table, and no web framework, which takes
longer than most commands."""

from liaison import audit, models
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.mechanisms.calendars import SiteCalendars

TABLES = models.metadata
"""Known from here on, whatever else is loaded: a row of one may point at a row of any other."""


def open_database(settings: Settings, clock: Clock) -> Database:
    """The site's database with the audit trail sealed before each commit, and with the working days that the site has entered."""
    return Database(settings, clock, before_commit=audit.seal, surroundings=SiteCalendars())
