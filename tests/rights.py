"""The site that tests of rights ask: the small world with a meeting that was announced and a draft, every role signed in twice (as
a browser and as a program), and a database that answers as if it saved, but never does, so that no request changes what the next one finds."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

import httpx
import msgspec
from litestar import Litestar
from litestar.middleware.csrf import generate_csrf_token
from litestar.routes import HTTPRoute
from sqlalchemy import select, update

from liaison.accounts.models import ApiToken, UserSession
from liaison.accounts.sessions import open_session
from liaison.accounts.tokens import create_token
from liaison.audit import Actor
from liaison.calendaring.workdays import DayKind
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database, Session
from liaison.directory.models import KnownAddress, Person
from liaison.mail import queue_state
from liaison.mechanisms.models import HolidayDay, Reader
from liaison.opening import open_database
from liaison.paperwork.models import DocumentTemplate
from liaison.succession.models import ChangeLetter
from liaison.system import holidays
from liaison.web.access import csrf_cookie, session_cookie
from liaison.web.how_far import HowFar
from liaison.web.openapi import body_of
from tests import world
from tests.callers import app_of
from tests.permissions_rules import ROLES
from tests.rights_meetings import meetings
from tests.rights_notices import contacts, notices
from tests.rights_results import outcomes
from tests.statements import hurried

MISSING = 99_999_999
"""An id that no row has."""

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
    "notice_id": ("notice_id", "notice_draft"),
    "contact_id": ("contact_id", "sfj_contact"),
    "outcome_id": ("outcome_id", "sfj_outcome"),
    "version_id": ("minutes_version", "proposal_version", "proposal_draft"),
    "sign_off_id": ("sign_off_id", "proposal_sign_off"),
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
    read_before: dict[tuple[str, str], httpx.Response] = field(default_factory=dict)

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

    async def read(self, role: str, address: str, path: str) -> httpx.Response:
        """What a GET of one role answers; asked once, since nothing changes on this site."""
        if (role, path) not in self.read_before:
            self.read_before[role, path] = await self.ask(role, "GET", address, path)
        return self.read_before[role, path]


@asynccontextmanager
async def build_site(settings: Settings, clock: Clock) -> AsyncIterator[Site]:
    """The site, with everything in it that addresses name."""
    database = hurried(open_database(settings, clock))
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
        things |= await meetings(db, built)
        things |= await notices(db, built)
        things |= await contacts(db, built)
        things |= await outcomes(db, built)
        things |= {"region": "CN", "year": 2027}
        operator = await built.viewer(db, built.guyan)
        day = holidays.CorrectDay(date(2027, 3, 2), DayKind.HOLIDAY, "停电")
        await holidays.apply(db, operator, "CN", day)
        things["reader_id"] = (await db.scalars(select(Reader.id))).one()
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
    async with database.writing() as db:  # else every request would note that its token was used, in vain
        await db.execute(update(ApiToken).values(last_used_at=db.now()))
    async with database.reading() as db:
        for name, model in (("session_id", UserSession), ("token_id", ApiToken)):
            things[name] = (await db.scalars(select(model.id).where(model.person_id == built.zhoumin.id))).one()
    await database.dispose()
    forgetful = hurried(Forgetful(settings, clock))
    app = app_of(settings, forgetful, clock)
    app.state.under_way.tables[built.zhoumin.id, "key"] = HowFar()  # a table that never ends
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, trust_env=False) as client:
        yield Site(
            app,
            client,
            things | {"key": "key", "name": "nothing", "path": "nothing", "token": "nothing", "step": "call_for_items"},
            cookies,
            tokens,
            settings,
        )
    await forgetful.dispose()
