"""What calendar subscriptions are put together from."""

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base


class FeedEvent(Base):
    """One announced meeting as calendars show it in one language, written once. It holds while its `edition` is today's
    (meetings.publishing): an announcement never changes, and whatever a meeting comes to say is a new one.

    Only for speed: what is missing or of another edition is written anew whenever it is asked for."""

    __tablename__ = "feed_event"
    __table_args__ = (UniqueConstraint("announcement_id", "locale"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    locale: Mapped[str] = mapped_column(String(10))
    edition: Mapped[str] = mapped_column(String(32))
    timezone: Mapped[str | None] = mapped_column(String(60))
    """The zone whose rules the text needs beside it, for this year; None of one on UTC."""
    year: Mapped[int]
    text: Mapped[bytes] = mapped_column(LargeBinary)
