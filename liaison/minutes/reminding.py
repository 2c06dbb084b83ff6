"""Reminding by hand the agencies that owe a sign-off: the mail with text and link once more, at most once a day each."""

from liaison.accounts.viewer import Viewer
from liaison.countersigning import writing
from liaison.countersigning.models import DocumentVersion, Signer
from liaison.countersigning.standing import standing_of
from liaison.db import Session
from liaison.errors import Conflict, NotPermitted
from liaison.i18n import N_
from liaison.minutes import telling
from liaison.minutes.models import Minutes
from liaison.minutes.permissions import NOT_YOURS, may_edit


async def remind(db: Session, viewer: Viewer, minutes: Minutes, version: DocumentVersion) -> list[Signer]:
    """提醒: mail those once more that have not answered this version, but who were reminded today already; the agencies that were mailed,
    each of which keeps when (`Signer.reminded_at`). Raises NotPermitted, Conflict (not the newest version, issued, nobody left to mail)."""
    meeting = minutes.meeting
    if not may_edit(viewer, meeting):
        raise NotPermitted(NOT_YOURS)
    document = minutes.document = await writing.lock(db, minutes.document)
    document.refuse_in_force()
    newest = document.newest
    if version.id != newest.id:
        raise Conflict(writing.NOT_NEWEST)
    if newest.circulated_at is None:
        raise Conflict(writing.NOT_CIRCULATED)
    owing = [one for one in newest.signers if one.agency_id in standing_of(newest).owes]
    if not owing:
        raise Conflict(N_("Every agency has answered."))
    today = db.clock.today(meeting.timezone)
    left = [one for one in owing if one.reminded_at is None or one.reminded_at.astimezone(meeting.zone).date() < today]
    if not left:
        raise Conflict(N_("Those who have not answered were reminded today already."))
    _, unreached = await telling.those_who_sign(db, minutes, newest, {one.agency_id for one in left})
    mailed = [one for one in left if one not in unreached]
    mails = await telling.ask_again(db, minutes, newest, {one.agency_id for one in mailed}, by=viewer.person_id or None)
    if not mails:
        raise Conflict(N_("No mail reaches those who have not answered. Please ask them another way."))
    for one in mailed:
        one.reminded_at = db.now()
    agencies = [one.agency_id for one in mailed]
    writing.audit_line(db, viewer, "remind", document, n=newest.number, agencies=agencies, mails=mails)
    return mailed
