"""Who may do what with notices (PERMISSIONS.md). Pure: facts of the viewer and the thing in hand, nothing loaded."""

from datetime import date

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.notices.models import RETURNED, Addressee, Notice, NoticePaper

NOT_YOURS = N_("Notices are written and sent by the liaison or deputy of the agency that sends them.")
_SENT = N_("This notice has been sent, and does not change any more. Close it, and send another one.")


def reads_for(viewer: Viewer, today: date) -> list[tuple[int, int]]:
    """(mechanism, agency) of each agency whose notices the viewer reads: as its officer or deputy; of one that has left the mechanism,
    which keeps reading what it was sent before, as its administrator."""
    found = [(office.mechanism_id, office.agency_id) for office in viewer.designations]
    if viewer.agency_admin:
        found += [
            (mechanism_id, viewer.agency_id)
            for mechanism_id, periods in viewer.member_of.items()
            if not any(period.covers(today) for period in periods)
        ]
    return found


def may_write(viewer: Viewer, mechanism_id: int) -> bool:
    """Write and send in the own agency's name: its officer and deputy."""
    return viewer.acts_for(mechanism_id) is not None


def may_enter_past(viewer: Viewer, mechanism_id: int) -> bool:
    """Enter referrals of before (补录): officer and deputy of either agency; at the server's console whoever sits there, for one of them."""
    return may_write(viewer, mechanism_id) or (viewer.operator and viewer.via == "cli")


def is_sender(viewer: Viewer, notice: Notice) -> bool:
    """Change a draft, send, decide on another date, close, write to the own leader: officer and deputy of the sending agency."""
    return viewer.acts_for(notice.mechanism_id) == notice.from_agency_id


def is_enterer(viewer: Viewer, notice: Notice) -> bool:
    """Take back what was entered afterwards: officer and deputy of the agency that entered it."""
    return notice.entered_for_id is not None and viewer.acts_for(notice.mechanism_id) == notice.entered_for_id


def may_answer(viewer: Viewer, notice: Notice, agency_id: int) -> bool:
    """What an agency says comes from its officer or deputy, or by the link mailed to an agency that has no liaison."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == agency_id
    return viewer.acts_for(notice.mechanism_id) == agency_id


def may_register(viewer: Viewer, notice: Notice, agency_id: int) -> bool:
    """代登记: the sender for all, since it is they who were told; other officers and deputies for their own agency."""
    return is_sender(viewer, notice) or viewer.acts_for(notice.mechanism_id) == agency_id


def own_line(viewer: Viewer, notice: Notice) -> Addressee:
    """The line of the viewer's own agency, for what it does with the notice. Raises NotPermitted where it was not sent to it. Needs
    `addressees`."""
    own = viewer.acts_for(notice.mechanism_id)
    found = next((one for one in notice.addressees if one.agency_id == own), None)
    if found is None or notice.sent_at is None:
        raise NotPermitted(N_("This is done by the liaison or deputy of an agency that it was sent to."))
    return found


def refuse_not_a_draft(viewer: Viewer, notice: Notice) -> None:
    """Raise NotPermitted for anybody but the sending agency's, Conflict once it was sent."""
    if not is_sender(viewer, notice):
        raise NotPermitted(NOT_YOURS)
    if notice.sent_at is not None:
        raise Conflict(_SENT)


def refuse_unchangeable(viewer: Viewer, notice: Notice, paper: NoticePaper | None = None) -> None:
    """The same for papers, which the sender may also bring to a lead that was returned to it; of these, also take one away again while it
    is. Needs `addressees`."""
    line = notice.addressees[0] if notice.is_referral and notice.sent_at and notice.addressees else None
    if line is None or line.decision != RETURNED or notice.closed_at is not None or line.decided_at is None:
        return refuse_not_a_draft(viewer, notice)
    if not is_sender(viewer, notice):
        raise NotPermitted(NOT_YOURS)
    if paper is not None and paper.added_at < line.decided_at:
        raise Conflict(_SENT)
    return None
