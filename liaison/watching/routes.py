"""`/healthz`, `/readyz` and `/metrics`: what a supervisor, a load balancer and Prometheus ask."""

import contextlib
import os
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import Response, Router, get
from sqlalchemy.exc import SQLAlchemyError

from liaison.config import VERSION
from liaison.db import Session
from liaison.errors import NotFound
from liaison.mail.models import FINAL_STATES, HELD, OPEN_STATES
from liaison.watching import queries
from liaison.watching.metrics import CONTENT_TYPE, Metric, Sample, age, counter, exposition, gauge
from liaison.watching.queries import Figures
from liaison.web.access import bearer, holder_of
from liaison.web.hosts import LOOPBACK
from liaison.web.pages import AnyRequest

PUBLIC = {"public": True}
PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a proxy says that it asks for somebody else."""
COUNT_EVERY = 60.0  # seconds
STARTED_AT = time.time()


class SettledMails:
    """How many mails are done with, by state. Counting them reads the whole outbox, so it is done once a minute at most."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.counted_at = -COUNT_EVERY

    async def read(self, db: Session) -> dict[str, int]:
        if not self.counts or time.monotonic() - self.counted_at >= COUNT_EVERY:
            self.counts = await queries.mails_in(db, (HELD, *FINAL_STATES))
            self.counted_at = time.monotonic()
        return self.counts


@get("/healthz", opt=PUBLIC, include_in_schema=False)
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz", opt=PUBLIC, include_in_schema=False)
async def readyz(request: AnyRequest) -> Response[dict[str, Any]]:
    """Whether the database answers and a worker lives (503 if not), and how old the oldest waiting mail is, in seconds."""
    try:
        async with request.app.state.database.reading() as db:
            ready = await queries.readiness(db)
    except (SQLAlchemyError, OSError):
        return Response({"database": False}, status_code=503)
    oldest = round(ready.oldest_waiting.total_seconds()) if ready.oldest_waiting is not None else None
    answer = {"database": True, "worker": ready.worker_lives, "oldest_waiting_mail": oldest}
    return Response(answer, status_code=200 if ready.worker_lives else 503)


@get("/metrics", opt=PUBLIC, include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[str]:
    """The site's and this process's figures: on this machine, or with an operator's token. To others it is not there (404; 401 for
    a token that is none)."""
    if not is_local(request):
        if not (token := bearer(request)):
            raise NotFound
        holder = await holder_of(request, token)
        if holder is None:
            return Response("", status_code=401, headers={"WWW-Authenticate": "Bearer"}, media_type="text/plain")
        if not holder.operator:
            raise NotFound
    found = [
        Metric(
            "liaison_info", "gauge", "Always 1; the label is the program's version.", [Sample(1, {"version": VERSION})]
        )
    ]
    settled: SettledMails = request.app.state.settled_mails
    try:
        async with request.app.state.database.reading() as db:
            site = await queries.figures(db)
            mails = await queries.mails_in(db, OPEN_STATES) | await settled.read(db)
    except (SQLAlchemyError, OSError):
        found.append(gauge("liaison_database_up", "Whether the database answers.", 0))
    else:
        found.append(gauge("liaison_database_up", "Whether the database answers.", 1))
        found += _of_site(site, mails)
    found.append(
        Metric(
            "liaison_http_requests_total",
            "counter",
            "Requests that this process answered.",
            [
                Sample(count, {"method": method, "route": route, "status": str(status)})
                for (method, route, status), count in sorted(request.app.state.answers.given.items())
            ],
        )
    )
    return Response(exposition([*found, *_of_process()]), headers={"Content-Type": CONTENT_TYPE})


def is_local(request: AnyRequest) -> bool:
    """Whether a program on this machine asks for itself, and not a proxy or a browser that another site's name was made to point here."""
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        near = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return near and host in LOOPBACK and not any(name in request.headers for name in PASSED_ON)


def _of_site(site: Figures, mails: dict[str, int]) -> Iterator[Metric]:
    ready, backup = site.readiness, site.backup
    yield Metric(
        "liaison_mails",
        "gauge",
        "Mails in the outbox, by state.",
        [Sample(count, {"state": state}) for state, count in mails.items()],
    )
    waiting = ready.oldest_waiting.total_seconds() if ready.oldest_waiting else 0
    yield gauge(
        "liaison_oldest_waiting_mail_seconds", "Age of the oldest mail still to go; 0 when none waits.", waiting
    )
    yield gauge("liaison_mail_paused", "Whether an operator has stopped all mail.", site.paused)
    yield gauge("liaison_mail_blocked", "Whether all mail waits because the mail server takes none.", site.blocked)
    yield gauge("liaison_unread_inboxes", "Mailboxes that cannot be read at the moment.", site.unread_inboxes)
    yield gauge("liaison_workers", "Workers heard of within the last minute.", ready.pulse.workers)
    yield age("liaison_worker_heartbeat_age_seconds", "Since a worker was last heard of.", ready.worker_age)
    if backup.on and backup.possible:
        yield age("liaison_backup_age_seconds", "Since the last nightly backup that was made.", backup.age)
        yield gauge("liaison_backup_failed", "Whether the newest nightly backup failed.", backup.state == "failed")


def _of_process() -> Iterator[Metric]:
    yield counter("process_cpu_seconds_total", "CPU time of this process.", time.process_time())
    yield gauge("process_start_time_seconds", "When this process started, in seconds since 1970.", STARTED_AT)
    with contextlib.suppress(OSError, ValueError):  # Linux tells it
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        yield gauge("process_resident_memory_bytes", "Memory of this process.", pages * os.sysconf("SC_PAGE_SIZE"))


router = Router("/", route_handlers=[healthz, readyz, metrics])
