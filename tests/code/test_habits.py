"""What the README says, what CI does and what tests may do, kept in step by reading them."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from liaison.config import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
TESTS = sorted((ROOT / "tests").rglob("*.py"))
NEVER_IN_TESTS = {
    ("time", "sleep"): "await the condition instead",
    ("pytest", "skip"): "a test runs or is not there",
    ("pytest", "xfail"): "a test runs or is not there",
    ("mark", "skip"): "a test runs or is not there",
    ("mark", "skipif"): "a test runs or is not there",
    ("mark", "xfail"): "a test runs or is not there",
    ("mock", "patch"): "our own code is not mocked",
}


def readme_command(name: str) -> str:
    found = re.search(rf"<!-- command:{name} -->\n```sh\n(.+)\n```\n", README)
    assert found is not None, f"README.md has no command {name}"
    return found.group(1)


def recipe(name: str) -> list[str]:
    """The commands of one recipe of the justfile, with those it depends on first."""
    text = (ROOT / "justfile").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:(.*)\n((?:    .+\n)*)", text, re.MULTILINE)
    assert found is not None
    return [command for needed in found.group(1).split() for command in recipe(needed)] + [
        line.strip() for line in found.group(2).splitlines()
    ]


@pytest.mark.parametrize(
    "setting", [f"LIAISON_{each.name.upper()}" for each in fields(Settings) if each.name != "demo"]
)
def test_every_setting_has_its_row_in_the_readme(setting: str) -> None:
    assert re.search(rf"^\| `{setting}` \|", README, re.MULTILINE)


def test_the_readme_documents_no_setting_that_does_not_exist() -> None:
    known = {f"LIAISON_{each.name.upper()}" for each in fields(Settings)}
    assert set(re.findall(r"`(LIAISON_[A-Z_]+)`", README)) <= known


def test_the_readme_has_one_command_for_the_demo_and_one_for_the_tests() -> None:
    assert readme_command("demo").startswith("pip install uv && uv run --no-dev liaison demo")
    assert readme_command("test").startswith("pip install uv && uv run pytest")


def test_ci_runs_every_check_of_just_check_and_the_suite_on_postgresql() -> None:
    assert "readme_command test" in CI
    wanted = [command for command in recipe("check") if "pytest" not in command] + recipe("check-pg")
    assert [command for command in wanted if command not in CI] == []


def test_contributing_names_the_commands_behind_just_check() -> None:
    assert [command for command in recipe("check") if f"`{command}`" not in CONTRIBUTING] == []


def evasions(path: Path) -> list[str]:
    """Where a test waits for time to pass, leaves something out or replaces our own code."""
    text, found = path.read_text(encoding="utf-8"), list[str]()
    for node in ast.walk(ast.parse(text)) if any(name in text for _, name in NEVER_IN_TESTS) else ():
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=attribute):
                if why := NEVER_IN_TESTS.get((owner, attribute)):
                    found.append(f"line {node.lineno}: {owner}.{attribute}: {why}")
            case ast.ImportFrom(module="unittest.mock", names=names):
                found += [
                    f"line {node.lineno}: {name.name}: our own code is not mocked"
                    for name in names
                    if name.name != "ANY"
                ]
            case _:
                pass
    return found


def test_tests_neither_sleep_nor_skip_nor_mock() -> None:
    assert {str(path): found for path in TESTS if (found := evasions(path))} == {}


def test_decision_records_are_numbered_without_a_gap() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9][0-9][0-9][0-9]-*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
