"""Choices an operator makes for the whole site while it runs, kept as rows (everything needed before the start is a setting)."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from liaison import audit
from liaison.db import Base, Session
from liaison.errors import NotPermitted
from liaison.i18n import N_

TRIAL_MODE = "trial_mode"


class SiteChoice(Base):
    """One choice: its name, its value, who made it and when."""

    __tablename__ = "site_choice"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    value: Mapped[dict[str, Any]]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


_CHOICE = select(SiteChoice.value).where(SiteChoice.name == bindparam("name"))


async def choice(db: Session, name: str) -> dict[str, Any] | None:
    """What was chosen for `name`; None when nobody chose."""
    return (await db.execute(_CHOICE, {"name": name})).scalar_one_or_none()


async def choices(db: Session, *names: str) -> dict[str, dict[str, Any]]:
    """What was chosen for each of these, where anybody chose."""
    query = select(SiteChoice.name, SiteChoice.value).where(SiteChoice.name.in_(names))
    return {row.name: row.value for row in await db.execute(query)}


class Operating(audit.Acting, Protocol):
    """Who may run the site: of a Viewer it is asked whether they are its operator."""

    @property
    def operator(self) -> bool: ...


def operators_only(actor: Operating) -> None:
    """What concerns the whole site, its operator alone does. Raises NotPermitted for everybody else."""
    if not actor.operator:
        raise NotPermitted(N_("Only the operator of this site may do this."))


async def choose(db: Session, actor: Operating, name: str, value: dict[str, Any] | None) -> None:
    """Keep a choice, or forget it with None. Raises NotPermitted."""
    operators_only(actor)
    row = (await db.execute(select(SiteChoice).where(SiteChoice.name == name))).scalar_one_or_none()
    if value is None:
        if row is not None:
            await db.delete(row)
    elif row is None:
        db.add(SiteChoice(name=name, value=value, set_by=actor.person_id or None, set_at=db.now()))
    else:
        row.value, row.set_by, row.set_at = value, actor.person_id or None, db.now()
    audit.add(db, actor, f"choose_{name}", "site:1", on=value is not None)


async def trial_address(db: Session) -> str | None:
    """In 试运行 mode the one address every mail goes to (the operator's who switched it on); None in normal running."""
    value = await choice(db, TRIAL_MODE)
    return str(value["address"]) if value else None
