"""The contact log as a table that is taken along. Pure."""

from collections.abc import Iterable

from liaison.i18n import N_, Words
from liaison.meetings.wording import REGISTERED_NAMES
from liaison.notices.contact_models import ContactLog

NOTICE, AGENDA_ITEM, ACTION_ITEM = N_("Information notice"), N_("Agenda item"), N_("Action item")


def became(words: Words, entry: ContactLog) -> str:
    """What was made of it, in a few words."""
    made = ((entry.notice_made, NOTICE), (entry.agenda_item_made, AGENDA_ITEM), (entry.action_item, ACTION_ITEM))
    return words._(", ").join(words._(name) for thing, name in made if thing is not None)


def table_of(words: Words, entries: Iterable[ContactLog]) -> list[list[str]]:
    """Its headings and a row for each entry."""
    headings = [
        words._("Date"),
        words._("Mechanism"),
        words._("Agency"),
        words._("Counterpart"),
        words._("Way"),
        words._("What about"),
        words._("Follow-up"),
        words._("Became"),
        words._("Noted by"),
    ]
    return [headings, *([
        entry.on.isoformat(),
        entry.mechanism.short_name,
        entry.with_agency.short_name if entry.with_agency else "",
        entry.counterpart or "",
        words._(REGISTERED_NAMES[entry.way]),
        entry.subject,
        entry.follow_up or "",
        became(words, entry),
        entry.writer.name if entry.writer else "",
    ] for entry in entries)]  # fmt: skip
