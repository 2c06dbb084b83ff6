"""What is put to the members asks of the viewer: to sign for the agency; of the lead's liaison to circulate, change, let off, remind,
register, reach whom no mail did, and put in force."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import ALL_AGREED, DRAFT
from liaison.countersigning.permissions import signs_for
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.desk.record import failures_of
from liaison.desk.todos import Todo
from liaison.mechanisms import queries as mechanisms
from liaison.proposals import queries, telling
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import may_propose

_TODAY: Final = ("proposal_force", "proposal_left", "proposal_mail")
"""What waits for no date: it is to be done today."""


async def proposal_todos(db: Session, viewer: Viewer, under_way: Collection[int]) -> list[Todo]:
    """All of it. `under_way`: the ids of the viewer's mechanisms in which something is put to the members."""
    todos: list[Todo] = []
    for proposal in await queries.open_in(db, {one.mechanism_id for one in viewer.designations} & set(under_way)):
        today = db.clock.today(proposal.mechanism.timezone)
        if not proposal.mechanism.has_ended(today):
            todos += await _of(db, viewer, proposal, today)
    return todos


async def _of(db: Session, viewer: Viewer, proposal: Proposal, today: date) -> list[Todo]:
    document, version, state = proposal.document, proposal.document.newest, proposal.state
    stands, joins = standing_of(version), proposal.joins_id is not None
    named = version.head["agency" if joins else "title"]

    def todo(kind: str, agency_ids: Collection[int] = ()) -> Todo:
        names = tuple(one.agency.short_name for one in version.signers if one.agency_id in agency_ids)
        due_on = version.due_on if kind not in _TODAY else today
        return Todo(kind, due_on or today, version.id, None, named, names=names, count=len(names), joins=joins)

    found = []
    if version.circulated_at is not None and signs_for(viewer, document) in stands.owes:
        found.append(todo("proposal_sign"))
    if not may_propose(viewer, proposal.mechanism):
        return found
    if state == DRAFT:
        found.append(todo("proposal_circulate"))
        return found
    if state == ALL_AGREED:
        return [*found, todo("proposal_force")]
    if stands.wants_changes:
        found.append(todo("proposal_changes", stands.wants_changes))
    members = {one.agency_id for one in await mechanisms.members_on(db, proposal.mechanism_id, today)}
    if left := [id_ for id_ in (*stands.owes, *stands.wants_changes) if id_ not in members]:
        found.append(todo("proposal_left", left))
    owing = [id_ for id_ in stands.owes if id_ not in left]
    _, unreached = await telling.those_who_sign(db, proposal, version, owing)
    on_paper = [one.agency_id for one in unreached]
    if on_paper:
        found.append(todo("proposal_paper", on_paper))
    late = [id_ for id_ in owing if id_ not in on_paper]
    if late and version.due_on is not None and version.due_on < today:
        found.append(todo("proposal_unsigned", late))
    if failures := await failures_of(db, proposal.about):
        found.append(replace(todo("proposal_mail"), count=len(failures), failures=failures))
    return found
