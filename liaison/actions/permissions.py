"""Who may do what with an action item (PERMISSIONS.md). Pure: facts of the viewer and the thing in hand, nothing loaded."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.actions.extension_models import Extension, Others
from liaison.actions.models import ActionItem, ItemShown
from liaison.mechanisms import permissions as mechanisms

FREE: Final = "free"
"""Nobody was told of the item yet: its date is set like the rest of what was entered."""
OWN: Final = "own"
"""The responsible agency promises an earlier date, or a first one."""
CORRECTS: Final = "corrects"
"""A wrong date is put right from outside the responsible agency: with a reason, and its owner and liaison are mailed."""


def may_assign(viewer: Viewer, mechanism_id: int, *, recording: bool = False) -> bool:
    """Officers and deputies of member agencies assign actions; the recorder while the meeting is held (`recording`)."""
    return viewer.acts_for(mechanism_id) is not None or recording


def may_change(viewer: Viewer, item: ActionItem | ItemShown) -> bool:
    """Reword, hand to somebody else of the agency: officers and deputies of the mechanism; another date as `dates_as` says."""
    return viewer.acts_for(item.mechanism_id) is not None


def dates_as(
    viewer: Viewer, item: ActionItem, due_on: date | None, *, told: bool, chairs: Collection[int]
) -> str | None:
    """FREE, OWN or CORRECTS: how this viewer sets that due date; None where it takes an extension that the other agencies agree to.

    Once an item was told (`told`) its agency keeps its date or promises an earlier one. The host's officer, or who chaired the meeting,
    corrects what was entered wrongly; not of what they owe themselves, and not at the console, which sends no mail. Needs `mechanism` and
    `meeting`."""
    own = viewer.acts_for(item.mechanism_id)
    if not told and own is not None:
        return FREE
    if own == item.lead_agency_id:
        is_promise = due_on is not None and (item.due_on is None or due_on <= item.due_on)
        return OWN if is_promise else None
    runs_meeting = viewer.person_id in chairs or viewer.officer_of(item.mechanism_id) == item.host_agency_id
    is_outside = viewer.person_id not in (NOBODY, item.owner_id) and viewer.via != "cli"
    return CORRECTS if runs_meeting and is_outside else None


def may_report(viewer: Viewer, item: ActionItem | ItemShown) -> bool:
    """Report progress, complete, say that it is no longer possible: the owner, and the responsible agency's officer or deputy; by the
    link mailed to an agency that has no liaison, whoever reads its mail."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == item.lead_agency_id
    return viewer.person_id == item.owner_id or viewer.acts_for(item.mechanism_id) == item.lead_agency_id


def supports_as(viewer: Viewer, item: ActionItem) -> int | None:
    """The supporting agency whose own part the viewer reports: as its liaison or deputy, or as one of its people; also by a mailed link.
    Needs `supports`."""
    supporting = {one.agency_id for one in item.supports}
    return next((own for own in (viewer.acts_for(item.mechanism_id), viewer.agency_id) if own in supporting), None)


def may_escalate(viewer: Viewer, item: ActionItem | ItemShown) -> bool:
    """Write to the own leader of it: the responsible agency's officer or deputy."""
    return viewer.person_id != NOBODY and viewer.acts_for(item.mechanism_id) == item.lead_agency_id


def may_register(viewer: Viewer, item: ActionItem, *, host_agency_id: int | None) -> bool:
    """代登记 of progress told another way: the responsible agency's officer or deputy, and those of the host agency."""
    own = viewer.acts_for(item.mechanism_id)
    return own is not None and own in (item.lead_agency_id, host_agency_id)


def reads_before(viewer: Viewer, item: ActionItem, now: datetime) -> datetime | None:
    """The instant from which a former member reads no more of how the item goes; None for everybody who reads on, and so do its
    owner and the agencies that are responsible or support. Needs `mechanism` and `supports`."""
    if viewer.person_id == item.owner_id or viewer.agency_id == item.lead_agency_id:
        return None
    if any(one.agency_id == viewer.agency_id for one in item.supports):
        return None
    return mechanisms.reads_before(viewer, item.mechanism_id, item.mechanism.timezone, now)


def may_read_end(viewer: Viewer, item: ActionItem, now: datetime) -> bool:
    """Read the words with which the item ended, or was reported done: everybody who sees it, unless their agency had left by then."""
    before = reads_before(viewer, item, now)
    at = item.ended_at or item.reported_done_at
    return before is None or at is None or at < before


def may_withdraw(viewer: Viewer, extension: Extension) -> bool:
    """Whoever asked, and the asking agency's liaison or deputy; by its own link an agency without a liaison."""
    if viewer.person_id == NOBODY:
        return viewer.via == "link" and viewer.agency_id == extension.agency_id
    own = viewer.acts_for(extension.action_item.mechanism_id)
    return viewer.person_id == extension.asked_by or own == extension.agency_id


def decides_as(viewer: Viewer, extension: Extension, asked: Others) -> str | None:
    """officer or chair: how this viewer decides about it; None for whoever does not. Nobody decides about what they asked or owe."""
    return judges_as(viewer, extension.action_item, asked, asked_by=extension.asked_by)


def judges_as(viewer: Viewer, item: ActionItem, asked: Others, *, asked_by: int | None) -> str | None:
    """officer or chair: how this viewer decides about another date, or closes what is reported done; None for whoever does neither."""
    if viewer.person_id in (NOBODY, asked_by, item.owner_id):
        return None
    if viewer.person_id in asked.chairs:
        return "chair"
    own = viewer.officer_of(item.mechanism_id)
    return "officer" if own is not None and own in asked.agency_ids else None
