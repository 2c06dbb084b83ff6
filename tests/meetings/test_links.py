"""Mailed links: GET shows, POST acts, without account or cookie, on one thing only, and only as long as its person may."""

import re
from datetime import date
from html import unescape

import httpx
import pytest

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Agency
from liaison.mechanisms import designating
from liaison.mechanisms.models import Designation
from liaison.meetings import queries, scheduling
from liaison.meetings.asking import Asked
from liaison.meetings.models import Attendee
from tests.callers import Browser
from tests.meetings.play import Play, by_address


async def invited(play: Play, **more: object) -> tuple[int, dict[str, str]]:
    """A meeting whose notices arrived: its id, and by address the path of the first link there."""
    world = play.world
    asked = (
        Asked(person_id=world.chenzy.id),
        Asked(person_id=world.zhenggq.id),
        Asked(agency_id=world.sfj.id, seats=2, requirement="分管负责同志1名、联络员1名"),
    )
    meeting_id = await play.scheduled(*asked, **more)
    mails = by_address(await play.send(meeting_id))
    return meeting_id, {to: re.search(r"/r/[^?\s]+", mail.links[0])[0] for to, mail in mails.items() if mail.links}


async def attendee(play: Play, meeting_id: int, name: str) -> Attendee:
    async with play.database.reading() as db:
        return next(a for a in await queries.attendees(db, meeting_id) if a.name == name)


