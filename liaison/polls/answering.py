"""What an agency says to the times it is asked about: by its liaison, by link, or registered for it (代登记)."""

from collections.abc import Mapping

from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session
from liaison.errors import Conflict, Invalid, NotPermitted
from liaison.i18n import N_
from liaison.meetings.replies import Registered, registration
from liaison.polls.locking import audit_line, lock
from liaison.polls.models import CHOICES, PollAnswer, TimePoll
from liaison.polls.permissions import may_answer, may_register, may_run
from liaison.polls.wording import LATE, NOT_ASKED

NOT_YOURS = N_("Only this agency's liaison or deputy answers for it.")
NOT_TO_REGISTER = N_("You may register answers of your own agency; others are registered by the agency that asks.")


async def answer(
    db: Session,
    viewer: Viewer,
    poll: TimePoll,
    agency_id: int,
    choices: Mapping[int, str],
    *,
    comment: str | None = None,
    registered: Registered | None = None,
    version: int | None = None,
) -> PollAnswer:
    """Say of each time (by its id) whether it suits the agency: can, if_need_be or cannot. As often as needed until the date; after it only
    whoever asks may still register what they were told. With `registered` it was told another way.

    Raises NotPermitted, Invalid (agency_id, choices.ID, comment, registered.how, …), Conflict (ended, late, stale)."""
    await lock(db, poll)
    row = poll.answer_of(agency_id)
    if row is None:
        raise Invalid({"agency_id": NOT_ASKED})
    if registered is None:
        _ask(viewer, poll, agency_id)
    elif not may_register(viewer, poll, agency_id):
        raise NotPermitted(NOT_TO_REGISTER)
    _refuse_late(db, viewer, poll, registers=registered is not None)
    row.check_version(version, choices=dict(row.choices), comment=row.comment)
    check = Check()
    said = {str(one.id): check.choice(f"choices.{one.id}", choices.get(one.id), CHOICES) for one in poll.candidates}
    if unknown := set(choices) - {one.id for one in poll.candidates}:
        check.refuse(f"choices.{min(unknown)}", N_("There is no such time in this question."))
    comment = check.text("comment", comment, most=500, lines=True)
    check.done()
    facts = None
    if registered is not None:
        too_early = N_("This lies before the agencies were asked.")
        facts = registration(db, registered, viewer, since=poll.opened_at.replace(second=0), too_early=too_early)
    row.choices, row.comment, row.registered = said, comment, facts
    row.answered_at, row.answered_by = db.now(), viewer.person_id or None
    row.answered_via = "registered" if registered else viewer.via
    row.touch()
    audit_line(db, viewer, "answer", poll, agency=agency_id, choices=said)
    return row


async def withdraw(
    db: Session, viewer: Viewer, poll: TimePoll, agency_id: int, *, version: int | None = None
) -> PollAnswer:
    """Take the agency's answer back: it then counts among those that have not answered. Doing it twice changes nothing."""
    await lock(db, poll)
    row = poll.answer_of(agency_id)
    if row is None:
        raise Invalid({"agency_id": NOT_ASKED})
    _ask(viewer, poll, agency_id)
    _refuse_late(db, viewer, poll, registers=False)
    if row.answered_at is None:
        return row
    row.check_version(version, choices=dict(row.choices), comment=row.comment)
    row.choices, row.comment, row.registered = {}, None, None
    row.answered_at = row.answered_by = row.answered_via = None
    row.touch()
    audit_line(db, viewer, "withdraw_answer", poll, agency=agency_id)
    return row


def _ask(viewer: Viewer, poll: TimePoll, agency_id: int) -> None:
    if not may_answer(viewer, poll, agency_id):
        raise NotPermitted(NOT_YOURS)


def _refuse_late(db: Session, viewer: Viewer, poll: TimePoll, *, registers: bool) -> None:
    """What came in time on paper may be entered later by those who asked."""
    today = db.clock.today(poll.mechanism.timezone)
    if not poll.takes_answers_on(today) and not (registers and may_run(viewer, poll)):
        raise Conflict(LATE)
