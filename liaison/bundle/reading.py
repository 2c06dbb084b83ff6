"""From a YAML text to an import bundle, knowing on which line everything stands.

Only what a bundle needs of YAML is read: mappings, lists and plain or quoted texts. Anchors, aliases and tags are refused, so that
no file grows while it is read; what a text means is decided by its field, never guessed from its looks (`14:30` stays a time)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from liaison.bundle.fields import BUNDLE, Field, Kind, value_of
from liaison.bundle.values import MOST_LINES, Bundle, BundleRefused, Entry, Line
from liaison.checks import Check
from liaison.errors import Message
from liaison.i18n import N_

MOST_BYTES = 1_000_000
MOST_NODES = 100_000
DEEPEST = 8
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file and the line it starts on: a text (None if empty), a list, or a mapping."""

    line: int
    value: "str | list[Node] | dict[str, Node] | None"


def bundle_of(content: bytes) -> Bundle:
    """The bundle that a YAML file holds. Raises BundleRefused with every line that is wrong."""
    root = parse(content)
    errors: list[Line] = []
    top = _entry(root, "", BUNDLE, errors)
    for section, field in (("agencies", "short_name"), ("people", "key"), ("mechanisms", "name")):
        errors += repeated(top.entries(section), field)
    if errors:
        raise BundleRefused(errors)
    sections = {name: tuple(top.entries(name)) for name in ("agencies", "offices", "people", "mechanisms")}
    return Bundle(**sections)


def repeated(entries: list[Entry], field: str) -> Iterator[Line]:
    """The entries that name the same thing a second time."""
    seen: dict[str, int] = {}
    for entry in entries:
        name = entry.text(field)
        if name and name in seen:
            yield entry.wrong(
                field, Message(N_("“%(name)s” is already on line %(line)s."), {"name": name, "line": seen[name]})
            )
        elif name:
            seen[name] = entry.lines.get(field, entry.line)


def parse(content: bytes) -> Node:
    """The file's tree. Raises BundleRefused for what is no YAML, too large, or uses more of YAML than a bundle may."""
    if len(content) > MOST_BYTES:
        raise _refused(None, N_("The file is too large: at most %(most)s MB."), most=f"{MOST_BYTES / 1_000_000:g}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refused(line, N_("The file must be written in UTF-8.")) from None
    try:
        return _Reader(text).root()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _refused(line, N_("This is not valid YAML (%(problem)s)."), problem=error.problem or "syntax") from None
    except (yaml.YAMLError, RecursionError):
        raise _refused(None, N_("This is not valid YAML (%(problem)s)."), problem="characters") from None


class _Reader:
    """Builds the tree from YAML's events, which never expand anything."""

    def __init__(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=_Loader)
        self.nodes = 0

    def root(self) -> Node:
        event = next(self.events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return Node(1, None)
        node = self.node(event, 1)
        next(self.events)  # the document's end
        if not isinstance(next(self.events), yaml.StreamEndEvent):
            raise _refused(None, N_("A bundle is one YAML document, not several."))
        return node

    def node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _refused(line, N_("Anchors and aliases (& and *) are not read. Please write the value out."))
        if event.tag is not None:
            raise _refused(line, N_("Tags (!) are not read. Please write the value alone."))
        if depth > DEEPEST or self.nodes > MOST_NODES:
            raise _refused(line, N_("This file is nested too deeply or holds too much."))
        if isinstance(event, yaml.ScalarEvent):
            plain_nothing = event.style is None and event.value in ("", "~", "null")
            return Node(line, None if plain_nothing else event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self.node(event, depth + 1))
            return Node(line, items)
        fields: dict[str, Node] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.node(event, depth + 1)
            if not isinstance(name.value, str):
                raise _refused(name.line, N_("A field needs a name."))
            if name.value in fields:
                raise _refused(name.line, N_("The field “%(name)s” is given twice."), name=name.value[:60])
            fields[name.value] = self.node(next(self.events), depth + 1)
        return Node(line, fields)


def _entry(node: Node, section: str, fields: Mapping[str, Field], errors: list[Line]) -> Entry:
    """One mapping as typed values; what is wrong is added to `errors`."""
    given = node.value if isinstance(node.value, dict) else {}
    if not isinstance(node.value, dict):
        errors.append(Line(node.line, section, Message(N_("Here fields with names are expected (name: value)."))))
    check = Check()
    values: dict[str, Any] = {}
    lines = {name: each.line for name, each in given.items()}
    entry = Entry(section, node.line, values, lines)
    for name in given:
        if name not in fields:
            known = ", ".join(fields)
            errors.append(
                entry.wrong(name[:60], Message(N_("There is no such field. Known are: %(known)s."), {"known": known}))
            )
    for name, field in fields.items():
        value = given.get(name)
        path = f"{section}.{name}" if section else name
        if field.kind is Kind.ENTRIES:
            if value is not None:
                values[name] = [_entry(each, path, field.fields, errors) for each in _items(value, path, errors)]
        elif field.kind is Kind.ENTRY:
            if value is not None and value.value is not None:
                values[name] = _entry(value, path, field.fields, errors)
        elif field.kind is Kind.NAMES:
            if value is not None:
                values[name] = [each.value for each in _items(value, path, errors) if _is_name(each, path, errors)]
        elif value is not None and isinstance(value.value, list | dict):
            errors.append(Line(value.line, path, Message(N_("Here one value is expected."))))
        elif (said := value_of(field, name, value.value if value else None, check)) is not None:  # type: ignore[arg-type]
            values[name] = said
        elif value is not None:
            values[name] = None
        if len(errors) > MOST_LINES:
            break
    if isinstance(node.value, dict):
        errors += [entry.wrong(name, message) for name, message in check.errors.items()]
    return entry


def _items(node: Node, path: str, errors: list[Line]) -> list[Node]:
    if node.value is None:
        return []
    if isinstance(node.value, list):
        return node.value
    errors.append(Line(node.line, path, Message(N_("Here a list is expected (lines that begin with “- ”)."))))
    return []


def _is_name(node: Node, path: str, errors: list[Line]) -> bool:
    if isinstance(node.value, str) and 0 < len(node.value) <= 120:
        return True
    errors.append(Line(node.line, path, Message(N_("Here one value is expected."))))
    return False


def _refused(line: int | None, msgid: str, **params: Any) -> BundleRefused:
    return BundleRefused([Line(line, "", Message(msgid, params))])
