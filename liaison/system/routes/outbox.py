"""The operator's outbox: what became of each mail, and what is done by hand."""

import re
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.i18n import N_
from liaison.mail import outbox, reasons
from liaison.mail.models import OutboxMail
from liaison.meetings.showing import DELIVERY_NAMES
from liaison.system import letter, queries
from liaison.web.confirming import confirm_page
from liaison.web.forms import Form, row_id
from liaison.web.pages import AnyRequest, page, see_other, settings_of, words_of

Db = NamedDependency[Session]
Operator = NamedDependency[Viewer]
Id = FromPath[int]
PAGE = 50
_LINK = re.compile(r"https?://[^\s/]+(/r/[\w.-]+)")
"""The mailed links of a text, without their host: in the demo they open here, whatever address it is reached by."""
KINDS = {
    "sign_in": N_("Sign-in link"),
    "meeting": N_("Meeting notice"),
    "meeting_reminder": N_("Reminder"),
    "designation": N_("Change of liaison"),
    "liaison_changed": N_("Change of liaison"),
    "mechanism_end": N_("End of a mechanism"),
    "reader": N_("Reader of a mechanism"),
    "handover": N_("Handover"),
    "annual_plan": N_("Annual plan"),
    "reminders": N_("Reminders of the day"),
    "confirm_done": N_("Link to confirm that an item is done"),
    "counter_declined": N_("A proposed time is not taken"),
    "answered_too_late": N_("A reply to minutes that came too late"),
    "agenda_item": N_("An agenda item returned or deferred"),
    "time_poll": N_("Which time suits"),
    "extension": N_("Another date for an action item"),
    "action_date": N_("A due date corrected"),
    "action_handed": N_("An action item handed over"),
    "action_closing": N_("An action item closed or sent back"),
    "action_reminder": N_("Reminder of an action item"),
    "action_escalation": N_("A word to the own leader"),
    "notice_escalation": N_("A word to the own leader"),
    "minutes_circulated": N_("Minutes to be signed"),
    "minutes_word": N_("An agency's word on minutes"),
    "minutes_host": N_("News of minutes for the host"),
    "minutes_issued": N_("Issued minutes, sent"),
    "proposal_circulated": N_("Agreement or new member to be signed"),
    "proposal_word": N_("An agency's word on an agreement or new member"),
    "proposal_lead": N_("News of an agreement or new member for the lead"),
    "proposal_outcome": N_("Agreement or new member in force, or withdrawn"),
    "notice": N_("Information notice or referral"),
    "notice_news": N_("News of a notice or referral"),
    "notice_closed": N_("A notice or referral closed"),
}
TAGS = {
    "sent": "ok",
    "deferred": "warn",
    "held": "warn",
    "refused": "bad",
    "bounced": "bad",
    "given_up": "bad",
} | dict.fromkeys(("waiting", "sending", "superseded"), "")


