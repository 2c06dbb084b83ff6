"""交接单 as a .docx to be signed and filed, in the mechanism's language. Pure; loads python-docx, so it is imported where it is made."""

from liaison.documents import sheet as papers
from liaison.documents.sheet import Facts, Grid, Heading, Text
from liaison.i18n import Words
from liaison.mechanisms.wording import ROLES
from liaison.meetings.values import decision_label
from liaison.succession.sheet_said import Sheet, contact_rows, owner_of, passing_lines, titled


def laid_out(words: Words, said: Sheet) -> bytes:
    """The sheet as a file."""
    return papers.to_docx(papers.Sheet(words._("Handover sheet"), parts(words, said)))


def parts(words: Words, said: Sheet) -> list[Heading | Text | Facts | Grid]:
    """Its parts in their order, and lines to sign on."""
    term, handover = said.term, said.handover
    nobody, none = words._("to be named"), words._("none")
    colon = words._(": ")
    facts = [
        (words._("Mechanism") + colon, term.mechanism.name),
        (words._("Agency") + colon, term.agency.name),
        (words._("Role") + colon, words._(ROLES[term.role])),
        (words._("Leaves") + colon, term.person.name),
        (words._("Takes over") + colon, handover.to_person.name if handover else nobody),
        (words._("On") + colon, words.date(handover.starts_on) if handover else nobody),
    ]
    if said.agreement is not None:
        number = words._(" (%(doc_no)s)", doc_no=said.agreement.doc_no) if said.agreement.doc_no else ""
        facts.append((words._("Agreement") + colon, said.agreement.title + number))
        if said.agreement.review_on:
            facts.append((words._("To be reviewed on") + colon, words.date(said.agreement.review_on)))
    return [
        Facts(facts),
        Heading(words._("1. Contacts of the member agencies")),
        Grid(
            [
                words._("Agency"),
                words._("Role"),
                words.pgettext("person", "Name"),
                words._("Phone"),
                words._("Mail address"),
            ],
            contact_rows(words, said),
            (22, 21, 17, 36, 60),
        ),
        Heading(words._("2. Open action items of the agency")),
        Grid(
            [words._("Action item"), words._("Owner"), words._("Due date")],
            [
                [
                    titled(words, said, item),
                    owner_of(words, item),
                    words.short_date(item.due_on, said.made_on) if item.due_on else none,
                ]
                for item in said.items
            ]
            or [[none, "", ""]],
            (84, 28, 44),
        ),
        Heading(words._("3. What else passes to the successor")),
        Facts([("", line) for line in passing_lines(words, said) or [none]]),
        Heading(words._("4. Next dates")),
        Facts([(words.full_date(one.local_on) + colon, one.title) for one in said.coming] or [("", none)]),
        Heading(words._("5. The last decisions")),
        Facts([(f"{decision_label(one)}　", one.text) for one in said.decisions] or [("", none)]),
        Text(""),
        Grid(
            [words._("Handed over by (signature)"), words._("Taken over by (signature)"), words._("Date")],
            [["", "", ""]],
            (58, 58, 40),
            row_height=14,
        ),
    ]
