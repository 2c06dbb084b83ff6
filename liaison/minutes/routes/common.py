"""What the pages of minutes share: one version as its page shows it, and how a page is answered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.countersigning import showing
from liaison.countersigning.comparing import SectionCompared
from liaison.countersigning.models import ALL_AGREED, CIRCULATING, DRAFT, IN_FORCE, DocumentVersion
from liaison.countersigning.permissions import signs_for
from liaison.countersigning.standing import signer_of, standing_of, word_of
from liaison.countersigning.wording import CHANGE_NAMES
from liaison.db import Session
from liaison.errors import NotPermitted
from liaison.mechanisms import queries as mechanisms
from liaison.meetings.wording import GROUP_NAMES, REGISTERED_NAMES
from liaison.minutes import queries, record
from liaison.minutes.drafting import OPENING, item_of
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import NOT_YOURS, may_edit
from liaison.minutes.reading import sections_for
from liaison.minutes.showing import nobody_was_shown, signers_shown, took_part
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]

NAMES: dict[str, Any] = {
    "state_names": showing.STATE_NAMES,
    "state_looks": showing.STATE_LOOKS,
    "said_names": showing.SAID_NAMES,
    "said_looks": showing.SAID_LOOKS,
    "how_names": GROUP_NAMES,
    "change_names": CHANGE_NAMES,
    "registered_names": REGISTERED_NAMES,
    "instant": datetime.fromisoformat,
    "local_day": date.fromisoformat,
    "short_root": showing.short_root,
    "opening_key": OPENING,
    "scans": "/sign-offs",
}


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page of minutes, under 会议 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="meetings", **{"theirs": {}, **NAMES, **context})


async def to_write(db: Session, viewer: Viewer, version_id: int) -> tuple[Minutes, DocumentVersion]:
    """The version behind a form that only those who edit the minutes are shown. Raises NotFound, NotPermitted."""
    minutes, version = await queries.version(db, viewer, version_id)
    if not may_edit(viewer, minutes.meeting):
        raise NotPermitted(NOT_YOURS)
    return minutes, version


async def context_of(db: Session, viewer: Viewer, minutes: Minutes, version_id: int) -> dict[str, Any]:
    """One version, with who signs, the versions before, and what the viewer may do."""
    meeting, document = minutes.meeting, minutes.document
    version = next(one for one in document.versions if one.id == version_id)
    sections = await sections_for(db, viewer, minutes, version)
    state = showing.state_of_version(document, version)
    today = db.clock.today(meeting.timezone)
    members = {one.agency_id for one in await mechanisms.members_on(db, meeting.mechanism_id, today)}
    readable = {one.id for one in await queries.readable_versions(db, viewer, minutes)}
    edits, besides = may_edit(viewer, meeting), await queries.besides(db, minutes)
    others = [
        (one, await queries.seen_version(db, viewer, one)) for one in besides if await queries.readable(db, viewer, one)
    ]
    own = signs_for(viewer, document)
    signs = own is not None and signer_of(version, own) is not None and state in (CIRCULATING, ALL_AGREED)
    writes = edits or any(one.may_edit for one in sections)
    return {
        "minutes": minutes,
        "meeting": meeting,
        "zone": meeting.timezone,
        "version": version,
        "sections": sections,
        "state": state,
        "stands": standing_of(version),
        "took_part": took_part(version.head),
        "signers": signers_shown(viewer, minutes, version, members),
        "versions": showing.versions_shown(viewer, document, readable),
        "others": others,
        "deliveries": await queries.deliveries(db, minutes) if edits and state == IN_FORCE else (),
        "own_word": word_of(version, own) if signs and own is not None else None,
        "own_agency": next((one.agency for one in version.signers if one.agency_id == own), None) if signs else None,
        "may": {
            "edit": writes and state in (DRAFT, CIRCULATING, ALL_AGREED),
            "circulate": edits and state == DRAFT,
            "issue": edits and state == ALL_AGREED,
            "correct": edits and state == IN_FORCE and all(one.id < minutes.id for one in besides),
            "give_up": edits and nobody_was_shown(minutes),
            "sign": signs,
        },
        "behind": await record.behind(db, viewer, minutes) if edits and state in (DRAFT, CIRCULATING, ALL_AGREED) else None,
        "excerpts": [one.key for one in sections if item_of(one.key) is not None and not one.hidden],
    }  # fmt: skip


async def version_page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    minutes: Minutes,
    version_id: int,
    form: Form,
    *,
    since_read: Sequence[SectionCompared] | None = None,
    toast: Any = None,
) -> Response[str]:
    """The page of one version; `since_read`: what was changed since somebody who wants to sign read it."""
    return shown(
        request,
        "minutes/show.html",
        path=f"/minutes/{version_id}",
        form=form,
        since_read=since_read,
        toast=toast,
        **await context_of(db, viewer, minutes, version_id),
    )
