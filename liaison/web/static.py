"""The browser's files, served under hashed names and kept for ever."""

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from liaison.web.assets import CACHE_CONTROL
from liaison.web.pages import AnyRequest


@get("/static/{name:path}", include_in_schema=False, opt={"public": True})
async def static(request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
    """One static file by its hashed name."""
    asset = request.app.state.assets.find(name.lstrip("/"))
    if asset is None:
        raise NotFoundException
    headers = {"Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.gzipped, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)
