"""The audit trail: who did what to which thing, kept so that nobody can change it unseen (TRUST.md 12).

Verbs add lines; `seal` runs last before commit, locks the one head row, and gives each line a gapless number and the hash of
(previous hash, number, hash of what the line says under a salt), so that a payload may lawfully be blanked and the chain still verifies,
and so that whoever holds an extract follows the chain through lines of others without learning a word of them."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, SmallInteger, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base, BigId, Session

GENESIS = "0" * 64
OPEN, CLOSED = 1, 2
"""How a line is linked. OPEN, until 2026: over what it says in the clear, so that only who may read it can follow the chain through it.
CLOSED: over the salted hash of that, which tells nobody anything."""
_CHUNK = 1000


class AuditLine(Base):
    """One act: the verb, the thing (`kind:id`), who, when, and parameters as code, worded only when shown."""

    __tablename__ = "audit_line"

    number: Mapped[int | None] = mapped_column(BigId, unique=True)
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(60))
    object: Mapped[str] = mapped_column(String(60), index=True)
    mechanism_id: Mapped[int | None] = mapped_column(BigId, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    via: Mapped[str] = mapped_column(String(20))
    payload: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    payload_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    form: Mapped[int] = mapped_column(SmallInteger, default=CLOSED, server_default="1")

    @property
    def about_salt(self) -> str:
        """The salt of what the line says but for its payload; from it nobody finds `salt`, which keeps the payload from being guessed."""
        return _sha256("about", self.salt)[:32]

    @property
    def about_hash(self) -> str:
        """What stands in the chain for the line as a whole."""
        return _sha256(self.about_salt, *self._said, self.payload_hash)

    @property
    def _said(self) -> tuple[str, ...]:
        return self.at.isoformat(), self.verb, self.object, str(self.mechanism_id), str(self.person_id), self.via


class AuditHead(Base):
    """The one row that says how long the chain is and what its last hash is."""

    __tablename__ = "audit_head"

    number: Mapped[int] = mapped_column(BigId, default=0)
    hash: Mapped[str] = mapped_column(String(64), default=GENESIS)


class Acting(Protocol):
    """Who acts, and through which door: a Viewer, or an Actor where nobody looks."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def via(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts and through which door (web, api, link, mail, cli, worker) where there is no Viewer."""

    person_id: int | None
    via: str


def add(db: Session, actor: Acting, verb: str, thing: str, *, mechanism_id: int | None = None, **params: Any) -> None:
    """Note one act of `actor` on `thing` ("meeting:7"); `params` are JSON values, never secrets."""
    payload = payload_of(params)
    salt = secrets.token_hex(16)
    at = db.now()
    line = AuditLine(
        at=at,
        verb=verb,
        object=thing,
        mechanism_id=mechanism_id,
        person_id=actor.person_id or None,
        via=actor.via,
        payload=payload,
        salt=salt,
        payload_hash=_sha256(salt, payload),
    )
    db.add(line)
    db.info.setdefault("audit_lines", []).append(line)


def payload_of(params: Mapping[str, Any]) -> str:
    """The parameters of an act in the one way in which they are kept."""
    return json.dumps(params, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


async def seal(db: Session) -> None:
    """Number and chain the lines of this transaction; the last thing before its commit."""
    noted: list[AuditLine] = db.info.pop("audit_lines", [])
    lines = [
        line for line in noted if line in db
    ]  # those of acts that were undone, a preview's among them, are in it no more
    if not lines:
        return
    head = (await db.execute(select(AuditHead).with_for_update())).scalar_one_or_none()
    if head is None:
        head = AuditHead(id=1, number=0, hash=GENESIS)
        db.add(head)
    for line in lines:
        head.number += 1
        line.number = head.number
        line.hash = head.hash = _link(head.hash, line)
    await db.flush()


def facts_of(line: AuditLine) -> dict[str, Any]:
    """The parameters of a line; nothing where they were blanked."""
    found: dict[str, Any] = json.loads(line.payload or "{}")
    return found


async def broken_at(db: Session) -> int | None:
    """The number of the first line that does not fit the chain, None when every line does; gaps and changed fields both show."""
    previous, expected = GENESIS, 0
    in_order = select(AuditLine).order_by(AuditLine.number).limit(_CHUNK)
    while lines := (await db.scalars(in_order.where(AuditLine.number > expected))).all():
        for line in lines:
            expected += 1
            if line.number != expected or line.hash != _link(previous, line):
                return expected
            if line.payload is not None and line.payload_hash != _sha256(line.salt, line.payload):
                return expected
            previous = line.hash
        db.expunge_all()
    head = (await db.execute(select(AuditHead))).scalar_one_or_none()
    if (head.number, head.hash) != (expected, previous) if head is not None else expected > 0:
        return expected + 1
    unnumbered = select(AuditLine.id).where(AuditLine.number.is_(None)).limit(1)
    if (await db.execute(unnumbered)).first() is not None:
        return expected + 1
    return None


async def head(db: Session) -> tuple[int, str]:
    """The chain's last number and hash, to be noted where nobody can change it; (0, sixty-four zeros) of an empty one."""
    row = (await db.execute(select(AuditHead))).scalar_one_or_none()
    return (row.number, row.hash) if row else (0, GENESIS)


async def hash_at(db: Session, number: int) -> str | None:
    """The hash of one line; None when there is no such line (any more)."""
    if number == 0:
        return GENESIS
    if number >= 2**63:
        return None
    return (await db.execute(select(AuditLine.hash).where(AuditLine.number == number))).scalar_one_or_none()


def _link(previous: str, line: AuditLine) -> str:
    if line.form == CLOSED:
        return _sha256("line", previous, str(line.number), line.about_hash)
    return _sha256(previous, str(line.number), *line._said, line.payload_hash)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
