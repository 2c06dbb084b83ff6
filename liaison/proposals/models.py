"""What the lead agency proposes to all members; its text, and who signs it, is a countersigned document."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.countersigning.models import ALL_AGREED, CIRCULATING, DRAFT, Document, DocumentVersion
from liaison.countersigning.showing import SUPERSEDED
from liaison.countersigning.standing import state_of
from liaison.db import Base, Versioned
from liaison.directory.models import Agency
from liaison.mechanisms.models import Mechanism

WAITING, IN_FORCE, WITHDRAWN = "waiting", "in_force", "withdrawn"
STATES: Final = (DRAFT, CIRCULATING, ALL_AGREED, WAITING, IN_FORCE, WITHDRAWN)
"""`waiting`: all agreed and it was put in force for a day that is still to come."""
_OPEN = "took_effect_on IS NULL AND withdrawn_at IS NULL"
_VERSION_OPEN, _MEMBER_OPEN = text(f"joins_id IS NULL AND {_OPEN}"), text(f"joins_id IS NOT NULL AND {_OPEN}")
_TO_COME = text(_OPEN)


class Proposal(Versioned, Base):
    """A version of the agreement (`joins_id` is None), or that an agency joins. Of a mechanism one version is under way at a time, and of
    an agency one proposal."""

    __tablename__ = "proposal"
    __table_args__ = (
        Index("ix_proposal_takes_effect_on", "takes_effect_on", sqlite_where=_TO_COME, postgresql_where=_TO_COME),
        Index("uq_proposal_version_open", "mechanism_id", unique=True, sqlite_where=_VERSION_OPEN, postgresql_where=_VERSION_OPEN),
        Index("uq_proposal_member_open", "mechanism_id", "joins_id", unique=True, sqlite_where=_MEMBER_OPEN, postgresql_where=_MEMBER_OPEN),
    )  # fmt: skip

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    document: Mapped[Document] = relationship(lazy="raise")
    joins_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    joins: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[joins_id])
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """The agency that led when it was begun."""
    proposed_by: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[proposed_by_id])
    reason: Mapped[str | None] = mapped_column(Text)
    """修订说明: why, as the lead tells it beside the text; of an agency that joins it stands in the text itself."""
    doc_no: Mapped[str | None] = mapped_column(String(60))
    """发文字号 of the agreement, typed when it is put in force: it belongs to an agency's registry."""
    signed_on: Mapped[date | None]
    takes_effect_on: Mapped[date | None]
    """The local date from which it holds, known once it was put in force."""
    took_effect_on: Mapped[date | None]
    """The same once the mechanism was changed by it."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_why: Mapped[str | None] = mapped_column(Text)

    @property
    def about(self) -> str:
        """What its mails are listed by."""
        return f"proposal:{self.id}"

    @property
    def state(self) -> str:
        """One of STATES. Needs all of the document."""
        if self.withdrawn_at is not None:
            return WITHDRAWN
        if self.took_effect_on is not None:
            return IN_FORCE
        return WAITING if self.document.in_force_at is not None else state_of(self.document)

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed, signed or withdrawn. Needs all of the document."""
        return self.state in (DRAFT, CIRCULATING, ALL_AGREED)

    @property
    def shown(self) -> DocumentVersion | None:
        """The newest version that was circulated; what stands behind it is a draft of the lead. None while none was. Needs the versions."""
        return next((one for one in reversed(self.document.versions) if one.circulated_at is not None), None)

    def state_of(self, version: DocumentVersion) -> str:
        """How one version of it stands: the newest as all of it, one before was replaced; but what was withdrawn is so for those, too, who
        never saw the draft that stood behind it. Needs all of the document."""
        if version is self.document.newest:
            return self.state
        return WITHDRAWN if self.withdrawn_at is not None and version is self.shown else SUPERSEDED

    def reason_beside(self, version: DocumentVersion) -> str | None:
        """The reason belongs to the newest version, which may be a draft that who reads an earlier one does not know of. Needs the
        versions."""
        return self.reason if version is self.document.newest else None
