"""Nobody finds what they may not see, and everybody finds what they may: every role of the site that tests of rights ask, on each kind of thing."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from sqlalchemy import update

from liaison.clock import Clock
from liaison.config import Settings
from liaison.opening import open_database
from liaison.search.kinds import KINDS
from liaison.search.models import SearchRow
from liaison.search.places import place
from liaison.search.reach import EVERYBODY
from liaison.search.words import GROUP, tokens_of
from tests.conftest import NOW, migrated_settings
from tests.permissions_rules import ACTING, HOST, ROLES, SFJ
from tests.rights import Site, build_site

in_the_sites_loop = pytest.mark.asyncio(loop_scope="module")
SIGNED_IN = [role for role, person in ROLES.items() if person]
DRAFT, RESTRICTED = "稿甲", "知丙"
"""Two characters of what is known to few (tests/rights_meetings.py)."""


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[False, True], ids=["index-as-it-is", "index-open-to-everybody"]
)
async def site(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """The site; once more with an index that narrows nothing, because the rights are not the index's to keep."""
    with migrated_settings(tmp_path_factory.mktemp("site"), request) as settings:
        async with build_site(settings, Clock(as_of=NOW)) as built:
            if request.param:
                await open_to_everybody(settings)
            yield built


async def open_to_everybody(settings: Settings) -> None:
    database = open_database(settings, Clock(as_of=NOW))
    async with database.writing() as db:
        for kind in KINDS:
            for entry in kind.entries((await db.execute(kind.rows)).all()):
                tokens = frozenset({*tokens_of(entry.texts), f"{GROUP}k{kind.number}", EVERYBODY})
                place_of = place(entry.day, kind.number, entry.thing_id, entry.part)
                await db.execute(update(SearchRow).where(SearchRow.id == place_of).values(tokens=tokens))
    await database.dispose()


async def found(site: Site, role: str, words: str) -> set[tuple[str, str]]:
    """(kind, id) of all that a role finds, page by page."""
    path: str | None = f"/api/search?q={quote(words)}&limit=7"
    items: list[tuple[str, str]] = []
    while path is not None:
        answer = await site.read(role, "/api/search", path)
        assert answer.status_code == 200, answer.text
        items += [(item["kind"], item["id"]) for item in answer.json()["items"]]
        path = f"/api/search?q={quote(words)}&limit=7&cursor={answer.json()['next']}" if answer.json()["next"] else None
    assert len(items) == len(set(items)), "nothing twice"
    return set(items)


THINGS = {
    "meeting": ("/api/meetings/{}", {"meeting_id": "四季度", "held": "三季度", "draft": DRAFT}),
    "agenda_item": (
        "/api/agenda-items/{}",
        {
            "accepted_item": "通报工作",
            "proposed_item": "商请协助",
            "restricted_item": RESTRICTED,
            "restricted_proposal": RESTRICTED,
            "restricted_held": RESTRICTED,
        },
    ),
    "decision": ("/api/decisions/{}", {"decision_id": "交换清单", "restricted_decision": RESTRICTED}),
    "action_item": ("/api/action-items/{}", {"action_id": "建立台账", "restricted_action": RESTRICTED}),
    "paper": ("/api/papers/{}", {"paper_id": "工作情况", "restricted_paper": RESTRICTED}),
    "notice": ("/api/notices/{}", {"notice_id": "通报情况", "lead_id": "民支 9号", "notice_draft": DRAFT}),
    "person": ("/api/people/{}", {"zhoumin": "周敏", "songhp": "宋和", "tengfei": "teng", "guyan": "顾岩"}),
    "mechanism": ("/api/mechanisms/{}", {"mechanism_id": "援助协作机制"}),
}
"""By kind: where the API shows one, and things of the site with words that stand in them."""


@in_the_sites_loop
@pytest.mark.parametrize("role", SIGNED_IN)
@pytest.mark.parametrize("kind", THINGS)
async def test_a_role_finds_a_thing_exactly_where_the_api_shows_it_to_them(site: Site, kind: str, role: str) -> None:
    address, things = THINGS[kind]
    for name, words in things.items():
        id_ = str(site.things[name])
        shown = await site.read(role, address, address.format(id_))
        assert shown.status_code in (200, 404)
        told = shown.status_code == 200 and not (kind == "agenda_item" and shown.json()["title"] is None)
        assert ((kind, id_) in await found(site, role, words)) is told, (role, name)


@in_the_sites_loop
@pytest.mark.parametrize("role", SIGNED_IN)
async def test_minutes_are_found_by_who_may_read_that_wording_and_their_restricted_sections_by_their_audience(
    site: Site, role: str
) -> None:
    version = str(site.things["minutes_version"])
    shown = await site.read(role, "/minutes/{version_id}", f"/minutes/{version}")
    assert (("minutes", version) in await found(site, role, "交换清单")) is (shown.status_code == 200)
    reads = shown.status_code == 200 and role in SFJ
    assert (("minutes", version) in await found(site, role, RESTRICTED)) is reads


@in_the_sites_loop
@pytest.mark.parametrize("role", SIGNED_IN)
async def test_words_of_few_find_nothing_for_all_others_as_if_nobody_had_written_them(site: Site, role: str) -> None:
    for words, knowing in ((DRAFT, ACTING), (RESTRICTED, SFJ), ("议丁", HOST)):
        answer = (await site.read(role, "/api/search", f"/api/search?q={quote(words)}")).json()
        nothing = (await site.read(role, "/api/search", f"/api/search?q={quote('没有的词')}")).json()
        assert answer == nothing or role in knowing, (role, words)


@in_the_sites_loop
@pytest.mark.parametrize("role", SIGNED_IN)
async def test_a_page_leads_to_nothing_that_its_reader_cannot_open(site: Site, role: str) -> None:
    for words in ("会议", "协作", "情况", "科员", RESTRICTED):
        items = await found(site, role, words)
        page = await site.read(role, "/search", f"/search?q={quote(words)}")
        assert page.status_code == 200
        assert bool(items) is ("<mark>" in page.text)
        for path in links(page.text):
            opened = await site.read(role, path, path)
            assert opened.status_code in (200, 303), (role, path)


@in_the_sites_loop
async def test_no_phone_and_no_mail_finds_anybody(site: Site) -> None:
    for words in ("0553", "0000011", "zhoumin@jcy", "qingzhi.example"):
        for role in ("jcy_officer", "operator", "stranger"):
            assert not await found(site, role, words), words


def links(html: str) -> list[str]:
    """Where the things on a page of the search lead."""
    rows = html.split('<h3 class="list-title"><a href="')[1:]
    return [row.split('"')[0].split("#")[0] for row in rows]


def test_the_links_of_a_page_are_read_from_it() -> None:
    page: Any = '<h3 class="list-title"><a href="/meetings/1#item-2">x</a></h3>'
    assert links(page) == ["/meetings/1"]
