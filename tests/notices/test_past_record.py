"""What was entered afterwards beside the rest of the record: the clock, a change of office, reports, promises, the archive, the search."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import docx
from sqlalchemy import select

from liaison.mechanisms import agreement
from liaison.mechanisms.agreement import AgreementFacts
from liaison.mechanisms.clauses import ClauseSaid
from liaison.mechanisms.models import PAPER, Member
from liaison.results.report import asked
from tests.archive.kept import archive
from tests.callers import Browser, Program
from tests.meetings.play import Play
from tests.notices.past import ACCEPTED, DECLINED, DONE, LATE, OPEN, entered
from tests.notices.sent import LIWB, QIANWEI, WUXL, ZHOUMIN, morning
from tests.notices.test_handover import given_over
from tests.reminders.test_reminding import beijing
from tests.succession.quarter import GONGHUI, Quarter

A_TIME = re.compile(r"\d{1,2}:\d{2}")
NO_DECISION = DONE.replace("2024-05-09", "")


async def test_the_clock_speaks_of_deadlines_that_lie_ahead_and_of_no_old_one(play: Play, program: Program) -> None:
    """However many old ones are entered, the next mornings bring none of them."""
    await entered(play, program, LATE, DECLINED, DONE, ACCEPTED, OPEN)
    told = {}
    for day in ("11-24", "11-25", "11-26", "11-27", "11-30", "12-01", "12-02", "12-03"):
        if got := await morning(play, day):
            told[day] = set(got)
    assert told == {"11-24": {LIWB, WUXL}, "12-01": {LIWB, WUXL}, "12-02": {ZHOUMIN, QIANWEI}}


async def test_entered_on_a_free_day_what_was_due_before_it_is_not_called_overdue_on_the_next_working_day(
    play: Play, program: Program
) -> None:
    play.clock.as_of = beijing("11-21T10:00")
    await entered(play, program, LATE.replace("2026-09-08", "2026-11-20"))
    assert await morning(play, "11-23") == {}


async def test_what_was_entered_is_no_letter_to_be_delivered_to_a_paper_member(
    play: Play, program: Program, browser: Browser
) -> None:
    async with play.database.writing() as db:
        sfj = select(Member).where(Member.agency_id == play.world.sfj.id)
        (await db.scalars(sfj)).one().takes_part = PAPER
    await entered(play, program, OPEN)
    await browser.sign_in(play.world.zhoumin)
    assert "待送达纸质件" not in await browser.get("/")


async def test_a_change_of_office_tells_the_successor_alone(play: Play, program: Program) -> None:
    """Who was in office when it was entered knows it from the desk, and gets no mail on somebody else's change of office."""
    quarter = Quarter(play)
    await entered(play, program, LATE, OPEN, ACCEPTED)
    await given_over(quarter, program)
    await play.delivered()
    got = [mail for mail in await quarter.on("12-01T00:01") if "移送" in mail.subject]
    assert [mail.to for mail in got] == [GONGHUI], "and of none whose deadline had passed when it was entered"
    assert "清检移〔2026〕3号" in got[0].text


async def test_reports_count_it_on_its_day_in_days(play: Play, program: Program) -> None:
    """Sent and decided are both known by the day, which is what reports count in: from 2024-05-06 to 2024-05-09 it is three days."""
    await entered(play, program, DONE, NO_DECISION.replace("1号", "8号"), DECLINED, LATE)
    path = f"/mechanisms/{play.world.mechanism.id}/report"
    found = (await program.get(play.world.liwb, f"{path}?from=2024-05-06&to=2024-05-06"))["notices_received"]
    assert (found["asked"], found["in_time"], found["late"], found["waiting"]) == (2, 2, 0, 0)
    assert Decimal(found["average_days"]) == Decimal(3), (
        "of the one whose day of decision nobody knows no days are counted"
    )
    found = (await program.get(play.world.liwb, f"{path}?from=2024-01-01&to=2024-12-31"))["notices_sent"]
    assert (found["asked"], Decimal(found["average_days"])) == (1, Decimal(2))
    found = (await program.get(play.world.liwb, f"{path}?from=2026-01-01&to=2026-12-31"))["notices_received"]
    assert (found["asked"], found["waiting"]) == (1, 1)


async def test_feedback_corrected_here_counts_no_days_from_a_decision_whose_day_nobody_knows(
    play: Play, program: Program
) -> None:
    """It was accepted at some time in 2024: from its referral to the new feedback in 2026 nobody took 931 days to decide."""
    (id_,) = await entered(play, program, NO_DECISION)
    path = f"/mechanisms/{play.world.mechanism.id}/report?from=2024-01-01&to=2024-12-31"
    for act in "correct", "feedback":
        await program.post(play.world.liwb, f"/notices/{id_}/{act}", {"text": "另有结果"})
        found = (await program.get(play.world.liwb, path))["notices_received"]
        assert (found["asked"], found["late"], found["average_days"]) == (1, 0, None), act


def test_one_whose_day_of_decision_nobody_knows_is_answered_and_in_no_average() -> None:
    day = date(2024, 5, 6)
    found = asked([(day, day, date(2024, 5, 10))], undated=1)
    assert (found.asked, found.in_time, found.late, found.average_days) == (2, 1, 1, Decimal(4))


async def test_a_promised_time_is_judged_by_days_that_are_known(play: Play, program: Program) -> None:
    """Decided on 2024-05-09 it was in time; with feedback on 2024-06-20 and no day of the decision nobody can say that it was late."""
    world = play.world
    clauses = [ClauseSaid(5, "5个工作日内答复。", "answers", 5, None, True)]
    async with play.database.writing() as db:
        facts = AgreementFacts(title="意见", effective_on=date(2022, 5, 23))
        operator = await world.viewer(db, world.guyan)
        await agreement.put_agreement(db, operator, world.mechanism.id, facts, clauses=clauses)
    late = DONE.replace("1号", "9号").replace("2024-05-09", "2024-06-03")
    await entered(play, program, DONE, NO_DECISION.replace("1号", "8号"), late)
    found = await program.get(world.liwb, f"/mechanisms/{world.mechanism.id}/clauses?year=2024")
    (kept,) = [one["kept"] for one in found["items"]]
    assert (kept["late"], kept["in_time"]) == (1, 1)


async def test_the_archive_of_its_year_holds_it_without_any_time_and_a_letter_that_says_what_it_is(
    play: Play, program: Program
) -> None:
    await entered(play, program, DONE, ACCEPTED)
    content, _ = await archive(program, play.world.zhoumin, play.world.mechanism.id, 2024)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        (said,) = [name for name in packed.namelist() if name.endswith("notice.json")]
        text = packed.read(said).decode()
        (letter,) = [name for name in packed.namelist() if name.endswith(".docx") and said.rpartition("/")[0] in name]
        paragraphs = "\n".join(one.text for one in docx.Document(io.BytesIO(packed.read(letter))).paragraphs)
    assert "2024-05-06" in said
    assert A_TIME.findall(text.replace("2026-11-23T09:00:00+08:00", "")) == [], text
    assert "补录" in paragraphs
    assert "2024年5月6日" in paragraphs


async def test_the_search_finds_it_on_its_day(play: Play, program: Program, browser: Browser) -> None:
    (id_,) = await entered(play, program, DONE)
    found = (await program.get(play.world.liwb, "/search?q=讨薪"))["items"]
    assert [(one["kind"], one["id"]) for one in found] == [("notice", str(id_))]
    await browser.sign_in(play.world.liwb)
    assert "2024年5月6日" in re.sub(r"<[^>]+>", "", await browser.get("/search?q=讨薪"))
