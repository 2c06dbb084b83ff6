"""A composer that needs no feature: it says what the row's params say. Shared by the tests and the worker process they start."""

from liaison.db import Session
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail

QUICK_WAITS = {"connect": 2.0, "reply": 2.0, "mail": 5.0, "rest": 10.0}
FROM = "Liaison <liaison@court.example>"


async def compose(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    params = mail.params
    if params.get("fails"):
        raise RuntimeError("a broken template")
    if params.get("silent"):
        return None
    return OutgoingMessage(
        to=mail.display_to,
        address=mail.address,
        mail_from=FROM,
        subject=f"Meeting {mail.id}",
        text=f"Mail {mail.id}\n" + "x" * int(params.get("size", 0)),
        html=f"<body><p>Mail {mail.id}</p></body>",
        thread=mail.thread,
        holds={"mail": mail.id},
    )


COMPOSERS = {"plain": one_by_one(compose)}
