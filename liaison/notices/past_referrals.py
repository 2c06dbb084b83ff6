"""导入线索移送台账: referrals that were sent on paper or otherwise before are entered afterwards (补录), all of a table or nothing. Nobody is
mailed. What is still open goes on living here: it stands on the desks, and is decided, answered and closed like any other."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.workdays import WorkCalendar, region_calendar
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.documents.headed import TableRefused, Told, Wrong, unheard
from liaison.errors import Conflict, Message, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Clause, Mechanism, Member
from liaison.mechanisms.permissions import may_see
from liaison.meetings.past_cells import arabic
from liaison.notices.due import MOST_DAYS
from liaison.notices.locking import audit_line
from liaison.notices.models import (
    ACKNOWLEDGED,
    DECLINED,
    ENTERED,
    FEEDBACK,
    FOR_ACTION,
    REFERRAL,
    WAS_SENT,
    Addressee,
    Notice,
    NoticeAct,
)
from liaison.notices.past_table import Key, Past, key_of
from liaison.notices.permissions import NOT_YOURS, may_enter_past

_AT_ONCE = 25
"""So many are entered before other requests have their turn."""
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class New:
    """A referral that the table brings: where its row stands, and what it is."""

    at: int
    id: int
    on: date
    case_code: str | None
    subject: str
    from_agency: str
    to_agency: str
    due_on: date | None
    state: str


@dataclass(slots=True)
class TakenIn:
    """What a table brings: the new referrals in the order of their days, and how many are there already."""

    new: list[New] = field(default_factory=list)
    unchanged: int = 0


async def take_in(
    db: Session,
    viewer: Viewer,
    mechanism_id: int,
    rows: Iterable[Past | Wrong],
    *,
    agency: str | None = None,
    told: Told = unheard,
) -> TakenIn:
    """Enter the referrals of a table as they stood. One of the two agencies has to be the viewer's own, at the server's console the one of that
    short name (`agency`), the other a member on that day. One of the same code between the same agencies, without a code of the same
    subject and day, is there already, and stays as it is. `told` hears how many of how many are done. The caller undoes the transaction to
    only try it.

    Raises NotFound, NotPermitted, Conflict (no such agency), TableRefused with every place that is wrong; then nothing may be kept."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not may_see(viewer, mechanism_id):
        raise NotFound
    if not may_enter_past(viewer, mechanism_id):
        raise NotPermitted(NOT_YOURS)
    members = await mechanisms.members(db, mechanism_id)
    own = viewer.acts_for(mechanism_id) or _at_console(members, agency)
    table = _Table(mechanism, members, await mechanisms.clauses(db, mechanism_id), own, db.now())
    found = table.look(rows)
    if table.wrong:
        raise TableRefused(table.wrong)
    there = await known(db, mechanism_id, own)
    new = [
        (past, key)
        for key, past in sorted(found.items(), key=lambda one: (one[1].sent_on, one[1].at))
        if key not in there
    ]
    taken = TakenIn(unchanged=len(found) - len(new))
    for at in range(0, len(new), _AT_ONCE):
        made = [(past, _entered(viewer, table, past, key)) for past, key in new[at : at + _AT_ONCE]]
        db.add_all(notice for _, notice in made)
        await db.flush()
        for past, notice in made:
            taken.new.append(_new(past, notice, table))
            audit_line(db, viewer, "enter_referral", notice, to=[notice.addressees[0].agency_id], on=past.sent_on)
            told(len(taken.new), len(new))
            db.expunge(notice)  # with its line and acts: a thousand of them need not stay in memory
        await asyncio.sleep(0)  # a long table must not keep the other requests waiting
    if taken.new:
        # A line of its own thing: of the mechanism's trail other agencies read every line, and of referrals they may find no trace.
        facts = {"new": len(new), "unchanged": taken.unchanged, "agency": own}
        audit.add(
            db, viewer, "import_referrals", f"referral_import:{taken.new[0].id}", mechanism_id=mechanism_id, **facts
        )
    return taken


