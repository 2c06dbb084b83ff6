"""Sign-offs that agencies owe, on minutes and on what is put to the members: whom the clock reminds of them, and what its mail says."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts import links
from liaison.calendaring.deadlines import first_mail_day
from liaison.calendaring.workdays import WorkCalendar
from liaison.countersigning import queries as documents
from liaison.countersigning.models import MINUTES, Document, DocumentVersion, Signer
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.i18n import Words
from liaison.mechanisms.models import Designation, Mechanism
from liaison.mechanisms.queries import in_force
from liaison.meetings.steps import COUNTERSIGN
from liaison.minutes import queries as minutes_queries
from liaison.minutes.mails import LINK_LIFE, page_of
from liaison.minutes.models import Minutes
from liaison.proposals import queries as proposal_queries
from liaison.proposals.mails import page_of as proposal_page_of
from liaison.proposals.models import Proposal
from liaison.proposals.wording import title
from liaison.reminders import queries
from liaison.reminders.queries import Morning
from liaison.reminders.rules import SIGN, Line, sign_step
from liaison.reminders.wording import Entry, by_office

LATE_FOR: Final = timedelta(days=14)
"""So long after the date a reminder that an outage kept back still goes."""
SOON: Final = timedelta(days=21)
"""No working day is further from the next one than that."""


async def sign_lines(db: Session, morning: Morning, calendar: WorkCalendar) -> list[Line]:
    """The agencies that owe a sign-off, by office, on the working day before its date and on the day; one that has answered, or is told by
    letter, is not reminded."""
    query = (
        select(DocumentVersion.document_id, Mechanism)
        .join(Document, Document.id == DocumentVersion.document_id)
        .join(Mechanism, Mechanism.id == Document.mechanism_id)
        .outerjoin(Proposal, Proposal.document_id == Document.id)
        .where(
            Proposal.withdrawn_at.is_(None),
            Document.in_force_at.is_(None),
            Mechanism.timezone == morning.timezone,
            Mechanism.region == morning.region,
            in_force(morning.today),
            DocumentVersion.due_on.between(morning.today - LATE_FOR, morning.today + SOON),
        )
    )
    found = {row[0]: row[1] for row in await db.execute(query)}
    lines: list[Line] = []
    for document in (await documents.documents(db, list(found))).values():
        version, zone = document.newest, ZoneInfo(morning.timezone)
        if version.circulated_at is None or version.due_on is None:
            continue
        step = sign_step(calendar, version.due_on, morning.today, since=first_mail_day(version.circulated_at, zone))
        if step is None:
            continue
        owes = standing_of(version).owes
        for signer in (one for one in version.signers if one.agency_id in owes):
            if not await _is_over(db, signer, version.due_on, morning.today):
                for to in await queries.by_office(db, morning, found[document.id], signer.agency_id):
                    lines.append(Line(SIGN, signer.id, step, version.due_on, *to))
    return lines


async def _is_over(db: Session, signer: Signer, due_on: date, today: date) -> bool:
    """After its day nobody is reminded who came into office since, where the agency was reminded on the day."""
    if today <= due_on:
        return False
    return any(step == COUNTERSIGN for _, step, _, _ in await queries.sent(db, [f"{SIGN}:{signer.id}"]))


@dataclass(frozen=True, slots=True)
class Owed:
    """What one agency owes: its line among the signers, the version, and the minutes or the proposal whose text it is."""

    signer: Signer
    version: DocumentVersion
    of: Minutes | Proposal

    @property
    def is_minutes(self) -> bool:
        return isinstance(self.of, Minutes)

    @property
    def mechanism(self) -> Mechanism:
        return self.of.meeting.mechanism if isinstance(self.of, Minutes) else self.of.mechanism

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.of.meeting.timezone if isinstance(self.of, Minutes) else self.of.mechanism.timezone)


async def owed(db: Session, line: Line) -> Owed | None:
    """What the line is about as it stands now; None when that is done, or the text is another one."""
    query = (
        select(Signer, DocumentVersion, Document.kind)
        .join(DocumentVersion, DocumentVersion.id == Signer.document_version_id)
        .join(Document, Document.id == DocumentVersion.document_id)
    )
    row = (await db.execute(query.where(Signer.id == line.id).options(joinedload(Signer.agency)))).one_or_none()
    if row is None:
        return None
    signer, circulated, kind = row
    of: Minutes | Proposal
    if kind == MINUTES:
        of = await minutes_queries.of_document(db, circulated.document_id)
        is_open = of.issued_at is None
    else:
        of = await proposal_queries.of_document(db, circulated.document_id)
        is_open = of.is_open
    version = of.document.newest
    is_due = version.id == circulated.id and is_open and version.due_on == line.due_on
    return Owed(signer, version, of) if is_due and signer.agency_id in standing_of(version).owes else None


async def sign_entry(db: Session, words: Words, line: Line, found: Owed, office: Designation | None) -> Entry:
    """Read and sign, by the link; who is told by office and may not sign is led to the page."""
    due_on, of = found.version.due_on, found.of
    assert due_on is not None
    link = page_of(db, of) if isinstance(of, Minutes) else proposal_page_of(db, found.version)
    signs = office is None or (office.role != "deputy" and office.may_sign)
    if signs:
        link = await links.link_for(
            db,
            purpose=links.SIGN if isinstance(of, Minutes) else links.PROPOSAL,
            object_id=found.version.id,
            person_id=line.person_id,
            agency_id=found.signer.agency_id,
            designation_id=line.office,
            expires_at=max(datetime.combine(due_on, time.min, found.zone), db.now()) + LINK_LIFE,
        )
    reason = by_office(words, found.signer.agency.short_name, office)
    late = words.today is not None and due_on < words.today
    act = words._("Agree, or ask for changes")
    if isinstance(of, Minutes):
        meeting = of.meeting
        why = (
            words._("your agency's answer on the minutes was due by %(day)s", day=words.short_date(due_on))
            if late
            else words._("your agency's answer on the minutes is due %(day)s", day=words.in_days(due_on))
        )
        details = words._("minutes of %(day)s, hosted by %(agency)s", day=words.short_date(meeting.local_on), agency=meeting.host_agency.short_name)  # fmt: skip
        return Entry(meeting.title, why, "warn", details, reason, link, act if signs else words._("Read the minutes"))
    why = (
        words._("your agency's answer was due by %(day)s", day=words.short_date(due_on))
        if late
        else words._("your agency's answer is due %(day)s", day=words.in_days(due_on))
    )
    details = words._("put to the members by %(agency)s", agency=of.mechanism.lead_agency.short_name)
    named = title(words, found.version.head)
    return Entry(named, why, "warn", details, reason, link, act if signs else words._("Read the text"))
