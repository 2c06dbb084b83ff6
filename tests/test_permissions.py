"""Every address × every role × agency against the table of who may (tests/permissions_table.py), on the server's own list of routes."""

import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from liaison.app import create_app
from liaison.clock import Clock
from liaison.config import Settings, checked
from tests.conftest import NOW, SECRET, migrated_settings
from tests.permissions_rules import ACTING, MEMBERS, OPERATOR, ROLES, SFJ, Rule
from tests.permissions_table import TABLE
from tests.rights import DRAFT, RESTRICTED, STRANGER_PHONE, Site, build_site, routes_of


def _routes() -> list[str]:
    with tempfile.TemporaryDirectory() as directory:
        return routes_of(create_app(checked(Settings(data_dir=Path(directory), secret_key=SECRET))))


ROUTES = _routes()


def rules_of(route: str) -> tuple[Rule, ...]:
    """The table's rules for one route: several where it depends on whose thing it is."""
    rules = TABLE.get(route, ())
    return (rules,) if isinstance(rules, Rule) else rules


CASES = [
    pytest.param(route, rule, id=" ".join((route, *rule.at.values()))) for route in ROUTES for rule in rules_of(route)
]


in_the_sites_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """One site for all these tests: nothing that is asked of it changes anything."""
    with migrated_settings(tmp_path_factory.mktemp("site"), request) as settings:
        async with build_site(settings, Clock(as_of=NOW)) as built:
            yield built


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
    ids = re.findall(r"/([0-9]+|nothing|agenda\.docx)(?=/|$)", path) or [path.rpartition("/")[2]]
    text = re.sub(rf"(?<=/)({'|'.join(map(re.escape, ids))})(?![0-9])", "ID", answer.text)
    return re.sub(r'name="(csrf-token|_csrf_token)" (content|value)="[0-9a-f]+"', "TOKEN", text)


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_has_a_rule(route: str) -> None:
    assert rules_of(route), f"say in tests/permissions_table.py who may {route}"


@pytest.mark.parametrize("route", TABLE)
def test_every_rule_has_a_route(route: str) -> None:
    assert route in ROUTES


@pytest.mark.parametrize(("route", "rule"), CASES)
@in_the_sites_loop
async def test_each_role_is_allowed_refused_or_told_of_it_just_what_it_is_told_of_nothing(
    site: Site, route: str, rule: Rule
) -> None:
    method, address = route.split(" ")
    path = site.path(address, rule.at)
    answers = {role: await site.ask(role, method, address, path, rule.send) for role in ROLES}
    expected = {role: rule.expected(role) for role in ROLES}
    assert {role: outcome(answer) for role, answer in answers.items()} == expected
    missing = site.path(address, rule.at, missing=True)
    for role in ROLES if missing != path else ():
        if expected[role] == "missing":
            answer, nothing = answers[role], await site.ask(role, method, address, missing, rule.send)
            assert nothing.status_code == answer.status_code == 404, role
            assert without_address(answer) == without_address(nothing), role
            assert answer.headers.get("content-type") == nothing.headers.get("content-type"), role


CANARIES = {
    DRAFT: ACTING,
    RESTRICTED: SFJ,
    STRANGER_PHONE: OPERATOR | {"invited", "reader", "stranger"},
    "0553-0000011": MEMBERS | OPERATOR,
    "0553-0000021": MEMBERS | OPERATOR,
    "0553-0000041": OPERATOR | {"former"},
}
"""Words of one agency, and the roles that may ever read them: the draft, what 区司法局 alone may know, and the phones of a stranger, of 区检察院, 区司法局, 区民政局."""


@pytest.mark.parametrize("role", ROLES)
@in_the_sites_loop
async def test_words_of_an_agency_appear_only_to_those_it_shares_them_with(site: Site, role: str) -> None:
    read = await everything_read_by(site, role)
    found = [
        f"{canary} at {path}"
        for canary, readers in CANARIES.items()
        if role not in readers
        for path, text in read.items()
        if canary in text
    ]
    assert found == []


@pytest.mark.parametrize(
    ("role", "canary"),
    [
        ("jcy_officer", DRAFT),
        ("sfj_admin", RESTRICTED),
        ("jcy_officer", "0553-0000021"),
        ("operator", STRANGER_PHONE),
    ],
)
@in_the_sites_loop
async def test_those_words_do_appear_to_somebody_who_may_read_them(site: Site, role: str, canary: str) -> None:
    assert any(canary in text for text in (await everything_read_by(site, role)).values())


async def everything_read_by(site: Site, role: str) -> dict[str, str]:
    """What the role is shown at every address that can be read, for every thing that the address can name."""
    read = {}
    for route in ROUTES:
        method, address = route.split(" ")
        for at in site.every_thing(address) if method == "GET" else []:
            path = site.path(address, at)
            read[path] = (await site.ask(role, method, address, path)).text
    for address in ASKED_BESIDES:
        for path in {site.path(address, at) for at in site.every_thing(address)}:
            read[path] = (await site.ask(role, "GET", address, path)).text
    return read


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
