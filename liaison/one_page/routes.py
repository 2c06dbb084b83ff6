"""一页纸 of a mechanism, to read, to print and as .docx."""

import asyncio

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.i18n import Words
from liaison.one_page import queries
from liaison.one_page.facts import TITLE, OnePage
from liaison.one_page.fitting import is_roomy
from liaison.one_page.showing import headline, shown
from liaison.web.attached import DOCX, attached
from liaison.web.pages import AnyRequest, page, words_of

Db = NamedDependency[Session]
Me = NamedDependency[Viewer]


@get("/mechanisms/{mechanism_id:int}/one-page")
async def show(request: AnyRequest, db: Db, viewer: Me, mechanism_id: FromPath[int]) -> Response[str]:
    """The sheet, on the screen as it is printed."""
    mechanism, found = await queries.one_page(db, viewer, mechanism_id)
    words = words_of(request)
    title, below = headline(words, found)
    parts = shown(words, found)
    return page(
        request,
        "one_page/show.html",
        nav="mechanisms",
        mechanism=mechanism,
        title=title,
        below=below,
        parts=parts,
        roomy=is_roomy(parts),
    )


@get("/mechanisms/{mechanism_id:int}/one-page.docx", include_in_schema=False)
async def paper(db: Db, viewer: Me, mechanism_id: FromPath[int]) -> Response[bytes]:
    """The same as .docx, in the mechanism's language."""
    mechanism, found = await queries.one_page(db, viewer, mechanism_id)
    words = Words(mechanism.locale, mechanism.timezone)
    content = await asyncio.to_thread(_docx, words, found)
    name = words._(TITLE, mechanism=mechanism.short_name)
    return Response(content, media_type=DOCX, headers=attached(f"{name} {found.today}.docx"))


def _docx(words: Words, found: OnePage) -> bytes:
    # Imported here because python-docx is large, and a server that makes no paper never needs it.
    from liaison.one_page.paper import to_docx

    return to_docx(words, found)


router = Router("", route_handlers=[show, paper])
