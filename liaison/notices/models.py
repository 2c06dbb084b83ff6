"""Notices (信息通报, 线索移送): what one agency sends to others of the mechanism, and how each of them stands to it.

State is facts with who and when. What was said along the way is kept as acts, which never change."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from liaison.calendaring.workdays import WorkCalendar
from liaison.db import Base, Versioned
from liaison.directory.models import Agency, Person
from liaison.errors import Conflict, NotFound
from liaison.files.models import TO_SCAN, FileRow
from liaison.mechanisms.models import Mechanism
from liaison.notices.due import next_step_on
from liaison.notices.wording import IS_CLOSED, IS_PASSED_ON, NOT_SENT, ONLY_KNOWS

INFORMATION, REFERRAL = "information", "referral"
KINDS = (INFORMATION, REFERRAL)
FOR_INFORMATION, FOR_COMMENT, FOR_ACTION, IN_RESPONSE = "information", "comment", "action", "response"
PURPOSES = (FOR_INFORMATION, FOR_COMMENT, FOR_ACTION, IN_RESPONSE)
WANT_ANSWER = (FOR_COMMENT, FOR_ACTION)
"""What is not done with by acknowledging it."""
DRAFT, SENT, ACKNOWLEDGED, ANSWERED, CLOSED = "draft", "sent", "acknowledged", "answered", "closed"
ACCEPTED, DECLINED, RETURNED = "accepted", "declined", "returned"
DECISIONS = (ACCEPTED, DECLINED, RETURNED)
"""受理, 不予受理, 退回补充: what the agency decides to which a lead was referred."""
STATES = (SENT, ACKNOWLEDGED, ACCEPTED, DECLINED, RETURNED, ANSWERED, CLOSED)
"""How a referral that was sent can stand."""
ENTERED = "entered_afterwards"
"""The door (`via`) of an act that was entered with its notice afterwards, and of which only the day is known."""
OPENED, OFFERED, AGREED, REFUSED, PASSED_ON = "opened", "offered", "agreed", "refused", "passed_on"
CORRECTED = "corrected"
SUPPLEMENTED, FEEDBACK = "supplemented", "feedback"
AGENDA_ITEM, ACTION_ITEM = "agenda_item", "action_item"
"""What else may be done with one, beside acknowledging, answering and closing it."""
_DUE, _OPEN = text("remind_on IS NOT NULL"), text("settled_at IS NULL")
_ENTERED = text("entered_for_id IS NOT NULL")
_FROM_ACTIVITY = text("activity_id IS NOT NULL")
_IS_LEAD, _IS_LEAD_1 = text("is_referral"), text("is_referral = 1")
"""In the words in which each database is asked for it, else the index is not used."""


class Notice(Versioned, Base):
    """One paper from an agency to others: a draft of that agency alone until it is sent, and from then on unchangeable."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_from_agency_id", "mechanism_id", "from_agency_id", "dated_on", "id"),
        Index("ix_notice_answers_id", "answers_id"),
        Index(
            "ix_notice_entered_for_id",
            "mechanism_id",
            "entered_for_id",
            "entered_afterwards_at",
            sqlite_where=_ENTERED,
            postgresql_where=_ENTERED,
        ),
        Index("ix_notice_activity_id", "activity_id", sqlite_where=_FROM_ACTIVITY, postgresql_where=_FROM_ACTIVITY),
    )

    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id"))
    mechanism: Mapped[Mechanism] = relationship(lazy="raise")
    kind: Mapped[str] = mapped_column(String(20))
    """information or referral"""
    purpose: Mapped[str] = mapped_column(String(20))
    """供知悉, 征求意见, 商请办理 or 答复."""
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    from_agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[from_agency_id])
    doc_no: Mapped[str | None] = mapped_column(String(60))
    """Of the sending agency's registry: typed, never made."""
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    deadline_days: Mapped[int | None]
    """Working days after it is sent within which it is to be answered, or only acknowledged where it wants no answer; None: no deadline."""
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    """答复: the notice that this one answers."""
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dated_on: Mapped[date]
    """The local day of sending, of a draft that of writing: by which lists go, the newest first."""
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sender: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[sent_by])
    closed_at: Mapped[datetime | None]
    """The sending agency needs no answer any more."""
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_why: Mapped[str | None] = mapped_column(Text)

    entered_afterwards_at: Mapped[datetime | None]
    """补录: sent by another way before, and entered since. Of all that lies before this only the day is known (`by_day`)."""
    entered_afterwards_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    enterer: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[entered_afterwards_by])
    entered_for_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    """The one of the two agencies that entered it."""
    entered_for: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[entered_for_id])

    case_code: Mapped[str | None] = mapped_column(String(60))
    """线索编号: a referred lead is named by its code, never by its people."""
    category: Mapped[str | None] = mapped_column(String(40))
    """案由: a code of `wording.CATEGORY_NAMES`, or a few words of one's own."""
    clause_id: Mapped[int | None]
    """依据条款: by which clause of the agreement it is referred. No foreign key, because an agreement's clauses are entered anew as a whole:
    what stands is the number and the words they had."""
    clause_number: Mapped[int | None]
    clause_text: Mapped[str | None] = mapped_column(Text)

    activity_id: Mapped[int | None]
    """The joint activity at which a referred lead was found; read by the two agencies alone, like all of it."""

    discarded_at: Mapped[datetime | None]
    """A draft that was thrown away, or one entered afterwards that was taken back; its agency can undo that."""
    discarded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    addressees: Mapped[list["Addressee"]] = relationship(
        lazy="raise", back_populates="notice", cascade="all, delete-orphan", order_by="Addressee.id"
    )
    papers: Mapped[list["NoticePaper"]] = relationship(lazy="raise", order_by="NoticePaper.id")

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose local dates its deadline counts in. Needs `mechanism`."""
        return ZoneInfo(self.mechanism.timezone)

    def by_day(self, moment: datetime) -> bool:
        """Whether of this moment only the day is known: it is kept as that day's first instant, whose time means nothing."""
        return self.entered_afterwards_at is not None and moment < self.entered_afterwards_at

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was done with it since it was entered. Needs `addressees`."""
        return self.version == 1 and all(one.version == 1 for one in self.addressees)

    @property
    def is_referral(self) -> bool:
        """线索移送: a lead that one agency refers to one other."""
        return self.kind == REFERRAL

    @property
    def wants_answer(self) -> bool:
        """Whether acknowledging it is not enough."""
        return self.purpose in WANT_ANSWER

    @property
    def asked(self) -> Sequence["Addressee"]:
        """主送: the agencies it is addressed to, without those that passed it on. Needs `addressees`."""
        return [one for one in self.addressees if one.asked and one.passed_on_at is None]

    @property
    def state(self) -> str:
        """draft, sent, acknowledged, answered or closed: how far the slowest agency is; a referral also accepted, declined or returned.
        Needs `addressees`."""
        if self.sent_at is None:
            return DRAFT
        if self.closed_at is not None:
            return CLOSED
        order = (SENT, RETURNED, ACKNOWLEDGED, ACCEPTED, DECLINED, ANSWERED)
        return order[min((order.index(one.state) for one in self.asked), default=0)]

    def addressee(self, agency_id: int | None) -> "Addressee | None":
        """The line of an agency that it went to and that has not passed it on. Needs `addressees`."""
        return next((one for one in self.addressees if one.agency_id == agency_id and one.passed_on_at is None), None)

    def unanswered_on(self, today: date) -> "list[Addressee]":
        """The agencies whose word is overdue on that local date. Needs `addressees`."""
        return [one for one in self.addressees if one.is_late(today)]

    def paper(self, paper_id: int) -> "NoticePaper":
        """One of its papers. Raises NotFound. Needs `papers`."""
        found = next((one for one in self.papers if one.id == paper_id), None)
        if found is None:
            raise NotFound
        return found

    def lead_line(self) -> "Addressee":
        """The line of the one agency that a lead was referred to. Raises NotFound for a draft. Needs `addressees`."""
        if self.sent_at is None or not self.addressees:
            raise NotFound
        return self.addressees[0]

    def line_of(self, agency_id: int | None) -> "Addressee":
        """The line of an agency that it was sent to, also of one that has passed it on. Raises NotFound. Needs `addressees`."""
        found = next((one for one in self.addressees if one.agency_id == agency_id), None)
        if found is None or self.sent_at is None:
            raise NotFound
        return found


WAS_SENT = Notice.sent_at.is_not(None), Notice.discarded_at.is_(None)
"""The conditions of what the agencies that it concerns have before them."""


class Addressee(Versioned, Base):
    """One agency that a notice is addressed to (主送), or that is to know of it (抄送)."""

    __tablename__ = "notice_addressee"
    __table_args__ = (
        UniqueConstraint("notice_id", "agency_id"),
        Index("ix_notice_addressee_agency_id", "agency_id", "dated_on", "notice_id"),
        Index("ix_notice_addressee_remind_on", "remind_on", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_notice_addressee_open", "agency_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_notice_addressee_awaited", "from_agency_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_notice_addressee_lead_to",
            "agency_id",
            "dated_on",
            "notice_id",
            sqlite_where=_IS_LEAD_1,
            postgresql_where=_IS_LEAD,
        ),
        Index(
            "ix_notice_addressee_lead_from",
            "from_agency_id",
            "dated_on",
            "notice_id",
            sqlite_where=_IS_LEAD_1,
            postgresql_where=_IS_LEAD,
        ),
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    notice: Mapped[Notice] = relationship(lazy="raise_on_sql", back_populates="addressees")
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """The notice's own sender, so that what an agency waits for is found without looking through all that it ever sent."""
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency: Mapped[Agency] = relationship(lazy="raise", foreign_keys=[agency_id])
    is_referral: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Of a referral, so that the ledger of leads is found among however many notices."""
    dated_on: Mapped[date]
    """The notice's own, so that boxes and the ledger are read in the order of an index."""
    asked: Mapped[bool] = mapped_column(default=True)
    """False: 抄送, to know of it; nothing is asked of that agency."""
    arrived_on: Mapped[date | None]
    """The local date on which it was sent to this agency, from which its working days count."""
    due_on: Mapped[date | None]
    """The local date by whose end it is to be answered, as it stands now."""
    remind_on: Mapped[date | None]
    """When the clock looks at it next (notices.due)."""
    opened_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str | None] = mapped_column(String(20))
    """Of a referral: accepted, declined or returned; none again once what was missing is supplied."""
    decided_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """Of a referral: since when there is feedback on the result."""
    offered_due_on: Mapped[date | None]
    """Another date that this agency offers and on which the sender has not said anything yet."""
    offered_at: Mapped[datetime | None]
    passed_on_at: Mapped[datetime | None]
    passed_on_to_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    passed_on_to: Mapped[Agency | None] = relationship(lazy="raise", foreign_keys=[passed_on_to_id])
    settled_at: Mapped[datetime | None]
    """Since when nothing is waited for any more from this agency."""
    acts: Mapped[list["NoticeAct"]] = relationship(lazy="raise", order_by="NoticeAct.id", cascade="all, delete-orphan")

    @property
    def state(self) -> str:
        """sent, acknowledged or answered; of a referral also accepted, declined or returned."""
        if self.answered_at is not None:
            return ANSWERED
        if self.decision is not None:
            return self.decision
        return ACKNOWLEDGED if self.acknowledged_at is not None else SENT

    @property
    def owes(self) -> bool:
        """Whether its word is waited for. Needs `notice`."""
        return self.asked and self.settled_at is None and self.notice.sent_at is not None

    @property
    def is_undated(self) -> bool:
        """Whether it was entered afterwards as decided or done with, and nobody knows the day of the decision: no days are counted to it, also
        once its feedback was corrected. Needs `notice`."""
        done = self.settled_at is not None and self.notice.by_day(self.settled_at)
        return self.decided_at is None and (self.decision is not None or done)

    @property
    def standing(self) -> "NoticeAct | None":
        """What stands for the agency since anything was corrected: what came of it, its decision, its answer, or without these that it has the
        notice. Needs `acts`."""
        since = next((at for at in range(len(self.acts), 0, -1) if self.acts[at - 1].what == CORRECTED), 0)
        said = [act for act in self.acts[since:] if act.what in (ANSWERED, *DECISIONS, FEEDBACK)]
        has = [act for act in self.acts[since:] if act.what == ACKNOWLEDGED]
        return said[-1] if said else has[-1] if has else None

    @property
    def registered_stands(self) -> bool:
        """Whether what stands for the agency was only registered for it. Needs `acts`."""
        stands = self.standing
        return stands is not None and stands.registered is not None

    @property
    def is_timed(self) -> bool:
        """Whether its days run: not for feedback on what was accepted, nor while the sender has to add to it. Needs `notice`."""
        return self.owes and self.decision is None

    def is_late(self, today: date) -> bool:
        """Whether its days have passed without its word. Needs `notice`."""
        return self.is_timed and self.due_on is not None and self.due_on < today

    def newest(self, *among: str) -> "NoticeAct | None":
        """The last of these acts. Needs `acts`."""
        return next((act for act in reversed(self.acts) if act.what in among), None)

    def refuse_over(self) -> None:
        """Raise Conflict where nothing can be done with it any more by this agency. Needs `notice` and `passed_on_to`."""
        if self.notice.sent_at is None:
            raise Conflict(NOT_SENT)
        if self.passed_on_to is not None:
            raise Conflict(IS_PASSED_ON, agency=self.passed_on_to.short_name)
        if self.notice.closed_at is not None:
            raise Conflict(IS_CLOSED)

    def refuse_unasked(self) -> None:
        """The same, and also where nothing was asked of this agency."""
        self.refuse_over()
        if not self.asked:
            raise Conflict(ONLY_KNOWS)

    def plan_reminder(self, calendar: WorkCalendar, since: date) -> None:
        """Note on which local date, from `since` on, the clock speaks of it next."""
        self.remind_on = next_step_on(calendar, self.arrived_on or since, self.due_on, since=since)

    def settle(self, now: datetime) -> None:
        """Nothing is waited for any more; the first time stands."""
        self.settled_at, self.remind_on = self.settled_at or now, None
        self.offered_due_on = self.offered_at = None


