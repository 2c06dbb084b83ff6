"""Importing a file as a whole: what kind it is, what it holds, and taking it over."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from liaison.accounts.viewer import Viewer
from liaison.bundle.loading import done, load_directory, loading_of
from liaison.bundle.mechanisms import load_liaisons, load_mechanisms
from liaison.bundle.reading import bundle_of
from liaison.bundle.report import Report
from liaison.bundle.tables import bundle_of_tables, csv_rows
from liaison.bundle.values import Bundle, BundleRefused, Line
from liaison.bundle.workbook import tables_of
from liaison.db import Session
from liaison.errors import Message
from liaison.i18n import N_
from liaison.mechanisms.models import Mechanism


def bundle_in(name: str, content: bytes, *, agency: str | None = None) -> Bundle:
    """The bundle that a file of this name holds: .yaml, .xlsx or .csv. `agency` stands where a table has no column for it.

    Raises BundleRefused with every line that is wrong."""
    kind = name.lower().rpartition(".")[2]
    if kind in ("yaml", "yml"):
        return bundle_of(content)
    if kind == "xlsx":
        return bundle_of_tables(tables_of(content), agency=agency)
    if kind in ("csv", "tsv", "txt"):
        return bundle_of_tables([csv_rows(content)], agency=agency)
    raise BundleRefused([Line(None, "", Message(N_("An import file is .yaml, .xlsx or .csv.")))])


async def load(db: Session, viewer: Viewer, bundle: Bundle, *, mechanism: str | None = None) -> Report:
    """Take the bundle over: everything, or nothing with BundleRefused naming every line. `mechanism` is where a table's liaisons
    belong; it may be left out where the site has one."""
    loading = await loading_of(db, viewer)
    await load_directory(loading, bundle)
    await load_mechanisms(loading, bundle)
    await load_liaisons(loading, bundle.people, mechanism)
    return done(loading)


async def lead_agency(db: Session, mechanism: str | None) -> str | None:
    """The short name of the agency that leads the named mechanism, or the only one of the site; None where that is not clear."""
    found = list(await db.scalars(select(Mechanism).options(joinedload(Mechanism.lead_agency))))
    fitting = [each for each in found if mechanism in (None, each.name, each.short_name)]
    return fitting[0].lead_agency.short_name if len(fitting) == 1 else None