async def known(db: Session, mechanism_id: int, own: int) -> set[Key]:
    """By what everything is known that the record has of what that agency referred or was referred."""
    found = set[Key]()
    for side in (
        Addressee.agency_id,
        Addressee.from_agency_id,
    ):  # each in the order of its index, however many there are
        query = (
            select(
                Addressee.dated_on,
                Addressee.notice_id,
                Addressee.from_agency_id,
                Addressee.agency_id,
                Notice.case_code,
                Notice.subject,
            )
            .join(Addressee.notice)
            .where(side == own, Addressee.is_referral, Notice.mechanism_id == mechanism_id, *WAS_SENT)
            .order_by(Addressee.dated_on, Addressee.notice_id)
            .limit(_CHUNK)
        )
        after = query
        while rows := (await db.execute(after)).all():
            for day, _, sender, receiver, code, subject in rows:
                found.add(key_of(sender, receiver, None, subject, day))
                found.add(key_of(sender, receiver, code, subject, day))
            after = query.where(tuple_(Addressee.dated_on, Addressee.notice_id) > (rows[-1][0], rows[-1][1]))
            await asyncio.sleep(0)
    return found


def _at_console(members: Sequence[Member], agency: str | None) -> int:
    found = next((one.agency_id for one in members if agency in (one.agency.name, one.agency.short_name)), None)
    if found is None:
        raise Conflict(N_("“%(name)s” is no agency of this mechanism."), name=agency or "")
    return found


def _new(past: Past, notice: Notice, table: "_Table") -> New:
    return New(past.at, notice.id, past.sent_on, past.case_code, past.subject, table.names[notice.from_agency_id],
               table.names[notice.addressees[0].agency_id], past.due_on, past.state)  # fmt: skip


def _entered(viewer: Viewer, table: "_Table", past: Past, key: Key) -> Notice:
    """The referral of a row with its one line and what was done, each at the first instant of its day."""
    mechanism, clause = table.mechanism, table.clause_of(past)

    def at(day: date | None) -> datetime | None:
        return datetime.combine(day, time.min, table.zone) if day is not None else None

    line = Addressee(
        from_agency_id=key[0],
        agency_id=key[1],
        is_referral=True,
        asked=True,
        dated_on=past.sent_on,
        arrived_on=past.sent_on,
        due_on=past.due_on,
        acknowledged_at=at(past.acknowledged_on),
        decision=past.decision,
        decided_at=at(past.decided_on),
        answered_at=at(past.answered_on),
        settled_at=at(past.answered_on or (past.decided_on if past.decision == DECLINED else None) or past.closed_on),
        version=1,
    )
    # What they have dealt with needs no opening.
    line.opened_at = line.acknowledged_at or line.decided_at or line.answered_at or line.settled_at
    notice = Notice(
        mechanism_id=mechanism.id,
        mechanism=mechanism,
        kind=REFERRAL,
        purpose=FOR_ACTION,
        from_agency_id=key[0],
        doc_no=past.doc_no,
        subject=past.subject,
        text=past.text,
        deadline_days=_workdays(table.calendar, past.sent_on, past.due_on),
        case_code=past.case_code,
        category=past.category,
        clause_id=clause.id if clause else None,
        clause_number=clause.number if clause else None,
        clause_text=clause.text if clause else None,
        dated_on=past.sent_on,
        written_at=table.now,
        written_by=viewer.person_id or None,
        sent_at=at(past.sent_on),
        closed_at=at(past.closed_on),
        closed_why=past.reason if past.closed_on and past.decided_on is None else None,
        entered_afterwards_at=table.now,
        entered_afterwards_by=viewer.person_id or None,
        entered_for_id=table.own,
        version=1,
        addressees=[line],
    )
    # What another agency did counts as registered for it: its own word replaces it, and it can correct it.
    registered = None if line.agency_id == table.own else {"by_id": viewer.person_id or None}
    said = (ACKNOWLEDGED, past.acknowledged_on, None), (past.decision, past.decided_on, past.reason), (FEEDBACK, past.answered_on, past.feedback)  # fmt: skip
    line.acts = [
        NoticeAct(
            what=what,
            agency_id=line.agency_id,
            at=at(day),
            by_id=viewer.person_id or None,
            via=ENTERED,
            text=text,
            registered=registered,
        )
        for what, day, text in said
        if what and day
    ]
    # The clock speaks of it only while its deadline lies ahead: of a ledger of years every old one would else be called overdue by mail
    # on the next morning. Those stand on the desks, where everybody sees them.
    if line.is_timed and past.due_on is not None and past.due_on >= table.today:
        line.plan_reminder(table.calendar, table.today + timedelta(days=1))
    return notice


