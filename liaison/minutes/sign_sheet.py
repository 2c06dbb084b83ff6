"""会签单: what the sheet says on which agencies sign one version of minutes. Pure, and in the mechanism's language."""

from datetime import datetime, timedelta

from liaison.accounts.viewer import Viewer
from liaison.countersigning.models import DocumentVersion
from liaison.countersigning.sheet import sheet_of
from liaison.documents.minutes import SignSheet
from liaison.i18n import Words
from liaison.minutes.models import Minutes
from liaison.minutes.paper import doc_no, is_issued, mark


def sign_sheet(words: Words, viewer: Viewer, minutes: Minutes, version: DocumentVersion) -> SignSheet:
    """The sheet for one version, filled with the newest word of each agency as far as the viewer may read it, and blank where an agency
    has still to sign. Needs signers, sign-offs and parts."""
    head = version.head
    starts = datetime.fromisoformat(head["local_start"])
    ends = starts + timedelta(minutes=head["duration_minutes"])
    number = doc_no(minutes.doc_no) if is_issued(minutes, version) else ""
    facts = [
        (words._("Minutes: "), mark(words, head)),
        (words._("Document number: "), number),
        (words._("Meeting: "), head["title"]),
        (words._("Time: "), words.full_span(starts, ends, named_zone=False)),
        (words._("Version: "), words._("version %(n)d", n=version.number)),
        (words._("Please sign by: "), words.full_date(version.due_on) if version.due_on else ""),
    ]
    notes = []
    if version.number != minutes.document.newest.number:
        notes.append(words._("There is a newer version of this text; this sheet is not signed any more."))
    elif version.silence_consents:
        notes.append(words._("As the agencies agreed, who says nothing until then is taken to agree."))
    return sheet_of(words, viewer, version, title=words._("Countersign sheet of the minutes"), facts=facts, notes=notes)
