"""Why a mail is late, was refused or is left alone: each reason code worded for the officer who reads the meeting's page."""

from collections.abc import Callable

from liaison.addresses import ADDRESS_PROBLEMS
from liaison.i18n import N_

REASONS = ADDRESS_PROBLEMS | {
    "mailbox_unknown": N_("The receiving server does not know this address."),
    "mailbox_disabled": N_("This mailbox is closed."),
    "mailbox_full": N_("The mailbox is full."),
    "mailbox_busy": N_("The mailbox cannot be reached at the moment."),
    "domain_unknown": N_("The part after the @ leads to no mail server."),
    "sender_refused": N_("The server does not accept our sender address."),
    "rejected_as_spam": N_("The server refused the content of the mail."),
    "not_permitted": N_("The receiving server does not permit our mail."),
    "too_large": N_("The mail is too large for the receiving server."),
    "refused": N_("The receiving server refused the mail."),
    "server_busy": N_("The server is busy and asks us to try later."),
    "server_full": N_("The server has no room at the moment."),
    "strange_answer": N_("The server gave an answer that is no mail protocol."),
    "connection_lost": N_("The connection broke off before the mail was handed over."),
    "too_slow": N_("The server took too long."),
    "no_answer_after_data": N_("The server took the mail but did not confirm it; it may arrive twice."),
    "cannot_connect": N_("The mail server cannot be reached."),
    "server_not_found": N_("The mail server's name cannot be found."),
    "greeting_refused": N_("The mail server does not want to talk to us."),
    "tls_failed": N_("No safe connection to the mail server: its certificate is wrong, or it offers no encryption."),
    "sign_in_refused": N_("The mail server refuses our user name or password."),
    "mail_dir_unwritable": N_("The mail directory cannot be written."),
    "compose_failed": N_("The mail could not be composed; the operator's log says why."),
    "no_such_kind": N_("This version of the program does not know this kind of mail."),
    "worker_failed": N_("The program failed while it was sending; it tries again."),
    "nothing_to_say": N_("There was nothing left to tell."),
    "newer_mail": N_("A newer mail says it all."),
    "given_up_by_hand": N_("An operator gave it up."),
    "restored": N_("Held after a restore until an operator releases it."),
}


def worded(reason: str | None, gettext: Callable[[str], str]) -> str:
    """The reason in the reader's language; the bare code for one this version does not know, nothing for none."""
    return gettext(REASONS[reason]) if reason in REASONS else reason or ""
