"""Agreements that come up for review in the clock's mail: to every member agency's liaison 90, 30 and 7 days ahead."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.calendaring.workdays import WorkCalendar
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import Agreement, Designation, Mechanism
from liaison.mechanisms.queries import agreement as agreement_of
from liaison.mechanisms.review import newest_review_step
from liaison.reminders import queries
from liaison.reminders.queries import Morning
from liaison.reminders.rules import REVIEW, Line
from liaison.reminders.wording import Entry, by_office


async def due_reviews(db: Session, morning: Morning) -> Sequence[Agreement]:
    """The agreements one of whose reminder steps has come."""
    query = select(Agreement).join(Mechanism, Mechanism.id == Agreement.mechanism_id)
    query = query.where(Agreement.remind_on <= morning.today).options(joinedload(Agreement.mechanism))
    return (await db.scalars(morning.here(query).order_by(Agreement.id))).all()


async def review_lines(
    db: Session, morning: Morning, calendar: WorkCalendar, agreements: Sequence[Agreement]
) -> list[Line]:
    """By office, each member agency of the day."""
    await queries.find_duty(db, morning, [one.mechanism for one in agreements])
    lines: list[Line] = []
    for one in agreements:
        if one.review_on is None or not (step := newest_review_step(calendar, one.review_on, morning.today)):
            continue
        for member in morning.duty[one.mechanism_id].members:
            for to in await queries.by_office(db, morning, one.mechanism, member.agency_id):
                lines.append(Line(REVIEW, one.mechanism_id, step, one.review_on, *to))
    return lines


async def review_entry(
    db: Session, line: Line, mechanism: Mechanism, agency: str, office: Designation | None, locale: str
) -> Entry | None:
    """The line in words as it stands when the mail is composed; None once another date was entered."""
    agreement = await agreement_of(db, mechanism.id)
    if (
        agreement is None
        or agreement.review_on != line.due_on
        or mechanism.has_ended(db.clock.today(mechanism.timezone))
    ):
        return None
    today = db.clock.today(mechanism.timezone)
    words = Words(locale, mechanism.timezone, today)
    late = line.due_on < today
    said = words._("was to be reviewed %(day)s") if late else words._("to be reviewed %(day)s")
    return Entry(
        mechanism.short_name,
        said % {"day": words.in_days(line.due_on)},
        "bad" if late else "warn",
        words._(
            "%(title)s · please settle with the other members whether it is renewed, changed or ended",
            title=agreement.title,
        ),
        by_office(words, agency, office),
        f"{db.settings.base_url}/mechanisms/{mechanism.id}#agreement",
        words._("Look at the agreement"),
    )
