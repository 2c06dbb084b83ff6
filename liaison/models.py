"""Every table in one import, for the migrations and for whoever needs the whole schema."""

from typing import Final

from liaison import audit, site
from liaison.accounts import models as accounts
from liaison.actions import escalation_models as action_escalations
from liaison.actions import extension_models as action_extensions
from liaison.actions import models as actions
from liaison.actions import reminder_models as action_reminders
from liaison.countersigning import models as countersigning
from liaison.db import Base
from liaison.directory import models as directory
from liaison.feed import models as feed
from liaison.mail import models as mail
from liaison.mechanisms import models as mechanisms
from liaison.meetings import (
    activity_models,
    address_models,
    agenda_models,
    decision_models,
    paper_models,
    plan_models,
    step_models,
)
from liaison.meetings import models as meetings
from liaison.minutes import models as minutes
from liaison.notices import contact_models as contact_log
from liaison.notices import models as notices
from liaison.paperwork import models as paperwork
from liaison.polls import models as polls
from liaison.postroom import models as postroom
from liaison.proposals import models as proposals
from liaison.reminders import models as reminders
from liaison.results import brief_models as briefs
from liaison.results import models as results
from liaison.search import models as search
from liaison.succession import models as succession

metadata = Base.metadata

FILES: Final = (paper_models.PaperVersion, notices.NoticePaper)
"""The tables whose rows are files that somebody brought."""

__all__ = [
    "FILES",
    "accounts",
    "action_escalations",
    "action_extensions",
    "action_reminders",
    "actions",
    "activity_models",
    "address_models",
    "agenda_models",
    "audit",
    "briefs",
    "contact_log",
    "countersigning",
    "decision_models",
    "directory",
    "feed",
    "mail",
    "mechanisms",
    "meetings",
    "metadata",
    "minutes",
    "notices",
    "paper_models",
    "paperwork",
    "plan_models",
    "polls",
    "postroom",
    "proposals",
    "reminders",
    "results",
    "search",
    "site",
    "step_models",
    "succession",
]
