"""名单核对: an agency's list to look through, signed in or by the link in the mail, and the one press that it is right."""

from datetime import datetime

from litestar import get, post
from litestar.response import Response

from liaison.accounts import links
from liaison.accounts.models import Link
from liaison.accounts.viewer import NOBODY, Viewer
from liaison.db import Session
from liaison.errors import Gone, NotFound, NotPermitted
from liaison.i18n import N_
from liaison.mechanisms import list_checks, queries, wording
from liaison.mechanisms.list_checks import AgencyList
from liaison.mechanisms.models import Member
from liaison.mechanisms.routes.common import Db, Id, Me, Page
from liaison.web.links import LinkPages
from liaison.web.pages import AnyRequest, page, see_other

OVER = N_("You no longer answer for this agency.")


@get("/members/{member_id:int}/list")
async def show(request: AnyRequest, db: Db, viewer: Me, member_id: Id) -> Page:
    """The agency's list, and the press."""
    found = await list_checks.to_confirm(db, viewer, member_id)
    return _page(request, found, await _said(db, found.member), viewer=viewer)


@post("/members/{member_id:int}/list")
async def confirm(db: Db, viewer: Me, member_id: Id) -> Page:
    """名单无误."""
    await list_checks.confirm(db, viewer, member_id)
    return see_other(f"/members/{member_id}/list")


async def show_link(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The same by link; changes nothing."""
    found = await _by_link(db, link, viewer)
    return _page(request, found, await _said(db, found.member), viewer=None)


async def act_link(request: AnyRequest, db: Session, link: Link, viewer: Viewer) -> Response[str]:
    """The press, by link."""
    found = await _by_link(db, link, viewer)
    await list_checks.confirm(db, viewer, link.object_id)
    return _page(request, found, await _said(db, found.member), viewer=None, done=True)


async def _by_link(db: Session, link: Link, viewer: Viewer) -> AgencyList:
    try:
        found = await list_checks.to_confirm(db, viewer, link.object_id)
    except (NotFound, NotPermitted):
        raise Gone(OVER) from None
    if viewer.person_id == NOBODY and found.duty.in_office.get(found.member.agency_id) is not None:
        raise Gone(N_("Your agency has a liaison by now, who answers for it."))
    return found


async def _said(db: Session, member: Member) -> tuple[datetime, str | None] | None:
    return (await queries.lists_confirmed(db, mechanism_id=member.mechanism_id)).get(member.id)


def _page(
    request: AnyRequest,
    found: AgencyList,
    said: tuple[datetime, str | None] | None,
    *,
    viewer: Viewer | None,
    done: bool = False,
) -> Response[str]:
    """Without a `viewer` it is behind a link."""
    return page(
        request,
        "mechanisms/list.html",
        nav="mechanisms",
        member=found.member,
        officer=found.duty.in_office.get(found.member.agency_id),
        deputies=found.duty.deputies.get(found.member.agency_id, []),
        people=found.people,
        said=said,
        by_link=viewer is None,
        done=done,
        wording=wording,
        path=request.url.path,
        viewer=viewer,
    )


LINK_PAGES = {links.LIST: LinkPages(show_link, act_link)}
handlers = [show, confirm]
