"""What deploy/, Dockerfile and compose.yaml start and set exists: their commands are the command line's, their settings those of README."""

import json
import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from liaison import config
from liaison.cli import liaison
from liaison.config import Settings
from tests.permissions_table import PAGES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "liaison"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
UNITS = sorted((ROOT / "deploy").glob("*.service"))
SETTINGS = {f"LIAISON_{each.name.upper()}" for each in fields(Settings) if each.name != "demo"}


def instructions(name: str) -> list[str]:
    """The arguments of every such line of the Dockerfile."""
    return re.findall(rf"^{name} +(.+)$", DOCKERFILE, re.MULTILINE)


def is_understood(arguments: list[str]) -> bool:
    """Whether `liaison` takes these arguments; nothing is run. Raises click.UsageError."""
    command = liaison.commands[arguments[0]]
    assert isinstance(command, click.Command)
    return bool(command.make_context(arguments[0], arguments[1:]))


def filled_in(text: str, given: dict[str, str]) -> str:
    """What compose makes of ${NAME:-default} and ${NAME:?why}."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        assert kind == "-" or name in given, f"{name} has no default"
        return given.get(name, rest)

    return re.sub(r"\$\{(\w+):([-?])([^}]*)\}", value, text)


@pytest.mark.parametrize("name", OURS)
def test_compose_starts_commands_that_exist(name: str) -> None:
    assert is_understood(SERVICES[name]["command"])


def test_compose_runs_what_a_site_of_many_processes_needs() -> None:
    commands = [" ".join(SERVICES[name]["command"]) for name in OURS]
    assert sorted(commands) == ["migrate", *["serve --host 0.0.0.0 --no-worker"] * 2, "work", "work"]
    for name in OURS:
        waits = SERVICES[name]["depends_on"]
        assert waits["database"] == {"condition": "service_healthy"}
        assert name == "migrate" or waits["migrate"] == {"condition": "service_completed_successfully"}


def test_the_settings_of_compose_are_settings_and_would_start(tmp_path: Path) -> None:
    given = {"LIAISON_SECRET_KEY": "x" * 40, "POSTGRES_PASSWORD": "abc"}
    for name in OURS:
        environment = {key: filled_in(text, given) for key, text in SERVICES[name]["environment"].items()}
        assert set(environment) <= SETTINGS
        settings = config.load(environment, tmp_path / "none")
        assert settings.database_url == "postgresql://liaison:abc@database/liaison"
        assert settings.smtp_url == "smtp://mail:1025"


@pytest.mark.parametrize(
    "path", ["compose.yaml", "Dockerfile", "deploy/Caddyfile", *(f"deploy/{u.name}" for u in UNITS)]
)
def test_no_unknown_setting_is_named(path: str) -> None:
    assert set(re.findall(r"LIAISON_[A-Z_]*[A-Z]", (ROOT / path).read_text(encoding="utf-8"))) <= SETTINGS


def test_the_services_that_are_named_exist() -> None:
    proxy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    webs = [name for name in OURS if SERVICES[name]["command"][0] == "serve"]
    assert re.findall(r"(\w+):8000", proxy) == webs
    assert set(SERVICES["proxy"]["depends_on"]) == set(webs)
    assert {name for service in SERVICES.values() for name in service.get("depends_on", {})} <= set(SERVICES)
    volumes = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    for volume in volumes:
        assert (ROOT / volume).exists() if volume.startswith(".") else volume in COMPOSE["volumes"], volume


def test_the_addresses_that_are_watched_exist() -> None:
    (check,) = re.findall(r"127\.0\.0\.1:8000(/\w+)", DOCKERFILE)
    proxy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    named = {check, *re.findall(r"(?:health_uri|handle) (/\w+)", proxy)}
    assert {f"GET {path}" for path in named} <= set(PAGES)


def test_the_image_starts_a_command_that_exists_as_somebody_without_rights() -> None:
    assert [json.loads(text) for text in instructions("ENTRYPOINT")] == [["liaison"]]
    assert [is_understood(json.loads(text)) for text in instructions("CMD")] == [True]
    assert instructions("USER") == ["liaison"]


def test_what_the_image_is_made_of_is_there_and_let_through() -> None:
    let_through = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    copied = [path for text in instructions("COPY") if "--from" not in text for path in text.split()[:-1]]
    assert set(copied) == let_through
    assert [path for path in copied if not (ROOT / path).exists()] == []
    wheel = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    shipped = re.findall(r'^(\w+) = "liaison/_data/', wheel, re.MULTILINE)
    assert len(shipped) == 4
    assert set(shipped) <= set(copied)


def test_image_and_database_have_the_same_postgresql() -> None:
    (version,) = re.findall(r"pg_dump --version \| grep -q ' (\d+)", DOCKERFILE)
    assert SERVICES["database"]["image"] == f"postgres:{version}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_exist(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=\S+/liaison (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert is_understood(shlex.split(line))
