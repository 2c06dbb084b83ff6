"""How the commands of `liaison` run: settings and database at hand, every refusal one line in the site's language."""

import asyncio
import gc
import os
import sys
from collections.abc import Coroutine
from typing import Any

import click

from liaison import config
from liaison.config import Settings
from liaison.errors import N_, CannotRun, Message, Refusal
from liaison.i18n import Words, known_locale


class Commands(click.Group):
    """Ends every refusal in one line of the site's language and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CannotRun, Refusal) as refusal:
            words = words_of()
            for line in getattr(refusal, "lines", ()):
                click.echo(said_line(words, line), err=True)
            for name, message in getattr(refusal, "errors", {}).items():
                click.echo(f"{name}: {message.worded(words._)}", err=True)
            click.echo(refusal.message.worded(words._), err=True)
            ctx.exit(1)
        except Exception as error:
            said = _out_of_our_hands(error)
            if said is None:
                raise
            click.echo(said.worded(words_of()._), err=True)
            ctx.exit(1)


def _out_of_our_hands(error: Exception) -> Message | None:
    """What an administrator can put right, in one line: a file or directory, the database. None for an error of ours."""
    import sqlite3

    from liaison.logs import masked

    if isinstance(error, OSError) and error.filename is not None:
        return Message(N_("%(path)s cannot be used (%(why)s)."), {"path": error.filename, "why": error.strerror})
    if "sqlalchemy" in sys.modules:
        from sqlalchemy import exc

        if isinstance(error, exc.DBAPIError) and (
            isinstance(error, exc.OperationalError | exc.InterfaceError) or type(error) is exc.DatabaseError
        ):
            error = error.orig if isinstance(error.orig, Exception) else error
            return Message(N_("The database does not answer (%(why)s)."), {"why": masked(_first_line(error))})
    if isinstance(error, sqlite3.DatabaseError):
        return Message(N_("The database does not answer (%(why)s)."), {"why": _first_line(error)})
    return None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def ready(*, quiet: bool = False) -> Settings:
    """The site's settings with its key, the log set up and the schema current."""
    settings = config.with_secret_key(load())
    from liaison import logs, migrate

    logs.set_up(settings.log_format, quiet=quiet)
    migrate.ensure_current(settings)
    return settings


def load() -> Settings:
    """The settings in force, each of them checked. Raises SettingsError."""
    settings = config.load()
    if settings.region != "CN":  # what is known of others takes a moment to load
        from liaison.calendaring.workdays import UnknownRegion, region_calendar

        try:
            region_calendar(settings.region)
        except UnknownRegion:
            raise config.wrong_region(settings) from None
    return settings


def said_line(words: Words, line: Any) -> str:
    """One wrong line of an imported file: 第 14 行 people.mail：…"""
    text: str = line.message.worded(words._)
    if line.line is None:
        return text
    return words._("Line %(line)s, %(field)s: %(text)s", line=line.line, field=line.field or "-", text=text)


def words_of(settings: Settings | None = None) -> Words:
    """The site's language, as far as its settings can be read."""
    if settings is None:
        return Words(known_locale(os.environ.get("LIAISON_LOCALE")) or _locale_in_file() or "zh_CN", "UTC")
    return Words(settings.locale, settings.timezone)


def _locale_in_file() -> str | None:
    try:
        return config.load().locale
    except CannotRun:
        return None


async def with_database(settings: Settings, run: Any) -> Any:
    from liaison.clock import Clock
    from liaison.opening import open_database

    database = open_database(settings, Clock())
    try:
        return await run(database)
    finally:
        await database.dispose()


def run(job: Coroutine[Any, Any, Any]) -> Any:
    """Run a command to its end; what was loaded for it is not looked through again for garbage."""
    gc.freeze()
    gc.enable()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return asyncio.run(job)
