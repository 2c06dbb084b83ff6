"""What is known of a file that somebody brought, whatever it is a paper of."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from liaison.db import Base
from liaison.errors import Conflict
from liaison.files.kinds import MEDIA_TYPES
from liaison.i18n import N_

CLEAN, INFECTED, FAILED = "clean", "infected", "failed"
"""What the virus scanner said of a file; failed: it could not say, and is asked again."""
TO_SCAN: Final = text("(verdict IS NULL OR verdict = 'failed')")
"""Said word for word as the indexes have it, else a database would not use them."""


READY, WAITS, REFUSED = "ready", "waiting", "infected"
"""Whether a file may be read: where the site has a virus scanner, once that said that it is clean."""

HELD_BACK = N_("This file has not been scanned for viruses yet. Please try again in a minute.")
FOUND_IN_IT = N_("The virus scanner found something in this file, so it is not handed out. Please bring a clean one.")


def size_of(bytes_: int) -> str:
    """How large a file is, for people."""
    return f"{bytes_ / 1024 / 1024:.1f} MB" if bytes_ >= 1024 * 1024 else f"{-(-bytes_ // 1024)} KB"


class FileRow(Base):
    """One file as it was brought. Never changed, but for what the virus scanner says of it."""

    __abstract__ = True

    file_name: Mapped[str] = mapped_column(String(120))
    """As it is shown and offered."""
    stored_name: Mapped[str] = mapped_column(String(40), unique=True)
    """As it lies on the disk."""
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    """By its content (files.kinds)."""
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    scanned_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(10))
    """None until a scanner looked at it."""

    @property
    def about(self) -> str:
        """What its lines of the trail are about, as "paper:7"."""
        raise NotImplementedError

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.kind]

    @property
    def size(self) -> str:
        """How large it is, for people."""
        return size_of(self.bytes)

    def standing(self, *, scanner: bool) -> str:
        """ready, waiting or infected; `scanner`: whether the site has one."""
        if self.verdict == INFECTED:
            return REFUSED
        return READY if self.verdict == CLEAN or not scanner else WAITS

    def refuse_unread(self, *, scanner: bool) -> None:
        """Raise Conflict for a file that may not be handed out (yet)."""
        standing = self.standing(scanner=scanner)
        if standing != READY:
            raise Conflict(FOUND_IN_IT if standing == REFUSED else HELD_BACK)
