"""The figures of a period: what counts as open, on time and late, and that they reconcile and show only what the reader sees."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from liaison.actions import assigning, extending, extension_queries, queries, reporting
from liaison.actions.figure_queries import of_period
from liaison.actions.figures import Fact, figures, total
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from tests.callers import Browser, Program
from tests.world import World

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


def fact(**more: Any) -> Fact:
    plain: dict[str, Any] = {
        "agency_id": 1, "assigned_on": date(2026, 6, 1), "due_on": date(2026, 8, 1), "ended_how": None,
        "ended_on": None, "finished_on": None,
    }  # fmt: skip
    return Fact(**plain | more)


def done(on: date, **more: Any) -> Fact:
    return fact(ended_how="done", ended_on=on, **more)


def test_each_figure_says_what_it_says() -> None:
    facts = [
        fact(),  # open and overdue
        fact(due_on=date(2026, 12, 1), carried=2),  # open
        fact(due_on=date(2026, 9, 30)),  # due on the last day: not overdue by then
        fact(assigned_on=date(2026, 10, 1)),  # later
        done(date(2026, 8, 1)),  # on its day
        done(date(2026, 8, 5), carried=1),  # four days late
        done(date(2026, 8, 10), finished_on=date(2026, 8, 3)),  # reported two days late, closed later
        done(date(2026, 8, 20), due_on=None),  # nothing to be late for
        done(date(2026, 10, 2)),  # open by then, and overdue
        done(date(2026, 6, 30)),  # before
        fact(finished_on=date(2026, 9, 30)),  # reported done by then, and waits to be closed: not overdue
        fact(ended_how="not_possible", ended_on=date(2026, 8, 1)),
        fact(extensions=2, due_on=None),
    ]
    (found,) = figures(facts, FIRST, LAST)
    assert (found.open, found.overdue, found.waiting) == (6, 2, 1)
    assert (found.done, found.on_time, found.late, found.average_days_late) == (4, 2, 2, 3.0)
    assert (found.carried, found.extensions) == (2, 2)


def test_the_total_sums_and_averages_over_all_that_was_late() -> None:
    facts = [
        done(date(2026, 8, 5), agency_id=1),  # four days late
        done(date(2026, 8, 2), agency_id=2),  # one
        done(date(2026, 8, 2), agency_id=2),
        fact(agency_id=2),
    ]
    found = total(figures(facts, FIRST, LAST))
    assert (found.open, found.overdue, found.done, found.late, found.average_days_late) == (1, 1, 3, 3, 2.0)
    assert total([]).average_days_late is None


_DAYS = st.dates(date(2026, 5, 1), date(2026, 11, 30))


@given(
    st.lists(
        st.builds(
            Fact,
            agency_id=st.integers(1, 3),
            assigned_on=_DAYS,
            due_on=st.none() | _DAYS,
            ended_how=st.just("done"),
            ended_on=st.none() | _DAYS,
            finished_on=st.none(),
        )
    )
)
def test_a_later_period_takes_up_where_the_earlier_one_ended(facts: list[Fact]) -> None:
    later = LAST + timedelta(days=60)
    before = {one.agency_id: one for one in figures(facts, FIRST, LAST)}
    after = {one.agency_id: one for one in figures(facts, LAST + timedelta(days=1), later)}
    for agency_id, one in after.items():
        new = sum(f.agency_id == agency_id and LAST < f.assigned_on <= later for f in facts)
        # What was assigned only in the later period, and recorded as ended before it, was never open.
        odd = sum(
            f.agency_id == agency_id and LAST < f.assigned_on <= later and f.ended_on is not None and f.ended_on <= LAST
            for f in facts
        )
        opened = before[agency_id].open if agency_id in before else 0
        assert opened + new - odd == one.open + one.done


async def test_page_and_api_count_what_the_reader_sees(
    database: Database, world: World, settings: Settings, clock: Clock
) -> None:
    ids = []
    for agency, owner in ((world.sfj, world.liwb), (world.sfj, world.liwb), (world.jcy, world.zhoumin)):
        async with database.writing() as db:
            viewer = await world.viewer(db, world.zhoumin)
            item = await assigning.assign(
                db, viewer, world.mechanism.id, title="事项", lead_agency_id=agency.id, owner_id=owner.id,
                due_on=date(2026, 11, 24),
            )  # fmt: skip
            ids.append(item.id)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        asked = await extending.ask(
            db, viewer, await queries.get(db, viewer, ids[0]), due_on=date(2026, 11, 25), reason="等数据"
        )
    async with database.writing() as db:
        viewer = await world.viewer(db, world.zhoumin)
        await extending.agree(db, viewer, await extension_queries.get(db, viewer, asked.id))
    clock.as_of = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
    async with database.writing() as db:
        viewer = await world.viewer(db, world.liwb)
        await reporting.complete(db, viewer, await queries.get(db, viewer, ids[0]))
    api = Program(settings, database, clock)
    jcy, sfj = (await api.get(world.zhoumin, "/action-items/figures?from=2026-11-01&to=2026-11-30"))["items"]
    assert (jcy["agency_id"], jcy["open"], jcy["overdue"], jcy["done"]) == (str(world.jcy.id), 1, 1, 0)
    assert (sfj["open"], sfj["done"], sfj["late"], sfj["average_days_late"]) == (1, 1, 1, 2.0)
    assert sfj["extensions"] == 1
    assert (await api.get(world.sunl, "/action-items/figures"))["items"] == []
    refused = await api.refused(world.zhoumin, "GET", "/action-items/figures?from=2026-11-30&to=2026-11-01")
    assert refused == (422, ["to"])
    browser = await Browser(settings, database, clock).sign_in(world.zhoumin)
    assert "平均逾期天数" in await browser.get("/actions/figures?from=2026-11-01&to=2026-11-30")
    for path in ("/actions/figures", "/actions/figures/print"):
        page = await browser.get(f"{path}?from=2026-11-01&to=2026-11-30")
        sums = page.split("合计</b></td>")[1].split("</tr>")[0]
        assert [cell.split("<")[0] for cell in sums.split('">')[1:]] == ["2", "0", "2", "1", "0", "2.0", "0", "1"]
    async with database.reading() as db:
        assert await of_period(db, await world.viewer(db, world.guyan), FIRST, LAST) == []
