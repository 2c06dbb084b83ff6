"""What /api/openapi.json says of request bodies.

Handlers read the raw body themselves (`web.api.body`), so that a refusal is worded and names its field; Litestar then sees no
body to document. Each handler names the struct it reads exactly once, and that is looked up here: nothing has to be said twice."""

from collections.abc import Callable
from inspect import isclass, unwrap
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody
from litestar.routes import HTTPRoute

from liaison.web.api import Body


def document_bodies(app: Litestar) -> None:
    """Add the request body to the description of every handler that reads one; before the description is first asked for."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if (kind := body_of(handler)) is not None:
                    handler.operation_class = _with_body(kind)
                elif handler.opt.get("streamed"):
                    handler.operation_class = _WithFile


def body_of(handler: HTTPRouteHandler) -> type[Body] | None:
    """The struct this handler reads its body as; None when it reads none."""
    function: Callable[..., Any] = unwrap(handler.fn)
    named = (function.__globals__.get(name) for name in function.__code__.co_names)
    found = [each for each in named if isclass(each) and issubclass(each, Body)]
    return found[0] if found else None


def _with_body(kind: type[Body]) -> type[Operation]:
    class Documented(Operation):
        """Works out the body when the description is asked for: that would take a tenth of the time to start."""

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            schema = inlined(msgspec.json.schema(kind))
            self.request_body = RequestBody(
                content={"application/json": OpenAPIMediaType(schema=schema)},  # type: ignore[arg-type]
                required=bool(schema.get("required")),
            )

    return Documented


class _WithFile(Operation):
    """A form with a file (web.uploads): which fields it has besides, its handler says."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        schema = {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        }
        media = OpenAPIMediaType(schema=schema)  # type: ignore[arg-type]
        self.request_body = RequestBody(content={"multipart/form-data": media}, required=True)


def inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with each `$ref` replaced by what it points to: our bodies nest, and never hold themselves."""
    defs = schema.get("$defs", {})

    def put(value: Any) -> Any:
        if isinstance(value, list):
            return [put(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return put(defs[value["$ref"].rpartition("/")[2]])
        return {key: put(each) for key, each in value.items() if key != "$defs"}

    found: dict[str, Any] = put(schema)
    return found
