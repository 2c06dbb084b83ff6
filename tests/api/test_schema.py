"""/api/openapi.json is true: whatever it allows or forbids ends in an answer or a problem, never in an error of ours (schemathesis)."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case

from liaison.clock import Clock
from tests.callers import wired
from tests.conftest import NOW, SECRET, migrated_settings
from tests.permissions_rules import Rule
from tests.permissions_table import API
from tests.rights import Site, build_site

EXAMPLES = 6
"""Requests for each operation: enough to meet every kind of mistake over all of them, in some seconds."""


DESCRIBED: dict[str, Any] = wired(SECRET, False).openapi_schema.to_schema()
LOADED = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = [(method.upper(), path) for path, item in DESCRIBED["paths"].items() for method in item]


@dataclass
class Running:
    """The site in a loop of its own, which the plain functions of these tests run."""

    site: Site
    runner: asyncio.Runner

    def ask(self, role: str, method: str, path: str, case: Case[Any]) -> httpx.Response:
        """One request with what was made up for it."""
        headers = {"Authorization": f"Bearer {self.site.tokens[role]}"}
        body = {"json": case.body} if method in ("POST", "PUT", "PATCH") and _is_json(case.body) else {}
        query = {name: text for name, text in (case.query or {}).items() if text is not None}
        request = self.site.client.build_request(method, path, params=query, headers=headers, **body)
        return self.runner.run(self.site.client.send(request))


def _is_json(body: Any) -> bool:
    return body is None or isinstance(body, str | int | float | bool | list | dict)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Running]:
    with migrated_settings(tmp_path_factory.mktemp("api"), request) as made, asyncio.Runner() as runner:
        opened = build_site(made, Clock(as_of=NOW))
        site = runner.run(opened.__aenter__())
        yield Running(site, runner)
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize(("method", "address"), [pytest.param(*each, id=" ".join(each)) for each in OPERATIONS])
def test_no_request_ends_in_an_error_of_ours(running: Running, method: str, address: str) -> None:
    rules = API[f"{method} {address}"]
    rule = rules if isinstance(rules, Rule) else rules[0]
    known = running.site.path(address, rule.at)
    role = min(rule.allowed)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=LOADED[address][method].as_strategy(), at_a_known_thing=st.booleans())
    def asked(case: Case[Any], at_a_known_thing: bool) -> None:
        path = known if at_a_known_thing else case.formatted_path
        answer = running.ask(role, method, path, case)
        assert answer.status_code < 500, (method, path, case.query, case.body, answer.text[:300])
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json", (path, answer.text[:300])
            assert answer.json()["status"] == answer.status_code

    asked()


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/api/people", {"limit", "cursor", "agency", "key", "q"}),
        ("/api/agencies", {"limit", "cursor", "short_name"}),
        ("/api/offices", {"limit", "cursor", "agency"}),
        ("/api/meetings", {"limit", "cursor", "mechanism"}),
        ("/api/deliveries", {"limit", "cursor", "meeting", "person", "state"}),
    ],
)
def test_the_parameters_of_lists_are_described(address: str, names: set[str]) -> None:
    given = DESCRIBED["paths"][address]["get"]["parameters"]
    assert {each["name"] for each in given if each["in"] == "query"} == names


def test_pages_for_people_are_not_described_to_programs() -> None:
    assert [path for path in DESCRIBED["paths"] if not path.startswith("/api/")] == []
