"""Tables that people bring to a page, as a file or pasted, and that the page carries from the look at them to their taking in."""

import base64
from collections.abc import Iterator

from litestar.datastructures import UploadFile

from liaison.documents.spreadsheet import MOST_ROWS, Unreadable
from liaison.documents.tables import MOST_BYTES, pasted_rows, rows_in
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.web.forms import Form, whole_number
from liaison.web.pages import AnyRequest

PASTED = "paste.tsv"
"""The name that pasted cells go by from the look at them to their taking in."""


async def brought(request: AnyRequest, form: Form) -> tuple[str, bytes]:
    """Name and content of what came: looked at before, chosen now, or pasted."""
    if kept := form.raw("content"):
        try:
            return form.raw("name")[:100], base64.b64decode(kept, validate=True)
        except ValueError:
            return "", b""
    file = (await request.form()).get("file")
    if isinstance(file, UploadFile) and file.filename:
        name = "table.tsv" if file.filename == PASTED else file.filename[:100]
        return name, await file.read(MOST_BYTES + 1)
    return PASTED, form.raw("paste").strip("\r\n").encode()


async def file_sent(request: AnyRequest) -> tuple[str, bytes]:
    """Name and content of the `file` that a program sends. Raises Invalid (`file`)."""
    await request.body()  # kept, so that a repetition can be told by it
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        raise Invalid({"file": N_("Please choose a file.")})
    return file.filename, await file.read()


def rows_brought(name: str, content: bytes) -> Iterator[list[str]]:
    """The rows of what came. Raises Unreadable while they are read, also where nothing came."""
    if not content:
        raise Unreadable(Message(N_("Please choose a file, or paste cells.")))
    yield from pasted_rows(content.decode(errors="replace")) if name == PASTED else rows_in(name, content)


def just_entered(request: AnyRequest) -> int:
    """How many rows the address says were entered just now (`new`); 0 where it says nothing that can be."""
    number = whole_number(request.query_params.get("new"))
    return number if number is not None and number <= MOST_ROWS else 0


def carried(name: str, content: bytes) -> dict[str, str]:
    """What the page shown after the look carries: the name to show, empty for pasted cells, and what comes back."""
    return {"name": "" if name == PASTED else name, "kept_name": name, "content": base64.b64encode(content).decode()}
