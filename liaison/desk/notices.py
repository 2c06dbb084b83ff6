"""What notices have waiting for officers and deputies. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.desk.todos import Todo
from liaison.mechanisms.models import PAPER
from liaison.mechanisms.queries import AgencyHistory
from liaison.notices.models import ACCEPTED, RETURNED, Addressee


def notices_waiting(
    viewer: Viewer, open_ones: Collection[Addressee], histories: Mapping[int, Sequence[AgencyHistory]], today: date
) -> list[Todo]:
    """Notices to acknowledge or answer; other dates that were offered; of one's own those that nobody answered in time, and those that go
    to agencies by letter."""
    todos, late, by_letter = [], dict[int, list[Addressee]](), dict[int, list[Addressee]]()
    for one in open_ones:
        notice, own = one.notice, viewer.acts_for(one.notice.mechanism_id)
        if one.decision is not None:  # of a lead: the sender supplies what is missing, its agency tells what came of it
            if one.decision == RETURNED and one.from_agency_id == own:
                todos.append(
                    Todo("lead_returned", today, notice.id, None, notice.subject, names=(one.agency.short_name,))
                )
            elif one.decision == ACCEPTED and one.agency_id == own:
                todos.append(Todo("lead_feedback", None, notice.id, None, notice.subject))
        elif one.agency_id == own:
            wants = "answer" if one.acknowledged_at is not None else ""
            wants = "decide" if notice.is_referral else wants
            todos.append(
                Todo(
                    "notice",
                    one.due_on or today,
                    notice.id,
                    None,
                    notice.subject,
                    names=(notice.from_agency.short_name, wants),
                )
            )
        elif one.offered_due_on is not None:
            todos.append(
                Todo(
                    "notice_offer",
                    today,
                    notice.id,
                    None,
                    notice.subject,
                    day=one.offered_due_on,
                    names=(one.agency.short_name,),
                )
            )
        elif one.due_on is not None and one.due_on < today:
            late.setdefault(notice.id, []).append(one)
        elif (
            notice.entered_afterwards_at is None
            and one.acknowledged_at is None
            and one.agency_id in _told_by_letter(histories.get(notice.mechanism_id, ()))
        ):
            by_letter.setdefault(notice.id, []).append(one)
    for kind, found in (("notice_unanswered", late), ("notice_paper", by_letter)):
        for id_, those in found.items():
            day = min((each.due_on for each in those if each.due_on), default=today)
            names = tuple(each.agency.short_name for each in those)
            todos.append(Todo(kind, day, id_, None, those[0].notice.subject, names=names))
    return todos


def _told_by_letter(histories: Sequence[AgencyHistory]) -> set[int]:
    return {one.agency.id for one in histories if one.takes_part == PAPER}
