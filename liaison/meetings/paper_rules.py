"""Who may do what with the papers of a meeting, and what a viewer is shown of them. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from liaison.accounts.viewer import NOBODY, Viewer
from liaison.directory.models import Agency
from liaison.files.kinds import MEDIA_TYPES
from liaison.files.models import size_of
from liaison.meetings.audience import may_see_item
from liaison.meetings.models import AgendaItem, Meeting
from liaison.meetings.paper_models import Paper
from liaison.meetings.permissions import is_host, is_their_item

MOST_PAPERS: Final = 100
MOST_VERSIONS: Final = 50


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One file of a paper. `state`: ready, waiting (待查毒) or infected."""

    number: int
    file_name: str
    bytes: int
    sha256: str
    kind: str
    added_at: datetime
    state: str

    @property
    def size(self) -> str:
        """How large it is, for people."""
        return size_of(self.bytes)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class PaperShown:
    """One paper as a viewer who may know of it is shown it, with what they may do."""

    id: int
    version: int
    meeting_id: int
    agenda_item_id: int | None
    item_title: str | None
    title: str
    agency: Agency
    audience: frozenset[int] | None
    added_at: datetime
    versions: Sequence[VersionShown]
    may_keep: bool
    may_remove: bool

    @property
    def newest(self) -> VersionShown:
        return self.versions[-1]

    @property
    def restricted(self) -> bool:
        return self.audience is not None


def audience_of(paper: Paper) -> frozenset[int] | None:
    """The agencies that may know of a paper: of its item's those it names; None where neither says any."""
    of_item = paper.agenda_item.audience if paper.agenda_item is not None else None
    if paper.audience is None or of_item is None:
        return of_item if paper.audience is None else paper.audience
    return paper.audience & of_item


def may_see_paper(viewer: Viewer, paper: Paper) -> bool:
    """Know of a paper of a meeting, and an item, that the viewer sees: everybody, or the people of its audience."""
    known = paper.agenda_item is None or may_see_item(viewer, paper.agenda_item)
    return known and (paper.audience is None or viewer.agency_id in paper.audience)


def brings_to_all(viewer: Viewer, meeting: Meeting) -> bool:
    """Whose papers belong to the meeting as a whole: the host officer, and of a meeting entered afterwards (补录) who entered it, while they
    are officer or deputy: the papers of old meetings lie with them."""
    entered = meeting.entered_afterwards_at is not None and viewer.person_id == meeting.recorder_id
    return is_host(viewer, meeting) or (entered and viewer.acts_for(meeting.mechanism_id) is not None)


def may_bring(viewer: Viewer, meeting: Meeting, item: AgendaItem | None) -> bool:
    """Bring a paper: the host officer to the meeting and to any item they know of; to an item whose proposal it is. Once the meeting has
    been held, the host officer alone, and of a meeting entered afterwards also who entered it."""
    if viewer.person_id == NOBODY:
        return False
    theirs = item is not None and is_their_item(viewer, meeting, item)
    return brings_to_all(viewer, meeting) or (theirs and meeting.held_at is None)


def may_keep(viewer: Viewer, meeting: Meeting, paper: Paper) -> bool:
    """Bring a new version, or change title, item or audience: who brought the paper, while they are of its agency, and that agency's
    officer and deputy; once the meeting has been held, those of the host, and who entered it afterwards. Nobody else, also not the host: it is not their paper."""
    acts_for = viewer.acts_for(meeting.mechanism_id)
    brought_it = viewer.person_id == paper.added_by and viewer.agency_id == paper.agency_id
    theirs = brought_it or (acts_for is not None and acts_for == paper.agency_id)
    return viewer.person_id != NOBODY and theirs and (meeting.held_at is None or brings_to_all(viewer, meeting))


def may_remove(viewer: Viewer, meeting: Meeting, paper: Paper) -> bool:
    """Take a paper away, which can be undone: whose it is, and the host officer; nobody once the meeting has been held."""
    return meeting.held_at is None and (may_keep(viewer, meeting, paper) or is_host(viewer, meeting))


def paper_shown(
    viewer: Viewer,
    meeting: Meeting,
    paper: Paper,
    *,
    scanner: bool,
    before: datetime | None = None,
) -> PaperShown | None:
    """The paper for somebody who may know of it; None for a former member (`before`) where it came only after they left."""
    versions = [
        VersionShown(
            one.number, one.file_name, one.bytes, one.sha256, one.kind, one.added_at, one.standing(scanner=scanner)
        )
        for one in paper.versions
        if before is None or one.added_at < before
    ]
    if not versions:
        return None
    return PaperShown(
        id=paper.id,
        version=paper.version,
        meeting_id=meeting.id,
        agenda_item_id=paper.agenda_item_id,
        item_title=paper.agenda_item.title if paper.agenda_item else None,
        title=paper.title,
        agency=paper.agency,
        audience=audience_of(paper),
        added_at=paper.added_at,
        versions=versions,
        may_keep=may_keep(viewer, meeting, paper),
        may_remove=may_remove(viewer, meeting, paper),
    )


def in_order(papers: Collection[PaperShown], positions: dict[int, int]) -> list[PaperShown]:
    """Papers of the meeting itself first, then by the agenda (`positions` by item), then as they were brought."""
    return sorted(papers, key=lambda one: (positions.get(one.agenda_item_id or 0, 0), one.id))
