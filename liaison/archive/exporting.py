"""The archives that the server's own console writes out, one folder a mechanism: the open record, as a reader of it would take it along."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import select

from liaison.archive.filing import safe_name
from liaison.archive.making import Made, compose, note
from liaison.archive.packing import unpack
from liaison.archive.scope import at_the_console
from liaison.db import Database, Session
from liaison.errors import Conflict
from liaison.i18n import N_, Words
from liaison.mechanisms.models import Mechanism


async def named(db: Session, name: str | None) -> list[tuple[int, str]]:
    """(id, folder) of the mechanism of that name or short name, or of all of them. Raises Conflict for none."""
    query = select(Mechanism.id, Mechanism.name, Mechanism.short_name).order_by(Mechanism.id)
    rows = [one for one in await db.execute(query) if name is None or name in (one.name, one.short_name)]
    if not rows:
        raise Conflict(N_("There is no mechanism of this name.") if name else N_("There is no mechanism yet."))
    return [(one.id, safe_name(f"{one.id} {one.short_name}")) for one in rows]


async def write_out(
    database: Database, directory: Path, name: str | None, year: int | None, words: Words
) -> AsyncIterator[tuple[Path, Made]]:
    """Each folder that was written, and noted on the trail. Raises Conflict, Invalid (year)."""
    async with database.reading() as db:
        found = await named(db, name)
    for mechanism_id, folder in found:
        async with database.reading() as db:
            made = await export(db, mechanism_id, year, words, directory / folder)
        async with database.writing() as db:
            await note(db, at_the_console(mechanism_id), made)
        yield directory / folder, made


async def export(db: Session, mechanism_id: int, year: int | None, words: Words, folder: Path) -> Made:
    """Write the archive of one mechanism into the new `folder`, in a session that nothing was read in before. Raises NotFound, Invalid (year),
    Conflict (the folder is there)."""
    if await asyncio.to_thread(folder.exists):
        raise Conflict(N_("%(path)s is there already. Please name a new directory."), path=str(folder))
    await asyncio.to_thread(folder.parent.mkdir, 0o700, True, True)
    packed = folder.with_name(f"{folder.name}.part")
    try:
        made = await compose(db, at_the_console(mechanism_id), mechanism_id, year, words, packed)
        await asyncio.to_thread(unpack, packed, folder)
    finally:
        await asyncio.to_thread(packed.unlink, True)
    return made
