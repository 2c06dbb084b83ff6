"""Founding a mechanism, and changing what it is called, who leads and hosts it, and its deadlines."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.calendaring.deadlines import ProfileRefused, check_profile
from liaison.calendaring.workdays import UnknownRegion, region_calendar
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.directory.queries import of_the_site
from liaison.errors import Invalid, NotFound, NotPermitted
from liaison.i18n import LOCALES, N_
from liaison.mechanisms import permissions, queries
from liaison.mechanisms.models import ONLINE, TAKES_PART, HostTurn, Mechanism, Member
from liaison.mechanisms.wording import profile_refused
from liaison.zones import zone_names

FEWEST_MEMBERS, MOST_MEMBERS = 2, 9
MOST_MEETINGS = 9999
FACTS = (
    *("name", "short_name", "programme", "timezone", "region", "locale", "mailbox", "quorum", "first_ordinal"),
    *("needs_closing", "all_sign", "silence_consents"),
)
"""Those Facts that name no agency and no day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an officer writes about a mechanism. Zone, region and locale are the site's when left out."""

    name: str | None
    short_name: str | None = None
    programme: str | None = None
    timezone: str | None = None
    region: str | None = None
    locale: str | None = None
    mailbox: str | None = None
    lead_agency_id: int | None = None
    quorum: int | None = None
    first_ordinal: int | None = None
    """会次 of the first meeting recorded here, where there were others before."""
    must_include: tuple[int, ...] = ()
    """Agency ids of the members that are to be at every meeting for it to have its quorum."""
    all_sign: bool = False
    """Minutes are signed by all member agencies, not by those alone that took part."""
    silence_consents: bool = False
    """Who says nothing of circulated minutes until they are due is taken to agree."""
    host_rotation: tuple[int, ...] = ()
    """Agency ids in the order in which they host; none means: always the lead agency."""
    needs_closing: bool = False
    """Whether action items that are reported done wait to be closed."""
    ended_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """One founding member; `joined_on` is today when left out."""

    agency_id: int
    joined_on: date | None = None
    takes_part: str = ONLINE


async def found(
    db: Session,
    viewer: Viewer,
    facts: Facts,
    *,
    members: Sequence[Joining] | None = None,
    deadlines: Mapping[str, object] | None = None,
) -> Mechanism:
    """Enter a mechanism that two to nine agencies agreed on; the agreement follows with `put_agreement`.

    Without `members` the lead agency is entered alone, and the others are to `join` next. Raises NotPermitted, Invalid."""
    if not permissions.may_found(viewer):
        raise NotPermitted(N_("Mechanisms are entered by the operator. Please send the operator the agreement."))
    facts = replace(
        facts,
        timezone=facts.timezone or db.settings.timezone,
        region=facts.region or db.settings.region,
        locale=facts.locale or db.settings.locale,
    )
    joining = list(members) if members is not None else [Joining(agency_id=facts.lead_agency_id or 0)]
    check = Check()
    if members is not None and not FEWEST_MEMBERS <= len(joining) <= MOST_MEMBERS:
        check.refuse(
            "members", N_("A mechanism has %(least)s to %(most)s members."), least=FEWEST_MEMBERS, most=MOST_MEMBERS
        )
    if len({one.agency_id for one in joining}) < len(joining):
        check.refuse("members", N_("An agency is named twice."))
    for one in joining:
        check.choice("takes_part", one.takes_part, TAKES_PART)
        check.day("joined_on", one.joined_on)
    known = set(await db.scalars(select(Agency.id).where(Agency.deactivated_at.is_(None), of_the_site())))
    if facts.lead_agency_id not in known:
        check.refuse("lead_agency_id", N_("Please choose an agency from the directory."))
    elif not {one.agency_id for one in joining} <= known:
        check.refuse("members", N_("Please choose an agency from the directory."))
    facts = await _checked(db, check, facts, {one.agency_id for one in joining})
    profile = _profile(deadlines)
    columns = asdict(facts)
    columns.pop("host_rotation")
    columns["must_include"] = list(facts.must_include) or None
    entered_on = db.clock.today(facts.timezone or db.settings.timezone)
    mechanism = Mechanism(**columns, deadlines=profile, entered_on=entered_on)
    db.add(mechanism)
    await db.flush()
    today = db.clock.today(mechanism.timezone)
    for one in joining:
        db.add(
            Member(
                mechanism_id=mechanism.id,
                agency_id=one.agency_id,
                joined_on=one.joined_on or today,
                takes_part=one.takes_part,
            )
        )
    await _rotate(db, mechanism.id, facts.host_rotation)
    agencies = [one.agency_id for one in joining]
    audit.add(
        db, viewer, "found", f"mechanism:{mechanism.id}", mechanism_id=mechanism.id, name=facts.name, members=agencies
    )
    return mechanism


