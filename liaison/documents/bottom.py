"""What stands at the bottom of the last page (版记, GB/T 9704-2012 7.4), wherever the text before it ends.

Word and LibreOffice have no such thing. A box lies on the page above its lower margin and moves no text; the last paragraph, to which it is
tied, is empty and as high as the box. Where that paragraph still finds room the box covers nothing; where it does not, both go to the next
page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

from liaison.documents.layout import BLACK, BODY, BOTH, LEFT, Paper, Type, rule, width_of, write

LINES: Final = Type(BODY, Pt(14))
SMALL: Final = Type(BODY, Pt(7))
"""A hash of 64 digits with its label on one line, also in a font that is wider than the one asked for."""
WIDTH, LOWER_EDGE = Mm(156), Mm(297 - 35)
_PITCH, _SMALL_PITCH, _RULE_PITCH = Pt(23), Pt(11), Pt(3)
_THICK, _THIN = 8, 6
"""0.35 mm and 0.25 mm, in eighths of a point."""
_BOX: Final = """<w:r {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1"
 allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="margin"><wp:posOffset>0</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV><wp:extent cx="{wide}" cy="{high}"/>
<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/><wp:docPr id="1" name="foot"/><wp:cNvGraphicFramePr/><a:graphic>
<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr>
<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>
<a:ln><a:noFill/></a:ln></wps:spPr><wps:txbx><w:txbxContent/></wps:txbx><wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"/>
</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"""


@dataclass(frozen=True, slots=True)
class Bottom:
    """What is said there: labels with their text, then the issuing agency and at the right the date, then small print; all may be empty."""

    lines: Sequence[tuple[str, str]]
    left: str
    right: str
    small: Sequence[str]


def at_the_bottom(paper: Paper, said: Bottom) -> None:
    """End the paper with this. The paragraph before should be kept with the next, so that no page holds nothing else."""
    high = _height(said)
    last = paper.paragraph(align=LEFT)
    last.paragraph_format.line_spacing = high
    ns = nsdecls("w", "wp", "a")
    box = parse_xml(_BOX.format(ns=ns, top=LOWER_EDGE - high, wide=WIDTH, high=high))
    last._p.append(box)
    content = next(box.iter(qn("w:txbxContent")))

    _rule(content, paper, _THICK)
    for label, text in said.lines:
        write(_paragraph(content, paper, hanging=width_of(label)), f"{label}{text}", LINES)
    if said.left or said.right:
        if said.lines:
            _rule(content, paper, _THIN)
        line = _paragraph(content, paper)
        line.paragraph_format.tab_stops.add_tab_stop(Length(WIDTH - LINES.size), WD_TAB_ALIGNMENT.RIGHT)
        write(line, said.left, LINES)
        line.add_run("\t")
        write(line, said.right, LINES)
    if said.small and (said.lines or said.left or said.right):
        _rule(content, paper, _THIN)
    for text in said.small:
        write(_paragraph(content, paper, pitch=_SMALL_PITCH), text, SMALL)
    _rule(content, paper, _THICK)


def _rule(content: object, paper: Paper, size: int) -> None:
    """As long as the text is wide, while what stands between rules is set in by a character."""
    line = _paragraph(content, paper, pitch=_RULE_PITCH)
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = None
    rule(line, "bottom", "single", size=size, colour=BLACK, space=0)


def _paragraph(content: object, paper: Paper, *, hanging: float = 0, pitch: Length = _PITCH) -> Paragraph:
    element = paper.document.add_paragraph()._p
    content.append(element)  # type: ignore[attr-defined]  # an lxml element of python-docx
    made = Paragraph(element, paper.document._body)
    made.alignment = BOTH if hanging else LEFT
    style = made.paragraph_format
    style.line_spacing_rule, style.line_spacing = WD_LINE_SPACING.EXACTLY, pitch
    style.space_before = style.space_after = Pt(0)
    style.left_indent, style.right_indent = Length(round(LINES.size * (1 + hanging))), LINES.size
    style.first_line_indent = Length(round(-LINES.size * hanging)) if hanging else None
    return made


def _height(said: Bottom) -> Length:
    """Rather a line too high than one too low: what is too high begins further down."""
    room = WIDTH / LINES.size - 2.5
    lines = sum(_lines(text, room - width_of(label)) for label, text in said.lines)
    lines += _lines(f"{said.left}  {said.right}", room) if said.left or said.right else 0
    small = sum(_lines(text, (WIDTH - 2 * LINES.size) / SMALL.size, narrow=0.65) for text in said.small)
    return Length(_PITCH * lines + _SMALL_PITCH * small + (_RULE_PITCH + Pt(1)) * 4)


def _lines(text: str, room: float, *, narrow: float = 0.5) -> int:
    wide = sum(narrow if one.isascii() else 1 for one in text)
    return -int(-wide * 1.04 // room)
