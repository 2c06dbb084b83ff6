"""Forms as browsers send them: raw values kept so that nothing typed is lost, errors by field, typed values on asking."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar

from litestar import Request
from litestar.response import Response

from liaison.checks import CHOOSE_ONE_OF, Check
from liaison.db import Session
from liaison.errors import Conflict, Invalid, Message, NotFound
from liaison.i18n import N_

CHOOSE_ONE = N_("Please choose one from the list.")
LARGEST = 10**18 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,17}")
_IN_THOUSANDS = re.compile(r"\d{1,3}([,，]\d{3})+")
_APART = re.compile("[,，]")
T = TypeVar("T")


class Form(Check):
    """One submitted (or empty) form. Getters collect what cannot be read as a number or a date; the verb checks the rest."""

    def __init__(self, values: Mapping[str, list[str]] | None = None) -> None:
        super().__init__()
        self.values = {name: list(given) for name, given in (values or {}).items()}

    @classmethod
    async def read(cls, request: Request[Any, Any, Any]) -> "Form":
        """The request's form; uploaded files are left out (see `request.form()` for them)."""
        data = await request.form()
        values: dict[str, list[str]] = {}
        for name, value in data.items():  # in the order of the form, which `multi_items` mixes up
            if isinstance(value, str):
                values.setdefault(name, []).append(value)
        refuse_nul(values)
        request.state.typed = values  # so that a refusal without a form can give it back (web.handlers)
        return cls(values)

    @classmethod
    def of(cls, **values: Any) -> "Form":
        """A form filled from what is stored, for editing; None becomes empty."""
        return cls({name: [str(v) for v in (value if isinstance(value, list | tuple) else [value]) if v is not None]
                    for name, value in values.items()})  # fmt: skip

    def raw(self, name: str) -> str:
        """What was typed, as it was typed; the first of several."""
        return (self.values.get(name) or [""])[0]

    def raws(self, name: str) -> list[str]:
        """Every value of one name, in order (ticked boxes, repeated rows)."""
        return self.values.get(name, [])

    def given(self, name: str) -> str | None:
        """What was typed, trimmed; None when empty."""
        return self.raw(name).strip() or None

    def ticked(self, name: str) -> bool:
        """Whether a checkbox was sent."""
        return bool(self.raw(name))

    def whole(self, name: str) -> int | None:
        """A whole number, its thousands set apart or not; None when empty. One beyond all bounds is held to 18 digits, so that whoever
        checks it says its range."""
        text = self.given(name)
        if text is None:
            return None
        if _IN_THOUSANDS.fullmatch(text):
            text = _APART.sub("", text)
        try:
            return max(-LARGEST, min(LARGEST, int(text[:40])))
        except ValueError:
            self.refuse(name, N_("Please give a whole number."))
            return None

    def id(self, name: str) -> int | None:
        """The id of something chosen from a list; None when nothing was chosen."""
        text = self.given(name)
        if text is None:
            return None
        number = whole_number(text)
        if number is None:
            self.refuse(name, N_("Please give a whole number."))
            return None
        return number

    def ids(self, name: str) -> list[int]:
        """The ids ticked under one name; what is no id is left out."""
        return [number for v in self.raws(name) if (number := whole_number(v))]

    def typed_date(self, name: str) -> date | None:
        """What was typed if it is a date, without a word if it is not: for the words beside a date input."""
        try:
            return date.fromisoformat(self.raw(name).strip())
        except ValueError:
            return None

    def date(self, name: str) -> date | None:
        """A local date as date inputs send it."""
        text = self.given(name)
        if text is None:
            return None
        try:
            return self.day(name, date.fromisoformat(text))
        except ValueError:
            self.refuse(name, N_("Please give a date such as 2026-12-17."))
            return None

    def time(self, name: str) -> time | None:
        """A wall-clock time as time inputs send it."""
        text = self.given(name)
        if text is None:
            return None
        try:
            return time.fromisoformat(text)
        except ValueError:
            self.refuse(name, N_("Please give a time such as 14:30."))
            return None

    def local_start(self, day: str, clock: str) -> datetime | None:
        """Local wall time from a date and a time field; both are required."""
        on, at = self.date(day), self.time(clock)
        if on is None:
            self.refuse(day, N_("Please give a date."))
        if at is None:
            self.refuse(clock, N_("Please give a time."))
        return datetime.combine(on, at) if on and at else None

    def take(self, refusal: Invalid) -> "Form":
        """The same form marked with what a verb refused; people choose from a list, and are not shown the codes behind it."""
        for name, message in refusal.errors.items():
            self.errors.setdefault(name, without_codes(message))
        return self

    def error(self, name: str) -> Message | None:
        """What is wrong with one field."""
        return self.errors.get(name)


def without_codes(message: Message) -> Message:
    """The sentence as people read it."""
    return Message(CHOOSE_ONE) if message.msgid == CHOOSE_ONE_OF else message


class FormAgain(Exception):
    """Shows the form again with its errors (422) or with both versions (409), and undoes the transaction."""

    def __init__(self, page: Response[str], status: int = 422) -> None:
        super().__init__(status)
        self.page = page
        self.page.status_code = status


async def attempt(
    db: Session, form: Form, act: Awaitable[T], again: Callable[[Mapping[str, Any]], Awaitable[Response[str]]]
) -> T:
    """Do what a form asks for; when it is refused, undo it and show the form again with its errors (422), or with what is
    stored by now (`again` is given those values by field; 409)."""
    theirs: Mapping[str, Any] = {}
    status = 422
    try:
        done = await act
        form.done()  # what could not be read as a number or a date, where the verb could do without
        return done
    except Invalid as refusal:
        form.take(refusal)
    except Conflict as refusal:
        if not refusal.theirs:
            raise
        theirs, status = refusal.theirs, 409
    await db.rollback()
    raise FormAgain(await again(theirs), status)


def local_or(form: Form, otherwise: str) -> str:
    """The path a form asks to come back to (`next`), without query; `otherwise` where it names none of ours."""
    given = form.raw("next").partition("?")[0].partition("#")[0]
    return given if given in ("/", "/actions") or given.startswith("/meetings/") else otherwise


def whole_number(text: str | None) -> int | None:
    """The number that a text is in plain ASCII digits without leading zeros, as we write it ourselves; None for anything else,
    also for one so large that no row and no page can have it."""
    return int(text) if text and _DECIMAL.fullmatch(text) else None


def row_id(text: str | None) -> int:
    """The id that an address or a JSON body names; anything that cannot be one is NotFound, exactly like a missing row."""
    number = whole_number(text)
    if not number:
        raise NotFound
    return number


def refuse_nul(values: Mapping[str, Sequence[str]]) -> None:
    """Raise Invalid for a NUL in what was sent: nobody types one, and PostgreSQL can neither store nor look for it."""
    refused = [name for name, given in values.items() if any("\0" in text for text in (name, *given))]
    if refused:
        raise Invalid(
            {name.replace("\0", ""): N_("Please remove line breaks and control characters.") for name in refused}
        )
