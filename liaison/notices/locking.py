"""How every verb on a notice begins, under a lock, and how it ends, with one line of the trail."""

from typing import Any

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.db import Session, locked
from liaison.errors import NotFound, NotPermitted
from liaison.i18n import N_
from liaison.notices.models import Addressee, Notice, NoticeAct
from liaison.notices.permissions import may_answer

NOT_YOURS = N_("Only this agency's liaison or deputy answers for it.")


async def lock(db: Session, notice: Notice) -> None:
    """The notice under a lock, with its addressees as they stand now; whoever changes one of them holds this lock. Raises NotFound for one
    that was taken back since it was found."""
    await locked(db, Notice, notice.id)
    if notice.sent_at is not None and notice.discarded_at is not None:
        raise NotFound
    for one in notice.addressees:
        await locked(db, Addressee, one.id)


async def lock_own(db: Session, viewer: Viewer, addressee: Addressee) -> None:
    """The same, for what the addressee's own agency does. Raises NotPermitted; Conflict once it was closed or passed on."""
    notice = addressee.notice
    await lock(db, notice)
    if not may_answer(viewer, notice, addressee.agency_id):
        raise NotPermitted(NOT_YOURS)
    addressee.refuse_over()


def add_act(
    db: Session, viewer: Viewer, addressee: Addressee, what: str, *, of_sender: bool = False, **more: Any
) -> NoticeAct:
    """Keep what was done, by whom and through which door; with its line of the trail."""
    notice = addressee.notice
    act = NoticeAct(
        addressee_id=addressee.id,
        what=what,
        agency_id=notice.from_agency_id if of_sender else addressee.agency_id,
        at=db.now(),
        by_id=viewer.person_id or None,
        via="registered" if more.get("registered") else viewer.via,
        unverified=more.pop("unverified", False),
        **more,
    )
    addressee.acts.append(act)
    addressee.touch()
    audit_line(db, viewer, f"notice_{what}", notice, agency=addressee.agency_id, due_on=act.due_on)
    return act


def audit_line(db: Session, viewer: Viewer, verb: str, notice: Notice, **params: Any) -> None:
    """One line of the audit trail about this notice, without its words."""
    audit.add(db, viewer, verb, f"notice:{notice.id}", mechanism_id=notice.mechanism_id, **params)
