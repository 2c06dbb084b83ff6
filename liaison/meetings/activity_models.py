"""Joint activities (联合宣传、联合接访、专题讲座、普法): who hosts one beside its host agency, and what came of it."""

import re
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.db import Base, Versioned
from liaison.directory.models import Agency
from liaison.i18n import N_
from liaison.meetings.models import Meeting

FIGURES = ("brochures", "consultations", "turnout", "leads")
"""发放宣传册（册）, 现场咨询（人次）, 到场人数（人）, 发现线索（条）."""
COUNTED = {
    "publicity": FIGURES,
    "reception": ("consultations", "turnout", "leads"),
    "lecture": ("brochures", "turnout", "leads"),
    "legal_education": FIGURES,
}
"""What is counted of which kind."""

GROUPS = (
    N_("Migrant workers"),
    N_("Elderly people"),
    N_("Minors"),
    N_("Women"),
    N_("People with disabilities"),
    N_("Companies"),
    N_("Residents"),
    N_("Students"),
)
"""Audiences (受众) that forms propose; any other word will do."""
_APART = re.compile(r"[、，,；;\n]+")


class CoHost(Base):
    """协办单位: a member agency, another agency of the site, or a body from outside (Agency.kept_by_id)."""

    __tablename__ = "co_host"
    __table_args__ = (UniqueConstraint("meeting_id", "agency_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise")
    position: Mapped[int]


class ActivityFigures(Versioned, Base):
    """What was counted at an activity that was held; a figure that nobody counted is None, not 0."""

    __tablename__ = "activity_figures"
    __table_args__ = (UniqueConstraint("meeting_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    meeting: Mapped[Meeting] = relationship(lazy="raise")
    brochures: Mapped[int | None]
    consultations: Mapped[int | None]
    turnout: Mapped[int | None]
    leads: Mapped[int | None]
    entered_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def names_in(text: str | None) -> list[str]:
    """The names in a line such as “清沚街道办、市总工会”, each once."""
    return list(dict.fromkeys(filter(None, (one.strip() for one in _APART.split(text or "")))))
