"""Importing a bundle: all or nothing, the same again changes nothing, and every error names line and field."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.audit import AuditLine
from liaison.bundle.kinds import bundle_in
from liaison.bundle.loading import load
from liaison.bundle.values import BundleRefused
from liaison.db import Database
from liaison.demo import bundle_file
from liaison.directory.models import Agency, Office, Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms import queries
from liaison.mechanisms.models import Agreement, Clause, Designation, HostTurn, Mechanism, Member
from liaison.meetings.models import Series

DEMO = bundle_file().read_text(encoding="utf-8")


async def taken_over(
    database: Database, text: str, name: str = "bundle.yaml", mechanism: str | None = None
) -> dict[str, dict[str, int]]:
    async with database.writing() as db:
        report = await load(db, COMMAND_LINE, bundle_in(name, text.encode()), mechanism=mechanism)
    return {section: report.counts(section) for section in report.names}


async def refused(database: Database, text: str, name: str = "bundle.yaml") -> list[tuple[int | None, str]]:
    with pytest.raises(BundleRefused) as caught:
        await taken_over(database, text, name)
    return [(each.line, each.field) for each in caught.value.lines]


async def count(database: Database, *models: type) -> list[int]:
    async with database.reading() as db:
        return [(await db.execute(select(func.count()).select_from(model))).scalar_one() for model in models]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


async def test_the_demo_bundle_is_taken_over_whole(database: Database) -> None:
    await taken_over(database, DEMO)
    tables = (Agency, Office, Person, Mechanism, Agreement, Clause, Member, Designation, HostTurn, Series)
    assert await count(database, *tables) == [3, 1, 8, 1, 1, 4, 2, 4, 2, 1]
    async with database.reading() as db:
        (mechanism,) = await db.scalars(select(Mechanism))
        assert mechanism.deadlines["call_for_items"] == -20
        office = await queries.in_office(db, mechanism.id, date(2026, 11, 23))
        assert [each.person.key for each in office.values() if each] == ["zhoumin", "liwb"]
        people = {person.key: person for person in await db.scalars(select(Person))}
        assert people["zhenggq"].contact_id == people["wuxl"].id


async def test_importing_twice_changes_nothing(database: Database) -> None:
    await taken_over(database, DEMO)
    (before,) = await count(database, AuditLine)
    again = await taken_over(database, DEMO)
    assert all(counts["new"] == counts["changed"] == 0 for counts in again.values())
    assert await count(database, AuditLine) == [before]


async def test_what_differs_is_changed_and_what_is_left_out_stays(database: Database) -> None:
    await taken_over(database, DEMO)
    changed = (
        DEMO.replace("name: 钱伟", "name: 钱玮").replace(", phone: 0553-0000012", "").replace("quorum: 2", "quorum: 1")
    )
    report = await taken_over(database, changed)
    assert report["people"] == {"new": 0, "changed": 1, "same": 7}
    assert report["mechanisms"]["changed"] == 1
    async with database.reading() as db:
        person = (await db.scalars(select(Person).where(Person.key == "qianwei"))).one()
        assert (person.name, person.phone) == ("钱玮", "0553-0000012")


async def test_the_agencies_that_a_quorum_needs_are_named_by_short_name(database: Database) -> None:
    await taken_over(database, DEMO.replace("quorum: 2", "quorum: 2\n    must_include: [区司法局]"))
    async with database.reading() as db:
        needed = (await db.scalars(select(Agency.id).where(Agency.short_name == "区司法局"))).one()
        assert (await db.scalars(select(Mechanism.must_include))).one() == [needed]


async def test_how_minutes_are_signed_is_imported(database: Database) -> None:
    await taken_over(database, DEMO.replace("quorum: 2", "quorum: 2\n    all_sign: true\n    silence_consents: true"))
    async with database.reading() as db:
        rules = (await db.execute(select(Mechanism.all_sign, Mechanism.silence_consents))).one()
        assert tuple(rules) == (True, True)


async def test_one_wrong_line_stops_the_whole_file(database: Database) -> None:
    wrong = DEMO.replace("person: liwb", "person: nobody")
    assert await refused(database, wrong) == [(line_of(wrong, "person: nobody"), "mechanisms.designations.person")]
    assert await count(database, Agency, Person, AuditLine) == [0, 0, 0]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("lead_agency: 区检察院", "lead_agency: 区法院", "mechanisms.lead_agency"),
        ("host_rotation: [区检察院, 区司法局]", "host_rotation: [区检察院, 区人社局]", "mechanisms.host_rotation"),
        ("quorum: 2", "must_include: [区人社局]\n    quorum: 2", "mechanisms.must_include"),
        ("office: 第五检察部", "office: 第六检察部", "people.office"),
        ("contact: wuxl", "contact: sunl", "people.contact"),
        ("rrule: FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=3TH", "rrule: FREQ=SECONDLY", "mechanisms.series.rrule"),
        ("items_due: -10", "items_due: 10", "mechanisms.deadlines.items_due"),
        ("agency: 区检察院, person: qianwei, role: deputy", "agency: 区检察院, person: qianwei, role: principal", "mechanisms.designations.starts_on"),
        ("starts_on: 2022-05-23, basis_ref: 清司函〔2022〕11号", "starts_on: 2021-05-23, basis_ref: 清司函〔2022〕11号", "mechanisms.designations.starts_on"),
        ("region: CN", "region: XX", "mechanisms.region"),
        ("key: sunl", "key: 'sun l'", "people.key"),
        ("agency: 区人社局, department", "agency: 区财政局, department", "people.agency"),
    ],
)  # fmt: skip
async def test_what_the_site_cannot_take_names_line_and_field(
    database: Database, old: str, new: str, field: str
) -> None:
    assert old in DEMO
    wrong = DEMO.replace(old, new)
    ((line, said),) = await refused(database, wrong)
    assert said == field
    assert line in (line_of(wrong, new), line_of(wrong, "  - name: 清沚区支持起诉与法律援助协作机制"))


async def test_somebody_of_another_agency_is_not_moved_by_an_import(database: Database) -> None:
    await taken_over(database, DEMO)
    moved = DEMO.replace("name: 孙丽, agency: 区人社局", "name: 孙丽, agency: 区司法局")
    assert await refused(database, moved) == [(line_of(moved, "key: sunl"), "people.agency")]


async def test_an_id_card_number_is_refused(database: Database) -> None:
    wrong = DEMO.replace("programme: 府检联动", "programme: 11010519491231002X")
    assert await refused(database, wrong) == [(line_of(wrong, "programme"), "mechanisms.programme")]


async def test_an_import_sends_no_mail(database: Database) -> None:
    await taken_over(database, DEMO)
    assert await count(database, OutboxMail) == [0]


CSV = "单位,姓名,职务,是否联络员,指定日期,依据文号\n区人社局,马强,科员,是,2026-11-02,清人社函〔2026〕3号\n"


async def test_a_table_names_liaisons_of_the_only_mechanism(database: Database) -> None:
    joined = DEMO.replace(
        "    designations:", "      - {agency: 区人社局, joined_on: 2026-11-01, takes_part: paper}\n    designations:"
    )
    await taken_over(database, joined)
    assert (await taken_over(database, CSV, "people.csv"))["designations"] == {"new": 1, "changed": 0, "same": 0}
    again = await taken_over(database, CSV, "people.csv")
    assert again == {"people": {"new": 0, "changed": 0, "same": 1}, "designations": {"new": 0, "changed": 0, "same": 1}}


async def test_a_table_that_leaves_the_date_out_keeps_who_is_liaison_already(database: Database) -> None:
    await taken_over(database, DEMO)
    table = "单位,姓名,是否联络员\n区司法局,李文博,是\n"
    assert (await taken_over(database, table, "people.csv"))["designations"]["same"] == 1


async def test_a_liaison_of_no_mechanism_is_refused(database: Database) -> None:
    table = "单位,单位全称,姓名,是否联络员\n区司法局,清沚区司法局,李文博,是\n"
    assert await refused(database, table, "people.csv") == [(2, "是否联络员")]


async def test_namesakes_need_a_key(database: Database) -> None:
    twice = DEMO.replace("  - {key: sunl,", "  - {key: sunl2, name: 孙丽, agency: 区人社局}\n  - {key: sunl,")
    await taken_over(database, twice)
    assert await refused(database, "单位,姓名,职务\n区人社局,孙丽,大队长\n", "people.csv") == [(2, "姓名")]


def test_the_shipped_bundle_is_inside_the_package() -> None:
    assert bundle_file().is_relative_to(Path(__file__).parents[2] / "liaison")


async def test_whoever_waits_hears_of_every_entry_once(database: Database) -> None:
    heard: list[tuple[int, int]] = []
    bundle = bundle_in("bundle.yaml", DEMO.encode())
    async with database.writing() as db:
        await load(db, COMMAND_LINE, bundle, told=lambda done, of: heard.append((done, of)))
    of = len(bundle.agencies) + len(bundle.offices) + len(bundle.people) + len(bundle.mechanisms)
    assert heard == [(done, of) for done in range(of + 1)]


async def test_the_liaisons_of_a_table_count_as_well(database: Database) -> None:
    await taken_over(database, DEMO)
    heard: list[tuple[int, int]] = []
    people = bundle_in("people.csv", "单位,姓名,联络员\n区检察院,周敏,是\n区司法局,李文博,是\n".encode())
    async with database.writing() as db:
        await load(db, COMMAND_LINE, people, told=lambda done, of: heard.append((done, of)))
    assert heard == [(done, 4) for done in range(5)], "two people, and each once more as liaison"
