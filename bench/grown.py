"""Filling a site that has grown, table by table, for the measures of `bench.scale` and others."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from liaison import migrate
from liaison.actions.models import ActionItem, Support
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import Mechanism, Member
from liaison.meetings.models import AgencyInvitation, AgendaItem, Announcement, Attendee, Meeting

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
"""A Thursday, 10:00 where the mechanism meets: reminders go, and no weekly digest."""
AT_ONCE = 10_000
OPEN, OWNED, DUE = 120, 20, 10
"""Action items of the officer's mechanism that are open; those of them that the officer owns; those due today."""


@dataclass(slots=True)
class Size:
    """How much there is in all, and how much of it in the officer's mechanism."""

    meetings: int
    items: int
    own_meetings: int
    own_items: int
    mechanisms: int


def fill(database: Database, had: Size | None, size: Size, officer_id: int) -> None:
    """Grow the site from one size to the next by bulk inserts; mechanism and agencies 1 and 2 are the officer's."""
    engine = migrate.sync_engine(database.settings)
    had = had or Size(1, 0, 1, 0, 1)
    with engine.begin() as db:
        said = db.execute(select(Announcement.snapshot).limit(1)).scalar_one()
        more = range(had.mechanisms + 1, size.mechanisms + 1)
        put(db, Agency, ({"id": n + 1, "short_name": f"机关{n}", "name": f"外区机关{n}"} for n in more))
        put(db, Person, ({"id": 1000 + n, "name": f"外人{n}", "agency_id": n + 1} for n in more))
        put(db, Mechanism, (mechanism_row(n) for n in more))
        put(db, Member, ({"mechanism_id": n, "agency_id": n + 1, "joined_on": date(1950, 1, 1)} for n in more))
        numbers = range(had.meetings + 1, size.meetings + 1)
        rows = list(meeting_rows(numbers, range(had.own_meetings, size.own_meetings), size.mechanisms))
        put(db, Meeting, rows)
        put(db, Attendee, (one for row in rows for one in attendee_rows(row, officer_id)))
        put(db, AgencyInvitation, (one for row in rows for one in slip_rows(row)))
        put(db, AgendaItem, (one for row in rows for one in agenda_rows(row)))
        put(db, Announcement, (announcement_row(row, said) for row in rows))
        put(db, OutboxMail, (mail_row(row) for row in rows))
        items = (range(had.items, size.items), range(had.own_items, size.own_items), rows, officer_id)
        put(db, ActionItem, item_rows(*items))
        put(db, Support, (support_row(row) for row in item_rows(*items) if row["id"] % 3 == 0))
        if engine.dialect.name == "postgresql":
            for model in (Agency, Person, Mechanism, Meeting, ActionItem):
                name = model.__tablename__
                db.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def put(db: Connection, model: Any, rows: Iterator[dict[str, Any]] | Sequence[dict[str, Any]]) -> None:
    """Insert the rows, many at once."""
    table: Table = model.__table__
    left = iter(rows)
    while some := list(itertools.islice(left, AT_ONCE)):
        db.execute(insert(table), some)


def mechanism_row(n: int) -> dict[str, Any]:
    return {
        "id": n, "name": f"外区机制{n}", "short_name": f"机制{n}", "timezone": "Asia/Shanghai", "region": "CN", "locale": "zh_CN",
        "lead_agency_id": n + 1, "deadlines": {},
    }  # fmt: skip


def meeting_rows(numbers: range, own: range, mechanisms: int) -> Iterator[dict[str, Any]]:
    """Held meetings: of the officer's mechanism one a week, back from now; of each other one a month, and one in ten to come."""
    for place, n in enumerate(numbers):
        if place < len(own):
            mechanism_id, starts_at = 1, NOW - timedelta(weeks=own[place])
        else:
            mechanism_id, turn = 2 + n % (mechanisms - 1), n // (mechanisms - 1)
            starts_at = NOW + timedelta(days=30 * (turn % 100 - 89), minutes=n % 600)
        held = starts_at if starts_at < NOW else None
        yield {
            "id": n, "mechanism_id": mechanism_id, "kind": "regular", "title": f"第{n}次联席会议", "timezone": "Asia/Shanghai",
            "local_start": starts_at.replace(tzinfo=None) + timedelta(hours=8), "duration_minutes": 120, "starts_at": starts_at,
            "host_agency_id": mechanism_id if mechanism_id == 1 else mechanism_id + 1, "location": "第一会议室",
            "created_at": starts_at - timedelta(days=30), "uid": f"bench-{n}", "sequence": 0,
            "dtstamp": starts_at - timedelta(days=20), "announced_at": starts_at - timedelta(days=20), "held_at": held,
        }  # fmt: skip


