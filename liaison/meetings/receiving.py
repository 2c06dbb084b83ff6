"""Answers that come as calendar mail: put in order by `calendaring.answers`, and written down as the web button writes them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from liaison import audit
from liaison.audit import Actor
from liaison.calendaring.answers import Asked, Effect, Reply, Said, State, apply_reply
from liaison.calendaring.itip import Method, Partstat
from liaison.calendaring.subaddress import tag_of
from liaison.db import Session, insert_into, locked
from liaison.directory import queries as directory
from liaison.mail import outbox
from liaison.mail.answering import ANSWER, may_answer
from liaison.meetings import announcing
from liaison.meetings.address_models import AddressAnswer
from liaison.meetings.models import Announcement, Attendee, Meeting
from liaison.meetings.recipients import Addressee
from liaison.private import kept_of

MOST_COMMENT = 500
_BESIDE = (joinedload(Meeting.mechanism), joinedload(Meeting.host_agency))


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an answer: the effect, and the meeting, attendee and person it is about, where they are known."""

    effect: Effect
    meeting: Meeting | None = None
    attendee: Attendee | None = None
    person_id: int | None = None


async def receive_reply(
    db: Session, reply: Reply, *, hold_unverified: bool = False, mail_id: int = 0, in_words: bool = False
) -> Received:
    """Take the answer of a calendar that came by mail: count it, or say why not. Any order and repetition ends in the same state.

    `mail_id` names the mail in the audit trail. Who asks for the invitation again (REFRESH) is sent it, to the address that was asked,
    a few times a day. `in_words`: somebody wrote the answer. Then the contact who reads one person's mail answers for that person; a
    calendar of a shared address never does."""
    announcement = await _announcement(db, reply.uid)
    if announcement is None:
        return Received(apply_reply(None, reply))
    meeting = await locked(db, Meeting, announcement.meeting_id, *_BESIDE)
    set_committed_value(announcement, "meeting", meeting)
    told = await _concerned(db, announcement, reply)
    attendees = await _attendees(db, [id_ for one in told.values() for id_ in one.attendee_ids])
    state = await _state(db, announcement, told, attendees, hold_unverified=hold_unverified, in_words=in_words)
    effect = apply_reply(state, reply)
    if (asked := effect.asked) is None:
        return Received(effect, meeting)
    one = told[asked.address]
    if in_words and _of_one_person(one) and reply.sender == one.address:
        effect = replace(effect, by=reply.sender)
    attendee = attendees.get(one.attendee_ids[0]) if one.attendee_ids and not asked.group else None
    person_id = attendee.person_id if attendee else None
    if effect.reason == "refresh":
        effect = replace(effect, **await _send_again(db, announcement, one, once_key=f"{ANSWER}{mail_id}"))
    elif effect.said is not None and attendee is None:
        await _note_of_address(db, meeting, one.address, effect.said, reply, verified=effect.verified)
        effect = replace(effect, reason="answered_by_address")
    elif effect.said is not None and attendee is not None:
        await _count(db, meeting, attendee, effect.said, reply, effect, mail_id=mail_id)
    return Received(effect, meeting, attendee, person_id)


async def _announcement(db: Session, uid: str) -> Announcement | None:
    query = select(Announcement).where(Announcement.uid == uid).order_by(Announcement.id.desc()).limit(1)
    return (await db.execute(query)).scalar_one_or_none()


async def _concerned(db: Session, announcement: Announcement, reply: Reply) -> dict[str, Addressee]:
    """Those of the addresses told that the answer may be about, by address: those it names, else whose person has it as another one.
    A notice goes to hundreds, and an answer is about one."""
    named = {reply.sender, *(each.address for each in reply.answers)}
    everybody = announcement.snapshot["addressees"]
    direct = [Addressee.from_json(one) for one in everybody if one["address"] in named]
    if not {each.address for each in reply.answers} <= {one.address for one in direct}:
        people = await directory.people_known_by(db, named)
        by_alias = (one for one in everybody if people.intersection(one["person_ids"]))
        direct += [Addressee.from_json(one) for one in by_alias if one["address"] not in named]
    return {one.address: one for one in direct if not one.copy_only}


async def _attendees(db: Session, ids: Collection[int]) -> dict[int, Attendee]:
    """Under a lock and freshly read: of one of them an answer may be written down."""
    query = select(Attendee).where(Attendee.id.in_(ids), Attendee.removed_at.is_(None)).order_by(Attendee.id)
    loaded = query.options(joinedload(Attendee.person), joinedload(Attendee.agency))
    fresh = loaded.with_for_update(of=Attendee).execution_options(populate_existing=True)
    return {each.id: each for each in await db.scalars(fresh)}


