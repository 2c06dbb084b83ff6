"""How an API route reads and answers: JSON bodies as msgspec structs, problems worded, one effect per Idempotency-Key."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from litestar import Request
from litestar.params import QueryParameter
from litestar.response import Response
from sqlalchemy import select

from liaison.accounts.models import IdempotentAnswer
from liaison.accounts.viewer import Viewer
from liaison.db import Session, one_at_a_time
from liaison.errors import Invalid, Message, NotFound, Refusal
from liaison.i18n import N_
from liaison.web.forms import row_id, whole_number

PAGE_SIZE, LARGEST_PAGE = 100, 500
LONGEST_KEY = 200
T = TypeVar("T")


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of every request body; unknown fields are refused so that a misspelt one is not lost in silence."""


Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant of a body: RFC 3339 with its offset."""


class RegisteredGiven(Body):
    """代登记: how something was told (phone, in_person, paper, chat, mail, other), by whom and when."""

    how: str
    said_by: str
    at: Instant


class MalformedBody(Refusal):
    """The body is no JSON at all (400)."""

    status = 400


_ERRORS = (
    (re.compile(r"Object missing required field `(?P<field>[^`]+)`"), N_("Please fill this in.")),
    (re.compile(r"Object contains unknown field `(?P<field>[^`]+)`"), N_("There is no such field.")),
    (re.compile(r"Invalid (?:RFC3339|ISO8601|date|datetime|time)"), N_("Please give a date such as 2026-12-17, or an instant with its offset such as 2026-12-17T14:30:00+08:00.")),
    (re.compile(r"Expected `datetime` with a timezone component"), N_("Please give the offset too, such as 2026-12-17T14:30:00+08:00.")),
    (re.compile(r"Expected `(?P<kind>[^`]+)`, got"), N_("This must be of the kind %(kind)s.")),
)  # fmt: skip


def body(raw: bytes, kind: type[T]) -> T:
    """The JSON body as `kind`. Raises MalformedBody for no JSON, Invalid naming the field for anything else."""
    try:
        return _decoded(raw, kind)
    except msgspec.ValidationError as error:
        _decoded(raw, Any)  # what is no JSON further on is that above all
        raise _invalid(str(error)) from None


def _decoded(raw: bytes, kind: type[T] | Any) -> T:
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedBody(N_("The body is not valid JSON.")) from None


def _invalid(text: str) -> Invalid:
    """msgspec's English sentence as our own refusal, with the path of the field."""
    place = re.search(r" - at `\$\.?(?P<path>[^`]*)`", text)
    path = re.sub(r"\[(\d+)\]", r".\1", place["path"]) if place else ""
    for pattern, msgid in _ERRORS:
        if found := pattern.search(text):
            named = found.groupdict()
            name = ".".join(part for part in (path, named.get("field", "")) if part) or "body"
            return Invalid({name: Message(msgid, {"kind": named["kind"]} if "kind" in named else {})})
    return Invalid({path or "body": Message(N_("Please check this value: it cannot be read."))})


def named(text: str) -> int:
    """The id in a body; one that cannot be an id is -1, which the verb refuses on its field like any unknown one."""
    try:
        return row_id(text)
    except NotFound:
        return -1


def named_if_given(text: str | None) -> int | None:
    """The same of a field that may be left out."""
    return named(text) if text is not None else None


def seen(request: Request[Any, Any, Any], given: int | None) -> int | None:
    """The version the caller saw: `version` of the body, else If-Match; None when neither is given, or any will do (`*`).

    A tag that is none of ours is 0, which no row has: it is refused as stale, never overlooked."""
    tag = request.headers.get("if-match", "").strip()
    if given is not None or tag in ("", "*"):
        return given
    tag = tag.removeprefix("W/").strip('"')
    return whole_number(tag) or 0


async def reply(
    request: Request[Any, Any, Any],
    db: Session,
    viewer: Viewer,
    data: Any,
    *,
    status: int = 200,
    digest: str | None = None,
) -> Response[bytes]:
    """The answer to an act. With an Idempotency-Key it is stored in the same transaction, so that a repetition gets it again. `digest`:
    what makes two requests the same whose bodies are not kept."""
    content = msgspec.json.encode(data)
    if key := idempotency_key(request):
        digest = digest or await request_hash(request)
        db.add(
            IdempotentAnswer(
                person_id=viewer.person_id,
                key=key,
                request_hash=digest,
                status=status,
                body=content,
                created_at=db.now(),
            )
        )
    return Response(content, status_code=status, media_type="application/json")


class Replayed(Exception):
    """This request was answered before: the same answer goes out again, and nothing is done."""

    def __init__(self, status: int, content: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.content = content


async def replay(request: Request[Any, Any, Any], db: Session, viewer: Viewer, *, digest: str | None = None) -> None:
    """Raise Replayed when this Idempotency-Key was answered before; Invalid when it came with another body then.

    The first statement of the writing transaction: of several requests with one key at the same moment the others wait here for
    the first one's answer."""
    key = idempotency_key(request)
    if not key:
        return
    await one_at_a_time(db, f"idempotency {viewer.person_id} {key}")
    query = select(IdempotentAnswer).where(IdempotentAnswer.person_id == viewer.person_id, IdempotentAnswer.key == key)
    earlier = (await db.execute(query)).scalar_one_or_none()
    if earlier is None:
        return
    if earlier.request_hash != (digest or await request_hash(request)):
        raise Invalid({"Idempotency-Key": N_("This key was used for another request.")})
    raise Replayed(earlier.status, earlier.body)


def idempotency_key(request: Request[Any, Any, Any]) -> str | None:
    """The request's Idempotency-Key, when it is a POST that carries one. Raises Invalid for one that is too long to keep whole."""
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key and len(key) > LONGEST_KEY:
        too_long = N_("Please use at most %(most)s characters; this has %(count)s.")
        raise Invalid({"Idempotency-Key": Message(too_long, {"most": LONGEST_KEY, "count": len(key)})})
    return key or None


async def request_hash(request: Request[Any, Any, Any]) -> str:
    """What makes two requests the same: method, path and body."""
    facts = f"{request.method} {request.url.path}\n".encode()
    return hashlib.sha256(facts + await request.body()).hexdigest()


class Paging(NamedTuple):
    """`limit` and `cursor` of a list's address as they were typed: refused in the handler, once it is known who asks."""

    limit: str | None
    cursor: str | None

    def limits(self) -> tuple[int, int]:
        """(limit, after): how many rows to give, and the id after which they start (keyset paging)."""
        return _limits(self.limit, self.cursor)


def provide_paging(
    limit: Annotated[str | None, QueryParameter(description=f"Rows of a page, {PAGE_SIZE} by default.")] = None,
    cursor: Annotated[str | None, QueryParameter(description="`next` of the page before.")] = None,
) -> Paging:
    """Which page of a list is asked for."""
    return Paging(limit, cursor)


def _limits(given: str | None, cursor: str | None) -> tuple[int, int]:
    limit = PAGE_SIZE if given is None else whole_number(given) or 0
    if not 1 <= limit <= LARGEST_PAGE:
        asked = Message(N_("Please give a number from %(least)s to %(most)s."), {"least": 1, "most": LARGEST_PAGE})
        raise Invalid({"limit": asked})
    return limit, row_id(cursor) if cursor else 0


def listed(rows: Sequence[Any], limit: int, as_json: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """{"items", "next"}; give one row more than `limit` so that `next` can be told."""
    items = [as_json(row) for row in rows[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(rows) > limit else None}
