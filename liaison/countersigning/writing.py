"""Writing a document: its first version, edits, circulating a version to those who sign it, and putting it in force. Who may do so is
asked by the feature whose document it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from liaison import audit
from liaison.accounts.viewer import Viewer
from liaison.audit import Actor
from liaison.checks import Check
from liaison.countersigning import content, queries
from liaison.countersigning.content import Section
from liaison.countersigning.models import Document, DocumentSection, DocumentVersion, Signer
from liaison.countersigning.standing import standing_of
from liaison.db import Session, locked
from liaison.directory.models import Agency
from liaison.errors import Conflict
from liaison.i18n import N_

MOST_SECTIONS, MOST_TEXT, MOST_TITLE = 100, 20_000, 200
NOT_NEWEST = N_("There is a newer version of this text. Please look at that one.")
NOT_CIRCULATED = N_("This version has not been circulated yet.")


async def begin(
    db: Session,
    viewer: Viewer,
    *,
    kind: str,
    mechanism_id: int,
    about: str | None,
    head: Mapping[str, Any],
    sections: Sequence[Section],
    authorised_by_id: int | None = None,
) -> Document:
    """A new document with its first draft; `about`: what its lines of the trail are about, None: itself. Raises Invalid (sections)."""
    _check(sections)
    document = Document(
        kind=kind,
        mechanism_id=mechanism_id,
        about=about or "",
        authorised_by_id=authorised_by_id,
        created_at=db.now(),
        created_by=viewer.person_id or None,
        versions=[],
    )
    db.add(document)
    await db.flush()
    document.about = about or f"document:{document.id}"
    _add_version(db, viewer, document, head, content.salted(sections, {}))
    await db.flush()
    audit_line(db, viewer, "draft", document, root=document.newest.root)
    return document


async def lock(db: Session, document: Document) -> Document:
    """The document under a lock, freshly read with all that tells how it stands."""
    await locked(db, Document, document.id)
    return await queries.document(db, document.id, fresh=True)


async def save(
    db: Session, viewer: Viewer, document: Document, *, head: Mapping[str, Any], sections: Sequence[Section]
) -> DocumentVersion:
    """Write the text as it is to read now: a draft in place; of a version that was circulated a new one, on which nobody has signed.
    Nothing changed changes nothing, so that no sign-off is lost to a save. `document` locked. Raises Invalid (sections), Conflict."""
    document.refuse_in_force()
    _check(sections)
    newest = document.newest
    texts = content.salted(sections, {one.key: one for one in newest.sections})
    if content.root(head, [one.hash for one in texts]) == newest.root:
        return newest
    if newest.circulated_at is not None:
        newest.deem_on = None
        version = _add_version(db, viewer, document, head, texts)
    else:
        version = newest
        version.parts.clear()
        await db.flush()  # the keys are free again
        _write(db, viewer, version, head, texts)
        version.touch()
    await db.flush()
    audit_line(db, viewer, "edit", document, n=version.number, root=version.root)
    return version


async def circulate(
    db: Session,
    viewer: Viewer,
    document: Document,
    *,
    signers: Sequence[Agency],
    due_on: date | None,
    deem_on: date | None = None,
) -> DocumentVersion:
    """Fix the newest version as what these agencies sign, until `due_on` (a local date). `deem_on`: from when silence is taken for
    consent; None: never. Twice changes nothing. `document` locked. Raises Conflict."""
    document.refuse_in_force()
    version = document.newest
    if version.circulated_at is not None:
        return version
    if not signers:
        raise Conflict(N_("No agency is to sign this, so it cannot be circulated. Please check who took part."))
    version.circulated_at, version.circulated_by = db.now(), viewer.person_id or None
    version.due_on, version.deem_on, version.silence_consents = due_on, deem_on, deem_on is not None
    version.signers = [
        Signer(agency_id=one.id, agency=one, agency_name=one.name, position=place) for place, one in enumerate(signers)
    ]
    version.touch()
    await db.flush()
    audit_line(
        db, viewer, "circulate", document, n=version.number, root=version.root, signers=[one.id for one in signers]
    )
    return version


async def put_in_force(db: Session, viewer: Viewer, document: Document) -> DocumentVersion:
    """The newest version is what holds from now on, once every signer has agreed to exactly it. Twice changes nothing. `document`
    locked. Raises Conflict."""
    version = document.newest
    if document.in_force_at is not None:
        return version
    if version.circulated_at is None:
        raise Conflict(NOT_CIRCULATED)
    if version.root != content.root(version.head, [one.hash for one in version.sections]):
        raise Conflict(N_("The stored text is not the one that was signed. Please tell the operator of this site."))
    if not standing_of(version).is_agreed:
        raise Conflict(N_("Not every agency has agreed to this version yet."))
    document.in_force_at, document.in_force_by, version.deem_on = db.now(), viewer.person_id or None, None
    await db.flush()
    audit_line(db, viewer, "put_in_force", document, n=version.number, root=version.root)
    return version


def audit_line(db: Session, viewer: Viewer | Actor, verb: str, document: Document, **params: Any) -> None:
    """One line of the trail about what the document is about; roots and numbers, never its words."""
    name = f"{verb}_{document.kind}"
    audit.add(db, viewer, name, document.about, mechanism_id=document.mechanism_id, document=document.id, **params)


def _check(sections: Sequence[Section]) -> None:
    check = Check()
    if not 1 <= len(sections) <= MOST_SECTIONS:
        check.refuse("sections", N_("A text has from 1 to %(most)s sections."), most=MOST_SECTIONS)
    for place, one in enumerate(sections):
        check.required_text(f"sections.{place}.key", one.key, most=40)
        check.required_text(f"sections.{place}.title", one.title, most=MOST_TITLE)
        check.text(f"sections.{place}.text", one.text, most=MOST_TEXT, lines=True)
        if sum(other.key == one.key for other in sections) > 1:
            check.refuse(f"sections.{place}.key", N_("Two sections have the same key."))
    check.done()


def _add_version(
    db: Session, viewer: Viewer, document: Document, head: Mapping[str, Any], texts: Sequence[Section]
) -> DocumentVersion:
    version = DocumentVersion(
        number=document.newest.number + 1 if document.versions else 1, version=1, parts=[], signers=[], sign_offs=[]
    )
    _write(db, viewer, version, head, texts)
    document.versions.append(version)
    return version


def _write(
    db: Session, viewer: Viewer, version: DocumentVersion, head: Mapping[str, Any], texts: Sequence[Section]
) -> None:
    version.head, version.root = dict(head), content.root(head, [one.hash for one in texts])
    version.saved_at, version.saved_by = db.now(), viewer.person_id or None
    version.parts.extend(
        DocumentSection(
            position=place,
            key=one.key,
            title=one.title,
            text=one.text,
            audience=one.audience,
            attachments=[[file.title, file.sha256] for file in one.attachments],
            salt=one.salt,
            hash=one.hash,
        )
        for place, one in enumerate(texts)
    )
