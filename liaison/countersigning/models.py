"""Documents that agencies countersign: each version of the text with its sections, who is to sign it, and what each said.

A version is fixed when it is circulated and never changed after. Any edit then makes a new version, on which nobody has signed yet."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.countersigning.content import Attachment, Section
from liaison.db import Base, IdSet, Versioned
from liaison.directory.models import Agency
from liaison.errors import Conflict
from liaison.i18n import N_

MINUTES, AGREEMENT, MEMBER = "minutes", "agreement", "member"
"""What a text is: minutes, a version of the agreement, the proposal that an agency joins."""
AGREED, CHANGES_REQUESTED, DEEMED, PAPER = "agreed", "changes_requested", "deemed", "paper"
CONSENTS = (AGREED, DEEMED, PAPER)
"""What counts as the agency's consent; silence (`deemed`) only where the mechanism says so."""
IN_FORCE_ALREADY = N_("This text has been issued and never changes. A correction is a new text that names this one.")
HOLDS_ALREADY = N_("This holds already. It is changed by a new proposal.")
DRAFT, CIRCULATING, ALL_AGREED, IN_FORCE = "draft", "circulating", "agreed", "issued"


class Document(Base):
    """One text that agencies agree on, in all its versions. Every verb locks this row first."""

    __tablename__ = "document"

    kind: Mapped[str] = mapped_column(String(20))
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"), index=True)
    about: Mapped[str] = mapped_column(String(60))
    """What its lines of the audit trail are about, as "meeting:7"."""
    authorised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """签发人, who may sign for their own agency besides its liaison."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    in_force_at: Mapped[datetime | None]
    """From then on nothing of it ever changes."""
    in_force_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    versions: Mapped[list["DocumentVersion"]] = relationship(
        lazy="raise", order_by="DocumentVersion.number", back_populates="document"
    )

    def refuse_in_force(self) -> None:
        """Raise Conflict for what never changes any more."""
        if self.in_force_at is not None:
            raise Conflict(IN_FORCE_ALREADY if self.kind == MINUTES else HOLDS_ALREADY)

    @property
    def newest(self) -> "DocumentVersion":
        """The version that counts. Needs `versions`."""
        return self.versions[-1]


class DocumentVersion(Versioned, Base):
    """One wording of a document. While it is a draft it is edited in place; once `circulated_at` it is what the agencies sign."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    document: Mapped[Document] = relationship(lazy="raise_on_sql", back_populates="versions")
    """Always there: a version is read with its document (queries)."""
    number: Mapped[int]
    head: Mapped[dict[str, Any]]
    """What is signed besides the sections: what the text is, names as they were (content.root)."""
    root: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    circulated_at: Mapped[datetime | None]
    circulated_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None] = mapped_column(index=True)
    """Until the end of this local date the agencies are asked to answer."""
    silence_consents: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether who says nothing until then is taken to agree, as the mechanism said when it was circulated."""
    deem_on: Mapped[date | None] = mapped_column(index=True)
    """The local date from which silence is taken for consent; None where it is not, or nobody is left to be deemed."""

    parts: Mapped[list["DocumentSection"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="DocumentSection.position"
    )
    signers: Mapped[list["Signer"]] = relationship(lazy="raise", order_by="Signer.position")
    sign_offs: Mapped[list["SignOff"]] = relationship(lazy="raise", order_by="SignOff.id")

    @property
    def sections(self) -> list[Section]:
        """The text as values, in order. Needs `parts`."""
        return [one.section for one in self.parts]


class DocumentSection(Base):
    """One section of a version as it is stored."""

    __tablename__ = "document_section"
    __table_args__ = (UniqueConstraint("document_version_id", "key"),)

    document_version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    audience: Mapped[frozenset[int] | None] = mapped_column(IdSet)
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    """[title, sha256] of each."""
    salt: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def section(self) -> Section:
        """The same as a value."""
        files = tuple(Attachment(title, sha256) for title, sha256 in self.attachments)
        return Section(self.key, self.title, self.text, self.audience, files, self.salt)


class Signer(Base):
    """One agency whose consent a version needs, fixed when it was circulated, under the name it had then."""

    __tablename__ = "signer"
    __table_args__ = (UniqueConstraint("document_version_id", "agency_id"),)

    document_version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    agency: Mapped[Agency] = relationship(lazy="raise")
    agency_name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    excused_at: Mapped[datetime | None]
    """It left the mechanism meanwhile, and the host decided that its consent is not waited for."""
    excused_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why, as who decided it wrote."""
    reminded_at: Mapped[datetime | None]


class SignOff(Base):
    """What one agency said of one version: agreed, asked for changes, was deemed to agree, or signed on paper. Never changed; the
    agency's newest word on a version counts, and none counts once there is a newer version."""

    __tablename__ = "sign_off"
    __table_args__ = (Index("ix_sign_off_document_version_id", "document_version_id", "agency_id"),)

    document_version_id: Mapped[int] = mapped_column(ForeignKey("document_version.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    state: Mapped[str] = mapped_column(String(20))
    root: Mapped[str] = mapped_column(String(64))
    """The root that was seen when it was said."""
    text: Mapped[str | None] = mapped_column(Text)
    """修改意见, or a remark beside the consent."""
    section_key: Mapped[str | None] = mapped_column(String(40))
    """The section it is about: who may not know of that section does not read it. None: the text as a whole."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str | None] = mapped_column(String(60))
    via: Mapped[str] = mapped_column(String(20))
    unverified: Mapped[bool] = mapped_column(default=False, server_default=false())
    """未核实: it came by mail, and no mail server vouched for its sender."""
    registered: Mapped[dict[str, Any] | None]
    """代登记: {"how", "said_by", "at", "by_id"}; of a sign-off on paper also {"leader", "signed_on"}."""
    scan: Mapped[dict[str, Any] | None]
    """The scan of a paper sign-off: {"file_name", "stored_name", "bytes", "sha256", "kind"}."""

    @property
    def agrees_firmly(self) -> bool:
        """The agency itself has agreed, and nothing is left to be said for it: not by its silence, nor by a mail nobody vouched for."""
        return self.state in (AGREED, PAPER) and not self.unverified