def attendee_rows(meeting: dict[str, Any], officer_id: int) -> Iterator[dict[str, Any]]:
    """Three people each; the officer at every meeting of the own mechanism."""
    own = meeting["mechanism_id"] == 1
    for each in range(3):
        yield {
            "meeting_id": meeting["id"], "starts_at": meeting["starts_at"], "name": f"人员{each}",
            "agency_id": 1 + each % 2 if own else meeting["host_agency_id"],
            "person_id": officer_id + each if own else 1000 + meeting["mechanism_id"], "partstat": "accepted",
        }  # fmt: skip


def slip_rows(meeting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Both agencies of the officer's mechanism are asked to each of its meetings, of each other one its host."""
    for agency_id in (1, 2) if meeting["mechanism_id"] == 1 else (meeting["host_agency_id"],):
        yield {"meeting_id": meeting["id"], "agency_id": agency_id, "seats": 2, "returned_at": meeting["dtstamp"]}


def agenda_rows(meeting: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for position in (1, 2):
        yield {
            "meeting_id": meeting["id"], "position": position, "title": f"研究第{position}项工作", "purpose": "study",
            "proposed_at": meeting["created_at"],
        }  # fmt: skip


def announcement_row(meeting: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """As `said` of the meeting to come."""
    snapshot = {**said, "title": meeting["title"], "local_start": meeting["local_start"].isoformat(), "addressees": []}
    return {
        "meeting_id": meeting["id"], "uid": meeting["uid"], "sequence": 0, "dtstamp": meeting["dtstamp"], "method": "REQUEST",
        "occasion": "invited", "snapshot": snapshot, "at": meeting["dtstamp"],
    }  # fmt: skip


def mail_row(meeting: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "meeting", "about": f"meeting:{meeting['id']}", "address": "a@unit.qingzhi.example", "locale": "zh_CN",
        "display_to": "a@unit.qingzhi.example", "state": "sent", "created_at": meeting["dtstamp"], "priority": 5,
        "next_try_at": meeting["dtstamp"], "final_at": meeting["dtstamp"], "thread": meeting["uid"], "in_doubt": False,
    }  # fmt: skip


def item_rows(
    numbers: range, own: range, meetings: Sequence[dict[str, Any]], officer_id: int
) -> Iterator[dict[str, Any]]:
    """Ended items of the mechanisms' meetings; of the own the first OPEN are open, of the others one in ten."""
    mine = [one for one in meetings if one["mechanism_id"] == 1]
    theirs = [one for one in meetings if one["mechanism_id"] != 1]
    today = NOW.date()
    for place, n in enumerate(numbers):
        is_own = place < len(own)
        meeting = (mine if is_own else theirs)[place % len(mine if is_own else theirs)]
        at: datetime = min(meeting["starts_at"], NOW - timedelta(days=7))
        due_on: date | None = at.date() + timedelta(days=30)
        is_open = n < OPEN if is_own else n % 10 == 0
        remind_on = None
        if is_open and is_own:
            due_on = today + timedelta(days=max(0, n - DUE + 1)) if n % 6 else None
            remind_on = today if due_on == today else due_on
        elif is_open:
            due_on = remind_on = today + timedelta(days=10 + n % 300)
        yield {
            "id": n + 1, "mechanism_id": meeting["mechanism_id"], "meeting_id": meeting["id"], "title": f"落实第{n}项工作",
            "lead_agency_id": 1 + n % 2 if is_own else meeting["host_agency_id"],
            "owner_id": (officer_id + (0 if n < OWNED else n % 10)) if is_own else 1000 + meeting["mechanism_id"],
            "due_on": due_on, "assigned_on": at.date(), "assigned_at": at, "remind_on": remind_on,
            "ended_at": None if is_open else at + timedelta(days=20), "ended_how": None if is_open else "done",
        }  # fmt: skip


def support_row(item: dict[str, Any]) -> dict[str, Any]:
    """By the other of the officer's two agencies."""
    return {"action_item_id": item["id"], "agency_id": 1 if item["lead_agency_id"] == 2 else 2}
