"""Minutes as plain text, to be pasted into an agency's OA: indents are full-width spaces, a paragraph is a line, and no line ends in
blanks. Pure."""

from collections.abc import Iterator

from liaison.documents.minutes import Minutes, People

_INDENT = "　　"


def plain_text(said: Minutes) -> str:
    """The whole, from the mark to the foot."""
    blocks = [
        [said.draft],
        [said.mark, said.doc_no, "　　".join(filter(None, (said.agency, said.date)))],
        [said.title, said.subtitle],
        [*_indented(said.opening), *(line for one in said.sections for line in _indented(one.heading, one.text, one.small))],
        [*(line for one in said.people for line in _people(one)), *_indented(*said.remarks)],
        [
            *(label + text for label, text in said.foot.lines),
            "　　".join((said.foot.agency, said.foot.issued)) if said.foot.issued else "",
            *said.foot.small,
        ],
    ]  # fmt: skip
    lines = ("\n".join(line.rstrip() for line in block if line.strip()) for block in blocks)
    return "\n\n".join(filter(None, lines)) + "\n"


def _indented(*texts: str) -> Iterator[str]:
    for text in texts:
        yield from (_INDENT + line.strip() for line in text.splitlines())


def _people(people: People) -> Iterator[str]:
    before = people.label
    for agency, names in people.agencies:
        yield f"{_INDENT}{before}{agency}　{names}"
        before = "　" * len(people.label.rstrip())
