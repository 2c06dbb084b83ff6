"""The smallest parts of a page, which stand on it by the hundred: icons, tags, agencies, times. `macros.html` hands them on as `ui`.

Plain functions, because a Jinja macro costs several times its text; each escapes what it is given."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from liaison.directory.models import Agency, AgencyShown
from liaison.i18n import Words

_SLOTS = 9


@dataclass(frozen=True, slots=True)
class Parts:
    """One page's parts: in its reader's words, with the address of its icons."""

    icons: str
    words: Words
    macros: dict[str | None, Any] = field(default_factory=dict, repr=False)
    """The files of macros that the page has imported so far, by name (`templating`)."""

    def icon(self, name: str, cls: str = "") -> Markup:
        """One icon of the sprite, beside text that says the same."""
        return Markup(
            f'<svg class="icon {escape(cls)}" aria-hidden="true" focusable="false">'
            f'<use href="{escape(self.icons)}#{escape(name)}"/></svg>'
        )

    def tag(self, text: str, kind: str = "", icon_name: str = "") -> Markup:
        """A word in a box: a state, a kind."""
        icon = self.icon(icon_name, "s") if icon_name else ""
        return Markup(f'<span class="tag {escape(kind)}">{icon}{escape(text)}</span>')

    def slot_of(self, agency: Agency | AgencyShown, slot: int | None = None) -> int:
        """An agency's slot, 1 to 9, is its colour and shape: its place in the mechanism if given, else its place in the directory."""
        return ((slot or (agency.sort_order if agency.sort_order <= _SLOTS else agency.id)) - 1) % _SLOTS + 1

    def ag(self, agency: Agency | AgencyShown, slot: int | None = None, full: bool = False) -> Markup:
        """An agency in its colour."""
        name = agency.name if full else agency.short_name
        return Markup(f'<span class="ag ag-{self.slot_of(agency, slot)}">{escape(name)}</span>')

    # Times. A moment is an aware datetime, or a naive one of the zone given; `zone` is the meeting's own.

    def time(self, moment: date | datetime, text: str, zone: str | None = None) -> Markup:
        """Words for a moment, which programs can read too."""
        return Markup(f'<time datetime="{self.words.iso(moment, zone)}">{escape(text)}</time>')

    def day(self, value: date) -> Markup:
        """3月18日（周四）"""
        return self.time(value, self.words.short_date(value))

    def moment(self, value: datetime, zone: str | None = None) -> Markup:
        """3月18日（周四）14:30"""
        return self.time(value, self.words.moment(value, zone=zone), zone)

    def span(self, start: datetime, end: datetime | None = None, zone: str | None = None) -> Markup:
        """3月18日（周四）14:30—16:30"""
        return self.time(start, self.words.span(start, end, zone=zone), zone)

    def csrf_input(self, csrf: str) -> Markup:
        """What shows that a form is ours."""
        return Markup(f'<input type="hidden" name="_csrf_token" value="{escape(csrf)}">')

    def move(self, action: str, title: str, first: bool, last: bool) -> Markup:
        """Two buttons that move a row of a list up and down; Alt with an arrow key does the same."""
        up = self._step(action, "up", self.words._("Move up: %(title)s", title=title), first)
        down = self._step(action, "down", self.words._("Move down: %(title)s", title=title), last)
        return Markup(f'<span class="move">{up}{down}</span>')

    def _step(self, action: str, direction: str, label: str, is_end: bool) -> Markup:
        return Markup(
            f'<button class="btn quiet sm icon-only" formaction="{escape(action)}" name="direction" value="{direction}"'
            f' aria-label="{escape(label)}" aria-keyshortcuts="Alt+Arrow{direction.capitalize()}"{" disabled" if is_end else ""}>'
            f"{self.icon(f'chevron-{direction}', 's')}</button>"
        )
