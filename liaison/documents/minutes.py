"""What minutes on paper say, every part already in words. Apart from how they are laid out, so that saying it loads no python-docx."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A section below its numbered heading: paragraphs, one a line. `small`: what stands in its place in small print, where its words
    are not for these readers."""

    key: str
    heading: str
    text: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Those who took part in one way: the label (出席) and, in their order, each agency with its names."""

    label: str
    agencies: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Foot:
    """版记: what stands between rules at the bottom of the last page. `lines` are labels (抄送) with their text."""

    lines: Sequence[tuple[str, str]]
    agency: str
    issued: str
    """The date of issue with its word; empty while the minutes are not issued."""
    small: Sequence[str]
    """What the text is checked by, in small print."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """A set of minutes, or an excerpt of it, as its readers may know it."""

    mark: str
    """The red mark ×××纪要."""
    draft: str
    """What marks a text that is not issued (征求意见稿); empty for what is."""
    doc_no: str
    agency: str
    date: str
    title: str
    subtitle: str
    """What stands below the title: which minutes these correct, or that this is an excerpt."""
    opening: str
    sections: Sequence[Section]
    people: Sequence[People]
    remarks: Sequence[str]
    """Paragraphs after the names."""
    foot: Foot


@dataclass(frozen=True, slots=True)
class SignSheet:
    """会签单: one row for each agency that signs, filled as far as it has said something."""

    title: str
    facts: Sequence[tuple[str, str]]
    heads: Sequence[str]
    """Agency, opinion, signature of the leader, seal, date."""
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]
