"""The words for what is kept as a code of notices. Pure."""

from liaison.i18n import N_

KIND_NAMES = {"information": N_("Information notice"), "referral": N_("Referral")}
PURPOSE_NAMES = {
    "information": N_("For information"),
    "comment": N_("For comment"),
    "action": N_("For action"),
    "response": N_("In response"),
}
PURPOSE_HINTS = {
    "information": N_("each agency acknowledges it"),
    "comment": N_("each agency answers with its views"),
    "action": N_("each agency answers what it did"),
}
CATEGORY_NAMES = {
    "wages": N_("Unpaid wages"),
    "support": N_("Maintenance of parents or children"),
    "injury": N_("Personal injury"),
    "other": N_("Other cause"),
}
"""案由 that are offered; add a line for one more. Any other short text is taken too."""
STATE_NAMES = {
    "draft": N_("Draft"),
    "sent": N_("Not acknowledged yet"),
    "acknowledged": N_("Acknowledged"),
    "accepted": N_("Accepted for handling"),
    "declined": N_("Not accepted"),
    "returned": N_("Returned for completion"),
    "answered": N_("Answered"),
    "closed": N_("Closed"),
}
LEAD_STATE_NAMES = STATE_NAMES | {"answered": N_("Feedback given")}
"""The same of a referral: an agency does not answer a lead, it tells what came of it."""
STATE_LOOKS = {
    "draft": ("", "pencil"),
    "sent": ("warn", "clock"),
    "acknowledged": ("brand", "check"),
    "accepted": ("brand", "check"),
    "declined": ("", "x"),
    "returned": ("warn", "rotate-ccw"),
    "answered": ("ok", "check"),
    "closed": ("", "circle-check"),
}
ACT_NAMES = {
    "opened": N_("Opened"),
    "acknowledged": N_("Acknowledged"),
    "answered": N_("Answered"),
    "offered": N_("Another date offered"),
    "agreed": N_("Other date agreed to"),
    "refused": N_("Other date refused"),
    "passed_on": N_("Passed on"),
    "corrected": N_("Corrected what was registered"),
    "accepted": N_("Accepted for handling"),
    "declined": N_("Not accepted"),
    "returned": N_("Returned for completion"),
    "supplemented": N_("Supplied what was missing"),
    "feedback": N_("Feedback on the result"),
    "agenda_item": N_("Put on an agenda"),
    "action_item": N_("Made an action item"),
}
DELIVERY_NAMES = {
    "sent": N_("Delivered"),
    "waiting": N_("On its way"),
    "sending": N_("On its way"),
    "deferred": N_("On its way"),
    "held": N_("Held back"),
    "refused": N_("Not delivered"),
    "bounced": N_("Not delivered"),
    "given_up": N_("Not delivered"),
    "superseded": N_("Not sent: it was dealt with before"),
}
NOT_DELIVERED = ("refused", "bounced", "given_up")


NOT_SENT = N_("This notice has not been sent.")
IS_CLOSED = N_("The agency that sent this has closed it: no answer is needed any more.")
ONLY_KNOWS = N_("Your agency was sent this to know of it: nothing is asked of it.")
IS_PASSED_ON = N_("Your agency has passed this on to %(agency)s, which answers it.")
