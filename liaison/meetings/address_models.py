"""What is kept of a meeting beside its people: what shared addresses answered, and who was told another way than by mail."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base


class AddressAnswer(Base):
    """What the calendar of a shared address answered (MAIL.md decision 2): shown beside its people, and no answer of any of them.
    So is that of an address which was only told by office."""

    __tablename__ = "address_answer"
    __table_args__ = (UniqueConstraint("uid", "address"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    uid: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(254))
    sequence: Mapped[int]
    at: Mapped[datetime]
    partstat: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str | None] = mapped_column(Text)
    unverified: Mapped[bool] = mapped_column(default=False)


class ToldByHand(Base):
    """已电话告知: somebody told a person or an agency another way when the meeting takes place, or that it does not. Never changed; a
    change of time afterwards has to be told anew."""

    __tablename__ = "told_by_hand"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    uid: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int]
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendee.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("agency_invitation.id"))
    how: Mapped[str] = mapped_column(String(20))
    """One of REGISTERED_WAYS."""
    to_whom: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime]
