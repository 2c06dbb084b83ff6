"""What an archive holds of the mechanism itself: the agreement with its versions, the members and their liaisons."""

import asyncio
from datetime import timedelta

from liaison.archive.filing import AGREEMENT, LIAISONS, Filed
from liaison.archive.packing import Packer
from liaison.archive.pages import FileShown
from liaison.archive.scans import scans
from liaison.archive.scope import Scope
from liaison.archive.signed import signed_json
from liaison.countersigning.models import DocumentVersion
from liaison.db import Session
from liaison.mechanisms import known, queries
from liaison.mechanisms.permissions import sees_until
from liaison.mechanisms.values import designation_json, member_json
from liaison.mechanisms.wording import ROLES
from liaison.proposals import making
from liaison.proposals import queries as proposals
from liaison.proposals.models import Proposal
from liaison.proposals.permissions import readable_versions
from liaison.proposals.values import wording_json
from liaison.proposals.wording import title

FOLDER = "agreement"


async def agreement(db: Session, scope: Scope, packer: Packer | None) -> list[FileShown]:
    """Every wording that held, and every version that was put to the members, whatever the year: all else rests on it."""
    wordings = await known.wordings(db, scope.viewer, scope.mechanism)
    rows = [wording_json(n, one) for n, one in enumerate(wordings, 1)]
    shown: list[FileShown] = []
    scope.counts["wordings"] = len(wordings)
    if wordings and packer is not None:
        path = packer.path(FOLDER, "agreement.json")
        newest = wordings[-1]
        filed = Filed(AGREEMENT, newest.title, "", newest.doc_no or "", newest.signed_on)
        await asyncio.to_thread(packer.add_json, path, {"wordings": rows})
        clauses = [[str(one.number), one.text] for one in newest.clauses]
        heads = [scope.words._("Clause"), scope.words._("Text")]
        table = await asyncio.to_thread(packer.add_table, FOLDER, newest.title, [heads, *clauses], filed)
        shown.append(FileShown(newest.title, table, newest.doc_no or ""))
    for proposal in await proposals.of_mechanism(db, scope.viewer, scope.mechanism):
        for version in readable_versions(scope.viewer, proposal, db.now()):
            if version.circulated_at is None:
                scope.left_out["proposals"] += 1
            elif packer is not None:
                shown += await _version(db, scope, packer, proposal, version)
    return shown


async def _version(
    db: Session, scope: Scope, packer: Packer, proposal: Proposal, version: DocumentVersion
) -> list[FileShown]:
    document, name = proposal.document, title(scope.words, version.head)
    holds = document.in_force_at is not None and proposal.withdrawn_at is None and version is document.newest
    shown = []
    for made in (
        await making.docx(db, scope.viewer, version.id),
        await making.sheet(db, scope.viewer, version.id),
    ):
        path = packer.path(FOLDER, made.file_name)
        on = proposal.signed_on if holds else scope.local(version.circulated_at) if version.circulated_at else None
        filed = Filed(
            AGREEMENT, made.file_name.removesuffix(".docx"), proposal.proposed_by.name, proposal.doc_no or "", on
        )
        await asyncio.to_thread(packer.add, path, made.content, filed)
        shown.append(FileShown(filed.title, path, proposal.proposed_by.short_name))
    for one in await scans(db, scope, packer, FOLDER, version, AGREEMENT, scope.words._("Sheet signed on paper")):
        shown.append(FileShown(one.title, f"{FOLDER}/{one.name}", one.by))
    signed = packer.path(FOLDER, "signed.json")
    text = signed_json(scope.viewer, document, version, scope.zone, in_force=holds, head=None)
    await asyncio.to_thread(packer.add_json, signed, {**text, "title": name})
    packer.signed.append(signed)
    shown.append(FileShown(scope.words._("What was signed, for the verifier"), signed, ""))
    return shown


async def liaisons(db: Session, scope: Scope, packer: Packer | None) -> list[FileShown]:
    """成员单位 and 联络员变更记录: every term and membership up to the last day of the archive."""
    words, mechanism = scope.words, scope.mechanism
    until = sees_until(scope.viewer, mechanism.id, scope.today)
    held = queries.with_office(
        await queries.designations(db, mechanism.id),
        until - timedelta(days=1) if until else scope.today,
        mechanism.timezone,
    )
    rows = [
        (row, in_office)
        for row, in_office in held
        if row.starts_on <= scope.last and (until is None or row.starts_on < until)
    ]
    members = [
        one
        for one in await queries.members(db, mechanism.id)
        if one.joined_on <= scope.last and (until is None or one.joined_on < until)
    ]
    scope.counts["terms"] = len(rows)
    if packer is None:
        return []
    heads = [words._("Agency"), words._("Person"), words._("Role"), words._("Term begins on"), words._("Term ends before"), words._("Basis (number of the letter)")]  # fmt: skip
    table = [heads]
    for row, _ in rows:
        ends_on = designation_json(row, False, until)["ends_on"]
        table.append(
            [
                row.agency.short_name,
                row.person.name,
                words._(ROLES[row.role]),
                row.starts_on.isoformat(),
                ends_on.isoformat() if ends_on else "",
                row.basis_ref or "",
            ]
        )
    title = words._("History of liaisons")
    path = await asyncio.to_thread(packer.add_table, "ledgers", title, table, Filed(LIAISONS, title))
    left = [one.left_on if one.left_on and (until is None or one.left_on <= until) else None for one in members]
    await asyncio.to_thread(
        packer.add_json,
        packer.path("ledgers", "members.json"),
        {
            "members": [{**member_json(one), "agency": one.agency.name, "left_on": day} for one, day in zip(members, left, strict=True)],
            "designations": [designation_json(row, in_office, until) for row, in_office in rows],
        },
    )  # fmt: skip
    return [FileShown(title, path, "")]
