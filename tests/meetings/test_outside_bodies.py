"""Bodies from outside and their guests belong to the agency that entered them: nobody else names them, learns of them, or is hindered by them."""

import re

import pytest
from sqlalchemy import select

from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory import people
from liaison.directory import queries as directory
from liaison.directory.models import Agency, Person
from liaison.errors import Invalid
from liaison.meetings import asking, holding, queries, replies
from liaison.meetings.announcing import NothingNew
from liaison.meetings.asking import Asked, Guest
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.meetings.test_activities import HELD, LAWYER

FIRM = "清沚律师事务所"


@pytest.fixture
def browser(settings: Settings, database: Database, clock: Clock) -> Browser:
    return Browser(settings, database, clock)


@pytest.fixture
def program(settings: Settings, database: Database, clock: Clock) -> Program:
    return Program(settings, database, clock)


async def lecture(play: Play, *guests: Guest, by: Person | None = None) -> int:
    asked = [Asked(guest=one, role="in_attendance") for one in guests]
    host = (by or play.world.zhoumin).agency_id
    return await play.scheduled(*asked, by=by, kind="lecture", title="专题讲座", host_agency_id=host)


async def the_lawyer(play: Play) -> Person:
    async with play.database.reading() as db:
        return (await db.scalars(select(Person).where(Person.name == LAWYER.name))).one()


async def test_no_agency_names_a_body_or_a_guest_that_another_one_entered(play: Play, program: Program) -> None:
    world = play.world
    await lecture(play, LAWYER)
    guest = await the_lawyer(play)
    theirs = await lecture(play, by=world.liwb)
    for asked in (Asked(person_id=guest.id), Asked(agency_id=guest.agency_id)):
        with pytest.raises(Invalid) as refusal:
            async with play.database.writing() as db:
                await asking.ask(db, *await play.meeting(db, theirs, world.liwb), [asked])
        assert set(refusal.value.errors) == {"attendees.0"}
    with pytest.raises(Invalid) as refusal:
        await play.scheduled(by=world.liwb, host_agency_id=world.sfj.id, recorder_id=guest.id)
    assert set(refusal.value.errors) == {"recorder_id"}
    item: dict[str, object] = {"title": "以案说法", "purpose": "other"}
    path = f"/meetings/{theirs}/agenda-items"
    for field, id_ in (("agency_id", guest.agency_id), ("presenter_id", guest.id)):
        refused = await program.refused(world.liwb, "POST", path, item | {field: str(id_)})
        assert refused == (422, [field])
    play.clock.as_of = HELD
    with pytest.raises(Invalid) as refusal:
        async with play.database.writing() as db:
            await holding.add_present(
                db, *await play.meeting(db, theirs, world.liwb), agency_id=guest.agency_id, name="随行"
            )
    assert set(refusal.value.errors) == {"agency_id"}


async def test_the_host_names_its_own_guests_again_and_never_gives_a_body_seats(play: Play, program: Program) -> None:
    world = play.world
    await lecture(play, LAWYER)
    guest = await the_lawyer(play)
    again = await lecture(play)
    async with play.database.writing() as db:
        await asking.ask(db, *await play.meeting(db, again), [Asked(person_id=guest.id)])
        with pytest.raises(Invalid):
            await asking.ask(db, *await play.meeting(db, again), [Asked(agency_id=guest.agency_id)])
    item = {"title": "以案说法", "purpose": "other", "presenter_id": str(guest.id)}
    assert (await program.post(world.zhoumin, f"/meetings/{again}/agenda-items", item, status=201))["presenter_id"]