@post("/system/pause")
async def pause(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """All mail waits, or goes out again."""
    form = await Form.read(request)
    if form.raw("on") == "1":
        await outbox.pause(db, operator)
    else:
        await outbox.resume(db, operator)
    return see_other("/system/outbox")


@get("/system/outbox")
async def index(
    request: AnyRequest, db: Db, operator: Operator, show: FromQuery[str] = "", before: FromQuery[str] = ""
) -> Response[Any]:
    """The mails of one filter: what was not delivered or still has to go where there is any, else all. What still has to go is a
    queue, its oldest mail first; the others begin with the newest."""
    counts = await queries.counts_by_filter(db)
    chosen = show if show in queries.FILTERS else queries.needing_attention(counts)
    states = queries.FILTERS[chosen][1]
    waits = chosen in ("open", "held")
    beyond = row_id(before) if before else None
    found = await outbox.queue(db, states=states, oldest_first=waits, beyond=beyond, limit=PAGE + 1)
    mails = found[:PAGE]
    words = words_of(request)
    return page(
        request,
        "system/outbox.html",
        nav="system",
        mails=mails,
        shown=chosen,
        oldest_first=waits,
        filters={name: words._(label) for name, (label, _) in queries.FILTERS.items()},
        counts=counts,
        condition=await queries.site_status(db),
        next_url=f"/system/outbox?show={chosen}&before={mails[-1].id}" if len(found) > PAGE else None,
        first=not before,
        state_names=DELIVERY_NAMES,
        kind_names={name: words_of(request)._(label) for name, label in KINDS.items()},
        tags=TAGS,
        reason=lambda code: reasons.worded(code, words._),
    )


@get("/system/outbox/{mail_id:int}")
async def mail(request: AnyRequest, db: Db, operator: Operator, mail_id: Id) -> Response[Any]:
    """One mail: what became of it, and how it reads."""
    row = await queries.mail(db, mail_id)
    shows = settings_of(request).demo
    shown = letter.letter_of(row.body, show_links=shows) if row.body and _may_read(operator, row) else None
    response = page(
        request,
        "system/mail.html",
        nav="system",
        mail=row,
        people=await queries.people_of(db, mail_id),
        letter=shown,
        links=list(dict.fromkeys(_LINK.findall(shown.text))) if shown is not None and shows else [],
        is_closed=not _may_read(operator, row),
        links_masked=not shows,
        state_names=DELIVERY_NAMES,
        kind_names={name: words_of(request)._(label) for name, label in KINDS.items()},
        tags=TAGS,
        reason=lambda code: reasons.worded(code, words_of(request)._),
    )
    response.headers["Content-Security-Policy"] = PAGE_WITH_FRAME
    return response


PAGE_WITH_FRAME = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of every page, and the mail inside it."""


@get("/system/outbox/{mail_id:int}/letter")
async def show_letter(request: AnyRequest, db: Db, operator: Operator, mail_id: Id) -> Response[str]:
    """The mail's html as the recipient sees it, shut off from everything: shown in the frame of its page."""
    row = await queries.mail(db, mail_id)
    reads = row.body is not None and _may_read(operator, row)
    html = letter.letter_of(row.body or b"", show_links=settings_of(request).demo).html if reads else ""
    return Response(html, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": letter.CSP})


def _may_read(operator: Viewer, row: OutboxMail) -> bool:
    """What a mail says to some agencies only is not told to the operator by being that."""
    return row.audience is None or operator.agency_id in row.audience


@post("/system/outbox/release-all")
async def release_all(request: AnyRequest, db: Db, operator: Operator) -> Response[Any]:
    """Let all held mails go, once their number was confirmed."""
    form = await Form.read(request)
    if not form.ticked("confirmed"):
        return confirm_page(
            request,
            nav="system",
            question=N_(
                "%(count)s held mails then go out, among them perhaps some that went out before the restore. Let them go?"
            ),
            button=N_("Let them go"),
            action="/system/outbox/release-all",
            back="/system/outbox?show=held",
            hidden={"count": form.raw("count")},
            count=form.raw("count"),
        )
    await outbox.release_all(db, operator, count=form.whole("count") or 0)
    return see_other("/system/outbox")


@post("/system/outbox/{mail_id:int}/retry")
async def retry(request: AnyRequest, db: Db, operator: Operator, mail_id: Id) -> Response[Any]:
    """Try a mail again now."""
    await outbox.retry(db, operator, mail_id)
    return see_other(f"/system/outbox/{mail_id}")


@post("/system/outbox/{mail_id:int}/release")
async def release(request: AnyRequest, db: Db, operator: Operator, mail_id: Id) -> Response[Any]:
    """Let a held mail go."""
    await outbox.release(db, operator, mail_id)
    return see_other(f"/system/outbox/{mail_id}")


@post("/system/outbox/{mail_id:int}/give-up")
async def give_up(request: AnyRequest, db: Db, operator: Operator, mail_id: Id) -> Response[Any]:
    """Do not try a mail any more."""
    await outbox.give_up(db, operator, mail_id)
    return see_other(f"/system/outbox/{mail_id}")


handlers = [pause, index, mail, show_letter, release_all, retry, release, give_up]
