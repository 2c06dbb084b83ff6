"""Keep the catalogue of translated texts: extract, merge, compile, check.

    uv run tools/messages.py                 extract from liaison/ and templates/, add new texts to the .po, compile
    uv run tools/messages.py add FILE.json   put translations into the .po first (see below), then the same
    uv run tools/messages.py missing         print the untranslated texts as JSON, ready to be filled in and added
    uv run tools/messages.py prune           the same as without a word, and drop the texts that nothing uses any more
    uv run tools/messages.py --check         change nothing; exit 1 on missing, fuzzy, unused or stale texts (for CI)

FILE.json (or - for standard input) holds {"English text": "译文"}. A text with a context has the key
"context\\u0004English text"; a plural has the English singular as its key and a list of its forms as its value (Chinese
has one: ["%(n)d 人"]). An existing translation is overwritten. Any number of people may add at the same time: the whole
run holds a lock, and texts that nothing uses yet (a template still being written) are kept until `prune`.

In the sources: `_("text %(name)s", name=…)`, `ngettext("%(n)d person", "%(n)d people", n)`, `pgettext("context",
"text")`, `N_("text")` for a text written down here and translated elsewhere. Texts are literals, in English, without
HTML. A comment `# Translators: …` on the line before goes into the .po. In templates use the same functions;
`{% trans trimmed %}` works as well but is not needed.
"""

import contextlib
import fcntl
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE_DIR = ROOT / "locale"
DOMAIN = "liaison"
CATALOGUES = ("zh_CN",)
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
CONTEXT_MARK = "\x04"
HEADER = """\
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


class Unreadable(Exception):
    """A source file that cannot be read for texts at the moment."""


def sources() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "liaison").rglob("*.py")):
        yield path, "python"
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml"}:
            yield path, "jinja2.ext:babel_extract"


def extract(*, strict: bool) -> Catalog:
    """Every text of the sources. A file that somebody is in the middle of editing is passed over unless `strict`."""
    template = Catalog(domain=DOMAIN)
    for path, method in sources():
        options = {"trimmed": "true", "silent": "false"} if method != "python" else {}
        try:
            found = extract_from_file(method, path, KEYWORDS, ["Translators:"], options, strip_comment_tags=False)
            for _line, message, comments, context in found:
                template.add(message, auto_comments=comments, context=context)
        except Exception as error:  # a half-written file may raise whatever its parser raises
            if strict:
                raise Unreadable(f"{path.relative_to(ROOT)}: {error}") from error
            print(f"passed over {path.relative_to(ROOT)}: {error}", file=sys.stderr)
    return template


def po_path(locale: str) -> Path:
    return LOCALE_DIR / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(locale: str) -> Catalog:
    path = po_path(locale)
    if not path.exists():
        return Catalog(locale=locale, domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain=DOMAIN, ignore_obsolete=True)


def merge(old: Catalog, template: Catalog, locale: str, *, keep_unused: bool) -> Catalog:
    """A fresh catalogue with the texts of `template` and the translations of `old`; nothing is guessed (no fuzzy)."""
    new = Catalog(locale=locale, domain=DOMAIN)
    new.creation_date = new.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # no date may make two builds differ
    for message in texts(template):
        known = old.get(key_of(message), message.context)
        fitting = known is not None and bool(known.pluralizable) == bool(message.pluralizable)
        new.add(
            message.id,
            known.string if known is not None and fitting else None,
            auto_comments=message.auto_comments,
            user_comments=known.user_comments if known is not None else (),
            context=message.context,
            flags={flag for flag in (known.flags if known is not None else ()) if flag == "fuzzy"},
        )
    if keep_unused:
        for message in texts(old):
            if new.get(key_of(message), message.context) is None:
                new.add(message.id, message.string, user_comments=message.user_comments, context=message.context)
    return new


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def label(message: Message) -> str:
    if not message.context:
        return key_of(message)
    context: str | bytes = message.context  # read_mo leaves it as bytes
    return f"{context.decode() if isinstance(context, bytes) else context}{CONTEXT_MARK}{key_of(message)}"


def put(catalogue: Catalog, additions: dict[str, str | list[str]]) -> None:
    for key, translation in additions.items():
        context, _, text = key.rpartition(CONTEXT_MARK)
        known = catalogue.get(text, context or None)
        if isinstance(translation, list):
            identity = known.id if known is not None and known.pluralizable else (text, text)
            catalogue.delete(text, context or None)
            catalogue.add(identity, tuple(translation), context=context or None)
        elif known is not None and known.pluralizable:
            known.string = (translation,)
        elif known is not None:
            known.string = translation
        else:
            catalogue.add(text, translation, context=context or None)


def contents(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """What a program sees of a catalogue: compared instead of bytes, which differ between versions of Babel."""
    return {label(message): forms(message) for message in texts(catalogue) if all(forms(message)) and not message.fuzzy}


def missing(catalogue: Catalog) -> list[Message]:
    return [message for message in texts(catalogue) if not all(forms(message))]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def problems(catalogue: Catalog) -> list[str]:
    """What is wrong with the translations themselves: absent, fuzzy, or with other %(names)s than the English."""
    found = [f"not translated: {label(message)!r}" for message in missing(catalogue)]
    found += [f"fuzzy: {label(message)!r}" for message in texts(catalogue) if message.fuzzy]
    for message in texts(catalogue):
        if all(forms(message)):
            found += [f"{label(message)!r}: {error}" for error in message.check(catalogue)]
    return found


def po_bytes(catalogue: Catalog, locale: str) -> bytes:
    buffer = io.BytesIO()
    buffer.write(HEADER.format(locale=locale, plural_forms=catalogue.plural_forms).encode())
    write_po(buffer, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return buffer.getvalue().rstrip(b"\n") + b"\n"


def mo_bytes(catalogue: Catalog) -> bytes:
    """The compiled catalogue, without the texts that lack a translation: those are shown in English, not as nothing."""
    complete = Catalog(locale=catalogue.locale, domain=DOMAIN)
    complete.creation_date = complete.revision_date = catalogue.creation_date
    for message in texts(catalogue):
        if all(forms(message)) and not message.fuzzy:
            complete.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, complete)
    return buffer.getvalue()


def write(path: Path, content: bytes) -> None:
    """Replace a file as a whole, so that nobody ever reads half a catalogue."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(content)
    os.replace(fresh, path)


