"""A reply that keeps its reference code acknowledges a notice: 签收, by the verb of the page."""

from liaison.accounts.models import ReferenceCode
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.errors import Invalid, NotFound
from liaison.i18n import N_
from liaison.notices import answering, queries
from liaison.notices.addressing import parties
from liaison.postroom.plain import ACKNOWLEDGED, Word


async def acknowledge_notice(db: Session, viewer: Viewer, row: ReferenceCode, word: Word, unverified: bool) -> None:
    """The agency has it; what stands beside the word is kept with it. Raises NotFound, NotPermitted, Conflict, Invalid."""
    notice = await queries.of_link(db, row.object_id)
    addressee = next((one for one in notice.addressees if one.id == row.object_id), None)
    if addressee is None:
        raise NotFound
    if word.says != ACKNOWLEDGED:
        raise Invalid({"text": N_("A notice is acknowledged by “Acknowledged” as the first line.")})
    await answering.acknowledge(db, viewer, addressee, text=word.text, unverified=unverified)


async def of_notice(db: Session, row: ReferenceCode) -> tuple[int, frozenset[int]]:
    """The mechanism of the notice that a code is about, and the agencies that may know of it."""
    notice = await queries.of_link(db, row.object_id)
    return notice.mechanism_id, parties(notice)
