"""What the operator switches: 试运行, and the pause of all mail."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison import site
from liaison.accounts.viewer import Viewer
from liaison.db import Session
from liaison.directory.models import Person
from liaison.errors import Conflict
from liaison.i18n import N_


async def own_address(db: Session, viewer: Viewer) -> str | None:
    """Where mail for the viewer goes: what 试运行 would send everything to."""
    parts = (joinedload(Person.agency), joinedload(Person.office), joinedload(Person.contact))
    person = (await db.execute(select(Person).where(Person.id == viewer.person_id).options(*parts))).scalar_one()
    address = person.effective_address()
    return address.mail if address else None


async def switch_trial_mode(db: Session, viewer: Viewer, *, on: bool) -> None:
    """Send every mail to the operator alone, until switched off; mail sent meanwhile counts as never received."""
    site.operators_only(viewer)
    if not on:
        await site.choose(db, viewer, site.TRIAL_MODE, None)
        return
    address = await own_address(db, viewer)
    if address is None:
        raise Conflict(N_("You have no mail address to send trial mail to. Enter one in the directory first."))
    await site.choose(db, viewer, site.TRIAL_MODE, {"address": address, "person_id": viewer.person_id})