def _workdays(calendar: WorkCalendar, sent_on: date, due_on: date | None) -> int | None:
    """How many working days it had, so that as many begin once what was missing is supplied."""
    if due_on is None:
        return None
    days = sum(
        calendar.is_workday(sent_on + timedelta(days=n)) for n in range(1, min((due_on - sent_on).days, 400) + 1)
    )
    return days if 1 <= days <= MOST_DAYS else None


class _Table:
    """A table on its way in, beside the agencies that are or were members, and the agency that enters it."""

    def __init__(
        self, mechanism: Mechanism, members: Sequence[Member], clauses: Sequence[Clause], own: int, now: datetime
    ) -> None:
        self.mechanism, self.members, self.own = mechanism, members, own
        self.now = now  # the same for all of it, by which it is one import
        self.zone, self.calendar = ZoneInfo(mechanism.timezone), region_calendar(mechanism.region)
        self.today = now.astimezone(self.zone).date()
        self.clauses = {str(one.number): one for one in clauses}
        self.agencies: Mapping[str, Agency] = {
            name: one.agency for one in members for name in (one.agency.name, one.agency.short_name)
        }
        self.names = {one.agency_id: one.agency.short_name for one in members}
        self.wrong: list[Wrong] = []

    def look(self, rows: Iterable[Past | Wrong]) -> dict[Key, Past]:
        """The rows by what they are known by; what is wrong is noted."""
        found: dict[Key, Past] = {}
        for row in rows:
            if isinstance(row, Wrong):
                self.wrong.append(row)
                continue
            key = self._key(row)
            if self._is_wrong(row, key):
                continue
            earlier = found.setdefault(key, row)
            if earlier is not row:
                column = "case_code" if row.case_code else "subject"
                facts = {"said": row.case_code or row.subject, "row": earlier.at}
                self._refuse(row, column, N_("“%(said)s” stands in row %(row)s already."), **facts)
        return found

    def clause_of(self, row: Past) -> Clause | None:
        """依据条款: 3, 第3条 or 第三条."""
        said = "".join(row.clause.split()).removeprefix("第").removesuffix("条")
        return self.clauses.get(arabic(said))

    def _key(self, row: Past) -> Key:
        sender, receiver = (self.agencies.get(name) for name in (row.from_agency, row.to_agency))
        sides = sender.id if sender else 0, receiver.id if receiver else 0
        return key_of(*sides, row.case_code, row.subject, row.sent_on)

    def _is_wrong(self, row: Past, key: Key) -> bool:
        before = len(self.wrong)
        for column, name, id_ in (("from_agency", row.from_agency, key[0]), ("to_agency", row.to_agency, key[1])):
            if not id_:
                self._refuse(row, column, N_("“%(name)s” is no member agency of this mechanism."), name=name)
            elif id_ != self.own and not self._was_member(id_, row.sent_on):
                self._refuse(row, column, N_("“%(name)s” was no member agency on that day."), name=name)
        if key[0] and key[0] == key[1]:
            self._refuse(row, "to_agency", N_("An agency refers nothing to itself."))
        elif all(key[:2]) and self.own not in key[:2]:
            own = self.names[self.own]
            self._refuse(row, "from_agency", N_("One of the two agencies has to be %(agency)s, for which you enter this."), agency=own)  # fmt: skip
        if row.mechanism not in ("", self.mechanism.name, self.mechanism.short_name):
            self._refuse(row, "mechanism", N_("This is the ledger of another mechanism."))
        if row.clause and self.clause_of(row) is None:
            self._refuse(row, "clause", N_("Please give the number of a clause of this mechanism's agreement."))
        return len(self.wrong) > before

    def _was_member(self, agency_id: int, on: date) -> bool:
        return any(one.is_member_on(on) for one in self.members if one.agency_id == agency_id)

    def _refuse(self, past: Past, column: str, msgid: str, **params: object) -> None:
        self.wrong.append(past.line.columns.wrong(past.at, column, Message(msgid, params)))
