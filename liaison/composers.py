"""Which feature composes which kind of mail."""

from collections.abc import Mapping
from typing import Final

from liaison.mail.delivery import Composer
from liaison.meetings.mails import compose_meeting, compose_reminder

COMPOSERS: Final[Mapping[str, Composer]] = {
    "meeting": compose_meeting,
    "meeting_reminder": compose_reminder,
}
