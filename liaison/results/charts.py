"""Bars as SVG made of attributes and classes alone (the CSP allows no inline style), each with its figure as text. A table beside them says the
same, so the picture itself is one image with a label. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

HEIGHT, TOP, FOOT = 150, 24, 24
WIDE, WIDEST = 70.0, 14.0
"""Per cent of its share of the width that a bar takes, and of the whole width at most."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name below, its figure above; `is_open` of a period that is not over."""

    name: str
    value: Decimal | int
    text: str
    is_open: bool = False


def bars(label: str, of: Sequence[Bar]) -> Markup:
    """The bars side by side; it fits any width from 16 rem on. Every second name is left out on a phone where there are more than seven."""
    base = HEIGHT - FOOT
    most = max([Decimal(one.value) for one in of] or [Decimal(1)]) or Decimal(1)
    lines = [f'<line x1="0" x2="100%" y1="{y}" y2="{y}" class="sv-grid"/>' for y in (TOP, (TOP + base) // 2)]
    parts = [*lines, f'<line x1="0" x2="100%" y1="{base}" y2="{base}" class="sv-axis"/>']
    share = 100 / max(len(of), 1)
    width = min(share * WIDE / 100, WIDEST)
    for n, one in enumerate(of):
        middle = share * (n + 0.5)
        tall = float(Decimal(one.value) / most) * (base - TOP)
        look = "sv-now" if one.is_open else "sv-a"
        hidden = " sv-even" if len(of) > 7 and n % 2 else ""
        if tall > 0:
            parts.append(
                f'<rect x="{middle - width / 2:.2f}%" width="{width:.2f}%" y="{base - tall:.1f}" height="{tall:.1f}" rx="2" class="{look}">'
                f"<title>{escape(one.name)} {escape(one.text)}</title></rect>"
            )
        parts.append(f'<text x="{middle:.2f}%" y="{base - tall - 5:.1f}" text-anchor="middle" class="sv-v{hidden}">{escape(one.text)}</text>')  # fmt: skip
        parts.append(f'<text x="{middle:.2f}%" y="{HEIGHT - 7}" text-anchor="middle" class="sv-t{hidden}">{escape(one.name)}</text>')  # fmt: skip
    return Markup(f'<svg width="100%" height="{HEIGHT}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>')