class NoticeAct(Base):
    """One thing that an agency, or the sender towards it, did with a notice. Never changed."""

    __tablename__ = "notice_act"
    __table_args__ = (Index("ix_notice_act_addressee_id", "addressee_id"),)

    addressee_id: Mapped[int] = mapped_column(ForeignKey("notice_addressee.id"))
    what: Mapped[str] = mapped_column(String(20))
    """opened, acknowledged, answered, offered, agreed, refused, passed_on, corrected; of a referral accepted, declined, returned,
    supplemented (by the sender), feedback; or agenda_item and action_item: what was made of it"""
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    """Whose act it is: of the addressee, or of the sender."""
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: from the agency's own mailbox."""
    by: Mapped[Person | None] = relationship(lazy="raise")
    via: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    """The date that was offered, agreed to or refused."""
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    """答复 as a notice of its own."""
    object_id: Mapped[int | None]
    """The agenda item or action item that was made of it."""
    registered: Mapped[dict[str, Any] | None]
    """代登记: {"how", "said_by", "at", "by_id"}; of one that the other agency entered afterwards {"by_id"} alone."""
    unverified: Mapped[bool] = mapped_column(default=False)
    """未核实: by a mail whose sender no mail server vouches for."""

    @property
    def entered_afterwards(self) -> bool:
        """补录: entered with its notice; only its day is known."""
        return self.via == ENTERED


class NoticePaper(FileRow):
    """A paper that goes with a notice; brought to the draft, and unchangeable once it is sent."""

    __tablename__ = "notice_paper"
    __table_args__ = (
        Index("ix_notice_paper_to_scan", "scanned_at", "id", sqlite_where=TO_SCAN, postgresql_where=TO_SCAN),
    )

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)

    @property
    def about(self) -> str:
        """What its lines of the trail are about."""
        return f"notice:{self.notice_id}"


class NoticeEscalation(Base):
    """提请关注: what the sending agency's liaison wrote to their own leader of a notice that nobody answered. Read by that agency alone,
    and never changed."""

    __tablename__ = "notice_escalation"
    __table_args__ = (Index("ix_notice_escalation_notice_id", "notice_id"),)

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[by_id])
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[to_person_id])
