"""What the page of a held meeting shows of its minutes."""

from types import SimpleNamespace
from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.countersigning import showing
from liaison.countersigning.models import ALL_AGREED, CIRCULATING
from liaison.countersigning.permissions import signs_for
from liaison.countersigning.standing import signer_of, standing_of, word_of
from liaison.db import Session
from liaison.meetings.models import Meeting
from liaison.minutes import queries
from liaison.minutes.permissions import may_edit
from liaison.web.pages import AnyRequest


async def beside_meeting(request: AnyRequest, db: Session, viewer: Viewer, meeting: Meeting) -> dict[str, Any]:
    """The sets of minutes that the viewer may read, corrections first, and whether they may draft some; nothing before it was held."""
    found: list[SimpleNamespace] = []
    if meeting.held_at is None:
        return {"minutes_sets": found, "may_draft": False}
    every = await queries.all_of(db, meeting.id)
    for one in reversed(every):
        if await queries.readable(db, viewer, one):
            version = await queries.seen_version(db, viewer, one)
            found.append(_line(viewer, one, version))
    return {
        "minutes_sets": found,
        "may_draft": not every and may_edit(viewer, meeting),
        "minutes_state_names": showing.STATE_NAMES,
        "minutes_state_looks": showing.STATE_LOOKS,
    }


def _line(viewer: Viewer, minutes: Any, version: Any) -> SimpleNamespace:
    stands = standing_of(version)
    state = showing.state_of_version(minutes.document, version)
    own = signs_for(viewer, minutes.document)
    asked = state in (CIRCULATING, ALL_AGREED) and signer_of(version, own) is not None
    agencies = {one.agency_id: one.agency for one in version.signers}
    return SimpleNamespace(
        minutes=minutes,
        version=version,
        state=state,
        agreed=len(stands.agreed),
        signing=len(stands.signers) - len(stands.excused),
        owes=[agencies[one] for one in stands.owes],
        wants_changes=[agencies[one] for one in stands.wants_changes],
        to_sign=asked and own is not None and word_of(version, own) is None,
        may_edit=may_edit(viewer, minutes.meeting),
    )
