"""The outcomes of the demo: the model case's 39 cases, taken in from a table as officers keep it, and confirmed by both agencies."""

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import COMMAND_LINE
from liaison.clock import Clock
from liaison.config import Settings
from liaison.documents.tables import rows_in
from liaison.mechanisms import queries as mechanisms
from liaison.mechanisms.models import Mechanism
from liaison.mechanisms.viewers import viewer_for
from liaison.opening import open_database
from liaison.results import confirming, taking_in
from liaison.results.models import Outcome
from liaison.results.outcome_table import read

TABLE = Path(__file__).parent / "bundle" / "outcomes.csv"
CONFIRMED = ((date(2021, 1, 1), date(2021, 12, 31)), (date(2022, 1, 1), date(2022, 6, 30)))


async def report_outcomes(settings: Settings, mechanism_id: int) -> None:
    """Once: nothing is done where there is an outcome already."""
    database = open_database(settings, Clock())
    try:
        async with database.writing() as db:
            if (await db.scalars(select(Outcome.id).limit(1))).first() is not None:
                return
            of_it = select(Mechanism).where(Mechanism.id == mechanism_id).options(joinedload(Mechanism.lead_agency))
            mechanism = (await db.scalars(of_it)).one()
            today = db.clock.today(mechanism.timezone)
            rows = read(rows_in(TABLE.name, TABLE.read_bytes()), today=today)
            agency = mechanism.lead_agency.short_name
            await taking_in.take_in(db, COMMAND_LINE, mechanism_id, rows, agency=agency, source=TABLE.name)
            for liaison in (await mechanisms.in_office(db, mechanism_id, today)).values():
                viewer = await viewer_for(db, liaison.person_id, via="cli") if liaison else None
                if viewer is None:
                    continue
                for first, last in CONFIRMED:
                    await confirming.confirm(db, viewer, mechanism_id, from_on=first, to_on=last)
    finally:
        await database.dispose()
