"""What every template keeps, read from its source and by compiling it. See tests/test_assets.py for what browsers load."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from liaison.i18n import LOCALES
from liaison.paths import data_dir
from liaison.templating import environment

TEMPLATES = data_dir("templates")
ALL = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
PAGES = [path for path in ALL if path.suffix == ".html" and "mail" not in path.relative_to(TEMPLATES).parts]
SAFE: dict[str, str] = {}
"""Templates that may say `|safe`, and why what they mark is safe. Everything else is escaped."""

ASKS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use"}


def name_of(path: object) -> str:
    return str(path).removeprefix(f"{TEMPLATES}/")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_template_compiles_in_both_languages(locale: str) -> None:
    compiled = environment(locale)
    for path in ALL:
        compiled.get_template(name_of(path))  # what is wrong with one names its file and line


def test_only_listed_templates_mark_text_as_safe() -> None:
    assert {name_of(path) for path in ALL if marks_as_safe(path)} == set(SAFE)


def test_every_hx_element_is_a_link_or_form_that_works_without_it() -> None:
    assert {name_of(path): wrong for path in PAGES if (wrong := Hx.wrong_in(path))} == {}


def test_the_root_of_a_swap_target_has_the_name_of_its_file() -> None:
    targets = set(re.findall(r'\bhx-target="#([a-z0-9-]+)"', " ".join(open_text(page) for page in PAGES)))
    wrong = {}
    for path in (each for each in PAGES if each.name.startswith("_")):
        stem = path.name.removeprefix("_").removesuffix(".html")
        first = re.search(r"<[a-z][^>]*>", "".join(plain(open_text(path))))
        for target in {stem, stem.replace("_", "-")} & targets:
            if first is None or f'id="{target}"' not in first.group():
                wrong[name_of(path)] = target
    assert wrong == {}


def marks_as_safe(path: object) -> bool:
    text = re.sub(r"{#.*?#}", "", open_text(path), flags=re.DOTALL)
    return re.search(r"\|\s*safe\b|{%-?\s*autoescape\s+false|Markup\(", text) is not None


def open_text(path: object) -> str:
    return (TEMPLATES / name_of(path)).read_text(encoding="utf-8")


def plain(text: str) -> Iterator[str]:
    """The template as markup: comments and tags of Jinja taken out, expressions replaced by a word."""
    text = re.sub(r"{#.*?#}|{%.*?%}", "", text, flags=re.DOTALL)
    yield re.sub(r"{{.*?}}", "x", text, flags=re.DOTALL)


class Hx(HTMLParser):
    """Finds elements that ask the server by htmx but are neither a link with an address nor a form (or a button of one)."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []

    @classmethod
    def wrong_in(cls, path: object) -> list[str]:
        """The wrong ones of one template."""
        parser = cls()
        parser.feed("".join(plain(open_text(path))))
        return parser.wrong

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        asks = [name for name in ASKS if name in given]
        if asks and not self.works_alone(tag, given, asks):
            self.wrong.append(self.get_starttag_text() or tag)
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def works_alone(self, tag: str, given: dict[str, str | None], asks: list[str]) -> bool:
        if tag == "a":
            return asks == ["hx-get"] and given.get("href") == given["hx-get"]
        if tag == "form":
            method = (given.get("method") or "get").lower()
            return asks == [f"hx-{method}"] and given.get("action") == given[asks[0]]
        inside_form = any(name == "form" for name, _ in self.open) or "form" in given
        return inside_form and tag in ("button", "input", "select", "textarea") and asks[0] in ("hx-get", "hx-post")
