"""A form with a file, read as it comes: fields are few and small, the file goes to the disk piece by piece and never into memory.

Who may not bring anything is refused before a byte is read, and no transaction is open meanwhile. Such a route leaves out the check of the
CSRF token that every other form gets (`STREAMED`), because that reads the whole body: it is made here, before the file is looked at."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, Final, TypeVar

from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash
from litestar.utils.scope.state import ScopeState
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from liaison.db import Session
from liaison.errors import Invalid, Message, Refusal
from liaison.files import store
from liaison.files.contents import kind_of
from liaison.files.kinds import MEDIA_TYPES, REFUSED, NotTaken
from liaison.files.store import CHUNK, Brought, Incoming
from liaison.i18n import N_
from liaison.web.access import csrf_cookie
from liaison.web.api import MalformedBody, Replayed
from liaison.web.forms import Form
from liaison.web.handlers import is_api
from liaison.web.pages import AnyRequest, settings_of

STREAMED: Final[dict[str, Any]] = {"opt": {"exclude_from_csrf": True, "streamed": True}, "request_max_body_size": None}
"""What a route says that takes a file in."""
MOST_FIELDS: Final = 200
MOST_TEXT: Final = 64 * 1024
READ_ON: Final = 100 * 1024 * 1024
"""Bytes that are read and thrown away of a file that is too large, so that a browser hears why; beyond, the connection ends."""
LONGEST: Final = 1800
"""Seconds within which a form must have come in."""
CHOOSE_FILE = N_("Please choose a file.")
T = TypeVar("T")
_UNREADABLE = N_("The form could not be read. Please send it again.")


@dataclass
class Received:
    """What came in: the fields, and the file if there was one."""

    form: Form
    file_name: str = ""
    file: Incoming | None = None

    def digest(self, request: AnyRequest) -> str:
        """What makes two requests with a file the same: method, path, fields, and the file by name and content."""
        file = [self.file_name, self.file.digest.hexdigest()] if self.file else []
        said = [request.method, request.url.path, sorted(self.form.values.items()), file]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass
class _Reading:
    """One form while it is read."""

    request: AnyRequest
    most: int
    values: dict[str, list[str]] = field(default_factory=dict)
    file_name: str = ""
    file: Incoming | None = None
    too_large: bool = False
    name: str = ""
    text: bytearray = field(default_factory=bytearray)
    in_file: bool = False
    waiting: bytearray = field(default_factory=bytearray)
    read: int = 0

    async def begin(self, part: MultipartSegment) -> None:
        self.name, self.in_file, self.text = part.name, part.filename is not None, bytearray()
        if self.in_file:
            if not is_api(self.request):
                check_token(self.request, (self.values.get("_csrf_token") or [""])[0])
            if part.filename and self.file is None and part.name == "file":
                self.file_name = part.filename
                self.file = await asyncio.to_thread(Incoming, settings_of(self.request).data_dir)
            elif part.filename:
                raise MalformedBody(_UNREADABLE)

    async def take(self, piece: bytes) -> None:
        if not self.in_file:
            self.text += piece
            if len(self.text) + sum(len(one) for given in self.values.values() for one in given) > MOST_TEXT:
                raise MalformedBody(_UNREADABLE)
        elif self.file is not None and not self.too_large:
            self.waiting += piece
            if self.file.bytes + len(self.waiting) > self.most:
                self.too_large = True
                self.waiting.clear()
            elif len(self.waiting) >= CHUNK:
                await self.flush()

    async def end(self) -> None:
        if self.in_file:
            await self.flush()
            return
        try:
            self.values.setdefault(self.name, []).append(self.text.decode())
        except UnicodeDecodeError:
            raise MalformedBody(_UNREADABLE) from None

    async def flush(self) -> None:
        if self.file is not None and self.waiting:
            piece = bytes(self.waiting)
            self.waiting.clear()
            await asyncio.to_thread(self.file.write, piece)

    async def all(self) -> None:
        boundary = self.request.content_type[1].get("boundary", "")
        announced = self.request.content_length
        if announced is not None and announced > READ_ON + self.most:
            raise RequestEntityTooLarge
        try:
            with PushMultipartParser(boundary.encode(), max_segment_count=MOST_FIELDS, strict=True) as parser:
                async for chunk in self.request.stream():
                    self.read += len(chunk)
                    if self.read > READ_ON + self.most:
                        raise RequestEntityTooLarge
                    if not chunk or parser.closed:
                        continue
                    for part in parser.parse(chunk):
                        if isinstance(part, MultipartSegment):
                            await self.begin(part)
                        elif part:
                            await self.take(bytes(part))
                        else:
                            await self.end()
        except (MultipartError, UnicodeError, LookupError):
            raise MalformedBody(_UNREADABLE) from None


@asynccontextmanager
async def received(request: AnyRequest, *, most: int) -> AsyncIterator[Received]:
    """The form with its file, of at most `most` bytes, whole and on the disk; nothing is left of it afterwards unless it was kept.
    Raises Invalid for a file that is too large, MalformedBody."""
    reading = _Reading(request, most)
    try:
        if request.content_type[0] == RequestEncodingType.MULTI_PART:
            async with asyncio.timeout(LONGEST):
                await reading.all()
        elif not is_api(request):
            given = await request.form()
            reading.values = {name: [value] for name, value in given.items() if isinstance(value, str)}
        if not is_api(request):
            check_token(request, (reading.values.get("_csrf_token") or [""])[0])
        form = Form(reading.values)
        if reading.too_large:
            form.errors["file"] = Message(REFUSED["too_large"], {"most": most // 1024 // 1024})
        elif reading.file is not None:
            await asyncio.to_thread(reading.file.whole)
        yield Received(form, reading.file_name, None if reading.too_large else reading.file)
    finally:
        if reading.file is not None:
            await asyncio.to_thread(reading.file.drop)


async def take(request: AnyRequest, got: Received, act: Callable[[Session, Received, Brought], Awaitable[T]]) -> T:
    """Look into the file, keep it, and then do in one transaction what is to be done with it; what is refused leaves no file. One
    whose saving ended in doubt leaves it, for the worker to take away where no row knows it. Raises Invalid (`file`)."""
    got.form.done()
    if got.file is None:
        raise Invalid({"file": CHOOSE_FILE})
    try:
        kind = await asyncio.to_thread(kind_of, got.file.path, got.file_name)
    except NotTaken as refusal:
        params = {"kind": refusal.kind, "kinds": ", ".join(MEDIA_TYPES)}
        raise Invalid({"file": Message(REFUSED[refusal.code], params)}) from None
    directory = settings_of(request).papers_dir
    kept = await asyncio.to_thread(got.file.keep, directory)
    try:
        async with request.app.state.database.writing() as db:
            return await act(db, got, Brought(got.file_name, kind, kept))
    except (Refusal, Replayed):
        await asyncio.to_thread(store.drop, directory, kept.stored_name)
        raise


def check_token(request: AnyRequest, typed: str) -> None:
    """Raise PermissionDeniedException unless the form was made by a page of ours in this browser."""
    settings = settings_of(request)
    cookie = request.cookies.get(csrf_cookie(settings.https), "")
    given = request.headers.get("x-csrf-token") or typed
    if not (_made_here(cookie, settings.secret_key) and _made_here(given, settings.secret_key)) or not compare_digest(
        given[:CSRF_SECRET_LENGTH], cookie[:CSRF_SECRET_LENGTH]
    ):
        raise PermissionDeniedException("CSRF token verification failed")
    ScopeState.from_scope(request.scope).csrf_token = cookie  # what a page shown in answer carries


def _made_here(token: str, secret: str) -> bool:
    if not token.isascii() or len(token) <= CSRF_SECRET_LENGTH:
        return False
    made = generate_csrf_hash(token=token[:CSRF_SECRET_LENGTH], secret=secret)
    return compare_digest(token[CSRF_SECRET_LENGTH:], made)
