"""交接: one act ends somebody's term and begins the successor's, and moves what was in their hands, on the day and once."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import Actor
from liaison.db import Session, locked
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import designating
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.designating import ONE_PRINCIPAL
from liaison.mechanisms.models import DEPUTY, Designation, Mechanism
from liaison.mechanisms.permissions import may_designate
from liaison.mechanisms.wording import said_day
from liaison.succession import mails, moving, queries
from liaison.succession.models import Handover
from liaison.succession.moving import Found, Office


async def hand_over(
    db: Session,
    viewer: Viewer,
    designation_id: int,
    *,
    to_person_id: int | None,
    starts_on: date | None,
    basis_ref: str | None = None,
    acting: bool = False,
    ends_deputy: bool = False,
    keep_ids: Collection[int] = (),
    version: int | None = None,
) -> Designation:
    """End a term on `starts_on`, begin the successor's, and let everything in the leaver's hands pass on that day (moving.MOVES),
    but the action items `keep_ids`. On a day to come it is done by `apply_due`; until then it can be taken back.

    Leaver and successor are mailed at once what passes and when. Returns the new term. Raises NotFound, NotPermitted, Invalid,
    Conflict (a stale form, or a handover of this office is entered already)."""
    found = await mechanisms.designation(db, viewer, designation_id)
    mechanism = await locked(db, Mechanism, found.mechanism_id)
    old = await locked(db, Designation, designation_id)
    if may_designate(viewer, old.mechanism_id, old.agency_id) and (ahead := await queries.ahead_of(db, designation_id)):
        raise Conflict(
            N_("A handover of this office on %(day)s is entered already. Take it back first."),
            day=said_day(ahead.starts_on),
        )
    before = old.ends_on
    deputies = {row: row.ends_on for row in await _as_deputy(db, old, to_person_id)}
    new = await designating.hand_over(
        db,
        viewer,
        designation_id,
        to_person_id=to_person_id,
        starts_on=starts_on,
        basis_ref=basis_ref,
        acting=acting,
        ends_deputy=ends_deputy,
        version=version,
    )
    ended = {str(row.id): end.isoformat() if end else None for row, end in deputies.items() if row.ends_on != end}
    handover = Handover(
        from_id=old.id,
        to_id=new.id,
        to_person_id=new.person_id,
        starts_on=new.starts_on,
        ended_before=before,
        deputy_ends=ended or None,
        kept_ids=frozenset(keep_ids),
        by_id=viewer.person_id or None,
        at=db.now(),
    )
    db.add(handover)
    await db.flush()
    handover = await queries.get(db, handover.id)
    office = Office(handover.from_, handover.starts_on)
    if handover.starts_on <= db.clock.today(mechanism.timezone):
        await _apply(db, viewer, handover, await _in_hand(db, handover))
        passes = handover.moved or {}
    else:
        passes = {
            kind.key: [thing.id for thing in things if not (kind.may_stay and thing.id in handover.kept_ids)]
            for kind, things in await moving.found(db, office, None)
        }
    await mails.tell_both(db, handover, mails.ENTERED, passes, by=viewer.person_id or None)
    return new


async def take_back(db: Session, viewer: Viewer, designation_id: int) -> Designation:
    """Undo a handover whose day has not come: the term goes on as before and the successor's never begins. Both are told.

    `designation_id` is the term that would end; it is returned. Raises NotFound, NotPermitted, Conflict (there is none, its day has
    come, or the successor has handed over in turn)."""
    found = await mechanisms.designation(db, viewer, designation_id)
    mechanism = await locked(db, Mechanism, found.mechanism_id)
    if not may_designate(viewer, found.mechanism_id, found.agency_id):
        raise NotPermitted(N_("Each agency designates its own people: its administrator or its liaison in office."))
    handover = await queries.ahead_of(db, designation_id)
    if handover is None or handover.starts_on <= db.clock.today(mechanism.timezone):
        raise Conflict(N_("There is no handover that could be taken back: its day has come, or it was taken back."))
    if handover.to_id is not None and await queries.ahead_of(db, handover.to_id):
        raise Conflict(N_("The successor's own handover is entered as well. Take that one back first."))
    await undo(db, viewer, handover)
    return handover.from_


async def undo(db: Session, viewer: Viewer, handover: Handover) -> None:
    """Take a handover back whose day has not come: for who may, and for who moves a successor to another agency. Both are told."""
    new = await db.get_one(Designation, handover.to_id)
    handover.to_id = None
    await db.flush()
    await db.delete(new)
    await db.flush()
    old = await locked(db, Designation, handover.from_id)
    if old.ends_on == handover.starts_on:  # else it was ended otherwise since
        await _go_on(db, old, handover.ended_before)
    for id_, end in (handover.deputy_ends or {}).items():
        deputy = await locked(db, Designation, int(id_))
        if deputy.ends_on == handover.starts_on:
            deputy.ends_on = date.fromisoformat(end) if end else None
            deputy.touch()
    handover.taken_back_at, handover.taken_back_by = db.now(), viewer.person_id or None
    facts = {"agency": old.agency_id, "to": handover.to_person_id, "starts_on": handover.starts_on.isoformat()}
    audit.add(db, viewer, "take_back_handover", f"designation:{old.id}", mechanism_id=old.mechanism_id, **facts)
    await mails.tell_both(db, handover, mails.TAKEN_BACK, {}, by=viewer.person_id or None)


async def _go_on(db: Session, term: Designation, ends_on: date | None) -> None:
    """The term gets its former end again, unless somebody else was named since for the time after it."""
    try:
        async with db.begin_nested():
            term.ends_on = ends_on
            term.touch()
            await db.flush()
    except DBAPIError as error:
        if ONE_PRINCIPAL not in str(error.orig):
            raise
        raise Conflict(
            N_("Somebody else was named liaison for a later day meanwhile, so this term cannot go on as before.")
        ) from None


async def apply_due(db: Session, actor: Actor) -> None:
    """Move what passes with the handovers whose day has come, in their order; however late, and each once.

    Of those of one day all is looked up before anything moves: a deputy who becomes liaison on the day on which somebody else becomes
    deputy keeps what they take over."""
    for _, rows in groupby(await queries.ahead(db), key=lambda row: row.starts_on):
        due = [row for row in rows if row.starts_on <= db.clock.today(row.from_.mechanism.timezone)]
        in_hand = [await _in_hand(db, handover) for handover in due]
        for handover, what in zip(due, in_hand, strict=True):
            await _apply(db, actor, handover, what)


async def _in_hand(db: Session, handover: Handover) -> Found:
    return await moving.found(db, Office(handover.from_, handover.starts_on), None)


async def _apply(db: Session, actor: Viewer | Actor, handover: Handover, what: Found) -> None:
    """A successor who left the agency or the service meanwhile gets nothing: it stays where it is, to be given to somebody else."""
    to, agency_id = handover.to_person, handover.from_.agency_id
    moved: dict[str, list[int]] = {}
    if to.deactivated_at is None and to.agency_id == agency_id:
        office = Office(handover.from_, handover.starts_on)
        moved = await moving.give(db, actor, office, to, what, but=handover.kept_ids)
    handover.applied_at, handover.moved = db.now(), moved
    term = handover.from_
    own = {kind.key for kind in moving.MOVES if kind.of_agency}  # the trail of an office is read by every member agency
    facts = {"to": to.id, **{key: len(ids) for key, ids in moved.items() if key not in own}}
    audit.add(db, actor, "apply_handover", f"designation:{term.id}", mechanism_id=term.mechanism_id, **facts)


async def _as_deputy(db: Session, old: Designation, person_id: int | None) -> Sequence[Designation]:
    """The successor's terms as deputy of the same agency, whose ends are remembered."""
    query = select(Designation).where(
        Designation.mechanism_id == old.mechanism_id,
        Designation.person_id == person_id,
        Designation.role == DEPUTY,
    )
    return (await db.scalars(query)).all()
