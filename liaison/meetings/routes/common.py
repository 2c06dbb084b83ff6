"""What the pages of meetings share: refused forms shown again, both versions of a stale one, rows, people and agencies to choose from."""

import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any, TypeVar

from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Agency, Person
from liaison.errors import Invalid, Message, NotPermitted
from liaison.i18n import N_, Words
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings import queries
from liaison.meetings.models import Meeting
from liaison.meetings.permissions import NOT_YOURS, may_change
from liaison.meetings.wording import ANSWER_NAMES, KIND_NAMES, PURPOSE_NAMES
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

MOST_ROWS = 200
T = TypeVar("T")
CODES = KIND_NAMES | PURPOSE_NAMES | ANSWER_NAMES


async def meeting_to_change(db: Session, viewer: Viewer, meeting_id: int) -> Meeting:
    """The meeting behind a form that only those who run it are shown. Raises NotFound, NotPermitted."""
    meeting = await queries.get(db, viewer, meeting_id)
    if not may_change(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    return meeting


def renamed(refusal: Invalid, names: Mapping[str, str]) -> Invalid:
    """The same refusal with a verb's field names (`attendees.0.seats`) turned into the form's, by their longest known beginning."""
    errors: dict[str, Message] = {}
    for name, message in refusal.errors.items():
        start = max((known for known in names if name == known or name.startswith(known + ".")), key=len, default="")
        errors[names[start] + name[len(start) :] if start else name] = message
    return Invalid(errors)


async def on_field(name: str, act: Awaitable[T]) -> T:
    """What somebody typed and may not choose, said on its field, so that the rest of the form is not lost."""
    try:
        return await act
    except NotPermitted as refusal:
        raise Invalid({name: refusal.message}) from None


def both_versions(
    request: AnyRequest, form: Form, theirs: Mapping[str, Any], labels: Mapping[str, str]
) -> list[SimpleNamespace]:
    """For a stale form: each field (`labels`: name, label) with what is stored by now and what was typed here; empty if not stale."""
    words = words_of(request)
    rows = []
    for name, stored in theirs.items():
        said, typed, field = str(stored if stored is not None else ""), form.raw(name), name
        if isinstance(stored, datetime):
            said, typed, field = f"{stored:%Y-%m-%d %H:%M}", f"{form.raw('date')} {form.raw('time')}".strip(), "date"
        if field in labels and field in form.values:
            said, typed = (words._(CODES[one]) if one in CODES else one for one in (said, typed))
            rows.append(SimpleNamespace(label=labels[field], theirs=said, yours=typed, differs=said != typed))
    return rows


def keep_version(form: Form, version: int, *, stale: bool) -> None:
    """A form that is shown again was opened at the version it sent; one shown with both versions is answered knowing the present one."""
    if stale or not form.given("version"):
        form.values["version"] = [str(version)]


_OF_GUEST = {
    "body": N_("Body"),
    "job_title": N_("Job title"),
    "mail": N_("Mail address"),
    "phone": N_("Phone"),
    "role": N_("Role"),
}
_ASKED = {"seats": N_("Seats"), "requirement": N_("Requirement")}


def labels_of(words: Words, form: Form, labels: Mapping[str, str], agencies: Iterable[Agency] = ()) -> dict[str, str]:
    """For the summary of errors: what each field is called, with the row it stands in; of `agencies` with their name."""
    names = {str(agency.id): agency.short_name for agency in agencies}
    named = {name: words._(label) for name, label in labels.items()}
    for name in form.errors:
        prefix, _, rest = name.partition(".")
        number = rest.partition(".")[0]
        if name in named or not number.isdecimal():
            continue
        if prefix == "items":
            named[name] = words._("Agenda item %(n)d", n=int(number) + 1)
        elif prefix == "names":
            named[name] = words._("Row %(n)d", n=int(number) + 1)
        elif (field := _ASKED.get(rest.rpartition(".")[2])) and prefix in ("agency", "others"):
            agency_id = number if prefix == "agency" else form.raw(f"others.{number}.agency_id")
            agency = names.get(agency_id, words._("Who is asked"))
            named[name] = words._("%(agency)s: %(field)s", agency=agency, field=words._(field))
        elif prefix == "outside":
            field = _OF_GUEST.get(rest.rpartition(".")[2], N_("Name"))
            named[name] = words._("Guest %(n)d: %(field)s", n=int(number) + 1, field=words._(field))
        elif prefix in ("agency", "others", "person", "guests"):
            named[name] = words._("Who is asked")
    return named


def row_numbers(form: Form, prefix: str, *, spare: int = 0) -> list[int]:
    """The numbers of the rows that were sent (`items.0.title`, `items.3.title`: 0 and 3), and `spare` more after them."""
    pattern = re.compile(rf"{re.escape(prefix)}\.(\d{{1,3}})\.[a-z_]+")
    found = sorted({int(match[1]) for name in form.values if (match := pattern.fullmatch(name))})[:MOST_ROWS]
    start = found[-1] + 1 if found else 0
    return [*found, *range(start, start + spare)]


def filled_rows(form: Form, prefix: str, fields: Sequence[str]) -> list[int]:
    """The rows in which something was typed or chosen in one of `fields`."""
    return [n for n in row_numbers(form, prefix) if any(form.given(f"{prefix}.{n}.{name}") for name in fields)]


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom a form offers: the members' people first, then everybody else of the directory, by agency."""

    members: Sequence[Agency]
    others: Sequence[Agency]
    people: Sequence[tuple[Agency, Sequence[Person]]]
    guests: Sequence[tuple[Agency, Sequence[Person]]]

    @property
    def agencies(self) -> Sequence[Agency]:
        return [*self.members, *self.others]


async def choices(db: Session, meeting_day: date, mechanism_id: int, *, kept_by: int | None = None) -> Choices:
    """Agencies and people to choose from; members are those of `meeting_day` (a local date), and today's who joined since;
    among the guests also those from outside whom agency `kept_by` asked before."""
    mechanism = await db.get_one(Mechanism, mechanism_id)
    found = {
        member.agency_id: member.agency
        for day in (meeting_day, db.clock.today(mechanism.timezone))
        for member in await mechanisms.members_on(db, mechanism_id, day)
    }
    members = sorted(found.values(), key=lambda agency: (agency.sort_order, agency.id))
    ids = {agency.id for agency in members}
    known = await mechanisms.choosable_agencies(db, kept_by=kept_by)
    others = [agency for agency in known if agency.id not in ids and agency.kept_by_id is None]
    outside = {agency.id for agency in known if agency.kept_by_id is not None}
    people = await mechanisms.choosable_people(db, ids | {agency.id for agency in others} | outside)
    grouped = by_agency(people)
    return Choices(
        members=members,
        others=others,
        people=[one for one in grouped if one[0].id in ids],
        guests=[one for one in grouped if one[0].id not in ids],
    )


def by_agency(people: Iterable[Person]) -> list[tuple[Agency, list[Person]]]:
    """People in agency order, grouped."""
    return [(found[0].agency, found) for _, rows in groupby(people, lambda p: p.agency_id) if (found := list(rows))]


def shown(request: AnyRequest, template: str, *, path: str | None = None, **context: Any) -> Response[str]:
    """A page of a meeting, under 会议 in the navigation; `path`: where a GET shows the same form."""
    if path:
        request.state.form_path = path
    return page(request, template, nav="meetings", **{"stale": [], "theirs": {}, **context})