async def change_mechanism(
    db: Session, viewer: Viewer, mechanism_id: int, changes: Mapping[str, Any], *, version: int | None = None
) -> Mechanism:
    """Change some of its Facts (`changes` by field name). Raises NotFound, NotPermitted, Conflict, Invalid."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not permissions.may_see(viewer, mechanism_id):
        raise NotFound
    if not permissions.may_keep(viewer):
        raise NotPermitted(N_("This was agreed by all members and is changed by the operator on their word."))
    before = await facts_of(db, mechanism)
    mechanism.check_version(version, **asdict(before))
    today = db.clock.today(mechanism.timezone)
    present = {
        member.agency_id
        for member in await queries.members(db, mechanism_id)
        if not member.left_on or member.left_on > today
    }
    check = Check()
    staying = tuple(one for one in before.must_include if one in present)
    after = await _checked(db, check, replace(before, **{"must_include": staying, **changes}), present, mechanism_id)
    for name, value in asdict(after).items():
        if name not in ("host_rotation", "must_include"):
            setattr(mechanism, name, value)
    mechanism.must_include = list(after.must_include) or None
    if after.host_rotation != before.host_rotation:
        await _rotate(db, mechanism_id, after.host_rotation)
    mechanism.touch()
    await db.flush()
    changed = {name: value for name, value in asdict(after).items() if value != getattr(before, name)}
    audit.add(db, viewer, "change_mechanism", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, **changed)
    return mechanism


async def set_deadlines(
    db: Session, viewer: Viewer, mechanism_id: int, given: Mapping[str, object], *, version: int | None = None
) -> Mechanism:
    """Change the working days around a meeting; a step left out takes its default. Its door has the clock look at the
    meetings to come (`stepping.deadlines_changed`); a reminder of a meeting that was announced keeps its day.

    Raises NotFound, NotPermitted, Conflict, Invalid."""
    mechanism = await locked(db, Mechanism, mechanism_id)
    if not permissions.may_see(viewer, mechanism_id):
        raise NotFound
    if not permissions.may_set_deadlines(viewer, mechanism_id):
        raise NotPermitted(N_("Deadlines are set by the liaisons of the member agencies."))
    mechanism.check_version(version, **mechanism.deadlines)
    mechanism.deadlines = _profile(given)
    mechanism.touch()
    audit.add(
        db, viewer, "set_deadlines", f"mechanism:{mechanism_id}", mechanism_id=mechanism_id, **mechanism.deadlines
    )
    return mechanism


async def facts_of(db: Session, mechanism: Mechanism) -> Facts:
    """What is stored, as Facts."""
    turns = await queries.host_rotation(db, [mechanism.id])
    return Facts(
        name=mechanism.name,
        short_name=mechanism.short_name,
        programme=mechanism.programme,
        timezone=mechanism.timezone,
        region=mechanism.region,
        locale=mechanism.locale,
        mailbox=mechanism.mailbox,
        lead_agency_id=mechanism.lead_agency_id,
        quorum=mechanism.quorum,
        first_ordinal=mechanism.first_ordinal,
        must_include=tuple(mechanism.must_include or ()),
        all_sign=mechanism.all_sign,
        silence_consents=mechanism.silence_consents,
        host_rotation=tuple(agency.id for agency in turns[mechanism.id]),
        needs_closing=mechanism.needs_closing,
        ended_on=mechanism.ended_on,
    )


async def _checked(db: Session, check: Check, facts: Facts, member_ids: set[int], mechanism_id: int = 0) -> Facts:
    """The cleaned facts, or Invalid with everything that `check` collected."""
    name = check.required_text("name", facts.name, most=120)
    cleaned = replace(
        facts,
        name=name,
        short_name=check.text("short_name", facts.short_name, most=60) or name[:60],
        programme=check.text("programme", facts.programme, most=80),
        mailbox=check.mail("mailbox", facts.mailbox),
        quorum=check.number("quorum", facts.quorum, least=1, most=max(len(member_ids), FEWEST_MEMBERS)),
        first_ordinal=check.number("first_ordinal", facts.first_ordinal, least=1, most=MOST_MEETINGS),
        ended_on=check.day("ended_on", facts.ended_on),
        host_rotation=tuple(facts.host_rotation),
        must_include=tuple(dict.fromkeys(facts.must_include)),
    )
    if facts.timezone not in zone_names():
        check.refuse("timezone", N_("Please give a time zone such as Asia/Shanghai."))
    check.choice("locale", facts.locale, LOCALES)
    try:
        await asyncio.to_thread(region_calendar, facts.region or "")  # some regions take 0.4 s the first time
    except UnknownRegion:
        check.refuse("region", N_("Please give a region such as CN or GB-ENG."))
    if facts.lead_agency_id not in member_ids:
        check.refuse("lead_agency_id", N_("The lead agency must be a member."))
    if not set(facts.host_rotation) <= member_ids:
        check.refuse("host_rotation", N_("Only members take turns as hosts."))
    if not set(facts.must_include) <= member_ids:
        check.refuse("must_include", N_("Only members can be needed at a meeting."))
    if len(facts.host_rotation) > 2 * MOST_MEMBERS:
        check.refuse("host_rotation", N_("At most %(most)s turns."), most=2 * MOST_MEMBERS)
    same = select(Mechanism.id).where(Mechanism.name == name, Mechanism.id != mechanism_id)
    if name and (await db.execute(same)).first():
        check.refuse("name", N_("There is already a mechanism of this name."))
    check.done()
    return cleaned


async def _rotate(db: Session, mechanism_id: int, agency_ids: Sequence[int]) -> None:
    await db.execute(delete(HostTurn).where(HostTurn.mechanism_id == mechanism_id))
    for position, agency_id in enumerate(agency_ids, 1):
        db.add(HostTurn(mechanism_id=mechanism_id, position=position, agency_id=agency_id))


def _profile(given: Mapping[str, object] | None) -> dict[str, Any]:
    """The complete profile; empty when nothing is given. Raises Invalid naming the step."""
    if not given:
        return {}
    try:
        return dict(check_profile(given))
    except ProfileRefused as refusal:
        raise Invalid({refusal.field: profile_refused(refusal)}) from None
