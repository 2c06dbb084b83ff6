"""How far a table is that somebody brought: their page asks while it waits for the answer to its form.

Kept in the memory of the process that takes the table in, under the key that the form carries, for its person alone, and only while the
request runs. Asking writes nothing and waits for no writer. Where a proxy spreads requests over several web processes the question may
reach another one, which knows of no such table: the page then keeps what it heard last, or shows that it waits without figures."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from liaison.accounts.viewer import Viewer
from liaison.documents.headed import Told, unheard
from liaison.errors import NotFound
from liaison.web.access import UNSEEN
from liaison.web.forms import Form
from liaison.web.pages import AnyRequest

_KEY: Final = re.compile("[0-9a-f]{32}")


@dataclass(slots=True)
class HowFar:
    """So many rows of so many; of none as long as they are not counted."""

    done: int = 0
    of: int = 0


class UnderWay:
    """The tables that are taken in just now, in this process."""

    def __init__(self) -> None:
        self.tables: dict[tuple[int, str], HowFar] = {}

    @contextmanager
    def telling(self, person_id: int, key: str) -> Iterator[Told]:
        """What a verb tells is known under this key to this person until the block ends. A key that is none of ours is not kept."""
        if not _KEY.fullmatch(key):
            yield unheard
            return
        table = self.tables[person_id, key] = HowFar()

        def told(done: int, of: int) -> None:
            table.done, table.of = done, of

        try:
            yield told
        finally:
            if self.tables.get((person_id, key)) is table:
                del self.tables[person_id, key]


def telling(request: AnyRequest, viewer: Viewer, form: Form) -> AbstractContextManager[Told]:
    """While the form's table is taken in, its page can ask how far that is; what is heard is given to the verb as `told`."""
    under_way: UnderWay = request.app.state.under_way
    return under_way.telling(viewer.person_id, form.raw("how_far"))


@get("/how-far/{key:str}", opt=UNSEEN)
async def how_far(request: AnyRequest, viewer: NamedDependency[Viewer], key: FromPath[str]) -> Response[dict[str, Any]]:
    """How far the viewer's own table is. Nobody else finds it, nor anybody once it is taken in."""
    table = request.app.state.under_way.tables.get((viewer.person_id, key))
    if table is None:
        raise NotFound
    return Response({"done": table.done, "of": table.of}, media_type="application/json")


router = Router("/", route_handlers=[how_far])
