"""Checks that every verb makes on what was typed, collected so that one refusal names all fields at once."""

import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from liaison.addresses import ADDRESS_PROBLEMS, MAX_ADDRESS, bad_address
from liaison.errors import Invalid, Message
from liaison.i18n import N_
from liaison.private import not_kept_here

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

CHOOSE_ONE_OF = N_("Please choose one of: %(choices)s.")
"""What a program is told of a code it does not know; pages say it without the codes (web.forms)."""
_FIRST_INSTANT, _LAST_INSTANT = datetime(1949, 1, 2, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


class Check:
    """Collects what is wrong by field; `done()` raises Invalid if anything is. Methods give back the cleaned value."""

    def __init__(self) -> None:
        self.errors: dict[str, Message] = {}

    def refuse(self, field: str, msgid: str, **params: Any) -> None:
        """Mark one field; the first word on a field stands."""
        self.errors.setdefault(field, Message(msgid, params))

    def text(
        self,
        field: str,
        value: str | None,
        *,
        most: int,
        required: bool = False,
        lines: bool = False,
        numbers: bool = False,
    ) -> str | None:
        """NFC text without control characters, trimmed; None when empty. At most `most` characters, one line unless `lines`.

        ID-card and bank numbers and secrecy marks are refused, except where a field is made of `numbers` (phones, registered numbers):
        a long list of them would now and then look like one."""
        value = unicodedata.normalize("NFC", value or "").replace("\r\n", "\n").strip()
        if not value:
            if required:
                self.refuse(field, N_("Please fill this in."))
            return None
        if len(value) > most:
            self.refuse(
                field, N_("Please use at most %(most)s characters; this has %(count)s."), most=most, count=len(value)
            )
        if _CONTROL.search(value) or (not lines and "\n" in value):
            self.refuse(field, N_("Please remove line breaks and control characters."))
        if not numbers and (problem := not_kept_here(value)):
            self.refuse(field, problem)
        return value

    def required_text(self, field: str, value: str | None, *, most: int, lines: bool = False) -> str:
        """Like `text`, and missing is an error."""
        return self.text(field, value, most=most, required=True, lines=lines) or ""

    def mail(self, field: str, value: str | None, *, required: bool = False) -> str | None:
        """One mail address in lower case; None when empty."""
        value = self.text(field, value, most=MAX_ADDRESS, required=required, numbers=True)
        if value and (problem := bad_address(value)):
            general = N_("Please give one mail address, like name@agency.example.")
            self.refuse(field, general if problem == "address_malformed" else ADDRESS_PROBLEMS[problem])
        return value.lower() if value else None

    def number(self, field: str, value: int | None, *, least: int, most: int, required: bool = False) -> int | None:
        """A whole number from `least` to `most`."""
        if value is None:
            if required:
                self.refuse(field, N_("Please fill this in."))
        elif not least <= value <= most:
            self.refuse(field, N_("Please give a number from %(least)s to %(most)s."), least=least, most=most)
        return value

    def choice(self, field: str, value: str | None, among: Collection[str]) -> str:
        """One of the named values."""
        if value not in among:
            self.refuse(field, CHOOSE_ONE_OF, choices=", ".join(among))
        return value or ""

    def day(self, field: str, value: date | None, *, required: bool = False) -> date | None:
        """A local date from 1949 to 2199."""
        if value is None:
            if required:
                self.refuse(field, N_("Please give a date."))
        elif not 1949 <= value.year < 2200:
            self.refuse(field, N_("Please give a date between 1949 and 2199."))
        return value

    def instant(self, field: str, value: datetime) -> datetime:
        """An instant from 1949 to 2199, wherever it was told: before, local times were no whole minutes from UTC."""
        if not _FIRST_INSTANT <= value < _LAST_INSTANT:
            self.refuse(field, N_("Please give a date between 1949 and 2199."))
        return value

    def days(self, starts: str, starts_on: date | None, ends: str, ends_on: date | None) -> None:
        """An end lies after its start (terms are half-open)."""
        if starts_on and ends_on and ends_on <= starts_on:
            self.refuse(ends, N_("The end must lie after the start."))

    def done(self) -> None:
        """Raise Invalid if any field was refused."""
        if self.errors:
            raise Invalid(self.errors)
