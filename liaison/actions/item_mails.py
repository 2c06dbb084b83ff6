"""What all mails about one action item have in common: whom they come from, and the thread they stand in. Pure."""

from collections.abc import Mapping
from typing import Any

from liaison.actions.models import ActionItem
from liaison.mail.compose import worded
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
    return worded(
        mail,
        template,
        context,
        item.mechanism.sender(site),
        thread=f"action-{item.id}",
        audience=audience,
    )
