"""The papers of a meeting as they are laid out, in the mechanism's language. Pure; loads python-docx, so it is imported where a paper is made."""

from collections.abc import Callable, Sequence

from liaison.documents import filling, letter, name_cards, sheet
from liaison.documents.letter import Letter, Table
from liaison.documents.sheet import Facts, Grid, Heading, Sheet, Text
from liaison.i18n import N_, Words
from liaison.meetings.wording import LAST_ACTIONS, PURPOSE_NAMES
from liaison.paperwork import fields
from liaison.paperwork.models import INVITATION, LETTER, NOTICE
from liaison.paperwork.wording import Asked, Guest, Invited, Item, Said, agenda_lines

_TITLES = {
    LETTER: N_("Letter on holding the %(title)s"),
    NOTICE: N_("Notice of the %(title)s"),
    INVITATION: N_("Invitation to the %(title)s"),
}
_LEADS = {
    LETTER: N_("%(basis)s%(agency)s will hold the %(title)s on %(day)s. The particulars are as follows:"),
    NOTICE: N_("%(basis)s%(agency)s will hold the %(title)s on %(day)s. Please note the following:"),
    INVITATION: N_("%(basis)s%(agency)s will hold the %(title)s on %(day)s, to which you are cordially invited:"),
}
_CLOSINGS = {
    LETTER: N_("With kind regards."),
    NOTICE: N_("This is to give notice."),
    INVITATION: N_("We look forward to your coming."),
}
_SLIP_WIDTHS, _SIGN_IN_WIDTHS, _SUMMARY_WIDTHS = (30, 44, 40, 42), (12, 46, 30, 42, 26), (12, 42, 26, 36, 34, 26)
_LEAST_LINES = 3


def laid_out(kind: str, words: Words, said: Said, to: Sequence[Asked], template: bytes | None) -> bytes:
    """One paper as a file: by the standard, or by the agency's own template."""
    if template is not None:
        return filling.fill(template, fields.values(words, said, to), fields.lists(said))
    if kind == "notice":
        return letter.to_docx(notice(words, said, to))
    if kind == "name_cards":
        return name_cards.to_docx(cards(said))
    sheets: dict[str, Callable[[Words, Said], Sheet]] = {
        "slips": summary_of_slips,
        "agenda": agenda,
        "sign_in": sign_in_sheet,
        "script": script,
    }
    return sheet.to_docx(sheets[kind](words, said))


def invited(words: Words, said: Said, to: Invited) -> bytes:
    """The letter to one guest as a file, by the standard."""
    return letter.to_docx(invitation(words, said, to))


def notice(words: Words, said: Said, to: Sequence[Asked]) -> Letter:
    """The notice as a letter in letter form, to these agencies, with the slip they return."""
    parts = _particulars(words, said)
    if to:
        parts.append((words._("Who is asked to come"), "\n".join(_who(words, one) for one in to)))
    if said.replies_due:
        how = words._(
            "Please return the slip to %(agency)s by %(day)s%(mail)s.",
            agency=said.host,
            day=said.replies_due,
            mail=words._(" (mail: %(mail)s)", mail=said.mail) if said.mail else "",
        )
        parts.append((words._("Other matters"), how))
    agencies = words._(", ").join(one.agency for one in to)
    addressed = words._("%(agencies)s:", agencies=agencies) if to else ""
    attached = slip(words, said, max((one.seats for one in to), default=_LEAST_LINES))
    return _letter(words, said, said.genre, parts, addressed, [attached])


def invitation(words: Words, said: Said, to: Invited) -> Letter:
    """邀请函: the same to one guest from outside, whom no mail reaches. Nobody else is named in it, and no slip goes with it."""
    parts = _particulars(words, said)
    if to.answer_by and said.contact:
        how = words._("Please let us know by %(day)s whether you will come.", day=to.answer_by)
        parts.append((words._("Other matters"), how))
    return _letter(words, said, INVITATION, parts, words._("%(agencies)s:", agencies=to.addressed), [])


def slip(words: Words, said: Said, seats: int) -> Table:
    """The slip that an agency fills in by hand."""
    return Table(
        title=words._("Slip: %(title)s", title=said.title),
        heads=[words.pgettext("person", "Name"), words._("Job title"), words._("Mobile phone"), words._("Remarks")],
        rows=[["", "", "", ""]] * max(seats, _LEAST_LINES),
        widths=_SLIP_WIDTHS,
        before=[words._("Agency (seal): ")],
    )


def summary_of_slips(words: Words, said: Said) -> Sheet:
    """回执汇总: who comes from which agency, and whose slip is missing."""
    rows = [
        [str(n), one.agency, one.name, one.job_title, one.phone, one.answer] for n, one in enumerate(said.guests, 1)
    ]
    missing = [one.agency for one in said.asked if not one.returned]
    parts: list[Heading | Text | Facts | Grid] = [
        Facts([(words._("Time: "), said.when), (words._("Place: "), said.location)])
    ]
    parts.append(Grid([*_head(words), words._("Mobile phone"), words._("Answer")], rows, _SUMMARY_WIDTHS))
    if missing:
        parts.append(Text(words._("Slips not returned yet: %(agencies)s.", agencies=words._(", ").join(missing))))
    return Sheet(words._("%(title)s: summary of slips", title=said.title), parts)


