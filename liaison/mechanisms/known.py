"""The agreement as one viewer knows it: a former member knows what held when it left, and nothing since."""

from collections.abc import Sequence
from typing import Any

from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.mechanisms import queries
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.permissions import sees_until
from liaison.mechanisms.values import agreement_json, former_json
from liaison.mechanisms.wordings import Wording, known_until


async def wordings(db: Session, viewer: Viewer, mechanism: Mechanism) -> Sequence[Wording]:
    """Every wording that the viewer knows of, oldest first; the last one is what holds, or held when it left."""
    until = sees_until(viewer, mechanism.id, db.clock.today(mechanism.timezone))
    return known_until(await queries.wordings(db, mechanism.id), until)


async def agreement(db: Session, viewer: Viewer, mechanism: Mechanism) -> dict[str, Any] | None:
    """The last of them with its clauses, for programs; None before an agreement is entered."""
    known = await wordings(db, viewer, mechanism)
    if not known:
        return None
    stands = await queries.agreement(db, mechanism.id)
    if stands is None or known[-1].former_id is not None:
        return former_json(mechanism.id, known[-1])
    return agreement_json(stands, await queries.clauses(db, mechanism.id))
