"""Words of the operator's pages that are chosen by a code."""

from typing import Final

from liaison.i18n import N_

ACTION_STEPS: Final = {
    "before": N_("Reminder three working days before"),
    "due": N_("Reminder on the due date"),
    "overdue_1": N_("Reminder one working day overdue"),
    "overdue_5": N_("Reminder five working days overdue"),
}