async def test_a_name_that_another_agency_entered_too_is_told_by_nothing(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    await lecture(play, LAWYER)
    theirs = await lecture(play, Guest("高远", FIRM), by=world.liwb)
    await browser.sign_in(world.liwb)
    page = await browser.get(f"/meetings/{theirs}")
    assert FIRM in page
    assert f"{FIRM}（" not in page
    async with play.database.reading() as db:
        bodies = list(await db.scalars(select(Agency).where(Agency.kept_by_id.is_not(None))))
    assert {(one.kept_by_id, one.short_name) for one in bodies} == {(world.jcy.id, FIRM), (world.sfj.id, FIRM)}
    (entered,) = [one.id for one in bodies if one.kept_by_id == world.jcy.id]
    change = {"name": "改名", "version": 9}
    for id_ in (entered, 999_999):
        assert await program.refused(world.guyan, "PATCH", f"/agencies/{id_}", change) == (404, [])


async def test_long_names_of_one_agency_that_begin_alike_are_told_apart(play: Play) -> None:
    long = "清沚区" + "某" * 37
    await lecture(play, Guest("甲", long + "甲站"), Guest("乙", long + "乙站"))
    async with play.database.reading() as db:
        names = list(await db.scalars(select(Agency.short_name).where(Agency.kept_by_id.is_not(None))))
    assert len(set(names)) == 2
    assert all(len(name) <= 40 for name in names)


async def test_an_address_entered_with_a_guest_changes_nothing_of_whose_it_is_on_this_site(
    play: Play, program: Program
) -> None:
    world = play.world
    assert world.liwb.mail
    await lecture(play, Guest("甲", "某公司", mail=world.liwb.mail), Guest("乙", "某公司", mail="yi@firm.example"))
    async with play.database.reading() as db:
        at = await directory.agencies_at(db, [world.liwb.mail, "yi@firm.example"])
        assert at[world.liwb.mail] == {world.sfj.id}, "a referral to their agency is theirs to read"
        assert at["yi@firm.example"], "what is a guest's alone is read by nobody of this site"
        assert [one.id for one in await directory.people_at(db, world.liwb.mail)] == [world.liwb.id]
        person = await db.get_one(Person, world.wuxl.id)
        assert not await directory.belongs_to_others(db, "yi@firm.example", person), "a refusal would tell of the guest"


async def test_who_has_left_answers_for_nobody_though_a_guest_has_their_address(play: Play) -> None:
    world = play.world
    async with play.database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await people.add_known_address(
            db, viewer, world.liwb.id, address=world.gonghui.mail or "", kind="contact", holder="龚慧"
        )
        gone = await db.get_one(Person, world.gonghui.id)
        gone.deactivated_at = db.now()
    await lecture(play, Guest("甲", "某公司", mail=world.gonghui.mail))
    async with play.database.reading() as db:
        known = await directory.known_addresses(db, [world.liwb.id])
    assert world.gonghui.mail not in known.contacts(world.liwb.id)


async def test_what_is_not_said_anew_of_a_guest_stays_and_nobody_is_uninvited_by_it(
    play: Play, program: Program
) -> None:
    meeting_id = await lecture(play, LAWYER)
    await play.send(meeting_id)
    await lecture(play, Guest(LAWYER.name, FIRM, phone="0553-0000077"))
    guest = await the_lawyer(play)
    assert (guest.mail, guest.job_title, guest.phone) == ("luyan@law.example", "律师", "0553-0000077")
    with pytest.raises(NothingNew):  # nobody is told to stay away
        await play.send(meeting_id)
    own = await program.get(play.world.zhoumin, f"/people/{guest.id}")
    assert (own["mail"], own["phone"]) == (guest.mail, guest.phone), "who entered them reads it"


async def test_what_goes_out_as_an_invitation_letter_is_called_so_before_and_after_it_is_sent(
    play: Play, browser: Browser
) -> None:
    meeting_id = await lecture(play, LAWYER)
    await browser.sign_in(play.world.zhoumin)
    page = await browser.get(f"/meetings/{meeting_id}/send")
    assert re.search(r"luyan@law\.example.*?>邀请函<", page, re.S)
    await play.send(meeting_id)
    sent = (await browser.get(f"/meetings/{meeting_id}")).partition('id="mails"')[2]
    assert "邀请函" in sent
    assert "会议通知" not in sent.partition("</section>")[0]


async def test_a_body_or_guest_of_another_agency_answers_everywhere_like_what_does_not_exist(
    play: Play, browser: Browser, program: Program
) -> None:
    """Every address of the app that names an agency or a person, by whichever way, with the body's id and with none's."""
    world = play.world
    await lecture(play, LAWYER)
    guest = await the_lawyer(play)
    paths = {
        (route.path, method)
        for route in program.client._transport.app.routes  # type: ignore[attr-defined]
        for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
        if method in route.methods and re.search(r"\{(agency|person)_id", route.path)
    }
    assert len(paths) > 20
    for who in (world.liwb, world.gonghui, world.guyan):
        await browser.sign_in(who)
        await browser.get("/")
        for path, method in sorted(paths):
            said = [
                await asked(browser, program, who, path, method, *ids)
                for ids in ((guest.agency_id, guest.id), (999_998, 999_999))
            ]
            assert said[0] == said[1], (who.name, method, path)


async def asked(
    browser: Browser, program: Program, who: Person, path: str, method: str, agency_id: int, person_id: int
) -> int:
    for name, id_ in (("agency_id", agency_id), ("person_id", person_id)):
        path = re.sub(r"\{" + name + r"[^}]*\}", str(id_), path)
    path = re.sub(r"\{mechanism_id[^}]*\}", "1", path)
    path = re.sub(r"\{[^}]*\}", "1", path)
    if path.startswith("/api"):
        return (await program.call(who, method, path.removeprefix("/api"), {} if method != "GET" else None)).status_code
    if method == "GET":
        return (await browser.client.get(path)).status_code
    return (await browser.post(path)).status_code


async def test_nobody_is_asked_to_approve_the_leave_of_a_guest_and_who_declined_was_excused(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    meeting_id = await play.scheduled(Asked(guest=LAWYER), kind="lecture", title="专题讲座")
    await play.send(meeting_id)
    async with play.database.writing() as db:
        (one,) = await queries.attendees(db, meeting_id)
        said = replies.Registered("phone", "陆岩", db.now())
        await replies.register(
            db,
            await world.viewer(db, world.zhoumin),
            await queries.attendee(db, one.id),
            partstat="declined",
            registered=said,
        )
    (listed,) = (await program.get(world.zhoumin, f"/meetings/{meeting_id}/attendees"))["items"]
    assert listed["leave"] == "free"
    await browser.sign_in(world.zhoumin)
    assert "未经单位确认" not in await browser.get(f"/meetings/{meeting_id}")
    play.clock.as_of = HELD
    async with play.database.writing() as db:
        await holding.hold(db, *await play.meeting(db, meeting_id))
    (listed,) = (await program.get(world.zhoumin, f"/meetings/{meeting_id}/attendees"))["items"]
    assert listed["attendance"] == "apologies"


async def test_who_entered_a_guest_corrects_them_and_takes_them_out_of_use_and_nobody_else_does(
    play: Play, browser: Browser, program: Program
) -> None:
    world = play.world
    await lecture(play, LAWYER)
    guest = await the_lawyer(play)
    page = f"/directory/people/{guest.id}"
    await browser.sign_in(world.zhoumin)
    shown = await browser.get(page)
    assert f"{page}/edit" in shown
    assert f"{page}/deactivate" in shown
    assert "人员" in await browser.get(f"/directory/agencies/{guest.agency_id}")
    form = {"name": "陆严", "job_title": "合伙人", "mail": "", "version": str(guest.version)}
    await browser.get(f"{page}/edit")
    assert (await browser.post(f"{page}/edit", **form)).status_code == 303
    said = await program.get(world.qianwei, f"/people/{guest.id}")
    assert (said["name"], said["mail"]) == ("陆严", None), "an address is taken away here"
    for body in ({"agency_admin": True}, {"operator": True}):
        assert (await program.refused(world.zhoumin, "PATCH", f"/people/{guest.id}", body))[0] == 403
    for who in (world.liwb, world.gonghui, world.guyan):
        await browser.sign_in(who)
        assert (await program.refused(who, "PATCH", f"/people/{guest.id}", {"name": "x"}))[0] == 404
        assert (await browser.post(f"{page}/deactivate")).status_code == 404
    assert (await program.refused(world.chenzy, "PATCH", f"/people/{guest.id}", {"name": "x"}))[0] == 403
    await browser.sign_in(world.hejing)
    await browser.get(page)
    assert (await browser.post(f"{page}/deactivate")).status_code == 303
    assert "陆严" in await browser.get(page), "who keeps them finds them and may take it back"
    await browser.sign_in(world.zhoumin)
    assert "陆严" not in await browser.get(f"/mechanisms/{world.mechanism.id}/meetings/new?kind=lecture")
