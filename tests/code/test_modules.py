"""The three kinds of module keep apart (CONTRIBUTING.md): read from the source, so that a new file is held to it from its first line."""

import ast
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "liaison"
MOST_LINES = 400

DOORS = {"routes", "api"}
"""Modules or packages in every feature; the doors of the program itself, `worker.py`, `cli.py` and `web/`, lie outside the features."""

MACHINERY = {
    "archive/exporting.py": "writes archives out on the server itself",
    "archive/packing.py": "the ZIP of an archive, written in a thread",
    "archive/program.py": "the verifier, read as a file",
    "archive/verify.py": "a program of its own, which lies in every archive",
    "mail/connections.py": "kept connections to the mail server",
    "mail/smtp.py": "the conversation with the mail server",
    "mail/transport.py": "where mails go: a server, or files",
    "mail/delivery.py": "the worker's side of the outbox: claims, sends and settles in transactions of its own",
    "mail/sources/imap.py": "the conversation with an IMAP server, in a thread",
    "mail/sources/maildir.py": "files that a mail server delivers, in a thread",
    "mail/sources/lmtp.py": "the conversation with a mail server on this machine",
    "mail/sources/polling.py": "the worker's side of a mailbox: fetches, hands over, moves",
    "files/contents.py": "looks into files that were brought, in a thread",
    "files/packing.py": "a program of its own, which binds a pack in its limits",
    "files/running.py": "other programs, run with a limit of time",
    "files/store.py": "files among the papers, in a thread",
    "keeping/archive.py": "backup files: packed, checked, unpacked",
    "keeping/copies.py": "copies of the database, by SQLite and by the programs of PostgreSQL",
    "keeping/making.py": "makes backups and keeps their directory",
}
"""Neither rule nor verb: what touches sockets, files and lower parts of the database, and why it may."""

FEATURES = sorted(path.parent for path in PACKAGE.glob("*/__init__.py") if path.parent.name != "web")
MODULES = [
    path
    for feature in FEATURES
    for path in sorted(feature.rglob("*.py"))
    if path.relative_to(feature).parts[0].removesuffix(".py") not in DOORS
    and path.relative_to(PACKAGE).as_posix() not in MACHINERY
]
ALWAYS_RULES = [
    path for path in MODULES if path.parent.name == "calendaring" or path.name in ("models.py", "permissions.py")
]
NO_RULE = {
    "liaison.clock": "the clock",
    "liaison.site": "the database",
    "liaison.audit": "the database",
    "asyncio": "waiting",
    "time": "the clock",
    "pathlib": "files",
    "os": "files",
    "shutil": "files",
    "tempfile": "files",
    "subprocess": "other programs",
    "random": "chance",
}
NOT_ONLY_VERBS = {"queries.py", "mails.py"}
"""These also give SQL conditions (`visible_to`) and parts of a mail, which wait for nothing."""

CARRIES_THE_SESSION = {"db", "loading"}
"""First arguments of verbs: the session, or what an import has with it at hand."""

SLOW = (
    "liaison.documents.filling",
    "liaison.documents.agreement_paper",
    "liaison.documents.minutes_paper",
    "liaison.paperwork.annual",
    "liaison.one_page.paper",
    "liaison.paperwork.papers",
    "liaison.minutes.letter",
    "liaison.notices.letter",
    "liaison.results.report_paper",
    "liaison.documents.report_sheet",
    "liaison.documents.sheet_filling",
    "liaison.succession.letter",
    "liaison.succession.sheet_paper",
    "liaison.files.packing",
    "openpyxl",
    "pypdf",
    "alembic",
    "liaison.calendaring.other_regions",
    "liaison.mail.sources.imap",
    "liaison.mail.sources.lmtp",
)
"""Imported where they are used: each takes a tenth of a second or more, which no start should pay."""

SOURCES = sorted(path for folder in ("liaison", "tests", "tools") for path in (ROOT / folder).rglob("*.py"))
MODEL_PARTS = {"Base", "Versioned", "BigId", "UTCDateTime", "IdSet", "holds_id"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def wrong_in(paths: Iterable[Path], check: Callable[[Path], Collection[str]]) -> dict[str, Collection[str]]:
    """What a check finds wrong, by file; one walk, since a test for each of so many files costs more than to read them."""
    return {path.relative_to(ROOT).as_posix(): found for path in paths if (found := check(path))}


def is_command(path: Path) -> bool:
    """The command line: each command imports what it needs, so that `--help` is quick."""
    return path.parent.name == "cli" or path.name in ("cli.py", "console.py", "__main__.py")


def is_verb_module(tree: ast.Module) -> bool:
    """The one word in the source that tells verbs and queries from rules."""
    return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))