def agenda(words: Words, said: Said) -> Sheet:
    """The agenda as it lies on the table."""
    facts = [(words._("Time: "), said.when), (words._("Place: "), said.location), (words._("Host: "), said.host)]
    if said.chair:
        facts.append((words._("Chair: "), said.chair))
    first = [["1", words._(LAST_ACTIONS), "", ""]] if said.begins_with_actions else []
    rows = first + [
        [str(n), item.title, item.presenter or item.agency, str(item.minutes or "")]
        for n, item in enumerate(said.items, len(first) + 1)
    ]
    heads = [words._("No."), words._("Item"), words._("Presenter"), words.pgettext("column", "Minutes")]
    parts: list[Heading | Text | Facts | Grid] = [Facts(facts), Grid(heads, rows, (14, 92, 32, 18))]
    if said.open_actions:
        columns = [words._("Action item"), words._("Owner"), words._("Due date"), words._("Carried over")]
        parts += [
            Heading(words._(LAST_ACTIONS)),
            Grid(columns, [list(row) for row in said.open_actions], (70, 36, 30, 20)),
        ]
    return Sheet(words._("%(title)s: agenda", title=said.title), parts)


def sign_in_sheet(words: Words, said: Said) -> Sheet:
    """签到表: everybody who is expected, and empty lines for who else comes."""
    rows = [[str(n), one.agency, one.name, one.job_title, ""] for n, one in enumerate(_coming(said), 1)]
    rows += [[str(n), "", "", "", ""] for n in range(len(rows) + 1, len(rows) + 1 + _LEAST_LINES)]
    grid = Grid([*_head(words), words._("Signature")], rows, _SIGN_IN_WIDTHS, row_height=12)
    facts = Facts([(words._("Time: "), said.when), (words._("Place: "), said.location)])
    return Sheet(words._("%(title)s: sign-in sheet", title=said.title), [facts, grid])


def script(words: Words, said: Said) -> Sheet:
    """主持词: what the chair says, from welcome to close, with room for what only they know."""
    people = words._(", ").join(dict.fromkeys(one.agency for one in _coming(said)))
    parts: list[Heading | Text | Facts | Grid] = [
        Text(words._("Ladies and gentlemen, colleagues,")),
        Text(words._("Today we hold the %(title)s%(ordinal)s.", title=said.title, ordinal=said.ordinal)),
    ]
    if people:
        parts.append(Text(words._("With us are colleagues of %(agencies)s. You are all welcome.", agencies=people)))
    lines = agenda_lines(words, said)
    if lines:
        parts.append(Text(words.ngettext("The meeting has %(n)d item.", "The meeting has %(n)d items.", len(lines))))
    standing = [Item(words._(LAST_ACTIONS), said.host)] if said.begins_with_actions else []
    for n, item in enumerate([*standing, *said.items], 1):
        purpose = words._(PURPOSE_NAMES[item.purpose]) if item.purpose else ""
        parts.append(Heading(words.numbered(n, item.title)))
        who = item.presenter or item.agency
        said_of = words._("%(who)s has the floor.", who=who) if who else words._("Let us turn to this item.")
        parts.append(Text(said_of + (words._(" (Purpose: %(purpose)s)", purpose=purpose) if purpose else "")))
        parts.append(Text(words._("Are there any remarks? … We agree as follows: …")))
    parts.append(Text(words._("That was our agenda. Thank you all; the meeting is closed.")))
    return Sheet(words._("%(title)s: words for the chair", title=said.title), parts)


def cards(said: Said) -> list[tuple[str, str]]:
    """A name and its agency for everybody who comes."""
    return [(one.name, one.agency) for one in _coming(said)]


def _particulars(words: Words, said: Said) -> list[tuple[str, str]]:
    """When, where, with whom, for whom and about what."""
    parts = [(words._("Time"), said.when), (words._("Place"), said.location or words._("to be announced"))]
    beside = ((words._("Co-hosted by"), said.co_hosts), (words._("For"), said.audience_groups))
    parts += [one for one in beside if one[1]]
    if items := agenda_lines(words, said):
        parts.append((words._("Agenda"), "\n".join(items)))
    return parts


def _letter(
    words: Words, said: Said, genre: str, parts: Sequence[tuple[str, str]], to: str, attachments: Sequence[Table]
) -> Letter:
    basis = words._("On the basis of %(agreement)s, ", agreement=said.agreement) if said.agreement else ""
    lead = words._(_LEADS[genre], basis=basis, agency=said.issuing_agency, title=said.title, day=said.day)
    contact = words._("(Contact: %(name)s%(phone)s)", name=said.contact, phone=_phone(words, said.phone))
    return Letter(
        issuing_agency=said.issuing_agency,
        doc_no=said.doc_no,
        title=words._(_TITLES[genre], title=said.title),
        to=to,
        paragraphs=[
            ("", lead),
            *((words.numbered(n, heading), text) for n, (heading, text) in enumerate(parts, 1)),
            ("", words._(_CLOSINGS[genre])),
        ],
        date=words.date(said.dated_on),
        note=contact if said.contact else "",
        attachment_label=words._("Attachment: "),
        attachments=attachments,
    )


def _coming(said: Said) -> list[Guest]:
    return [one for one in said.guests if one.comes]


def _head(words: Words) -> list[str]:
    return [words._("No."), words._("Agency"), words.pgettext("person", "Name"), words._("Job title")]


def _who(words: Words, one: Asked) -> str:
    asked = one.requirement or words.ngettext("%(n)d person", "%(n)d people", one.seats)
    return words._("%(agency)s: %(request)s", agency=one.agency, request=asked)


def _phone(words: Words, phone: str) -> str:
    return words._(", phone: %(phone)s", phone=phone) if phone else ""