@contextlib.contextmanager
def locked() -> Iterator[None]:
    handle = os.open(LOCALE_DIR, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def update(additions: dict[str, str | list[str]], *, keep_unused: bool) -> int:
    template = extract(strict=not keep_unused)
    for locale in CATALOGUES:
        old = load(locale)
        put(old, additions)
        catalogue = merge(old, template, locale, keep_unused=keep_unused)
        write(po_path(locale), po_bytes(catalogue, locale))
        write(po_path(locale).with_suffix(".mo"), mo_bytes(catalogue))
        lacking = missing(catalogue)
        for message in lacking:
            print(f"{locale}: not translated: {label(message)!r}")
        print(f"{locale}: {len(texts(catalogue))} texts, {len(lacking)} not translated")
        for problem in problems(catalogue):
            if not problem.startswith("not translated"):
                print(f"{locale}: {problem}", file=sys.stderr)
    return 0


def check() -> int:
    template = extract(strict=True)
    found: list[str] = []
    for locale in CATALOGUES:
        old = load(locale)
        catalogue = merge(old, template, locale, keep_unused=False)
        used = {label(message) for message in texts(catalogue)}
        found += [f"{locale}: {problem}" for problem in problems(catalogue)]
        found += [f"{locale}: nothing uses {label(m)!r}" for m in texts(old) if label(m) not in used]
        compiled = po_path(locale).with_suffix(".mo")
        if not compiled.exists() or contents(read_mo(io.BytesIO(compiled.read_bytes()))) != contents(old):
            found.append(f"{locale}: the .mo is older than the .po; run tools/messages.py")
    for line in found:
        print(line)
    return 1 if found else 0


def show_missing() -> int:
    template = extract(strict=False)
    for locale in CATALOGUES:
        lacking = missing(merge(load(locale), template, locale, keep_unused=False))
        empty = {label(message): [""] if message.pluralizable else "" for message in lacking}
        print(json.dumps(empty, ensure_ascii=False, indent=1))
    return 0


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            with locked():
                return update({}, keep_unused=True)
        case ["add", name]:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
            with locked():
                return update(json.loads(text), keep_unused=True)
        case ["prune"]:
            with locked():
                return update({}, keep_unused=False)
        case ["missing"]:
            with locked():
                return show_missing()
        case ["--check"]:
            with locked():
                return check()
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
