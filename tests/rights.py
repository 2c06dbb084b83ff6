"""The site that tests of rights ask: the small world with a meeting that was announced and a draft, every role signed in twice (as
a browser and as a program), and a database that answers as if it saved, but never does, so that no request changes what the next one finds."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import msgspec
from litestar import Litestar
from litestar.middleware.csrf import generate_csrf_token
from litestar.routes import HTTPRoute
from sqlalchemy import select

from liaison.accounts.models import ApiToken, UserSession
from liaison.accounts.sessions import open_session
from liaison.accounts.tokens import create_token
from liaison.actions import assigning, extending
from liaison.app import open_database
from liaison.audit import Actor
from liaison.calendaring.workdays import DayKind
from liaison.clock import Clock
from liaison.config import Settings
from liaison.countersigning.signing import OnPaper
from liaison.db import Database, Session
from liaison.directory.models import KnownAddress, Person
from liaison.files.store import Brought, Kept
from liaison.mail import queue_state
from liaison.mail.models import OutboxMail
from liaison.mechanisms.models import HolidayDay
from liaison.meetings import agenda, announcing, holding, papers, queries, recording, scheduling
from liaison.meetings.asking import Asked
from liaison.minutes import signing, writing
from liaison.paperwork.models import DocumentTemplate
from liaison.polls import asking
from liaison.polls.asking import Proposed
from liaison.postroom.models import IncomingMail
from liaison.succession.models import ChangeLetter
from liaison.system import holidays
from liaison.web.access import csrf_cookie, session_cookie
from liaison.web.openapi import body_of
from tests import world
from tests.callers import app_of
from tests.permissions_rules import ROLES
from tests.statements import compiled_once

MISSING = 99_999_999
"""An id that no row has."""

DRAFT = "草稿甲7f3a"
"""Stands in the draft of 区检察院 and nowhere else."""
RESTRICTED = "限知丙2c9e"
"""Stands in what 区司法局 alone may know: an item on the agenda and one proposed, and an item of a held meeting with its notes, decision,
action item and section of the minutes."""
STRANGER_PHONE = "0553-0099001"
"""The phone of somebody with whom no member agency has a mechanism in common."""


PEOPLE = tuple(name for name in ROLES.values() if name)
OTHERS: dict[str, tuple[str, ...]] = {
    "meeting_id": ("meeting_id", "draft", "held"),
    "person_id": ("zhoumin", "liwb", "songhp", "tengfei"),
    "agency_id": ("jcy", "sfj", "rsj", "mzj"),
    "member_id": ("jcy_member", "sfj_member", "mzj_member"),
    "designation_id": ("zhoumin_term", "qianwei_term", "liwb_term", "wuxl_term", "songhp_term"),
    "attendee_id": ("chenzy_attendee", "sunl_attendee", "running_attendee"),
    "invitation_id": ("sfj_invitation",),
    "item_id": ("accepted_item", "proposed_item", "restricted_item", "restricted_proposal", "restricted_held"),
    "decision_id": ("decision_id", "restricted_decision"),
    "action_id": ("action_id", "restricted_action"),
    "paper_id": ("paper_id", "restricted_paper"),
    "incoming_id": ("incoming_id",),
    "poll_id": ("poll_id",),
    "version_id": ("minutes_version",),
    "section": ("section", "restricted_section"),
}
"""What a parameter of an address can name: of each agency somebody and something that others may not read."""


def routes_of(app: Litestar) -> list[str]:
    """Every "METHOD address" the server answers."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return sorted(
        f"{method} {route.path_format}"
        for route in routes
        for method in route.methods
        if method not in ("HEAD", "OPTIONS")
    )