def seen(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


CHENZY, LIWB, WUXL = "chenzy@jcy.qingzhi.example", "liwb@sfj.qingzhi.example", "wuxl@sfj.qingzhi.example"


async def test_following_a_link_shows_the_answers_and_changes_nothing(play: Play, anybody: httpx.AsyncClient) -> None:
    meeting_id, links = await invited(play)
    page = await anybody.get(f"{links[CHENZY]}?partstat=declined")
    assert page.status_code == 200
    assert re.search(r'value="declined" checked', page.text)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (await attendee(play, meeting_id, "陈志远")).partstat == "needs_action"


async def test_posting_a_link_answers_and_says_what_was_recorded_and_how_to_change_it(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id, links = await invited(play)
    done = await anybody.post(links[CHENZY], data={"partstat": "declined", "comment": "出差"})
    assert done.status_code == 200
    assert "已记录" in seen(done.text)
    assert "请假" in seen(done.text)
    assert links[CHENZY] in done.text
    one = await attendee(play, meeting_id, "陈志远")
    assert (one.partstat, one.comment, one.answered_via) == ("declined", "出差", "link")
    await anybody.post(links[CHENZY], data={"partstat": "accepted"})
    assert (await attendee(play, meeting_id, "陈志远")).partstat == "accepted"


async def test_programs_may_post_the_same_as_json(play: Play, anybody: httpx.AsyncClient) -> None:
    meeting_id, links = await invited(play)
    body = {"partstat": "ACCEPTED", "substitute": {"name": "何静", "job_title": "办公室主任"}}
    assert (await anybody.post(links[CHENZY], json=body)).status_code == 200
    one = await attendee(play, meeting_id, "陈志远")
    assert one.substitute["name"] == "何静"


@pytest.mark.parametrize(
    "body", [b"[", b"\xff", b'{"partstat":' * 3000, b'{"partstat":"accepted","comment":"\\ud800"}']
)
async def test_a_body_that_is_no_json_is_malformed(play: Play, anybody: httpx.AsyncClient, body: bytes) -> None:
    _, links = await invited(play)
    for path in (links[CHENZY], links[LIWB]):
        refused = await anybody.post(path, content=body, headers={"Content-Type": "application/json"})
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "body",
    [
        {"partstat": {"a": 1}},
        {"partstat": "accepted", "comment": ["x"]},
        {"partstat": "accepted", "substitute": {"name": {"x": 1}}},
        {"partstat": "accepted", "substitute": ["x"]},
        {"partstat": "accepted", "bogus": 1},
        {"partstat": "accepted", "comment": "a\0b"},
        {"partstat": "NEEDS-ACTION"},
        {"partstat": "needs_action"},
        {},
        [],
    ],
)
async def test_a_json_answer_is_read_as_strictly_as_by_the_api(
    play: Play, anybody: httpx.AsyncClient, body: object
) -> None:
    meeting_id, links = await invited(play)
    refused = await anybody.post(links[CHENZY], json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["errors"]
    one = await attendee(play, meeting_id, "陈志远")
    assert (one.partstat, one.answered_at) == ("needs_action", None)


@pytest.mark.parametrize(
    "body",
    [
        {"declined": "false"},
        {"names": ["x"]},
        {"names": [{"name": 1}]},
        {"names": [{"name": "a", "bogus": 1}]},
        {"names": "x"},
        {"names": [{"name": "a"}], "declined": True},
        {},
    ],
)
async def test_so_is_a_json_slip(play: Play, anybody: httpx.AsyncClient, body: object) -> None:
    meeting_id, links = await invited(play)
    refused = await anybody.post(links[LIWB], json=body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    async with play.database.reading() as db:
        (invitation,) = await queries.invitations(db, meeting_id)
        assert (invitation.returned_at, invitation.declined) == (None, False)
    assert (await anybody.post(links[LIWB], json={"names": [{"name": "郑国强"}]})).status_code == 200


async def test_a_wrong_answer_is_refused_and_keeps_what_was_typed(play: Play, anybody: httpx.AsyncClient) -> None:
    _, links = await invited(play)
    refused = await anybody.post(links[CHENZY], data={"partstat": "substitute", "comment": "当天出差"})
    assert refused.status_code == 422
    assert "当天出差" in refused.text
    assert 'href="#f-substitute.name"' in refused.text
    for wrong in ("", "yes", "needs action"):
        assert (await anybody.post(links[CHENZY], data={"partstat": wrong})).status_code == 422


async def test_a_link_of_one_behind_a_shared_address_answers_for_that_one_alone(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(person_id=world.zhenggq.id), Asked(person_id=world.wuxl.id))
    (mail,) = await play.send(meeting_id)
    pages = {
        link: (await anybody.get(link)).text for link in (re.search(r"/r/[^?\s]+", each)[0] for each in mail.links)
    }
    (own,) = [link for link, page in pages.items() if "郑国强的答复" in page]
    assert "吴晓岚的答复" not in pages[own]
    assert "由吴晓岚代郑国强答复" in pages[own]
    assert "由吴晓岚代郑国强答复" in (await anybody.post(own, data={"partstat": "accepted"})).text
    assert (await attendee(play, meeting_id, "郑国强")).partstat == "accepted"
    assert (await attendee(play, meeting_id, "吴晓岚")).partstat == "needs_action"


async def test_who_is_signed_in_in_that_browser_does_not_matter(
    play: Play, settings: Settings, database: Database, clock: Clock
) -> None:
    meeting_id, links = await invited(play)
    browser = await Browser(settings, database, clock).sign_in(play.world.liwb)
    done = await browser.client.post(links[CHENZY], data={"partstat": "tentative"})
    assert done.status_code == 200
    assert "李文博" not in done.text
    assert (await attendee(play, meeting_id, "陈志远")).answered_by == play.world.chenzy.id


async def test_an_agencys_slip_takes_people_without_account_and_can_be_changed(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    meeting_id, links = await invited(play)
    page = await anybody.get(links[LIWB])
    assert "分管负责同志1名、联络员1名" in page.text
    assert page.text.count('name="names.') >= 3 * 4
    names = {
        "names.0.name": "郑国强",
        "names.0.job_title": "副局长",
        "names.2.name": "钱新",
        "names.2.phone": "13800000000",
    }
    done = await anybody.post(links[LIWB], data=names)
    assert done.status_code == 200
    assert "2人" in seen(done.text)
    assert 'value="钱新"' in (await anybody.get(links[LIWB])).text
    await anybody.post(links[LIWB], data={"declined": "1", "comment": "当天有其他任务"})
    async with play.database.reading() as db:
        (invitation,) = await queries.invitations(db, meeting_id)
        assert (invitation.declined, invitation.returned_via) == (True, "link")


async def test_a_slip_opened_before_another_return_is_refused_with_both_and_keeps_what_was_typed(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    _, links = await invited(play)
    version = re.search(r'name="version" value="(\d+)"', (await anybody.get(links[LIWB])).text)[1]
    first = await anybody.post(links[LIWB], data={"names.0.name": "郑国强", "version": version})
    assert first.status_code == 200
    stale = await anybody.post(links[LIWB], data={"names.0.name": "钱新", "version": version})
    assert stale.status_code == 409
    assert "郑国强" in seen(stale.text)
    assert 'value="钱新"' in stale.text
    newer = re.search(r'name="version" value="(\d+)"', stale.text)[1]
    again = await anybody.post(links[LIWB], data={"names.0.name": "钱新", "version": newer})
    assert again.status_code == 200


async def test_a_slip_keeps_its_rows_when_refused_and_names_the_line(play: Play, anybody: httpx.AsyncClient) -> None:
    _, links = await invited(play)
    refused = await anybody.post(links[LIWB], data={"names.0.name": "郑国强", "names.3.job_title": "科员"})
    assert refused.status_code == 422
    assert 'href="#f-names.3.name"' in refused.text
    assert 'value="科员"' in refused.text
    assert (await anybody.post(links[LIWB], data={})).status_code == 422


async def test_after_its_date_a_slip_shows_what_was_returned_and_takes_nothing(
    play: Play, anybody: httpx.AsyncClient, clock: Clock
) -> None:
    _, links = await invited(play)
    await anybody.post(links[LIWB], data={"names.0.name": "郑国强"})
    clock.as_of = clock.as_of.replace(month=12, day=15)
    page = await anybody.get(links[LIWB])
    assert "郑国强" in seen(page.text)
    assert "<form" not in page.text
    assert (await anybody.post(links[LIWB], data={"names.0.name": "李四"})).status_code == 409


async def test_when_the_meeting_has_begun_the_answer_stands(
    play: Play, anybody: httpx.AsyncClient, clock: Clock
) -> None:
    meeting_id, links = await invited(play)
    clock.as_of = clock.as_of.replace(month=12, day=17, hour=7)
    assert 'name="partstat"' not in (await anybody.get(links[CHENZY])).text
    assert (await anybody.post(links[CHENZY], data={"partstat": "declined"})).status_code == 409
    assert (await attendee(play, meeting_id, "陈志远")).partstat == "needs_action"


async def test_a_cancelled_meeting_says_so_and_asks_nothing(play: Play, anybody: httpx.AsyncClient) -> None:
    meeting_id, links = await invited(play)
    async with play.database.writing() as db:
        viewer, meeting = await play.meeting(db, meeting_id)
        await scheduling.cancel(db, viewer, meeting)
    page = await anybody.get(links[CHENZY])
    assert "已取消" in seen(page.text)
    assert "<form" not in page.text
    assert (await anybody.post(links[CHENZY], data={"partstat": "accepted"})).status_code == 409


async def test_a_link_by_office_ends_with_the_term(play: Play, anybody: httpx.AsyncClient) -> None:
    _, links = await invited(play)
    async with play.database.writing() as db:
        term = await db.get(Designation, play.world.terms["liwb"].id)
        term.ends_on = play.clock.today("Asia/Shanghai")
    assert (await anybody.get(links[LIWB])).status_code == 410
    assert (await anybody.post(links[LIWB], data={"names.0.name": "郑国强"})).status_code == 410


async def test_who_was_taken_off_the_list_has_a_link_that_is_gone(play: Play, anybody: httpx.AsyncClient) -> None:
    meeting_id, links = await invited(play)
    async with play.database.writing() as db:
        (await db.get(Attendee, (await attendee(play, meeting_id, "陈志远")).id)).removed_at = db.now()
    assert (await anybody.get(links[CHENZY])).status_code == 410


@pytest.mark.parametrize("token", ["sample", "a.b.c", "a..c", "0123456789abcdef" * 20])
async def test_what_is_no_link_of_ours_is_missing(play: Play, anybody: httpx.AsyncClient, token: str) -> None:
    assert (await anybody.get(f"/r/{token}")).status_code == 404
    assert (await anybody.post(f"/r/{token}", data={"partstat": "accepted"})).status_code == 404


async def test_a_link_page_shows_nothing_of_the_rest_of_the_site(play: Play, anybody: httpx.AsyncClient) -> None:
    _, links = await invited(play)
    page = (await anybody.get(links[CHENZY])).text
    assert 'href="/meetings' not in page
    for other in ("郑国强", "李文博", LIWB):
        assert other not in page


async def test_the_link_of_an_agency_without_a_liaison_ends_when_one_is_in_office(
    play: Play, anybody: httpx.AsyncClient
) -> None:
    world = play.world
    async with play.database.writing() as db:
        term = await db.get(Designation, world.terms["liwb"].id)
        term.ends_on = date(2026, 11, 1)
        agency = await db.get(Agency, world.sfj.id)
        agency.mail = "bgs@sfj.qingzhi.example"
    meeting_id = await play.scheduled(Asked(agency_id=world.sfj.id, seats=2))
    mails = by_address(await play.send(meeting_id))
    path = re.search(r"/r/[^?\s]+", mails["bgs@sfj.qingzhi.example"].links[0])[0]
    assert (await anybody.post(path, json={"names": [{"name": "郑国强"}]})).status_code == 200
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.guyan)
        await designating.designate(
            db,
            viewer,
            world.mechanism.id,
            agency_id=world.sfj.id,
            person_id=world.liwb.id,
            role="principal",
            starts_on=date(2026, 11, 23),
            basis_ref="清司函〔2026〕1号",
        )
    assert (await anybody.get(path)).status_code == 410
    assert (await anybody.post(path, json={"names": [{"name": "龚辉"}]})).status_code == 410
