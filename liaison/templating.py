"""Jinja environments, one per language, shared by pages and mails: StrictUndefined, html escaped, texts translated."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from liaison.i18n import Words, translations
from liaison.paths import data_dir


def _is_html(name: str | None) -> bool:
    return name is None or name.endswith((".html", ".svg"))


@cache
def environment(locale: str) -> Environment:
    """The environment whose `_`, `ngettext` and `pgettext` speak `locale`; templates compile on first use and stay compiled."""
    env = Environment(
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
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    words = Words(
        locale, "UTC"
    )  # the same functions as in Python: %(n)d is known in plurals, and only given names are filled in
    env.globals.update({"_": words._, "gettext": words._, "ngettext": words.ngettext, "pgettext": words.pgettext})
    return env
