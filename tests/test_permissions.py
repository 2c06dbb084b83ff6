"""Every address × every role × agency against the table of who may (tests/permissions_table.py), on the server's own list of routes."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio

from liaison.clock import Clock
from tests.callers import wired
from tests.conftest import NOW, SECRET, migrated_settings
from tests.permissions_rules import ACTING, HOST, MEMBERS, OPERATOR, ROLES, SFJ, Rule
from tests.permissions_table import TABLE
from tests.rights import STRANGER_PHONE, Site, build_site, routes_of
from tests.rights_meetings import DRAFT, RESTRICTED
from tests.rights_proposals import PROPOSED
from tests.rights_results import BRIEF, CODE

ROUTES = routes_of(wired(SECRET, False))


def rules_of(route: str) -> tuple[Rule, ...]:
    """The table's rules for one route: several where it depends on whose thing it is."""
    rules = TABLE.get(route, ())
    return (rules,) if isinstance(rules, Rule) else rules


CASES = [
    pytest.param(route, rule, id=" ".join((route, *rule.at.values()))) for route in ROUTES for rule in rules_of(route)
]

CANARIES = {
    DRAFT: ACTING,
    PROPOSED: HOST,
    RESTRICTED: SFJ,
    CODE: MEMBERS,
    BRIEF: HOST,
    STRANGER_PHONE: OPERATOR | {"invited", "reader", "stranger"},
    "0553-0000011": MEMBERS | OPERATOR,
    "0553-0000021": MEMBERS | OPERATOR,
    "0553-0000041": OPERATOR | {"former"},
}
"""Words of one agency, and the roles that may ever read them: the draft, what 区司法局 alone may know, and the phones of a stranger, of 区检察院, 区司法局, 区民政局."""
SHOWN_TO = {
    "jcy_officer": {DRAFT, PROPOSED, CODE, BRIEF, "0553-0000021"},
    "sfj_admin": {RESTRICTED},
    "operator": {STRANGER_PHONE},
}
"""Some of those words, and somebody who does read them."""

ASKED_BESIDES = (
    "/api/audit?object=meeting:{meeting_id}",
    "/api/audit?object=action:{action_id}",
    "/api/deliveries?meeting={meeting_id}",
    "/api/action-items?mechanism={mechanism_id}",
    "/actions?status=overdue",
    "/actions?mechanism={mechanism_id}&status=open",
    "/meetings/{meeting_id}/send/preview?address=liwb@sfj.qingzhi.example",
    "/meetings/{meeting_id}/send/preview?address=liwb@sfj.qingzhi.example&part=text",
    "/meetings/{meeting_id}/send/preview?address=liwb@sfj.qingzhi.example&part=calendar",
)
"""Addresses that show more when they are asked for it."""


PACKED = (".docx", ".pdf", ".xlsx", ".zip")


class Reading:
    """What each role finds of those words wherever it reads. Nothing changes on this site: what was read once is not asked for again."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.found: dict[tuple[str, str], frozenset[str]] = {}
        self.of_nothing: dict[tuple[str, ...], httpx.Response] = {}

    async def ask(self, role: str, route: str, path: str, send: Mapping[str, Any] | None = None) -> httpx.Response:
        """One request; the words in the answer to a GET are kept."""
        method, address = route.split(" ")
        answer = await self.site.ask(role, method, address, path, send)
        if method == "GET":
            self.found[role, path] = frozenset(word for word in CANARIES if word in answer.text)
        return answer

    async def ask_of_nothing(self, role: str, route: str, path: str, send: Mapping[str, Any] | None) -> httpx.Response:
        """The same of things that nobody has, which is the same request for every thing of a route that a rule sends the same to."""
        asked = role, route, path, repr(send)
        if asked not in self.of_nothing:
            self.of_nothing[asked] = await self.ask(role, route, path, send)
        return self.of_nothing[asked]

    async def words(self, role: str, route: str, path: str) -> frozenset[str]:
        if (role, path) not in self.found:
            await self.ask(role, route, path)
        return self.found[role, path]

    async def everywhere(self, role: str) -> dict[str, frozenset[str]]:
        """By path, the words found at every address that can be read, for every thing that the address can name. Not in packed files,
        where no word stands as it is."""
        routes = [route for route in ROUTES if route.startswith("GET ") and not route.endswith(PACKED)]
        return {
            path: await self.words(role, route, path)
            for route in (*routes, *(f"GET {address}" for address in ASKED_BESIDES))
            for path in {self.site.path(route[4:], at) for at in self.site.every_thing(route[4:])}
        }


in_the_sites_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> AsyncIterator[Reading]:
    """One site for all these tests: nothing that is asked of it changes anything."""
    with migrated_settings(tmp_path_factory.mktemp("site"), request) as settings:
        async with build_site(settings, Clock(as_of=NOW)) as built:
            yield Reading(built)


def outcome(answer: httpx.Response) -> str:
    """What an answer means for who asked."""
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in?"):
        return "asked to sign in"
    if answer.status_code >= 500 or answer.status_code in (405, 415, 429):
        return f"error {answer.status_code}"
    return {403: "refused", 404: "missing"}.get(answer.status_code, "allowed")


def without_address(answer: httpx.Response) -> str:
    """The body without what may differ: the ids of the address it was asked at, and the token for the next form."""
    path = answer.request.url.path
    ids = re.findall(r"/([0-9]+|nothing|[a-z0-9-]+\.docx)(?=/|$)", path) or [path.rpartition("/")[2]]
    text = re.sub(rf"(?<=/)({'|'.join(map(re.escape, ids))})(?![0-9])", "ID", answer.text)
    return re.sub(r'name="(csrf-token|_csrf_token)" (content|value)="[0-9a-f]+"', "TOKEN", text)


def test_every_route_has_a_rule() -> None:
    assert [route for route in ROUTES if not rules_of(route)] == [], "say in tests/permissions_table.py who may"


def test_every_rule_has_a_route() -> None:
    assert [route for route in TABLE if route not in ROUTES] == []


@pytest.mark.parametrize(("route", "rule"), CASES)
@in_the_sites_loop
async def test_each_role_is_allowed_refused_or_told_of_it_just_what_it_is_told_of_nothing(
    reading: Reading, route: str, rule: Rule
) -> None:
    site, address = reading.site, route.split(" ")[1]
    path = site.path(address, rule.at)
    answers = {role: await reading.ask(role, route, path, rule.send) for role in ROLES}
    expected = {role: rule.expected(role) for role in ROLES}
    assert {role: outcome(answer) for role, answer in answers.items()} == expected
    missing = site.path(address, rule.at, missing=True)
    for role in ROLES if missing != path else ():
        if expected[role] == "missing":
            answer, nothing = answers[role], await reading.ask_of_nothing(role, route, missing, rule.send)
            assert nothing.status_code == answer.status_code == 404, role
            assert without_address(answer) == without_address(nothing), role
            assert answer.headers.get("content-type") == nothing.headers.get("content-type"), role


@pytest.mark.parametrize("role", ROLES)
@in_the_sites_loop
async def test_words_of_an_agency_appear_to_those_it_shares_them_with_and_to_nobody_else(
    reading: Reading, role: str
) -> None:
    read = await reading.everywhere(role)
    found = [f"{word} at {path}" for path, words in read.items() for word in words if role not in CANARIES[word]]
    assert found == []
    assert SHOWN_TO.get(role, set()) <= frozenset().union(*read.values())
