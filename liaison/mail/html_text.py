"""The words of a mail that is html alone: pure, and going over it once, for the standard library's parser takes minutes of 100 kB of
open tags."""

import re
from html import unescape

_TAG = re.compile(r"[!?]|/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_LINES = re.compile("p|div|br|tr|li|table|blockquote|pre|ul|ol|hr|h[1-6]|section|article|header|footer")
_UNSEEN = frozenset(("style", "script", "title"))


def text_of_html(html: str) -> str:
    """A line for each block; what is quoted begins with `>`."""
    pieces: list[str] = []
    at = 0
    while (start := html.find("<", at)) >= 0:
        pieces.append(_plain(html[at:start]))
        tag = _TAG.match(html, start + 1)
        if tag is None:
            pieces.append("<")
            at = start + 1
            continue
        closing = "-->" if html.startswith("!--", start + 1) else ">"
        end = html.find(closing, start)
        name = (tag[1] or "").lower()
        if end >= 0 and name in _UNSEEN and html[start + 1] != "/":
            ends = re.compile(f"</{name}", re.IGNORECASE).search(html, end)
            at = ends.start() if ends else len(html)
        else:
            at = end + len(closing) if end >= 0 else len(html)
        if _LINES.fullmatch(name):
            pieces.append("\n> " if name == "blockquote" and html[start + 1] != "/" else "\n")
        elif name == "td":
            pieces.append(" ")
    pieces.append(_plain(html[at:]))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(text)) if text else ""
