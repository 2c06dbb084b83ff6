"""The one place that wires the server together; tests call `create_app` with other settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins.htmx import HTMXRequest

from liaison.absent import absent
from liaison.accounts import api as accounts_api
from liaison.accounts import routes as accounts_routes
from liaison.actions import api as actions_api
from liaison.actions import routes as actions_routes
from liaison.archive import api as archive_api
from liaison.archive import routes as archive_routes
from liaison.clock import Clock
from liaison.config import VERSION, Settings
from liaison.db import Database
from liaison.desk import api as desk_api
from liaison.desk import routes as desk_routes
from liaison.directory import api as directory_api
from liaison.directory import routes as directory_routes
from liaison.feed import api as feed_api
from liaison.feed import routes as feed_routes
from liaison.feed.known import KnownFeeds
from liaison.life import api as life_api
from liaison.life import routes as life_routes
from liaison.mechanisms import api as mechanisms_api
from liaison.mechanisms import routes as mechanisms_routes
from liaison.mechanisms.calendars import load_calendars
from liaison.mechanisms.viewers import viewer_for
from liaison.meetings import api as meetings_api
from liaison.meetings import routes as meetings_routes
from liaison.meetings import stepping
from liaison.minutes import api as minutes_api
from liaison.minutes import routes as minutes_routes
from liaison.notices import api as notices_api
from liaison.notices import queries as notice_queries
from liaison.notices import routes as notices_routes
from liaison.one_page import routes as one_page_routes
from liaison.opening import open_database
from liaison.paperwork import api as paperwork_api
from liaison.paperwork import routes as paperwork_routes
from liaison.paths import data_dir
from liaison.polls import api as polls_api
from liaison.polls import queries as poll_queries
from liaison.polls import routes as polls_routes
from liaison.postroom import api as postroom_api
from liaison.postroom import routes as postroom_routes
from liaison.proposals import api as proposals_api
from liaison.proposals import routes as proposals_routes
from liaison.readers import api as readers_api
from liaison.readers import routes as readers_routes
from liaison.reminders import api as reminders_api
from liaison.reminders import routes as reminders_routes
from liaison.results import api as results_api
from liaison.results import routes as results_routes
from liaison.search import api as search_api
from liaison.search import routes as search_routes
from liaison.succession import api as succession_api
from liaison.succession import routes as succession_routes
from liaison.system import api as system_api
from liaison.system import routes as system_routes
from liaison.watching import routes as watching_routes
from liaison.web import access
from liaison.web.api import provide_paging
from liaison.web.assets import Assets
from liaison.web.counting import Answers, count_answer
from liaison.web.handlers import HANDLERS
from liaison.web.hosts import in_its_site, own_names_only
from liaison.web.how_far import UnderWay
from liaison.web.how_far import router as how_far_router
from liaison.web.links import router as links_router
from liaison.web.openapi import document_bodies
from liaison.web.reading import note_reading
from liaison.web.static import static

MAX_BODY = 2_000_000  # bytes; a pasted list of people is far smaller


@absent("attr")  # aiosmtpd brings it; Litestar would load it to describe classes of a kind that none of ours is of
def create_app(settings: Settings, *, clock: Clock | None = None, database: Database | None = None) -> Litestar:
    """The server for one site. `settings` must carry a SECRET_KEY; the schema must be current (`migrate.ensure_current`).

    A `database` that is given is the caller's to dispose (the demo shares one between web and worker)."""
    clock = clock or Clock()
    own_database = database is None
    database = database or open_database(settings, clock)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with database.reading() as db:
            await load_calendars(db)
        yield
        if own_database:
            await database.dispose()

    app = Litestar(
        route_handlers=[static, *page_routers(), api_router()],
        include_in_schema=False,
        dependencies={
            "db": Provide(access.provide_db),
            "viewer": Provide(access.provide_viewer),
            "operator": Provide(access.provide_operator),
            "visitor": Provide(access.provide_viewer_or_none),
        },
        middleware=[own_names_only, in_its_site],
        guards=[access.address_of_ours],
        before_request=access.same_origin,  # type: ignore[arg-type]  # requests are of `request_class`
        before_send=[access.security_headers, count_answer, note_reading],
        csrf_config=CSRFConfig(
            secret=settings.secret_key,
            cookie_name=access.csrf_cookie(settings.https),
            header_name="x-csrf-token",
            cookie_secure=settings.https,
            cookie_httponly=True,
            cookie_samesite="lax",
            exclude=["^/api", "^/r/", "^/feed/", "^/static/", "^/healthz", "^/readyz", "^/metrics"],
        ),
        exception_handlers=HANDLERS,
        lifespan=[lifespan],
        openapi_config=OpenAPIConfig(
            title="liaison",
            version=VERSION,
            # Its router answers what it does not know below its path with a page of its own: it may own no more than this.
            path="/api/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/")],
            components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"token": []}],
            use_handler_docstrings=True,
        ),
        request_class=HTMXRequest,
        request_max_body_size=MAX_BODY,
        state=state_of(settings, clock, database, Assets(data_dir("static"))),
        debug=False,
        logging_config=None,
    )
    document_bodies(app)
    return app


