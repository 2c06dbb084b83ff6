"""交接单 as a .docx to be signed and filed, in the mechanism's language. Pure; loads python-docx, so it is imported where it is made."""

from liaison.documents import sheet as papers
from liaison.documents.sheet import Facts, Grid, Heading, Text
from liaison.i18n import Words
from liaison.mechanisms.wording import ROLES
from liaison.meetings.values import decision_label
from liaison.succession.sheet_said import Sheet, contact_rows, titled


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
            (30, 26, 22, 32, 46),
        ),
        Heading(words._("2. Open action items of the agency")),
        Grid(
            [words._("Action item"), words._("Owner"), words._("Due date")],
            [
                [
                    titled(words, said, item),
                    item.owner.name if item.owner else nobody,
                    words.short_date(item.due_on, said.made_on) if item.due_on else none,
                ]
                for item in said.items
            ]
            or [[none, "", ""]],
            (92, 26, 38),
        ),
        *_also(words, said),
        Heading(words._("3. Next dates")),
        Text(
            "\n".join(
                words._("%(when)s: %(what)s", when=words.full_date(one.local_on), what=one.title) for one in said.coming
            )
            or none
        ),
        Heading(words._("4. The last decisions")),
        Text("\n".join(f"{decision_label(one)}　{one.text}" for one in said.decisions) or none),
        Facts(
            [(words._("Handed over by (signature)") + colon, ""), (words._("Taken over by (signature)") + colon, "")]
        ),
    ]


def _also(words: Words, said: Sheet) -> list[Text]:
    """What else passes: a line for each kind."""
    hidden = words._("an item that you may not read")
    lines = [
        kind.said(words, len(things)) + words._(": ") + words._(", ").join(one.text or hidden for one in things)
        for kind, things in said.passes
    ]
    return [Text("\n".join(lines))] if lines else []
