"""The pack of a meeting: its agenda and the papers that one viewer may know of, to be bound into one PDF."""

from collections.abc import Sequence
from pathlib import Path

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.files.models import READY
from liaison.files.packs import Pack, Part
from liaison.i18n import Words
from liaison.meetings import paper_queries
from liaison.meetings.agenda_queries import agenda
from liaison.meetings.audience import HIDDEN
from liaison.meetings.models import Meeting
from liaison.meetings.paper_rules import PaperShown
from liaison.meetings.wording import LAST_ACTIONS, standing_of

BOUND = ("pdf", "png", "jpg")
"""What can be bound in; the rest is listed as 另附."""


async def pack_of(db: Session, viewer: Viewer, meeting: Meeting, target: Path) -> tuple[Pack, Sequence[PaperShown]]:
    """What the pack says to this viewer, in the mechanism's language, and the papers whose files go into it. An item that they may
    not know of stands there as on the page; of its papers there is nothing."""
    words = Words(meeting.mechanism.locale, meeting.timezone, db.clock.today(meeting.timezone))
    seen = await agenda(db, viewer, meeting)
    items = [item for item in seen.items if item.state == "accepted"]
    first = [("1", words._(LAST_ACTIONS), "", "")] if seen.begins_with_actions else []
    rows = first + [
        (
            str(n),
            item.title or words._(HIDDEN),
            item.agency.short_name if item.agency and not item.hidden else "",
            str(item.duration_minutes or ""),
        )
        for n, item in enumerate(items, len(first) + 1)
    ]
    row_of: dict[int | None, int] = {item.id: n for n, item in enumerate(items, len(first))}
    row_of[None] = -1
    papers = [one for one in await paper_queries.papers_of(db, viewer, meeting, items) if one.agenda_item_id in row_of]
    stored = await paper_queries.stored_names(db, [one.id for one in papers])
    directory = db.settings.papers_dir
    parts, bound = [], []
    for n, one in enumerate(papers, 1):
        goes_in = one.newest.state == READY and one.newest.kind in BOUND
        bound += [one] if goes_in else []
        parts.append(
            Part(
                heading=words._("Paper %(n)d: %(title)s", n=n, title=one.title),
                lines=[
                    *([one.item_title] if one.item_title else []),
                    one.agency.name,
                    words._("Version %(n)d", n=one.newest.number),
                    *([words._("Restricted")] if one.restricted else []),
                ],
                row=row_of[one.agenda_item_id],
                path=str((directory / stored[one.id, one.newest.number]).absolute()) if goes_in else None,
                kind=one.newest.kind,
            )
        )
    facts = [
        (
            words._("Time: "),
            words.full_span(meeting.local_start, meeting.ends_at, zone=meeting.timezone) + standing_of(meeting, words),
        ),
        (words._("Place: "), meeting.location or words._("to be announced")),
        (words._("Host: "), meeting.host_agency.name),
    ]
    heads = [
        words._("No."),
        words._("Item"),
        words._("Agency"),
        words.pgettext("column", "Minutes"),
        words.pgettext("column", "Page"),
    ]
    title = words._("%(title)s: agenda and papers", title=meeting.title)
    return Pack(str(target), title, facts, heads, rows, parts, words._("separate")), bound