async def _state(
    db: Session,
    announcement: Announcement,
    told: dict[str, Addressee],
    attendees: dict[int, Attendee],
    *,
    hold_unverified: bool,
    in_words: bool,
) -> State:
    """The meeting as the answer finds it. An answer to the invitation before it was reinstated finds it closed."""
    meeting = announcement.meeting
    closed = meeting.uid != announcement.uid or meeting.is_off or meeting.held_at is not None
    query = select(AddressAnswer).where(AddressAnswer.uid == announcement.uid)
    addresses = {each.address: each for each in await db.scalars(query)}
    known = await directory.known_addresses(db, [p for one in told.values() for p in one.person_ids])
    asked = []
    for one in told.values():
        present = [attendees[id_] for id_ in one.attendee_ids if id_ in attendees]
        present = [each for each in present if each.person is None or each.person.deactivated_at is None]
        if one.attendee_ids and not present:
            continue  # taken off the list and not yet told so, or no longer in service
        group = not present or (one.group and not (in_words and _of_one_person(one)))
        said = addresses.get(one.address)
        asked.append(
            Asked(
                one.address,
                group=group,
                said=_said_by_address(said) if group else _said(present[0]),
                aliases=frozenset() if group else known.aliases(present[0].person_id),
                contacts=frozenset() if group else known.contacts(present[0].person_id),
                tag=tag_of(meeting.reply_secret, announcement.uid, one.address) if meeting.reply_secret else "",
            )
        )
    return State(
        sequence=announcement.sequence,
        answers_from=meeting.answers_from if meeting.uid == announcement.uid else 0,
        asked=tuple(asked),
        closed=closed or meeting.starts_at <= db.now(),
        hold_unverified=hold_unverified,
    )


def _of_one_person(one: Addressee) -> bool:
    """Whether a contact reads there the mail of exactly one person, and nothing else was asked of that address."""
    return [each.via for each in one.people] == ["contact"] and not one.slips


def _said(attendee: Attendee) -> Said | None:
    """The answer that stands; what was said of an earlier time does not."""
    if attendee.partstat == "needs_action" or attendee.answered_at is None or attendee.answered_sequence is None:
        return None
    return Said(attendee.answered_sequence, attendee.answered_at, _partstat(attendee.partstat))


def _said_by_address(one: AddressAnswer | None) -> Said | None:
    return None if one is None else Said(one.sequence, one.at, _partstat(one.partstat))


def _partstat(stored: str) -> Partstat:
    return cast(Partstat, stored.replace("_", "-").upper())


def _stored(partstat: Partstat) -> str:
    return partstat.lower().replace("-", "_")


async def _count(
    db: Session, meeting: Meeting, attendee: Attendee, said: Said, reply: Reply, effect: Effect, *, mail_id: int
) -> None:
    """Write the answer down as the person's own, with where it came from."""
    by = await directory.person_at(db, effect.by) if effect.by else None
    own = not effect.by and (effect.asked is None or reply.sender == effect.asked.address)
    attendee.partstat = _stored(said.partstat)
    attendee.comment, attendee.substitute = kept_of(reply.comment, most=MOST_COMMENT), None
    attendee.answered_at, attendee.answered_sequence = said.at, said.sequence
    attendee.answered_via, attendee.registered = "mail", None
    attendee.answered_by = by.id if by else (None if effect.by else attendee.person_id)
    attendee.answered_from = None if own or not reply.sender else reply.sender[:254]
    attendee.answered_unverified = not effect.verified
    attendee.forget_leave()
    attendee.touch()
    audit.add(
        db,
        Actor(attendee.answered_by, "mail"),
        "answer",
        f"meeting:{meeting.id}",
        mechanism_id=meeting.mechanism_id,
        attendee=attendee.id,
        partstat=attendee.partstat,
        verified=effect.verified,
        mail=mail_id,
    )


async def _note_of_address(
    db: Session, meeting: Meeting, address: str, said: Said, reply: Reply, *, verified: bool
) -> None:
    """Keep what a shared address's calendar says; whoever stands behind it answers for themselves."""
    values = {
        "meeting_id": meeting.id,
        "sequence": said.sequence,
        "at": said.at,
        "partstat": _stored(said.partstat),
        "comment": kept_of(reply.comment, most=MOST_COMMENT),
        "unverified": not verified,
    }
    added = insert_into(db, AddressAnswer).values(uid=reply.uid, address=address, **values)
    await db.execute(added.on_conflict_do_update(index_elements=["uid", "address"], set_=values))


async def _send_again(db: Session, announcement: Announcement, one: Addressee, *, once_key: str) -> dict[str, Any]:
    """The newest notice once more, unchanged, to the address that was asked and to no other; not while one is on its way there, and
    only so many times a day, for nobody knows who asks. Of a meeting that has begun nobody is asked to come. What else that makes of
    the effect."""
    meeting = announcement.meeting
    if announcement.method == Method.REQUEST.value and (meeting.held_at is not None or meeting.starts_at <= db.now()):
        return {"verdict": "stale", "reason": "closed"}
    if not await may_answer(db, one.address, thread=announcement.uid):
        return {"verdict": "ignored", "reason": "answered_enough"}
    if one.address not in await outbox.on_the_way(db, announcement.uid):
        by = Actor(None, "mail")
        await announcing.enqueue(db, by, meeting, announcement, one, change="again", again=True, once_key=once_key)
    return {}
