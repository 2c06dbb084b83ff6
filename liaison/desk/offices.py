"""What waits for officers and deputies by their office: requests to decide, times to answer, letters to deliver, roles that somebody left
behind; and items to close, which waits for who chaired the meeting too."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.actions import extension_queries
from liaison.actions.showing import reported_on
from liaison.db import Session
from liaison.desk.notices import notices_waiting
from liaison.desk.todos import Todo
from liaison.mechanisms.models import PAPER, Mechanism
from liaison.mechanisms.queries import AgencyHistory
from liaison.notices import queries as notice_queries
from liaison.polls import queries as poll_queries
from liaison.succession import queries as succession_queries
from liaison.succession.left import left_open
from liaison.succession.models import ChangeLetter


async def by_office(
    db: Session,
    viewer: Viewer,
    histories: Mapping[int, Sequence[AgencyHistory]],
    today: date,
) -> list[Todo]:
    """Everything of that kind; what no mechanism of theirs can have is not asked for."""
    todos: list[Todo] = []
    if any(one.takes_part == PAPER or not one.agency.mail for agencies in histories.values() for one in agencies):
        todos += await _letters(db, viewer, today)
    todos += [
        Todo("extension", today, one.id, None, one.action_item.title, day=one.due_on, count=one.action_item_id)
        for one in await extension_queries.waiting(db, viewer)
    ]
    todos += [
        Todo(f"left_{one.role}", today, one.meeting.id, one.meeting, count=one.count, names=tuple(one.names))
        for one in await left_open(db, viewer)
    ]
    todos += notices_waiting(viewer, await notice_queries.open_ones(db, viewer), histories, today)
    asked = await poll_queries.waiting(db, viewer)
    return [*todos, *(Todo("time_poll", poll.due_on, poll.id, None, poll.title) for poll in asked)]


async def to_close(db: Session, viewer: Viewer, mechanisms: Collection[Mechanism], today: date) -> list[Todo]:
    """What is reported done and waits for the viewer, by office or in the chair; not asked for where no mechanism of theirs wants it."""
    if not any(mechanism.needs_closing for mechanism in mechanisms):
        return []
    return [
        Todo("closing", today, item.id, None, item.title, version=item.version, day=reported_on(item))
        for item in await extension_queries.to_close(db, viewer)
    ]


async def _letters(db: Session, viewer: Viewer, today: date) -> list[Todo]:
    """Changes of liaison that agencies are told of by letter alone, until somebody says that they got it."""
    found: dict[int, list[ChangeLetter]] = {}
    for letter in await succession_queries.letters_to_deliver(db, viewer):
        found.setdefault(letter.designation_id, []).append(letter)
    return [
        Todo(
            "change_letter",
            today,
            id_,
            None,
            letters[0].designation.person.name,
            len(letters),
            names=tuple(one.to_agency.short_name for one in letters),
        )
        for id_, letters in found.items()
    ]