def state_of(settings: Settings, clock: Clock, database: Database, assets: Assets) -> State:
    """What handlers find of this one site; the rest of the app is the same for all."""
    return State(
        {
            "settings": settings,
            "clock": clock,
            "database": database,
            "load_viewer": viewer_for,
            "actions_beside": actions_routes.beside_meeting,
            "assign_decided": actions_routes.assign_decided,
            "minutes_beside": minutes_routes.beside_meeting,
            "deadlines_changed": stepping.deadlines_changed,
            "time_poll_of": poll_queries.open_for,
            "leads_found_at": notice_queries.leads_found_at,
            "link_pages": {
                **meetings_routes.LINK_PAGES,
                **actions_routes.LINK_PAGES,
                **polls_routes.LINK_PAGES,
                **mechanisms_routes.LINK_PAGES,
                **minutes_routes.LINK_PAGES,
                **proposals_routes.LINK_PAGES,
                **notices_routes.LINK_PAGES,
            },
            "assets": assets,
            "token_rates": access.TokenRates(),
            "answers": Answers(),
            "settled_mails": watching_routes.SettledMails(),
            "feeds": KnownFeeds(),
            "under_way": UnderWay(),
            "packs": asyncio.Semaphore(2),
            "archives": asyncio.Semaphore(2),
        }
    )


def page_routers() -> list[Router]:
    """Pages and forms, by feature."""
    return [
        accounts_routes.router,
        desk_routes.router,
        one_page_routes.router,
        archive_routes.router,
        readers_routes.router,
        search_routes.router,
        directory_routes.router,
        mechanisms_routes.router,
        life_routes.router,
        succession_routes.router,
        meetings_routes.router,
        reminders_routes.router,
        actions_routes.router,
        paperwork_routes.router,
        polls_routes.router,
        minutes_routes.router,
        proposals_routes.router,
        notices_routes.router,
        results_routes.router,
        feed_routes.router,
        links_router,
        how_far_router,
        postroom_routes.router,
        system_routes.router,
        watching_routes.router,
    ]


def api_router() -> Router:
    """What programs use; its lists are read page by page."""
    paging = Provide(provide_paging, sync_to_thread=False)
    return Router("/api", route_handlers=api_routers(), dependencies={"paging": paging}, include_in_schema=True)


def api_routers() -> list[Router]:
    """The JSON API, by feature."""
    return [
        accounts_api.api,
        directory_api.api,
        mechanisms_api.api,
        life_api.api,
        archive_api.api,
        readers_api.api,
        succession_api.api,
        meetings_api.api,
        reminders_api.api,
        actions_api.api,
        paperwork_api.api,
        polls_api.api,
        minutes_api.api,
        proposals_api.api,
        notices_api.api,
        results_api.api,
        feed_api.api,
        desk_api.api,
        search_api.api,
        postroom_api.api,
        system_api.api,
    ]
