"""What every member agency is mailed when the end of a mechanism is fixed, or taken back: its liaison, deputies copied, else its own address."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.db import Session
from liaison.i18n import Words
from liaison.mail import outbox
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.queries import on_duty
from liaison.meetings.by_office import readers

KIND = "mechanism_end"


async def tell(db: Session, mechanism: Mechanism, said: Mapping[str, Any], *, by: int | None) -> int:
    """One mail an address, at once; how many. `said`: `on`, `reason` and `meetings` of an end, `was` of one taken back."""
    duty = await on_duty(db, mechanism, db.clock.today(mechanism.timezone))
    told, _ = readers(duty, db.settings.locale)
    for one in told:
        await outbox.enqueue(
            db,
            kind=KIND,
            about=f"mechanism:{mechanism.id}",
            address=one.address,
            display_to=f"{one.name} <{one.address}>",
            locale=one.locale,
            person_ids=one.person_ids,
            source_id=mechanism.id,
            params={**said, "copy": one.copy_only},
            once_key=f"{KIND}:{mechanism.id}:{mechanism.version}:{one.address}",
            created_by=by,
        )
    return len(told)


async def compose_end(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The mail as it was true when it was called for; none of an end that was taken back before it left, and the other way round."""
    query = select(Mechanism).where(Mechanism.id == mail.source_id).options(joinedload(Mechanism.lead_agency))
    mechanism = (await db.execute(query)).scalar_one()
    ends, said = "on" in mail.params, mail.params
    if ends != (mechanism.ended_on is not None):
        return None
    words = Words(mail.locale, mechanism.timezone, db.clock.today(mechanism.timezone))
    day = date.fromisoformat(said["on"] if ends else said["was"])
    context = {
        "words": words,
        "mechanism": mechanism,
        "ends": ends,
        "day": words.full_date(day),
        "short_day": words.short_date(day),
        "reason": said.get("reason"),
        "cancelled": said.get("meetings", 0),
        "is_copy": said.get("copy", False),
        "link": f"{db.settings.base_url}/mechanisms/{mechanism.id}",
        "site_name": db.settings.site_name,
    }
    return worded(mail, KIND, context, mechanism.sender(db.settings.mail_from), auto_submitted=True)


COMPOSERS = {KIND: one_by_one(compose_end)}
