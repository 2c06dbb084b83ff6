"""The text of minutes, section by section: what is typed stays in the form through every act on it, until it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import SectionShown
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session
from liaison.errors import Invalid, Message, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import queries as mechanisms
from liaison.minutes import queries, writing
from liaison.minutes.drafting import item_of
from liaison.minutes.editing import SectionGiven
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import NOT_YOURS, may_edit
from liaison.minutes.routes.common import Db, Id, Me, context_of, shown
from liaison.minutes.routes.show import DONE
from liaison.web.forms import Form, attempt
from liaison.web.pages import AnyRequest, see_other, words_of

CONFIRM = N_("Please tick that a new version is begun.")
MOST_SHOWN = 150
EXTRA = "extra-"
"""How the key of a section begins that was added here; a number follows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One section in the form."""

    key: str
    title: str
    hidden: bool
    is_new: bool
    theirs: str | None = None
    """What is stored by now, where that is something else."""


@get("/minutes/{version_id:int}/edit")
async def edit_form(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """The form, filled with the newest text."""
    minutes, version = await queries.version(db, viewer, version_id)
    newest = minutes.document.newest
    if version.id != newest.id and await queries.readable(db, viewer, minutes, newest):
        return see_other(f"/minutes/{newest.id}/edit")
    return await _page(request, db, viewer, version_id, None)


@post("/minutes/{version_id:int}/edit")
async def edit(request: AnyRequest, db: Db, viewer: Me, version_id: Id) -> Response[Any]:
    """Save it; or add, take out or move a section in the form, which saves nothing."""
    form = await Form.read(request)
    minutes, _ = await queries.version(db, viewer, version_id)
    _, sections = await _writable(db, viewer, minutes, version_id)
    touched = _rearranged(form, request.query_params.get("item", ""))
    if touched is not None:
        answer = await _page(request, db, viewer, version_id, form, touched=touched)
        answer.status_code = 200
        return answer
    act = _save(db, viewer, minutes, form, sections)
    saved = await attempt(db, form, act, lambda theirs: _page(request, db, viewer, version_id, form, theirs=theirs))
    done = "unchanged" if saved.root == form.raw("root") else "saved"
    return see_other(f"/minutes/{saved.id}?done={done}")


async def _save(
    db: Session, viewer: Viewer, minutes: Minutes, form: Form, sections: Sequence[SectionShown]
) -> DocumentVersion:
    newest = minutes.document.newest
    edits = may_edit(viewer, minutes.meeting)
    hidden = {one.key for one in sections if one.hidden}
    given = [
        SectionGiven(key) if key in hidden else SectionGiven(
            key,
            form.raw(f"title.{key}"),
            form.raw(f"text.{key}"),
            frozenset(form.ids(f"audience.{key}")) if edits else None,
        )
        for key in form.raws("key")
        if edits or key not in hidden
    ]  # fmt: skip
    order = [one.key for one in given] if edits else [one.key for one in newest.sections]
    if newest.circulated_at is not None and newest.sign_offs and not form.ticked("confirmed"):
        raise Invalid({"confirmed": Message(CONFIRM)})
    try:
        _, saved = await writing.save(db, viewer, minutes.meeting, given, root=form.raw("root"))
    except NotPermitted as refusal:
        raise Invalid({"sections": refusal.message}) from None
    except Invalid as refusal:
        raise Invalid({_field(name, order): one for name, one in refusal.errors.items()}) from None
    return saved


def _field(name: str, order: Sequence[str]) -> str:
    """`sections.2.text` as the form calls it; anything else stands above the form."""
    prefix, _, rest = name.partition(".")
    place, _, part = rest.partition(".")
    if prefix != "sections" or not place.isdecimal() or int(place) >= len(order) or part == "key":
        return "sections"
    return f"{part}.{order[int(place)]}"


def _rearranged(form: Form, item: str) -> str | None:
    """Move, take out or add a section as the pressed button says; the key of the section it is about, None where the form is saved."""
    keys = form.raws("key")
    if (direction := form.raw("direction")) and item in keys:
        at = keys.index(item)
        to = max(0, min(len(keys) - 1, at + (-1 if direction == "up" else 1)))
        keys.insert(to, keys.pop(at))
        return item
    if (gone := form.raw("remove")) and gone in keys:
        keys.remove(gone)
        return ""
    if form.raw("add") and len(keys) < MOST_SHOWN:
        taken = [int(n) for key in keys if key.startswith(EXTRA) and (n := key.removeprefix(EXTRA)).isdecimal()]
        key = f"{EXTRA}{max(taken, default=0) + 1}"
        form.values.setdefault("key", []).append(key)
        return key
    return None


async def _writable(
    db: Session, viewer: Viewer, minutes: Minutes, version_id: int
) -> tuple[dict[str, Any], list[SectionShown]]:
    """What the page shows, for whoever may write some of it. Raises NotPermitted, Conflict (issued)."""
    found = await context_of(db, viewer, minutes, version_id)
    if not may_edit(viewer, minutes.meeting) and not any(one.may_edit for one in found["sections"]):
        raise NotPermitted(NOT_YOURS)
    found["minutes"].document.refuse_in_force()
    return found, found["sections"]


async def _page(
    request: AnyRequest,
    db: Session,
    viewer: Viewer,
    version_id: int,
    form: Form | None,
    *,
    theirs: Mapping[str, Any] | None = None,
    touched: str | None = None,
) -> Response[str]:
    minutes, _ = await queries.version(db, viewer, version_id)
    newest = minutes.document.newest
    shown_id = newest.id if theirs and await queries.readable(db, viewer, minutes, newest) else version_id
    found, sections = await _writable(db, viewer, minutes, shown_id)
    edits, meeting = may_edit(viewer, minutes.meeting), minutes.meeting
    stored = {one.key: one for one in sections if edits or one.may_edit}
    if form is None:
        form = _filled(stored.values())
    if theirs or not form.raw("root"):
        form.values["root"] = [found["version"].root]
    keys = list(dict.fromkeys(form.raws("key")))
    if theirs:  # what others added stands at the end, so that no save takes it out unseen
        for key in stored:
            if key not in keys:
                keys.append(key)
                _fill(form, stored[key])
        form.values["key"] = keys
    rows = [_row(form, key, stored.get(key), theirs or {}) for key in keys if key in stored or edits]
    words = words_of(request)
    members = await mechanisms.members_on(db, meeting.mechanism_id, db.clock.today(meeting.timezone))
    done = DONE.get(request.query_params.get("done", ""))
    return shown(
        request,
        "minutes/edit.html",
        path=f"/minutes/{shown_id}/edit",
        form=form,
        rows=rows,
        arranges=edits,
        agencies=[one.agency for one in members],
        restricted={key for key in stored if item_of(key) is not None and stored[key].audience is not None},
        stale=theirs or {},
        touched=touched,
        said=words._(done) if done else None,
        labels=_labels(words, form, rows),
        voids=_voids(found) if newest.circulated_at is not None else None,
        **found,
    )


def _filled(sections: Any) -> Form:
    form = Form.of(root=None)
    for one in sections:
        form.values.setdefault("key", []).append(one.key)
        _fill(form, one)
    return form


def _fill(form: Form, one: SectionShown) -> None:
    if not one.hidden:
        form.values[f"title.{one.key}"] = [one.title]
        form.values[f"text.{one.key}"] = [one.text or ""]
        form.values[f"audience.{one.key}"] = [str(id_) for id_ in sorted(one.audience or ())]


def _row(form: Form, key: str, stored: SectionShown | None, theirs: Mapping[str, Any]) -> Row:
    text = theirs.get(f"text-{key}")
    typed = form.raw(f"text.{key}").replace("\r\n", "\n").strip()
    return Row(
        key,
        form.raw(f"title.{key}"),
        hidden=stored is not None and stored.hidden,
        is_new=stored is None,
        theirs=text if text is not None and text.strip() != typed else None,
    )


def _voids(found: Mapping[str, Any]) -> list[Any]:
    """The agencies whose word on the present version counts no more once it is changed."""
    return [one for one in found["signers"] if one.said is not None]


def _labels(words: Any, form: Form, rows: Sequence[Row]) -> dict[str, str]:
    labels = {"confirmed": words._("New version")}
    for n, row in enumerate(rows, 1):
        name = row.title or words._("Section %(n)d", n=n)
        for part in ("title", "text", "audience"):
            labels[f"{part}.{row.key}"] = name
    return labels


handlers = [edit_form, edit]
