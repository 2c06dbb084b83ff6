"""Which terms the mails and links of an office follow, so that each beginning and each end is brought about once."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base


class FollowedTerm(Base):
    """A term that has begun, and whose calendars and links followed; the row goes when those have followed its end."""

    __tablename__ = "followed_term"

    designation_id: Mapped[int] = mapped_column(ForeignKey("designation.id", ondelete="CASCADE"), unique=True)
    at: Mapped[datetime]
