"""Which feature composes which kind of mail."""

from collections.abc import Mapping
from typing import Final

from liaison.accounts.mails import COMPOSERS as ACCOUNTS
from liaison.actions.closing_mails import COMPOSERS as CLOSINGS
from liaison.actions.dating_mails import COMPOSERS as DATES
from liaison.actions.escalation_mails import COMPOSERS as ESCALATIONS
from liaison.actions.extension_mails import COMPOSERS as EXTENSIONS
from liaison.actions.handing_mails import COMPOSERS as HANDED
from liaison.actions.reminder_mails import COMPOSERS as HAND_REMINDERS
from liaison.life.ending_mails import COMPOSERS as ENDINGS
from liaison.mail.delivery import Composer
from liaison.mechanisms.mails import COMPOSERS as MECHANISMS
from liaison.meetings.agenda_mails import COMPOSERS as AGENDA
from liaison.meetings.mails import COMPOSERS as MEETINGS
from liaison.meetings.plan_mails import COMPOSERS as ANNUAL_PLANS
from liaison.minutes.mails import COMPOSERS as MINUTES
from liaison.notices.escalating import COMPOSERS as NOTICE_ESCALATIONS
from liaison.notices.mails import COMPOSERS as NOTICES
from liaison.polls.mails import COMPOSERS as POLLS
from liaison.postroom.mails import COMPOSERS as POSTROOM
from liaison.proposals.mails import COMPOSERS as PROPOSALS
from liaison.readers.mails import COMPOSERS as READERS
from liaison.reminders.mails import COMPOSERS as REMINDERS
from liaison.succession.mails import COMPOSERS as HANDOVERS
from liaison.succession.telling import COMPOSERS as CHANGES_OF_LIAISON

COMPOSERS: Final[Mapping[str, Composer]] = {
    **ACCOUNTS,
    **MECHANISMS,
    **MEETINGS,
    **AGENDA,
    **POLLS,
    **MINUTES,
    **NOTICES,
    **PROPOSALS,
    **NOTICE_ESCALATIONS,
    **ANNUAL_PLANS,
    **ESCALATIONS,
    **EXTENSIONS,
    **CLOSINGS,
    **DATES,
    **HANDED,
    **HAND_REMINDERS,
    **REMINDERS,
    **POSTROOM,
    **HANDOVERS,
    **CHANGES_OF_LIAISON,
    **ENDINGS,
    **READERS,
}
