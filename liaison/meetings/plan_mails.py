"""The mail of an annual plan: all of it the first time, afterwards what changed. Each agency is told of the days on which it is a member."""

from datetime import date

from sqlalchemy import select

from liaison.db import Session
from liaison.i18n import Words
from liaison.mail.compose import worded
from liaison.mail.delivery import one_by_one
from liaison.mail.message import OutgoingMessage
from liaison.mail.models import OutboxMail
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.meetings.plan_lines import PROVISIONAL, PlanLine, changes, seen_on
from liaison.meetings.plan_models import SentPlan

KIND = "annual_plan"


async def annual_plan_mail(db: Session, mail: OutboxMail) -> OutgoingMessage | None:
    """The dates of the year, or what changed in them; None where that is nothing for these agencies."""
    sent = await db.get(SentPlan, mail.source_id)
    if sent is None:
        return None
    mechanism = await db.get_one(Mechanism, sent.mechanism_id)
    members = [m for m in await mechanisms.members(db, mechanism.id) if m.agency_id in mail.params["agency_ids"]]
    words = Words(mail.locale, mechanism.timezone)

    def is_member(day: date) -> bool:
        return any(member.is_member_on(day) for member in members)

    lines = seen_on([PlanLine.from_json(one) for one in sent.lines], is_member)
    told = []
    if not mail.params["full"]:
        query = select(SentPlan.lines).where(
            SentPlan.mechanism_id == sent.mechanism_id, SentPlan.year == sent.year, SentPlan.number == sent.number - 1
        )
        before = seen_on([PlanLine.from_json(one) for one in (await db.execute(query)).scalar_one()], is_member)
        told = changes(before, lines, db.clock.today(mechanism.timezone))
    if not (told or (lines and mail.params["full"])):
        return None
    context = {
        "words": words,
        "mechanism": mechanism,
        "agency": mail.params["agency"],
        "year": sent.year,
        "full": mail.params["full"],
        "lines": lines if mail.params["full"] else [],
        "changes": [change.said(words) for change in told],
        "provisional": any(line.state == PROVISIONAL for line in lines),
        "url": f"{db.settings.base_url}/mechanisms/{mechanism.id}/plan?year={sent.year}",
        "site_name": db.settings.site_name,
    }
    return worded(mail, KIND, context, mechanism.sender(db.settings.mail_from))


COMPOSERS = {KIND: one_by_one(annual_plan_mail)}
