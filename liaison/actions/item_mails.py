"""What all mails about one action item have in common: whom they come from, and the thread they stand in. Pure."""

from collections.abc import Mapping
from typing import Any

from liaison.actions.models import ActionItem
from liaison.mail.compose import render
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail


def item_mail(
    mail: OutboxMail,
    item: ActionItem,
    template: str,
    context: Mapping[str, Any],
    *,
    site: str,
    audience: frozenset[int] | None,
) -> OutgoingMessage:
    """The mail as it leaves, from the item's mechanism (`site`: the site's MAIL_FROM). Needs `mechanism`."""
    subject, text, html = render(template, context, mail.locale)
    from_name, mail_from = item.mechanism.sender(site)
    return OutgoingMessage(
        to=mail.display_to,
        address=mail.address,
        mail_from=mail_from,
        from_name=from_name,
        subject=subject,
        text=text,
        html=html,
        thread=f"action-{item.id}",
        audience=audience,
    )
