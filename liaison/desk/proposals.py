"""What is put to the members asks of the viewer: to sign for the agency; of the lead's liaison to circulate, change, remind, register and
put in force."""

from collections.abc import Collection
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import ALL_AGREED, DRAFT
from liaison.countersigning.permissions import signs_for
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.desk.todos import Todo
from liaison.proposals import queries
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import may_propose


async def proposal_todos(db: Session, viewer: Viewer, under_way: Collection[int]) -> list[Todo]:
    """All of it. `under_way`: the ids of the viewer's mechanisms in which something is put to the members."""
    todos: list[Todo] = []
    for proposal in await queries.open_in(db, {one.mechanism_id for one in viewer.designations} & set(under_way)):
        today = db.clock.today(proposal.mechanism.timezone)
        if not proposal.mechanism.has_ended(today):
            todos += _of(viewer, proposal, today)
    return todos


def _of(viewer: Viewer, proposal: Proposal, today: date) -> list[Todo]:
    document, version, state = proposal.document, proposal.document.newest, proposal.state
    stands, joins = standing_of(version), proposal.joins_id is not None
    named = version.head["agency" if joins else "title"]

    def todo(kind: str, agency_ids: tuple[int, ...] = ()) -> Todo:
        names = tuple(one.agency.short_name for one in version.signers if one.agency_id in agency_ids)
        due_on = version.due_on if kind != "proposal_force" else today
        return Todo(kind, due_on or today, version.id, None, named, names=names, count=len(names), joins=joins)

    found = []
    if version.circulated_at is not None and signs_for(viewer, document) in stands.owes:
        found.append(todo("proposal_sign"))
    if not may_propose(viewer, proposal.mechanism):
        return found
    if state == DRAFT:
        found.append(todo("proposal_circulate"))
    elif state == ALL_AGREED:
        found.append(todo("proposal_force"))
    else:
        if stands.wants_changes:
            found.append(todo("proposal_changes", stands.wants_changes))
        if stands.owes and version.due_on is not None and version.due_on < today:
            found.append(todo("proposal_unsigned", stands.owes))
    return found
