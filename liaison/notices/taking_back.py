"""Taking back what was entered afterwards by mistake: one referral, or all of its import, as long as nobody has done anything with it since."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.errors import Conflict, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism
from liaison.notices.locking import audit_line
from liaison.notices.models import Notice
from liaison.notices.past_referrals import known
from liaison.notices.past_table import key_of
from liaison.notices.permissions import is_enterer

_NOT_YOURS = N_("What was entered afterwards is taken back by the liaison or deputy of the agency that entered it.")
_TOUCHED = N_("Something was done with it since it was entered: it stays.")
_AGAIN = N_("It has been entered anew meanwhile.")


async def take_back(db: Session, viewer: Viewer, notice: Notice, *, whole: bool = False) -> int:
    """撤回补录: as if it had not been entered; `restore` undoes it. `whole`: everything of its import that nobody has touched. Twice is once.
    How many were taken back. Raises NotPermitted, NotFound, Conflict (something was done with it)."""
    found = await _import(db, viewer, notice, whole=whole, discarded=False)
    if not whole and notice.discarded_at is None and not found:
        raise Conflict(_TOUCHED)
    for one in found:
        one.discarded_at, one.discarded_by = db.now(), viewer.person_id or None
        audit_line(db, viewer, "take_back_referral", one)
    return len(found)


async def restore(db: Session, viewer: Viewer, notice: Notice, *, whole: bool = False) -> int:
    """Undo `take_back`; `whole`: of everything that was taken back with it. How many stand again. Raises NotPermitted, NotFound, Conflict (it was entered
    anew meanwhile)."""
    found = await _import(db, viewer, notice, whole=whole, discarded=True)
    at = notice.discarded_at
    if at is None and not notice.is_untouched:  # it was dealt with, and what is meant is the rest of its import
        at = max((one.discarded_at for one in found if one.discarded_at), default=None)
    found = [one for one in found if one.discarded_at == at]
    keys = {
        key_of(one.from_agency_id, one.addressees[0].agency_id, one.case_code, one.subject, one.dated_on)
        for one in found
    }
    if notice.entered_for_id is not None and keys & await known(db, notice.mechanism_id, notice.entered_for_id):
        raise Conflict(_AGAIN)
    for one in found:
        one.discarded_at = one.discarded_by = None
        audit_line(db, viewer, "restore_referral", one)
    return len(found)


async def _import(db: Session, viewer: Viewer, notice: Notice, *, whole: bool, discarded: bool) -> Sequence[Notice]:
    """It, or its whole import, as far as nobody has touched it, and as far as it is taken back or not."""
    await locked(db, Mechanism, notice.mechanism_id)
    if not is_enterer(viewer, notice):
        # Of what was taken back the other agency finds no trace, as if it had not been entered.
        raise NotFound if notice.discarded_at is not None else NotPermitted(_NOT_YOURS)
    query = (
        select(Notice)
        .where(Notice.discarded_at.is_not(None) if discarded else Notice.discarded_at.is_(None))
        .options(selectinload(Notice.addressees))
        .order_by(Notice.id)
        .with_for_update(of=Notice)
    )
    if whole:
        query = query.where(
            Notice.mechanism_id == notice.mechanism_id,
            Notice.entered_for_id == notice.entered_for_id,
            Notice.entered_afterwards_at == notice.entered_afterwards_at,
        )
    else:
        query = query.where(Notice.id == notice.id)
    rows = (await db.scalars(query.execution_options(populate_existing=True))).all()
    return [one for one in rows if one.is_untouched]
