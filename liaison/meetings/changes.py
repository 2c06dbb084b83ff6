"""What a newer notice of a meeting changes for somebody who holds an older one, in words: 原定…，现改为…. Pure.

What counts is what *they* hold, not what was announced in between, so that the mail answers the question that its reader has."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from liaison.calendaring.itip import Held
from liaison.i18n import Words
from liaison.meetings.wording import KIND_NAMES

COMPARED = ("agenda", "audience_groups", "co_hosts", "host", "kind", "note", "provisional", "replies_due_on")
"""What is compared with a former announcement, since calendars do not hold it."""
_PRINTED = ("title", "agency", "presenter", "duration_minutes")
"""What an agenda shows of an item."""


def changed(words: Words, held: Held, before: Mapping[str, Any] | None, snapshot: Mapping[str, Any]) -> list[str]:
    """A sentence for each thing that is not as held: title, place, host, kind, agenda, note, day to answer by. That another time is
    meant the first sentence of the mail says, which then asks for another answer anyway. `before` is what the notice said that is
    held of the `COMPARED`; None where that is not known any more. Both as their reader may know them (audience.shown_to)."""
    found = []
    if held.summary != snapshot["title"]:
        found.append(
            words._(
                "The meeting was called “%(old)s” and is now called “%(new)s”.", old=held.summary, new=snapshot["title"]
            )
        )
    place = snapshot["location"] or ""
    if held.location != place and not held.location:
        found.append(words._("The place is now %(new)s.", new=place))
    elif held.location != place:
        new = place or words._("to be announced")
        found.append(words._("The place was %(old)s and is now %(new)s.", old=held.location, new=new))
    if before is None:
        return found
    if before["provisional"] and not snapshot["provisional"]:
        found.append(words._("The date is certain now: the holiday schedule of that year has been published."))
    if before["host"] != snapshot["host"]:
        found.append(words._("The host was %(old)s and is now %(new)s.", old=before["host"], new=snapshot["host"]))
    if before["kind"] != snapshot["kind"]:
        old, new = (words._(KIND_NAMES[said["kind"]]) for said in (before, snapshot))
        found.append(words._("The kind of meeting was “%(old)s” and is now “%(new)s”.", old=old, new=new))
    if (before["co_hosts"] or []) != (snapshot.get("co_hosts") or []):
        names = words._(", ").join(snapshot.get("co_hosts") or ()) or words._("nobody")
        found.append(words._("It is co-hosted by %(names)s now.", names=names))
    if (before["audience_groups"] or []) != (snapshot.get("audience_groups") or []):
        names = words._(", ").join(snapshot.get("audience_groups") or ()) or words._("everybody")
        found.append(words._("It is for %(names)s now.", names=names))
    found += _agenda(words, before["agenda"], snapshot["agenda"])
    if before["note"] != snapshot["note"]:
        found.append(
            words._("The text of the notice has changed; the one below now holds.")
            if snapshot["note"]
            else words._("The former text of the notice no longer holds.")
        )
    due = snapshot["replies_due_on"]
    if due and before["replies_due_on"] != due and held.starts_at == datetime.fromisoformat(snapshot["local_start"]):
        found.append(words._("The day to answer by is now %(day)s.", day=words.short_date(date.fromisoformat(due))))
    return found


def _agenda(words: Words, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    if [_printed(item) for item in before] == [_printed(item) for item in after]:
        return []
    # What its reader may not know of, or not any more, is not named.
    old, new = ([item["title"] for item in items if item.get("audience") is None] for items in (before, after))
    closed = [item["title"] for item in after if item.get("audience") is not None]
    found = []
    if added := [title for title in new if title not in old]:
        found.append(words._("New on the agenda: %(items)s.", items=_listed(words, added)))
    if gone := [title for title in old if title not in (*new, *closed)]:
        found.append(words._("No longer on the agenda: %(items)s.", items=_listed(words, gone)))
    return found or [words._("The agenda has changed; the one below now holds.")]


def _printed(item: Mapping[str, Any]) -> list[Any]:
    if item.get("audience") is not None:
        return [None, item["duration_minutes"]]
    return [item[name] for name in _PRINTED]


def _listed(words: Words, titles: Sequence[str]) -> str:
    return words._(", ").join(words._("“%(item)s”", item=title) for title in titles)
