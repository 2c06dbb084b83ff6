"""The addresses of archives and readers (tests/permissions_table.py): whoever reads the record takes along what they read of it; readers are
named by the lead's liaison, or by the operator on the members' letter."""

from tests.permissions_rules import OPERATOR, SEE_MECHANISM, Rule, only, roles

TAKE_ALONG = only(SEE_MECHANISM - OPERATOR, among=SEE_MECHANISM)

SEE_READERS = SEE_MECHANISM - {"former"}
NAME_READERS = only(OPERATOR | roles("jcy_officer"), among=SEE_READERS)
NAMED = {"person_id": "@songhp", "ends_on": "2026-12-20", "basis_ref": "清检函〔2026〕9号"}

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /mechanisms/{mechanism_id}/archive": TAKE_ALONG,
    "POST /mechanisms/{mechanism_id}/archive": TAKE_ALONG.sending(year="2026"),
    "GET /mechanisms/{mechanism_id}/readers": Rule(SEE_READERS),
    "POST /mechanisms/{mechanism_id}/readers": NAME_READERS.sending(**NAMED),
    "POST /mechanisms/{mechanism_id}/readers/{reader_id}/end": NAME_READERS,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/mechanisms/{mechanism_id}/archive": TAKE_ALONG,
    "GET /api/mechanisms/{mechanism_id}/readers": Rule(SEE_READERS),
    "POST /api/mechanisms/{mechanism_id}/readers": NAME_READERS.sending(**NAMED),
    "POST /api/readers/{reader_id}/end": NAME_READERS,
}
