"""What the directory's pages share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory import permissions, queries
from liaison.errors import NotPermitted
from liaison.i18n import LANGUAGE_NAMES, N_
from liaison.mechanisms.queries import agencies_in_common
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]
Id = FromPath[int]
Page = Response[Any]
Theirs = Mapping[str, Any]

LABELS = {
    "short_name": N_("Short name"),
    "name": N_("Name"),
    "kind": N_("Kind of agency"),
    "mail": N_("Mail address"),
    "phone": N_("Phone"),
    "locale": N_("Language"),
    "sort_order": N_("Place on lists"),
    "key": N_("Short name for signing in and import"),
    "office_id": N_("Office"),
    "contact_id": N_("Reached through"),
    "department": N_("Department"),
    "job_title": N_("Job title"),
    "rank": N_("Order among leaders"),
    "agency_id": N_("Agency"),
}


@dataclass(frozen=True, slots=True)
class May:
    """What the pages of one agency offer this viewer."""

    viewer: Viewer
    agency_id: int
    has_admin: bool
    in_common: frozenset[int]
    keeper_id: int
    """The agency itself, or who keeps the people of a body from outside."""

    @property
    def keep_agencies(self) -> bool:
        return permissions.may_keep_agencies(self.viewer)

    @property
    def keep_own(self) -> bool:
        return permissions.keeps_own(self.viewer, self.agency_id)

    @property
    def keep_people(self) -> bool:
        return permissions.may_keep_people(self.viewer, self.keeper_id, has_admin=self.has_admin)

    @property
    def deactivate(self) -> bool:
        return permissions.may_deactivate(self.viewer, self.keeper_id)

    @property
    def transfer_away(self) -> bool:
        return self._of_site and permissions.may_transfer(self.viewer, self.agency_id, 0, has_admin=self.has_admin)

    @property
    def name_agency_admin(self) -> bool:
        named = permissions.may_name_agency_admin(self.viewer, self.agency_id, has_admin=self.has_admin)
        return self._of_site and named

    @property
    def name_operator(self) -> bool:
        return self._of_site and permissions.may_name_operator(self.viewer)

    @property
    def _of_site(self) -> bool:
        return self.keeper_id == self.agency_id

    @property
    def read_contact(self) -> bool:
        return permissions.may_read_contact(self.viewer, self.agency_id, self.in_common)


async def may_in(db: Session, viewer: Viewer, agency_id: int, *, keeper_id: int | None = None) -> May:
    """`keeper_id`: of somebody from outside, the agency that keeps them."""
    keeper_id = keeper_id or agency_id
    has_admin, in_common = await queries.has_admin(db, keeper_id), await agencies_in_common(db, viewer)
    return May(viewer, agency_id, has_admin, in_common, keeper_id)


def ask(allowed: bool) -> None:
    """A form is shown only to whoever may send it. Raises NotPermitted."""
    if not allowed:
        raise NotPermitted(N_("Only the agency itself, or the operator of this site, may change this."))


def form_page(request: AnyRequest, name: str, form: Form, theirs: Theirs, *, back: str, **context: Any) -> Page:
    """A page with one form; `back` is where it came from."""
    request.state.form_path = back
    words = words_of(request)
    if theirs:
        form.values["version"] = [str(theirs["version"])]
    labels = {name: words._(label) for name, label in LABELS.items()}
    return page(
        request,
        f"directory/{name}.html",
        nav="directory",
        form=form,
        theirs=theirs,
        labels=labels,
        languages=list(LANGUAGE_NAMES.items()),
        back=back,
        **context,
    )