def impurities(tree: ast.Module) -> list[str]:
    """What in a rule module reaches for a session, a clock, a file or chance."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="liaison.db", names=names):
                found += [
                    f"line {node.lineno}: {name.name} of the database" for name in names if name.name not in MODEL_PARTS
                ]
            case ast.ImportFrom(module=str(module)) if module in NO_RULE and module != "time":
                found.append(f"line {node.lineno}: {NO_RULE[module]} ({module})")
            case ast.ImportFrom(module="liaison", names=names):
                found += [f"line {node.lineno}: {name.name}" for name in names if f"liaison.{name.name}" in NO_RULE]
            case ast.Import(names=names):
                found += [
                    f"line {node.lineno}: {NO_RULE[name.name]} ({name.name})" for name in names if name.name in NO_RULE
                ]
            case ast.Call(func=ast.Name(id="open")):
                found.append(f"line {node.lineno}: opens a file")
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if (owner, attribute) in CLOCKS:
                found.append(f"line {node.lineno}: {owner}.{attribute} reads the clock")
            case ast.Attribute(value=ast.Attribute(attr=owner), attr=attribute) if (owner, attribute) in CLOCKS:
                found.append(f"line {node.lineno}: {owner}.{attribute} reads the clock")
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                found.append(f"line {node.lineno}: waits")
            case _:
                pass
    return found


def wrong_verbs(path: Path, tree: ast.Module) -> list[str]:
    """Public functions of a verb module that do not take `db` first."""
    wrong = []
    for node in tree.body:
        match node:
            case ast.AsyncFunctionDef(name=name, args=args) if not name.startswith("_"):
                first = args.args[0].arg if args.args else None
                if first not in CARRIES_THE_SESSION:
                    wrong.append(f"line {node.lineno}: {name}({first}, …) must take db first")
            case ast.FunctionDef(name=name, args=args) if not name.startswith("_") and path.name not in NOT_ONLY_VERBS:
                if not (args.args and args.args[0].arg in CARRIES_THE_SESSION):
                    wrong.append(f"line {node.lineno}: {name} is a rule: it belongs into a module without async")
            case _:
                pass
    return wrong


def not_of_one_kind(path: Path) -> list[str]:
    """What in a module is neither of a rule nor of a verb, whichever of the two it is."""
    tree = tree_of(path)
    return wrong_verbs(path, tree) if is_verb_module(tree) else impurities(tree)


def like_a_door(path: Path) -> list[str]:
    """Where a verb or a rule ends a transaction or takes a request."""
    nodes = list(ast.walk(tree_of(path)))
    ends = [node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")]
    requests = [node.lineno for node in nodes if isinstance(node, ast.arg) and node.arg == "request"]
    return [f"line {line}" for line in ends + requests]


def test_a_module_is_either_rules_without_session_clock_and_files_or_verbs_that_take_db_first() -> None:
    assert wrong_in(MODULES, not_of_one_kind) == {}


def test_calendaring_models_and_permissions_are_always_rules() -> None:
    assert wrong_in(ALWAYS_RULES, lambda path: ["async def"] if is_verb_module(tree_of(path)) else []) == {}


def test_verbs_and_rules_never_commit_or_see_a_request() -> None:
    assert wrong_in(MODULES, like_a_door) == {}


def imports_in_functions(tree: ast.Module) -> set[str]:
    """The modules that functions import when they run."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    found = set()
    for node in (node for function in functions for node in ast.walk(function)):
        match node:
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {f"{module}.{name.name}" for name in names}
            case _:
                pass
    return found


def quick_imports_in_functions(path: Path) -> set[str]:
    """What functions import that a start could load as well."""
    return {name for name in imports_in_functions(tree_of(path)) if not name.startswith(SLOW)}


def test_functions_import_only_what_is_slow_to_load_and_seldom_needed() -> None:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if not is_command(path)]
    assert wrong_in(paths, quick_imports_in_functions) == {}


def test_no_file_is_longer_than_400_lines() -> None:
    lines = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: number for name, number in lines.items() if number > MOST_LINES} == {}


def test_the_exceptions_named_here_exist() -> None:
    assert [name for name in MACHINERY if not (PACKAGE / name).is_file()] == []
