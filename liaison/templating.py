"""Jinja environments, one per language, shared by pages and mails: StrictUndefined, html escaped, texts translated."""

from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.environment import TemplateModule
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from liaison.i18n import Words, translations
from liaison.paths import data_dir


def _is_html(name: str | None) -> bool:
    return name is None or name.endswith((".html", ".svg"))


def _escaped(value: Any) -> str:
    """`escape` for what stands on pages most: escaped already, or a number or plain word in which nothing is to be escaped."""
    if type(value) is Markup or (type(value) is str and value.isalnum()):
        return value
    return str(value) if type(value) is int else escape(value)


class _Template(Template):
    @classmethod
    def _from_namespace(
        cls, environment: Environment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace["escape"] = _escaped
        return super()._from_namespace(environment, namespace, globals)

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> TemplateModule:
        """A file of macros is made once a page, however many parts of the page import it: it sees what the page is given, and
        nothing of what an importer has set."""
        parts = vars.get("parts") if vars else None
        if parts is None:
            return super().make_module(vars, shared, locals)
        if self.name not in parts.macros:
            parts.macros[self.name] = super().make_module(vars, shared)
        made: TemplateModule = parts.macros[self.name]
        return made


class _Environment(Environment):
    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        words: Callable[[str], str] = self.globals["_"]  # type: ignore[assignment]
        return super()._generate(_Spoken(words).visit(source), name, filename, defer_init)


class _Spoken(NodeTransformer):
    """Translates fixed words while a template compiles: its environment speaks one language, and a page has hundreds of them."""

    def __init__(self, words: Callable[[str], str]) -> None:
        self.words = words

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        match self.generic_visit(node):
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))], kwargs=[]):
                return nodes.Const(self.words(text), lineno=node.lineno, environment=node.environment)
            case call:
                return call


@cache
def environment(locale: str) -> Environment:
    """The environment whose `_`, `ngettext` and `pgettext` speak `locale`; templates compile on first use and stay compiled."""
    env = _Environment(
        loader=FileSystemLoader(data_dir("templates")),
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    env.template_class = _Template
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    words = Words(
        locale, "UTC"
    )  # the same functions as in Python: %(n)d is known in plurals, and only given names are filled in
    env.globals.update({"_": words._, "gettext": words._, "ngettext": words.ngettext, "pgettext": words.pgettext})
    return env
