"""A meeting's page as one would write it today with Flask and SQLAlchemy: what bench.page compares liaison's server with. What a held
meeting shows is in flask_held.py.

A blocking Session of its own for each request, entities by `select` with `joinedload` and `selectinload`, the session cookie looked
up and its age checked, the person's designations, memberships and readerships loaded, permission to see the meeting in its WHERE
clause, and the same content as liaison's page. Shared with liaison: the tables' classes, the pure rules and the templates."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from litestar.middleware.csrf import generate_csrf_token
from sqlalchemy import ColumnElement, and_, create_engine, event, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from bench.flask_held import held_content, steps_content
from liaison.accounts.models import UserSession
from liaison.accounts.secrets import hashed
from liaison.accounts.sessions import ABSOLUTE, IDLE
from liaison.accounts.viewer import Membership, Office, Viewer
from liaison.clock import Clock
from liaison.config import VERSION, Settings, checked
from liaison.directory.models import Person
from liaison.i18n import LANGUAGE_TAGS, LOCALES, Words, negotiate
from liaison.inline_sqlite import PRAGMAS
from liaison.mail import reasons
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import ACTING, DEPUTY, PRINCIPAL, Designation, Mechanism, Member, Reader
from liaison.meetings.address_models import AddressAnswer
from liaison.meetings.audience import item_shown
from liaison.meetings.due import is_late, replies_due_on
from liaison.meetings.models import NUMBERED_KINDS, AgencyInvitation, AgendaItem, Announcement, Attendee, Meeting
from liaison.meetings.permissions import is_host, may_answer, may_ask, may_fill_slip, may_propose, may_register
from liaison.meetings.recipients import addressees
from liaison.meetings.routes.show import NAMES
from liaison.meetings.showing import (
    AgencyAnswers,
    Line,
    Waiting,
    answer_of,
    mail_lines,
    mail_of,
    minutes_of,
    not_reached,
    only_tried,
    phone_of,
    tallied,
)
from liaison.meetings.snapshot import listed, organizer_of, snapshot_of, still_waiting
from liaison.meetings.steps import items_due_on
from liaison.paths import data_dir
from liaison.site import TRIAL_MODE, SiteChoice
from liaison.templating import environment
from liaison.web.assets import Assets

WITH_ADDRESS = (joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))


def flask_app() -> Any:
    """The same page as a Flask app; gunicorn calls this."""
    import flask

    settings = checked(Settings(data_dir=Path(os.environ["BENCH_DIR"]), secret_key="b" * 40))
    engine = create_engine(f"sqlite:///{settings.sqlite_path}")
    assets, clock = Assets(data_dir("static")), Clock()

    @event.listens_for(engine, "connect")
    def connect(raw: Any, record: Any) -> None:
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    app = flask.Flask("bench")
    templates = {locale: ordinary(environment(locale)) for locale in LOCALES}

    @app.get("/meetings/<int:meeting_id>")
    def page(meeting_id: int) -> Any:
        asked = flask.request
        with Session(engine) as db:
            trial = db.scalar(select(SiteChoice.value).where(SiteChoice.name == TRIAL_MODE))
            viewer = signed_in(db, asked.cookies.get("session", ""), clock)
            if viewer is None:
                return flask.Response(status=401)
            meeting = db.scalar(
                select(Meeting)
                .where(Meeting.id == meeting_id, visible(viewer))
                .options(joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))
            )
            if meeting is None:
                return flask.Response(status=404)
            locale = viewer.locale or negotiate(asked.headers.get("Accept-Language")) or settings.locale
            words = Words(locale, settings.timezone, clock.today(settings.timezone))
            icons = assets.url("icons/icons.svg")
            parts = templates[locale].get_template("parts.html").make_module({"icons": icons, "words": words})
            if meeting.held_at is not None:
                shown = held_content(db, clock, viewer, meeting, words)
            else:
                shown = content(db, settings, clock, viewer, meeting)
            return (
                templates[locale]
                .get_template("meetings/show.html")
                .render(
                    parts=parts,
                    **NAMES,
                    **shown,
                    words=words,
                    locale=locale,
                    lang=LANGUAGE_TAGS[locale],
                    site=SimpleNamespace(
                        name=settings.site_name, trial_mode=trial, version=VERSION, sends_mail=bool(settings.smtp_url)
                    ),
                    viewer=viewer,
                    asset=assets.url,
                    icons=icons,
                    csrf=generate_csrf_token(settings.secret_key),
                    nav="meetings",
                    here=asked.path,
                    lang_url=f"{asked.path}?lang=en",
                    toast=None,
                    today=words.today,
                    reason_of=lambda mail: reasons.worded(mail.reason, words._),
                )
            )

    return app


def ordinary(ours: jinja2.Environment) -> jinja2.Environment:
    """liaison's templates and words in an environment as Jinja makes it, with the macros that stand here."""
    own = jinja2.Environment(
        loader=jinja2.FileSystemLoader([Path(__file__).parent, data_dir("templates")]),
        autoescape=ours.autoescape,
        undefined=ours.undefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    own.policies.update(ours.policies)
    own.globals.update(ours.globals)
    return own


def signed_in(db: Session, key: str, clock: Clock) -> Viewer | None:
    """The person of a live session, with what they are today."""
    opened = db.scalar(select(UserSession).where(UserSession.key_hash == hashed(key)))
    now = datetime.now(UTC)
    if opened is None or opened.ended_at or now - opened.last_seen_at > IDLE or now - opened.created_at > ABSOLUTE:
        return None
    person = db.scalar(select(Person).where(Person.id == opened.person_id).options(joinedload(Person.agency)))
    if person is None or person.deactivated_at:
        return None
    members = db.scalars(select(Member).where(Member.agency_id == person.agency_id)).all()
    readers = db.execute(
        select(Reader, Mechanism.timezone)
        .join(Mechanism, Mechanism.id == Reader.mechanism_id)
        .where(Reader.person_id == person.id)
    )
    rows = db.scalars(
        select(Designation)
        .where(
            or_(Designation.person_id == person.id, Designation.role == ACTING),
            Designation.agency_id == person.agency_id,
        )
        .options(joinedload(Designation.mechanism), joinedload(Designation.person))
    ).all()
    today = [d for d in rows if d.is_in_term_on(clock.today(d.mechanism.timezone)) and d.person.deactivated_at is None]
    acting = {d.mechanism_id for d in today if d.role == ACTING}
    return Viewer(
        person_id=person.id,
        agency_id=person.agency_id,
        name=person.name,
        agency_short_name=person.agency.short_name,
        locale=person.locale or person.agency.locale,
        operator=person.operator_at is not None,
        reader_of=frozenset(r.mechanism_id for r, zone in readers if r.starts_on <= clock.today(zone) < r.ends_on),
        designations=tuple(
            Office(
                d.id,
                d.mechanism_id,
                d.agency_id,
                d.role,
                d.role == ACTING or (d.role == PRINCIPAL and d.mechanism_id not in acting),
                d.may_sign,
            )
            for d in today
            if d.person_id == person.id
        ),
        member_of={m.mechanism_id: (Membership(m.joined_on, m.left_on),) for m in members},
        session_id=opened.id,
    )


def visible(viewer: Viewer) -> Any:
    """The meetings this viewer may know of."""
    told = or_(Meeting.announced_at.is_not(None), Meeting.held_at.is_not(None))
    spans: list[ColumnElement[bool]] = [
        and_(
            Meeting.mechanism_id == mechanism_id,
            Meeting.local_start >= datetime.combine(member.joined_on, datetime.min.time()),
            Meeting.local_start < datetime.combine(member.left_on, datetime.min.time()) if member.left_on else true(),
        )
        for mechanism_id, periods in viewer.member_of.items()
        for member in periods
    ]
    asked = select(Attendee.id).where(
        Attendee.meeting_id == Meeting.id, Attendee.person_id == viewer.person_id, Attendee.removed_at.is_(None)
    )
    acting = Meeting.mechanism_id.in_([d.mechanism_id for d in viewer.designations])
    return or_(acting & or_(*spans), told & or_(*spans, Meeting.mechanism_id.in_(viewer.reader_of), asked.exists()))


def content(db: Session, settings: Settings, clock: Clock, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """What the page shows to somebody who runs the announced meeting (the only case that is measured)."""
    now, on = datetime.now(UTC), clock.today(meeting.timezone)
    follows = db.scalar(
        select(Meeting.id)
        .where(
            Meeting.mechanism_id == meeting.mechanism_id,
            Meeting.held_at.is_not(None),
            Meeting.kind.in_(NUMBERED_KINDS),
            Meeting.starts_at < meeting.starts_at,
        )
        .limit(1)
    )
    items = db.scalars(
        select(AgendaItem)
        .where(
            AgendaItem.meeting_id == meeting.id,
            AgendaItem.removed_at.is_(None),
            AgendaItem.state.in_(("accepted", "proposed")),
        )
        .options(joinedload(AgendaItem.agency), joinedload(AgendaItem.presenter))
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()
    attendees = db.scalars(
        select(Attendee)
        .where(Attendee.meeting_id == meeting.id, Attendee.removed_at.is_(None))
        .options(joinedload(Attendee.agency), joinedload(Attendee.person).options(*WITH_ADDRESS))
        .order_by(Attendee.agency_id, Attendee.id)
    ).all()
    slips = db.scalars(
        select(AgencyInvitation)
        .where(AgencyInvitation.meeting_id == meeting.id, AgencyInvitation.removed_at.is_(None))
        .options(joinedload(AgencyInvitation.agency))
    ).all()
    members = db.scalars(
        select(Member).where(Member.mechanism_id == meeting.mechanism_id).options(joinedload(Member.agency))
    ).all()
    terms = db.scalars(
        select(Designation)
        .where(Designation.mechanism_id == meeting.mechanism_id)
        .options(joinedload(Designation.agency), joinedload(Designation.person).options(*WITH_ADDRESS))
        .order_by(Designation.starts_on)
    ).all()
    sent = db.scalars(
        select(Announcement).where(Announcement.meeting_id == meeting.id).order_by(Announcement.id.desc())
    ).all()
    mails: Any = db.scalars(
        select(OutboxMail)
        .where(OutboxMail.about == f"meeting:{meeting.id}")
        .options(selectinload(OutboxMail.people))
        .order_by(OutboxMail.id)
    ).all()
    by_person = {meant.person_id: mail for mail in mails for meant in mail.people}
    for mail in mails:
        mail.change = mail.params.get("change")
    last = next((one for one in sent if one.uid == meeting.uid), None)
    senders = {one.by_id: db.get(Person, one.by_id) for one in sent if one.by_id}

    in_term = [d for d in terms if d.is_in_term_on(on) and d.person.deactivated_at is None]
    in_office: dict[int, Designation | None] = {m.agency_id: None for m in members if m.is_member_on(on)}
    deputies: dict[int, list[Designation]] = {}
    for d in sorted(in_term, key=lambda d: d.role == ACTING):
        if d.role == DEPUTY:
            deputies.setdefault(d.agency_id, []).append(d)
        else:
            in_office[d.agency_id] = d
    people = {a.person.id: a.person for a in attendees if a.person} | {d.person.id: d.person for d in in_term}
    found, _ = addressees(
        attendees=attendees,
        invitations=slips,
        in_office=in_office,
        deputies=deputies,
        takes_part={m.agency_id: m.takes_part for m in members},
        people=people,
        site_locale=settings.locale,
    )
    liaison = in_office.get(meeting.host_agency_id)
    contact = people[liaison.person_id] if liaison else None
    due = replies_due_on(meeting, now)
    snapshot = snapshot_of(
        meeting,
        items,
        found,
        organizer=meeting.organizer or organizer_of(meeting, settings.mail_from),
        organizer_name=meeting.mechanism.short_name,
        contact={"name": contact.name, "phone": contact.phone, "agency": contact.agency.short_name}
        if contact
        else None,
        replies_due_on=due,
    )
    no_news = {"last_actions": None, "answers_by_mail": None}
    unsent = last is None or {**last.snapshot, **no_news} != {**snapshot, **no_news}

    told = listed(last.snapshot) if last else []
    told_at, told_people = {one.address for one in told}, {id_ for one in told for id_ in one.attendee_ids}
    told_slips = {slip.invitation_id for one in told for slip in one.slips}
    present = (one.only(told_people, told_slips) for one in found if one.address not in told_at)
    successors = [one for one in present if one.attendee_ids or one.slips]

    agencies: dict[int, AgencyAnswers] = {}
    for slip in slips:
        one = agencies.setdefault(slip.agency_id, AgencyAnswers(slip.agency))
        one.invitation = slip
        one.may_fill = may_fill_slip(viewer, slip, meeting.mechanism_id)
        one.may_register = may_register(viewer, meeting, slip.agency_id, now)
        one.may_remove = may_ask(viewer, meeting, slip.agency_id)
    for a in attendees:
        named, asks = a.agency_invitation_id is None, may_ask(viewer, meeting, a.agency_id)
        registers = may_register(viewer, meeting, a.agency_id, now)
        agencies.setdefault(a.agency_id, AgencyAnswers(a.agency)).lines.append(
            Line(a, answer_of(a), mail_of(a, by_person), named and registers, named and asks)
        )
    ordered = sorted(agencies.values(), key=lambda one: (one.agency.sort_order, one.agency.id))
    waiting = []
    for one in ordered:
        if one.invitation and not one.invitation.returned_at:
            path = f"/agency-invitations/{one.invitation.id}" if one.may_register else None
            waiting.append(Waiting(one.agency.name, one.agency, one.agency.phone, None, path, None, True))
        for line in one.lines:
            if line.answer == "needs_action":
                phone, through = phone_of(line.attendee.person) if line.attendee.person else (line.attendee.phone, None)
                path = f"/attendees/{line.attendee.id}/register" if line.may_register else None
                waiting.append(Waiting(line.attendee.name, one.agency, phone, through, path, line.mail, False))
    due_on = items_due_on(steps_content(db, meeting, now)["steps"])
    agenda = [item_shown(viewer, one, arranges=True, late=is_late(one, meeting, due_on)) for one in items]
    counts = tallied(line.answer for one in ordered for line in one.lines)
    ahead = meeting.starts_at > now
    may_remind = bool(waiting) and ahead and bool(still_waiting(last, attendees, slips))
    lines = mail_lines(mails)
    own_slip = next((slip for slip in slips if may_fill_slip(viewer, slip, meeting.mechanism_id)), None)
    return {
        "meeting": meeting,
        "view": SimpleNamespace(
            recorder=db.get(Person, meeting.recorder_id) if meeting.recorder_id else None,
            own_slip=own_slip,
            announcements=sent,
            announced_by={id_: person.name for id_, person in senders.items() if person},
            mails=lines,
            runs=viewer.acts_for(meeting.mechanism_id) is not None,
            has_unsent_changes=unsent,
            untold=len(only_tried(last, mails)),
            successors=successors,
            may_ask_own=may_ask(viewer, meeting, viewer.agency_id),
        ),
        "agenda": {
            "items": agenda,
            "aside": [],
            "minutes": minutes_of(agenda, meeting.duration_minutes),
            "is_host": is_host(viewer, meeting),
            "may_arrange": is_host(viewer, meeting),
            "may_propose": may_propose(viewer, meeting),
            "may_edit": frozenset(one.id for one in agenda),
            "begins_with_actions": meeting.kind in NUMBERED_KINDS and follows is not None,
        },
        "answers": SimpleNamespace(
            agencies=ordered,
            counts=counts,
            waiting=waiting,
            may_remind=may_remind,
            sees_list=True,
            by_address=list(db.scalars(select(AddressAnswer).where(AddressAnswer.uid == meeting.uid))),
            missing_people=counts.get("needs_action", 0),
            missing_slips=sum(one.is_slip_missing for one in ordered),
        ),
        "own": next((a for a in attendees if may_answer(viewer, a) and a.agency_invitation_id is None), None),
        "act": "send_changes" if unsent else "slip" if own_slip else "remind" if may_remind else "",
        "unreached": not_reached(lines),
        "resendable": told_at,
        "due": due,
        **steps_content(db, meeting, now),
        "zone": meeting.timezone,
        "is_open": ahead,
        "takes_place": False,
        "reminded_lately": meeting.reminded_at is not None and now - meeting.reminded_at < timedelta(hours=1),
    }
