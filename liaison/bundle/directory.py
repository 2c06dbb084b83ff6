"""Taking over a bundle's agencies, offices and people.

Agencies are known by their short name, people by their key (or, without one, by name within the agency)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from liaison.accounts.viewer import Viewer
from liaison.bundle.known import Known
from liaison.bundle.values import Bundle, Entry
from liaison.db import Session
from liaison.directory import agencies, offices, people
from liaison.errors import Refusal
from liaison.i18n import N_

_PERSON_FIELDS: Final = ("department", "job_title", "rank", "mail", "phone", "locale")


async def load_directory(db: Session, viewer: Viewer, known: Known, bundle: Bundle) -> None:
    """Agencies, offices and people of the bundle; what is wrong is noted in `known.errors`."""
    for entry in bundle.agencies:
        await _go_on(known)
        try:
            await _load_agency(db, viewer, known, entry)
        except Refusal as refusal:
            known.fail("agencies", entry.text("short_name"))
            known.refused(entry, refusal)
    for entry in bundle.offices:
        await _go_on(known)
        try:
            await _load_office(db, viewer, known, entry)
        except Refusal as refusal:
            known.refused(entry, refusal)
    for entry in bundle.people:
        await _go_on(known)
        try:
            await _load_person(db, viewer, known, entry)
        except Refusal as refusal:
            known.fail("people", entry.text("key") or entry.text("name"))
            known.refused(entry, refusal, {"office_id": "office", "contact_id": "contact"})
    for entry in bundle.people:
        try:
            await _load_contact(db, viewer, known, entry)
        except Refusal as refusal:
            known.refused(entry, refusal, {"contact_id": "contact"})


async def _go_on(known: Known) -> None:
    """One more entry; a long file must not keep the other requests waiting."""
    known.one_more()
    await asyncio.sleep(0)


async def _load_agency(db: Session, viewer: Viewer, known: Known, entry: Entry) -> None:
    short_name = entry.text("short_name") or ""
    stored = known.agencies.get(short_name)
    if stored is None:
        known.agencies[short_name] = await agencies.add_agency(db, viewer, **entry.values)
        known.report.new("agencies", short_name)
        return
    changes = {} if entry.only_new else _changes(stored, {n: v for n, v in entry.values.items() if n != "short_name"})
    if changes:
        await agencies.change_agency(db, viewer, stored.id, **changes)
    known.report.kept("agencies", short_name, changed=bool(changes))


async def _load_office(db: Session, viewer: Viewer, known: Known, entry: Entry) -> None:
    agency = known.agency(entry)
    if agency is None:
        return
    name = entry.text("name") or ""
    fields = {n: v for n, v in entry.values.items() if n != "agency"}
    stored = known.offices.get((agency.id, name))
    if stored is None:
        office = await offices.add_office(db, viewer, agency_id=agency.id, **fields)
        known.offices[agency.id, name] = office
        known.report.new("offices", name)
        return
    changes = _changes(stored, fields)
    if changes:
        await offices.change_office(db, viewer, stored.id, **changes)
    known.report.kept("offices", name, changed=bool(changes))


async def _load_person(db: Session, viewer: Viewer, known: Known, entry: Entry) -> None:
    agency = known.agency(entry)
    if agency is None:
        known.fail("people", entry.text("key") or entry.text("name"))
        return
    name, key = entry.text("name") or "", entry.text("key")
    fields: dict[str, Any] = {n: entry.values[n] for n in _PERSON_FIELDS if n in entry.values}
    if "office" in entry.values:
        office = known.offices.get((agency.id, entry.text("office") or ""))
        if office is None and entry.text("office"):
            known.refuse(entry, "office", N_("This agency has no office “%(name)s”."), name=entry.text("office"))
        fields["office_id"] = office.id if office else None
    stored = known.by_key.get(key) if key else None
    if stored is None:
        namesakes = [p for p in known.by_name.get((agency.id, name), []) if not (key and p.key)]
        if len(namesakes) > 1:
            known.refuse(
                entry, "name", N_("There are several “%(name)s” in this agency. Please give a key."), name=name
            )
            return
        stored = namesakes[0] if namesakes else None
    if stored is None:
        person = await people.add_person(db, viewer, agency_id=agency.id, name=name, key=key, **fields)
        known.entered[id(entry)] = person
        known.keep(person)
        known.report.new("people", name)
        return
    if stored.agency_id != agency.id:
        known.refuse(
            entry,
            "agency",
            N_("%(name)s is of %(agency)s here. Moving somebody to another agency is done in the directory."),
            name=stored.name,
            agency=stored.agency.short_name,
        )
        return
    known.entered[id(entry)] = stored
    changes = _changes(stored, {**fields, "name": name, **({"key": key} if key else {})})
    if changes:
        await people.change_person(db, viewer, stored.id, **changes)
        known.keep(stored)
    known.report.kept("people", name, changed=bool(changes))


async def _load_contact(db: Session, viewer: Viewer, known: Known, entry: Entry) -> None:
    """Whoever takes calls for a leader may stand further down in the file: so contacts come last."""
    person = known.entered.get(id(entry))
    if person is None or "contact" not in entry.values:
        return
    contact = (
        known.person(entry, known.agencies[entry.text("agency") or ""], "contact") if entry.text("contact") else None
    )
    contact_id = contact.id if contact else None
    if person.contact_id != contact_id and (contact or not entry.text("contact")):
        await people.change_person(db, viewer, person.id, contact_id=contact_id)
        known.report.changed_too("people", person.name)


def _changes(stored: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if getattr(stored, name) != value}
