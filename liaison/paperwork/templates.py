"""Bringing an agency's own layout for a paper, and taking it out of use."""

import asyncio

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.checks import Check
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.documents.refusals import LARGEST, NotATemplate
from liaison.errors import Invalid, Message, NotPermitted
from liaison.i18n import N_
from liaison.paperwork import queries
from liaison.paperwork.fields import KNOWN
from liaison.paperwork.models import FILLED_KINDS, DocumentTemplate
from liaison.paperwork.permissions import may_bring_templates

_NOT_YOURS = N_("Templates are brought by the agency itself: its administrator, liaison officers and deputies.")
_REFUSED = {
    "too_large": N_("The file is larger than %(most)s MB."),
    "not_docx": N_("Please choose a .docx file as Word or WPS saves it."),
    "too_much_inside": N_("This file unpacks to more than a template may hold."),
    "macros": N_("A template may hold no macros."),
    "points_outside": N_("A template may hold no links to files or pages elsewhere."),
}


async def bring(
    db: Session, viewer: Viewer, agency_id: int, *, kind: str, file_name: str, content: bytes
) -> DocumentTemplate:
    """Use this .docx for one kind of paper of the agency from now on; what was used before is kept, out of use.

    Raises NotPermitted, Invalid (also for fields that no paper has, which are named)."""
    if not may_bring_templates(viewer, agency_id):
        raise NotPermitted(_NOT_YOURS)
    check = Check()
    kind = check.choice("kind", kind, FILLED_KINDS)
    file_name = (
        check.text("file", file_name.replace("\\", "/").rpartition("/")[2][-120:], most=120, numbers=True) or "?"
    )
    check.done()
    try:
        found = await asyncio.to_thread(_fields_in, content)
    except NotATemplate as refusal:
        params = {"most": LARGEST // 1024 // 1024} if refusal.code == "too_large" else {}
        raise Invalid({"file": Message(_REFUSED[refusal.code], params)}) from None
    unknown = [name for name in found if name not in KNOWN]
    if unknown:
        raise Invalid(
            {
                "file": Message(
                    N_("The template asks for fields that do not exist: %(names)s."), {"names": ", ".join(unknown[:10])}
                )
            }
        )
    if not found:
        raise Invalid({"file": Message(N_("The template has no field, so every paper would be the same."))})
    await locked(db, Agency, agency_id)
    before = await queries.template(db, agency_id, kind)
    if before is not None:
        _take_out(db, viewer, before)
        await db.flush()
    made = DocumentTemplate(
        agency_id=agency_id,
        kind=kind,
        file_name=file_name,
        content=content,
        added_at=db.now(),
        added_by=viewer.person_id,
    )
    db.add(made)
    await db.flush()
    audit.add(db, viewer, "bring_template", f"agency:{agency_id}", kind=kind, file=file_name)
    return made


async def remove(db: Session, viewer: Viewer, template_id: int) -> None:
    """Take a template out of use: the paper is laid out by the standard again. Raises NotFound, NotPermitted."""
    found = await queries.template_of_agency(db, viewer, template_id)
    if not may_bring_templates(viewer, found.agency_id):
        raise NotPermitted(_NOT_YOURS)
    if found.removed_at is None:
        _take_out(db, viewer, found)
        audit.add(db, viewer, "remove_template", f"agency:{found.agency_id}", kind=found.kind, file=found.file_name)


def _take_out(db: Session, viewer: Viewer, one: DocumentTemplate) -> None:
    one.removed_at, one.removed_by = db.now(), viewer.person_id


def _fields_in(content: bytes) -> list[str]:
    # Imported here because python-docx is large, and a server to which nobody brings a template never needs it.
    from liaison.documents.filling import fields_in

    return fields_in(content)
