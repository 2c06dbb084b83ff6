"""Whose contact log is whose, its order, and what the one field of its quick add means. Pure."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from liaison.accounts.viewer import Viewer
from liaison.i18n import N_
from liaison.notices.contact_models import ContactLog

NOT_YOURS = N_("The contact log is kept by the liaison and deputies of each agency, for that agency alone.")


def is_own(viewer: Viewer, entry: ContactLog) -> bool:
    """Read, change and remove one, and make something of it: officer and deputy of the agency that wrote it."""
    return viewer.acts_for(entry.mechanism_id) == entry.agency_id


def logs_of(viewer: Viewer) -> list[tuple[int, int]]:
    """(mechanism, agency) of each log that the viewer keeps."""
    found = {office.mechanism_id: viewer.acts_for(office.mechanism_id) for office in viewer.designations}
    return [(mechanism_id, agency_id) for mechanism_id, agency_id in found.items() if agency_id is not None]


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Those of the viewer's own agency, for its officer and deputies; nobody else finds any trace of them."""
    own = [and_(ContactLog.mechanism_id == one, ContactLog.agency_id == agency) for one, agency in logs_of(viewer)]
    return or_(false(), *own)


def of_log(mechanism_id: int, agency_id: int, before: tuple[date, int] | None) -> Select[ContactLog]:
    """One agency's log in one mechanism, newest day first, before that day and id."""
    query = select(ContactLog).where(ContactLog.mechanism_id == mechanism_id, ContactLog.agency_id == agency_id)
    if before is not None:
        on, id_ = before
        query = query.where(ContactLog.on <= on, or_(ContactLog.on < on, ContactLog.id < id_))
    return query.where(ContactLog.removed_at.is_(None)).order_by(ContactLog.on.desc(), ContactLog.id.desc())


class Known(NamedTuple):
    """Somebody of another agency whom the quick add offers; without a name the agency itself."""

    agency_id: int
    agency: str
    name: str = ""

    @property
    def text(self) -> str:
        """As it is offered, agency first."""
        return f"{self.agency} {self.name}".strip()


def told_apart(text: str, known: Collection[Known]) -> tuple[int | None, str]:
    """(agency, who) of what was typed into one field: "区司法局 李文博", the name alone of somebody known, or anything else, which names
    no agency."""
    text = " ".join(text.split())
    for one in sorted(known, key=lambda one: -len(one.agency)):
        if text.startswith(one.agency):
            return one.agency_id, text.removeprefix(one.agency).lstrip(" ,，:：·-")
    agencies = {one.agency_id for one in known if one.name and one.name == text}
    return (agencies.pop() if len(agencies) == 1 else None), text
