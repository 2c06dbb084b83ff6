"""申请延期: another date asked for an action item, with what the other agencies said to it; and how dates and owners changed over time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.actions.models import ActionItem
from liaison.db import Base, Versioned
from liaison.directory.models import Agency, Person
from liaison.mechanisms.models import Designation

PROPOSED, AGREED, REFUSED, WITHDRAWN = "proposed", "agreed", "refused", "withdrawn"
LAPSED = "lapsed"
"""Nobody decided on it or took it back: the item ended, got another date or another agency meanwhile."""
_OPEN = text("closed_at IS NULL")


class Extension(Versioned, Base):
    """One request for another date. It is decided once; what was decided never changes, another date is another request."""

    __tablename__ = "action_extension"
    __table_args__ = (
        Index("uq_action_extension_open", "action_item_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_action_extension_action_item_id", "action_item_id"),
    )

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    action_item: Mapped[ActionItem] = relationship(lazy="raise")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """The agency that was responsible when it asked."""
    due_before: Mapped[date | None]
    """The due date when it was asked."""
    due_on: Mapped[date]
    """The date asked for."""
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: by the link mailed to an agency that has no liaison."""
    asker: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[asked_by])
    asked_via: Mapped[str] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str | None] = mapped_column(String(20))
    """agreed, refused, withdrawn or lapsed"""
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whose word decided it; None where the last agency whose word was missing has no liaison any more."""

    answers: Mapped[list["ExtensionAnswer"]] = relationship(lazy="raise", order_by="ExtensionAnswer.id")

    @property
    def state(self) -> str:
        """proposed, agreed, refused, withdrawn or lapsed."""
        return PROPOSED if self.closed_at is None else self.closed_how or WITHDRAWN

    def answer_of(self, agency_id: int) -> "ExtensionAnswer | None":
        """What the officer of that agency said."""
        return next((one for one in self.answers if one.agency_id == agency_id and not one.as_chair), None)


class ExtensionAnswer(Base):
    """The word of one other agency's officer, or of the chair of the meeting that the item came from. Never changed."""

    __tablename__ = "action_extension_answer"
    __table_args__ = (UniqueConstraint("extension_id", "agency_id", "as_chair"),)

    extension_id: Mapped[int] = mapped_column(ForeignKey("action_extension.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    as_chair: Mapped[bool]
    agreed: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was refused."""
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise")
    via: Mapped[str] = mapped_column(String(20))


@dataclass(frozen=True, slots=True)
class Others:
    """Whose word decides about an item's date: the liaisons in office of the other member agencies that may know of it."""

    officers: Sequence[Designation]
    vacant: Sequence[Agency]
    """Those that have no liaison today: left out, and shown."""
    chairs: frozenset[int]
    """Who chaired the meeting it came from, by their ids: they may decide alone."""

    @property
    def agency_ids(self) -> frozenset[int]:
        """The agencies that are asked."""
        return frozenset(one.agency_id for one in self.officers)

    def missing(self, extension: Extension) -> list[tuple[int, Designation | None]]:
        """(person, office) of those who must decide: the other agencies' liaisons; where there are none, who chaired the meeting."""
        if self.officers:
            return [(one.person_id, one) for one in self.officers if extension.answer_of(one.agency_id) is None]
        owes = {extension.asked_by, extension.action_item.owner_id}
        return [(person_id, None) for person_id in sorted(self.chairs - owes)]

    def closers(self, item: ActionItem) -> list[tuple[int, Designation | None]]:
        """(person, office) of those who may close what is reported done (permissions.judges_as): the other agencies' liaisons, and who
        chaired the meeting."""
        owes = {item.reported_done_by, item.owner_id}
        officers: list[tuple[int, Designation | None]] = [(one.person_id, one) for one in self.officers]
        named = {person_id for person_id, _ in officers}
        found = [*officers, *((person_id, None) for person_id in sorted(self.chairs - named))]
        return [(person_id, office) for person_id, office in found if person_id not in owes]


def settled(asked: Collection[int], answers: Iterable[ExtensionAnswer]) -> str | None:
    """agreed or refused, as soon as it is; None while somebody's word is missing. `asked`: the other member agencies that have a
    liaison today. One refusal refuses it; the chair's word stands for all."""
    said = list(answers)
    if any(not one.agreed for one in said):
        return REFUSED
    agreed = {one.agency_id for one in said if not one.as_chair}
    if any(one.as_chair for one in said) or (agreed and agreed.issuperset(asked)):
        return AGREED
    return None


class ItemChange(Base):
    """One change of an item's due date, responsible agency or owner: what stood there before stays readable. Never changed."""

    __tablename__ = "action_change"
    __table_args__ = (Index("ix_action_change_action_item_id", "action_item_id"),)

    action_item_id: Mapped[int] = mapped_column(ForeignKey("action_item.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[by_id])
    via: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    extension_id: Mapped[int | None] = mapped_column(ForeignKey("action_extension.id"))
    """The request for another date that was agreed to."""
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]
    lead_before_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    lead_before: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[lead_before_id])
    lead_after_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    lead_after: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[lead_after_id])
    owner_before_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_before: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[owner_before_id])
    owner_after_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_after: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[owner_after_id])

    @property
    def moves_date(self) -> bool:
        """Whether another date was set."""
        return self.due_before != self.due_after

    @property
    def hands_over(self) -> bool:
        """Whether somebody else is to do it."""
        return (self.lead_before_id, self.owner_before_id) != (self.lead_after_id, self.owner_after_id)
