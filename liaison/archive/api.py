"""The archive for programs."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from liaison.accounts.viewer import Viewer
from liaison.web.archives import archived
from liaison.web.forms import row_id
from liaison.web.pages import AnyRequest

Me = NamedDependency[Viewer]


@get("/mechanisms/{mechanism_id:str}/archive", media_type="application/zip")
async def archive(
    request: AnyRequest, viewer: Me, mechanism_id: FromPath[str], year: FromQuery[int | None] = None
) -> Stream:
    """The record of the mechanism as far as you may see it, or that of one year, as a ZIP with a manifest of SHA-256 hashes, its extract of
    the audit trail, and a program that checks both. Its fingerprint (the hash of the manifest) stands in `X-Manifest-Sha256` and in the audit
    trail, which notes who took it along."""
    return await archived(request, viewer, row_id(mechanism_id), year)


api = Router("/", route_handlers=[archive], tags=["mechanisms"])