class Forgetful(Database):
    """A database whose transactions all end in a rollback; the answer was made before."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        async with self.session(self.writer) as db:
            yield db
            await db.flush()
            await db.rollback()


@dataclass
class Site:
    """The server and what can be named in an address or a body."""

    app: Litestar
    client: httpx.AsyncClient
    things: dict[str, Any]
    cookies: dict[str, str]
    """By role: the key of a browser's session."""
    tokens: dict[str, str]
    """By role: an API token."""
    settings: Settings
    csrf: str = field(init=False)

    def __post_init__(self) -> None:
        self.csrf = generate_csrf_token(self.settings.secret_key)

    def path(self, address: str, at: Mapping[str, str], *, missing: bool = False) -> str:
        """The address with its parameters filled in, with things that exist or with an id that no row has."""

        def fill(found: re.Match[str]) -> str:
            name = found.group(1)
            return str(MISSING if missing and name != "step" else self.things[at.get(name, name)])

        return re.sub(r"{(\w+)}", fill, address)

    def every_thing(self, address: str) -> list[dict[str, str]]:
        """Each way to fill in the address with things that exist."""
        names = re.findall(r"{(\w+)}", address)
        return [
            dict(zip(names, chosen, strict=True)) for chosen in product(*(OTHERS.get(name, (name,)) for name in names))
        ]

    def value(self, given: Any) -> Any:
        """A value of the table: @name stands for a thing's id."""
        if isinstance(given, str) and given.startswith("@"):
            return str(self.things[given[1:]])
        if isinstance(given, dict):
            return {name: self.value(each) for name, each in given.items()}
        return [self.value(each) for each in given] if isinstance(given, list) else given

    def form(self, send: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a form: what the table gives."""
        return {name: self.value(each) for name, each in send.items()}

    def json_body(self, method: str, address: str, send: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON body: what the table gives, and every other required field filled in by its kind."""
        routes = [route for route in self.app.routes if isinstance(route, HTTPRoute) and route.path_format == address]
        kind = next(body_of(each) for route in routes for each in route.route_handlers if method in each.http_methods)
        required = [each for each in msgspec.structs.fields(kind) if each.required] if kind else []
        return {each.encode_name: self.filler(each.encode_name, each.type) for each in required} | self.form(send)

    def filler(self, name: str, kind: Any) -> Any:
        if name in self.things:
            return str(self.things[name])
        kinds = str(kind)
        for word, value in (
            ("datetime.datetime", "2026-12-17T14:30:00+08:00"),
            ("datetime.date", "2027-01-01"),
            ("int", 60),
            ("bool", False),
            ("list", []),
            ("dict", {}),
        ):
            if word in kinds:
                return value
        return "名称"

    async def ask(
        self, role: str, method: str, address: str, path: str, send: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """One request of one role, as a browser or below /api as a program."""
        cookies, headers = {}, {}
        if path.startswith("/api"):
            if role in self.tokens:
                headers["authorization"] = f"Bearer {self.tokens[role]}"
        else:
            cookies[csrf_cookie(self.settings.https)] = headers["x-csrf-token"] = self.csrf
            if role in self.cookies:
                cookies[session_cookie(self.settings.https)] = self.cookies[role]
        content: dict[str, Any] = {}
        if method not in ("GET", "DELETE"):
            content = (
                {"json": self.json_body(method, address, send or {})}
                if path.startswith("/api")
                else {"data": self.form(send or {})}
            )
        self.client.cookies.clear()  # of whoever asked before
        request = self.client.build_request(method, path, headers=headers, cookies=cookies, **content)
        return await self.client.send(request)


@asynccontextmanager
async def build_site(settings: Settings, clock: Clock) -> AsyncIterator[Site]:
    """The site, with everything in it that addresses name."""
    database = compiled_once(open_database(settings, clock))
    async with database.writing() as db:
        built = await world.build(db)
        stranger = Person(key="tengfei", name="滕飞", agency_id=built.rsj.id, job_title="科员", phone=STRANGER_PHONE)
        db.add(stranger)
        await db.flush()
        things: dict[str, Any] = {name: (stranger if name == "tengfei" else getattr(built, name)).id for name in PEOPLE}
        things |= {name: getattr(built, name).id for name in ("jcy", "sfj", "rsj", "mzj", "sjj", "wujianbu")}
        things |= {
            "mechanism_id": built.mechanism.id,
            "series_id": built.series.id,
            "agency_id": built.sfj.id,
            "person_id": built.wuxl.id,
            "office_id": built.wujianbu.id,
            "to_person_id": built.zhenggq.id,
            "lead_agency_id": built.jcy.id,
        }
        things |= {f"{name}_member": row.id for name, row in built.members.items()}
        things |= {f"{name}_term": row.id for name, row in built.terms.items()}
        letter = ChangeLetter(designation_id=built.terms["liwb"].id, on=date(2026, 11, 1), to_agency_id=built.rsj.id)
        db.add(letter)
        await db.flush()
        things["change_letter"] = letter.id
        known = KnownAddress(person_id=built.wuxl.id, address="xiaolan@example.org", kind="alias", added_at=db.now())
        db.add(known)
        layout = DocumentTemplate(
            agency_id=built.sfj.id, kind="agenda", file_name="议程.docx", content=b"PK", added_at=db.now()
        )
        db.add(layout)
        things |= await _meetings(db, built)
        things |= {"region": "CN", "year": 2027}
        operator = await built.viewer(db, built.guyan)
        day = holidays.CorrectDay(date(2027, 3, 2), DayKind.HOLIDAY, "停电")
        await holidays.apply(db, operator, "CN", day)
        things["corrected_day"] = (await db.scalars(select(HolidayDay.id))).one()
        things |= {"address_id": known.id, "template_id": layout.id, "kind": "agenda.docx"}
        # Heard of an hour ahead: it lives however long these tests take.
        await queue_state.put(db, "worker:one", queue_state.database_now(db, 3600), {})
    cookies, tokens = {}, {}
    for role, name in ROLES.items():
        if name is not None:
            async with database.writing() as db:
                cookies[role] = await open_session(db, things[name], user_agent="", source="", by_office=False)
                tokens[role] = await create_token(db, Actor(things[name], "cli"), things[name])
    async with database.reading() as db:
        for name, model in (("session_id", UserSession), ("token_id", ApiToken)):
            things[name] = (await db.scalars(select(model.id).where(model.person_id == built.zhoumin.id))).one()
    await database.dispose()
    forgetful = compiled_once(Forgetful(settings, clock))
    app = app_of(settings, forgetful, clock)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, trust_env=False) as client:
        yield Site(
            app,
            client,
            things | {"name": "nothing", "path": "nothing", "token": "nothing", "step": "call_for_items"},
            cookies,
            tokens,
            settings,
        )
    await forgetful.dispose()


def _kept(settings: Settings, number: int, text: str) -> Brought:
    """A file that lies among the papers."""
    place = settings.papers_dir
    place.mkdir(exist_ok=True)
    (place / f"{number:032}").write_text(text, encoding="utf-8")
    return Brought(f"{text}.txt", "txt", Kept(f"{number:032}", len(text.encode()), f"{number:064}"))


async def _meetings(db: Session, built: world.World) -> dict[str, Any]:
    """A meeting that was announced, with agency and people asked and two agenda items; a draft; and a meeting that is going on."""
    host = await built.viewer(db, built.zhoumin)
    proposer = await built.viewer(db, built.zhenggq)
    asked = [
        Asked(agency_id=built.sfj.id, seats=2),
        Asked(person_id=built.chenzy.id, role="chair"),
        Asked(person_id=built.sunl.id),
    ]
    start = datetime.fromisoformat("2026-12-17T14:30")
    facts: dict[str, Any] = {
        "kind": "regular",
        "local_start": start,
        "duration_minutes": 120,
        "recorder_id": built.xujie.id,
        "authorised_by_id": built.fanghua.id,
    }
    meeting = await scheduling.schedule(db, host, built.mechanism.id, title="第四季度联席会议", asked=asked, **facts)
    draft = await scheduling.schedule(db, host, built.mechanism.id, title=DRAFT, note=DRAFT, **facts)
    accepted = await agenda.add_item(db, host, meeting, title="通报工作情况", purpose="report")
    proposed = await agenda.add_item(db, proposer, meeting, title="商请协助", purpose="consult")
    closed = {"audience": [built.sfj.id], "agency_id": built.sfj.id, "purpose": "consult", "title": f"会商{RESTRICTED}"}
    officer = await built.viewer(db, built.liwb)
    restricted = await agenda.add_item(db, officer, meeting, **closed, presenter_id=built.liwb.id, duration_minutes=20)
    await agenda.accept_item(db, host, restricted)
    restricted_proposal = await agenda.add_item(db, officer, meeting, **closed)
    kept_files = [_kept(db.settings, n, text) for n, text in enumerate(("材料", RESTRICTED))]
    paper = await papers.add(db, host, meeting, kept_files[0], title="工作情况")
    restricted_paper = await papers.add(
        db, officer, meeting, kept_files[1], title=f"材料{RESTRICTED}", agenda_item_id=restricted.id
    )
    await announcing.send(db, host, meeting)
    running = await scheduling.schedule(
        db, host, built.mechanism.id, title="碰头会", asked=[Asked(person_id=built.sunl.id)], **facts
    )
    await announcing.send(db, host, running)
    running.local_start = datetime.fromisoformat("2026-11-23T08:30")  # since then half an hour has passed
    running.starts_at = datetime.fromisoformat("2026-11-23T08:30+08:00")
    held = await scheduling.schedule(
        db, host, built.mechanism.id, title="第三季度联席会议", **facts | {"local_start": start - timedelta(days=60)}
    )
    decision = await recording.decide(db, host, held, text="每月5日前交换清单。")
    restricted_held = await agenda.add_item(db, officer, held, **closed)
    await agenda.accept_item(db, host, restricted_held)
    held_item = {"agenda_item_id": restricted_held.id}
    await recording.save_note(db, officer, held, f"记录{RESTRICTED}", **held_item)
    restricted_decision = await recording.decide(db, officer, held, text=f"议定{RESTRICTED}", **held_item)
    await holding.hold(db, host, held)
    minutes = await writing.draft(db, host, held)
    sent = await writing.circulate(db, host, minutes, minutes.document.newest)
    sheet = _kept(db.settings, 2, "会签单")
    scan = {"file_name": sheet.file_name, "stored_name": sheet.kept.stored_name, "kind": "pdf"}
    signed = OnPaper("郑国强", date(2026, 11, 20), scan)
    on_paper = await signing.register(db, host, minutes, sent, root=sent.root, agency_id=built.sfj.id, paper=signed)
    owned = await assigning.assign(
        db,
        host,
        built.mechanism.id,
        meeting=held,
        title="建立台账",
        lead_agency_id=built.sfj.id,
        owner_id=built.zhenggq.id,
        due_on=date(2026, 12, 1),
    )
    extension = await extending.ask(db, officer, owned, due_on=date(2026, 12, 20), reason="等待数据")
    restricted_action = await assigning.assign(
        db,
        officer,
        built.mechanism.id,
        meeting=held,
        decision_id=restricted_decision.id,
        title=f"落实{RESTRICTED}",
        lead_agency_id=built.sfj.id,
        owner_id=built.liwb.id,
        due_on=date(2026, 11, 20),
    )
    poll = await asking.ask_for_times(
        db,
        host,
        built.mechanism.id,
        candidates=[Proposed(start, 120), Proposed(start + timedelta(days=1), 120)],
        due_on=date(2026, 12, 1),
        meeting=draft,
    )
    incoming = IncomingMail(
        received_at=db.now(),
        door="stdin",
        digest="0" * 64,
        sender="someone@example.org",
        subject="回复：第四季度联席会议",
        size=2,
        raw=b"\r\n",
        verdict="held",
        reason="other_sender",
        mechanism_id=built.mechanism.id,
        meeting_id=meeting.id,
    )
    db.add(incoming)
    await db.flush()
    attendees = await queries.attendees(db, meeting.id)
    invitations = await queries.invitations(db, meeting.id)
    mail = (await db.scalars(select(OutboxMail).order_by(OutboxMail.id))).first()
    assert mail is not None
    by_person = {each.person_id: each.id for each in attendees}
    return {
        "meeting_id": meeting.id,
        "mail_id": mail.id,
        "delivery_id": mail.id,
        "draft": draft.id,
        "incoming_id": incoming.id,
        "poll_id": poll.id,
        "candidate_id": poll.candidates[0].id,
        "decision_id": decision.id,
        "action_id": owned.id,
        "extension_id": extension.id,
        "paper_id": paper.id,
        "minutes_version": minutes.document.newest.id,
        "section": "decisions.docx",
        "restricted_section": f"item-{restricted_held.id}.docx",
        "sign_off_id": on_paper.id,
        "restricted_paper": restricted_paper.id,
        "accepted_item": accepted.id,
        "proposed_item": proposed.id,
        "held": held.id,
        "restricted_item": restricted.id,
        "restricted_proposal": restricted_proposal.id,
        "restricted_held": restricted_held.id,
        "restricted_decision": restricted_decision.id,
        "restricted_action": restricted_action.id,
        "chenzy_attendee": by_person[built.chenzy.id],
        "sunl_attendee": by_person[built.sunl.id],
        "running_attendee": (await queries.attendees(db, running.id))[0].id,
        "sfj_invitation": invitations[0].id,
        "starts_on": date(2027, 1, 1).isoformat(),
    }
