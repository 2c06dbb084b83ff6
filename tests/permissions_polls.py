"""The addresses on which a time is looked for (tests/permissions_table.py)."""

from tests.permissions_rules import POLL, RUN_POLL, SERIES, Rule

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /mechanisms/{mechanism_id}/time-polls": SERIES,
    "GET /mechanisms/{mechanism_id}/time-polls/new": SERIES,
    "POST /mechanisms/{mechanism_id}/time-polls/new": SERIES,
    "GET /time-polls/{poll_id}": POLL,
    "POST /time-polls/{poll_id}/answer": POLL,
    "POST /time-polls/{poll_id}/withdraw": POLL,
    "GET /time-polls/{poll_id}/agencies/{agency_id}/register": (POLL, RUN_POLL.of(agency_id="jcy")),
    "POST /time-polls/{poll_id}/agencies/{agency_id}/register": POLL.sending(
        how="phone", said_by="李文博", said_on="2026-11-23", said_at="09:00"
    ),
    "POST /time-polls/{poll_id}/remind": RUN_POLL,
    "GET /time-polls/{poll_id}/candidates/{candidate_id}/pick": RUN_POLL,
    "POST /time-polls/{poll_id}/candidates/{candidate_id}/pick": RUN_POLL,
    "GET /time-polls/{poll_id}/close": RUN_POLL,
    "POST /time-polls/{poll_id}/close": RUN_POLL,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/mechanisms/{mechanism_id}/time-polls": SERIES,
    "POST /api/mechanisms/{mechanism_id}/time-polls": SERIES,
    "GET /api/time-polls/{poll_id}": POLL,
    "PUT /api/time-polls/{poll_id}/answers": POLL,
    "POST /api/time-polls/{poll_id}/remind": RUN_POLL,
    "POST /api/time-polls/{poll_id}/pick": RUN_POLL,
    "POST /api/time-polls/{poll_id}/close": RUN_POLL,
}
