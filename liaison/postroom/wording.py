"""Why a mail came to what it came to, worded for the officer who reads 来信 and for the one line that `liaison ingest` prints."""

from liaison.i18n import N_
from liaison.mail.parts import OVER_CAP

VERDICT_NAMES = {
    "applied": N_("Counted"),
    "stale": N_("Out of date"),
    "held": N_("Waits for an officer"),
    "ignored": N_("Ignored"),
}

REASONS = OVER_CAP | {
    "unreadable": N_(
        "It could not be taken in, however often that was tried: a fault of ours. Please read it in the mailbox."
    ),
    "answered": N_("The answer was counted."),
    "answered_by_address": N_(
        "An address answered that stands for several people or for an agency: the meeting's page shows it, and it counts for nobody."
    ),
    "repeated": N_("The same mail, or the same answer, came once more."),
    "refresh": N_("The invitation was asked for again and goes to the address that was invited."),
    "answered_enough": N_(
        "It asks for a mail, and its address has been sent as many of those today as are sent without a person."
    ),
    "bounced": N_("A mail server reports that a mail of ours did not arrive; it is marked where the person appears."),
    "progress": N_("The reply was kept as a progress note."),
    "done_asked": N_("The reply says that it is done: a link to confirm that was sent back."),
    "proposed": N_("The mail was entered as a proposed agenda item."),
    "unknown_audience": N_("It says who may know of it, and names an agency that is not a member."),
    "coded": N_("The reply with its reference code was counted."),
    "earlier_time": N_("It answers an earlier time of the meeting."),
    "older_answer": N_("A newer answer of the same person is there already."),
    "closed": N_("The meeting has begun, was held, or is off."),
    "ended": N_("The action item has ended already."),
    "counter": N_("Another time is proposed: an officer decides."),
    "delegated": N_("Somebody else is sent instead: an officer decides."),
    "other_sender": N_("It answers for somebody else than its sender, and nobody said that they may."),
    "unverified": N_("No mail server vouches for the sender."),
    "forged": N_("Our own mail server says that the sender is forged."),
    "uninvited": N_("Whoever answers was not asked to this meeting."),
    "unknown_uid": N_("It speaks of a meeting that this site does not know."),
    "newer_than_ours": N_("It answers a newer version of the meeting than was ever sent."),
    "unknown_answer": N_("The answer is none that calendars know."),
    "other_method": N_("The calendar in it is no answer, and calendars from outside change nothing here."),
    "no_method": N_("The calendar in it does not say what it wants."),
    "several_people": N_("Several people read this address: nobody can tell who answers."),
    "several_items": N_("It answers a mail about several things, and does not say which is meant."),
    "not_understood": N_("Its first line is no answer that can be counted."),
    "which_meeting": N_("Nobody can tell which meeting or mechanism it is about."),
    "not_permitted": N_("Its sender may not do this."),
    "refused_text": N_("The text is too long, or holds something that cannot be kept here."),
    "unknown_sender": N_("Nobody here has this address."),
    "used_code": N_("Its reference code is not valid any more."),
    "minutes_replaced": N_(
        "It answers a version of the minutes that was replaced: nothing was recorded, and its sender is told so. The agency still owes its word on the present version; what you know of it can be registered there."
    ),
    "proposal_replaced": N_(
        "It answers a version that was replaced: nothing was recorded, and its sender is told so. The agency still owes its word on the present one."
    ),
    "proposal_closed": N_(
        "What it answers had been put in force or withdrawn: nothing was recorded, and its sender is told so."
    ),
    "minutes_issued": N_(
        "The minutes it answers had been issued: nothing was recorded, and its sender is told so. If something in them is wrong, they are corrected by new minutes."
    ),
    "automatic": N_("An automatic mail: nobody wrote it."),
    "own_mail": N_("A mail of this site itself."),
    "report": N_("A report of a mail server that changes nothing."),
    "no_answer": N_("The calendar in it answers for nobody."),
}

DOOR_NAMES = {
    "imap": N_("fetched from a mailbox"),
    "lmtp": N_("delivered by the mail server"),
    "maildir": N_("fetched from a mail directory"),
    "stdin": N_("taken in by hand"),
}
