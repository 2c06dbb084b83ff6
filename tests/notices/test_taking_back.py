"""撤回补录: what was entered by mistake is taken back by the agency that entered it, while nobody has done anything with it, and undone."""

import re

import pytest

from liaison.errors import NotFound
from liaison.notices import queries, referring
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.past import ACCEPTED, DONE, LATE, OPEN, entered, path_of
from tests.notices.sent import mails, morning
from tests.reminders.test_reminding import beijing


async def codes(program: Program, play: Play, who: object) -> list[str]:
    found = await program.get(who, f"/mechanisms/{play.world.mechanism.id}/notices")
    return [one["case_code"][-2:] for one in found["items"]]


async def test_one_is_taken_back_from_its_page_and_stands_again_after_undo(
    play: Play, program: Program, browser: Browser
) -> None:
    world = play.world
    done, late = await entered(play, program, DONE, LATE)
    await browser.sign_in(world.zhoumin)
    assert f'action="/notices/{done}/take-back"' in await browser.get(f"/notices/{done}")
    for _ in range(2):  # a press that is repeated
        answer = await browser.post(f"/notices/{done}/take-back")
        assert answer.status_code == 303
    page = await browser.get(answer.headers["location"])
    assert f'action="/notices/{done}/take-back/undo"' in page
    for who in (world.zhoumin, world.liwb):
        assert await codes(program, play, who) == ["4号"]
        assert (await program.call(who, "GET", f"/notices/{done}")).status_code == 404
    found = await program.get(world.zhoumin, "/search?q=讨薪")
    assert found["items"] == []
    await browser.post(f"/notices/{done}/take-back/undo")
    assert await codes(program, play, world.liwb) == ["4号", "1号"]
    assert (await program.get(world.liwb, f"/notices/{done}"))["addressees"][0]["answered_on"] == "2024-06-20"
    assert late


async def test_taken_back_it_is_on_no_desk_in_no_report_and_no_mail(
    play: Play, program: Program, browser: Browser
) -> None:
    world, year = play.world, "?from=2026-01-01&to=2026-12-31"
    await entered(play, program, OPEN.replace("2026-12-01", "2026-11-24"), LATE)
    report = await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/report{year}")
    assert report["notices_received"]["asked"] == 2
    await browser.sign_in(world.zhoumin)
    page = await browser.get(path_of(play))
    first = re.search(r'action="(/notices/\d+/take-back)"', page)
    assert first is not None
    await browser.post(first[1], whole="1")
    report = await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/report{year}")
    assert report["notices_received"]["asked"] == 0
    for who in (world.zhoumin, world.liwb):
        await browser.sign_in(who)
        for path in ("/", "/referrals", "/notices", "/notices?box=sent", "/notices?box=drafts"):
            text = await browser.get(path)
            assert "工伤线索" not in text, path
            assert "抚养费线索" not in text, path
    assert await morning(play, "11-24") == {}


async def test_a_whole_import_is_taken_back_but_for_what_somebody_dealt_with(play: Play, program: Program) -> None:
    world = play.world
    before = (await entered(play, program, DONE))[0]
    play.clock.as_of = beijing("11-23T10:00")
    late, accepted, open_ = await entered(play, program, LATE, OPEN, ACCEPTED)
    await program.post(world.liwb, f"/notices/{late}/accept")
    await program.post(world.zhoumin, f"/notices/{late}/take-back", status=409)
    answer = await program.post(world.zhoumin, f"/notices/{open_}/take-back", {"whole": True})
    assert answer == {"taken_back": 2}
    again = await program.post(world.zhoumin, f"/notices/{open_}/take-back", {"whole": True})
    assert again == {"taken_back": 0}
    assert await codes(program, play, world.zhoumin) == ["4号", "1号"]
    assert await program.post(world.zhoumin, f"/notices/{late}/take-back/undo", {"whole": True}) == {"restored": 2}
    assert await codes(program, play, world.zhoumin) == ["3号", "5号", "4号", "1号"]
    assert before < accepted


async def test_the_other_agency_does_not_take_it_back_and_neither_does_anybody_what_was_sent_here(
    play: Play, program: Program
) -> None:
    (id_,) = await entered(play, program, DONE)
    await program.post(play.world.liwb, f"/notices/{id_}/take-back", status=403)
    await program.post(play.world.liwb, f"/notices/{id_}/take-back/undo", status=403)
    assert await codes(program, play, play.world.liwb) == ["1号"]
    await program.post(play.world.zhoumin, f"/notices/{id_}/take-back")
    for path in "take-back", "take-back/undo":  # as if it had not been entered
        await program.post(play.world.liwb, f"/notices/{id_}/{path}", status=404)


async def test_after_it_was_entered_anew_the_undo_is_refused(play: Play, program: Program) -> None:
    (id_,) = await entered(play, program, DONE)
    await program.post(play.world.zhoumin, f"/notices/{id_}/take-back")
    await entered(play, program, DONE)
    await program.post(play.world.zhoumin, f"/notices/{id_}/take-back/undo", status=409)
    assert await codes(program, play, play.world.zhoumin) == ["1号"]
    assert await mails(play) == {}


async def test_undo_pressed_twice_brings_back_nothing_that_was_taken_back_before(play: Play, program: Program) -> None:
    world = play.world
    play.clock.as_of = beijing("11-23T10:00")
    late, accepted, open_ = await entered(play, program, LATE, OPEN, ACCEPTED)
    await program.post(world.zhoumin, f"/notices/{late}/take-back")
    play.clock.as_of = beijing("11-23T10:01")
    await program.post(world.zhoumin, f"/notices/{open_}/take-back", {"whole": True})
    for restored in (2, 0):
        answer = await program.post(world.zhoumin, f"/notices/{open_}/take-back/undo", {"whole": True})
        assert answer == {"restored": restored}
    assert await codes(program, play, world.liwb) == ["3号", "5号"]
    assert accepted


async def test_what_was_taken_back_while_somebody_looked_at_it_is_not_dealt_with_any_more(
    play: Play, program: Program
) -> None:
    """The other agency had found it, and waited for its lock."""
    world = play.world
    (id_,) = await entered(play, program, OPEN)
    async with play.database.reading() as db:
        found = await queries.get(db, await world.viewer(db, world.liwb), id_)
        line = found.addressees[0]
    await program.post(world.zhoumin, f"/notices/{id_}/take-back")
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        db.add(found)
        with pytest.raises(NotFound):
            await referring.accept(db, viewer, line)
    await program.post(world.zhoumin, f"/notices/{id_}/take-back/undo")
    assert await codes(program, play, world.liwb) == ["3号"]
