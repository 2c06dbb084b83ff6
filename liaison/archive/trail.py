"""操作日志 of an archive: every line from the first about the mechanism up to the head, so that the chain can be computed again; what a line
says only where the viewer may read it. Of all others stands the salted hash, from which nobody learns who did what."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import CLOSED, AuditLine
from liaison.db import Session
from liaison.desk.trail import Sight, sight_of
from liaison.errors import NotFound, NotPermitted

_AT_ONCE = 100
"""Lines that are read before other requests have their turn."""
_NONE = Sight(reads=lambda _: None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines from `first` to the head, and the hash before them: None where the line before is missing here, which the verifier then
    says. Empty where `first` lies behind the head."""

    first: int
    previous: str | None
    number: int
    hash: str

    @property
    def head(self) -> str:
        return f"{self.number}:{self.hash}"

    def to_json(self) -> dict[str, Any]:
        """The first line of the extract."""
        return {"first": self.first, "previous": self.previous, "head": {"number": self.number, "hash": self.hash}}


async def stretch(db: Session, mechanism_id: int, since: datetime | None, until: datetime | None) -> Stretch:
    """The chain as it stands now, from the first line about the mechanism of that time on."""
    number, hash_ = await audit.head(db)
    query = select(func.min(AuditLine.number)).where(AuditLine.mechanism_id == mechanism_id, AuditLine.number <= number)
    if since is not None and until is not None:
        query = query.where(AuditLine.at >= since, AuditLine.at < until)
    first = (await db.execute(query)).scalar_one_or_none() or number + 1
    return Stretch(first, await audit.hash_at(db, first - 1), number, hash_)


async def pieces(
    db: Session, viewer: Viewer, mechanism_id: int, wanted: Stretch
) -> AsyncIterator[list[dict[str, Any]]]:
    """The lines in their order, some at a time, as the verifier reads them."""
    sights: dict[str, Sight] = {}
    after = wanted.first - 1
    while after < wanted.number:
        query = select(AuditLine).where(AuditLine.number > after, AuditLine.number <= wanted.number)
        rows = (await db.scalars(query.order_by(AuditLine.number).limit(_AT_ONCE))).all()
        if not rows:
            return
        found = []
        for row in rows:
            if row.mechanism_id == mechanism_id and row.object not in sights:
                sights[row.object] = await _sight(db, viewer, row.object)
            found.append(_line(row, sights[row.object] if row.mechanism_id == mechanism_id else _NONE))
            db.expunge(row)
        after = found[-1]["n"]
        yield found
        await asyncio.sleep(0)


async def _sight(db: Session, viewer: Viewer, thing: str) -> Sight:
    kind, _, id_ = thing.partition(":")
    await asyncio.sleep(0)  # what somebody may read of a thing takes several statements
    try:
        return await sight_of(db, viewer, kind, int(id_)) if id_.isdigit() else _NONE
    except (NotFound, NotPermitted):
        return _NONE


def _line(row: AuditLine, sight: Sight) -> dict[str, Any]:
    facts = None
    if (sight.since is None or row.at >= sight.since) and (sight.before is None or row.at < sight.before):
        facts = sight.reads(json.loads(row.payload or "{}"))
    if facts is None:
        return {"n": row.number, **({"about": row.about_hash} if row.form == CLOSED else {"hash": row.hash})}
    shown: dict[str, Any] = {
        "n": row.number,
        "form": row.form,
        "at": row.at.isoformat(),
        "verb": row.verb,
        "object": row.object,
        "mechanism_id": row.mechanism_id,
        "person_id": row.person_id,
        "via": row.via,
        "payload_hash": row.payload_hash,
    }
    if row.form == CLOSED:
        shown["about_salt"] = row.about_salt
    if row.payload is None:
        return shown
    if facts == json.loads(row.payload):
        return {**shown, "payload": row.payload, "salt": row.salt}
    return {**shown, "facts": facts}  # without the salt, by which the rest could be guessed
