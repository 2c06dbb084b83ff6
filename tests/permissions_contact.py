"""The addresses of the contact log (tests/permissions_table.py): one entry is of 区检察院, and one of 区司法局."""

from tests.permissions_rules import ACTING, HOST, SEE_MECHANISM, Rule, only, roles

KEEPERS = only(ACTING)
"""Everybody who keeps a log anywhere; each reads their own agency's."""
OWN = (Rule(HOST), Rule(roles("sfj_officer", "sfj_deputy")).of(contact_id="sfj_contact"))

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /contact-log": KEEPERS,
    "POST /contact-log": KEEPERS.sending(mechanism_id="@mechanism_id"),
    "GET /contact-log/print": KEEPERS,
    "GET /contact-log/contact-log.xlsx": KEEPERS,
    "GET /contact-log/{contact_id}/edit": OWN,
    "POST /contact-log/{contact_id}/edit": OWN,
    "POST /contact-log/{contact_id}/remove": OWN,
    "POST /contact-log/{contact_id}/restore": OWN,
    "POST /contact-log/{contact_id}/notice": OWN,
    "POST /contact-log/{contact_id}/agenda-item": OWN,
    "POST /contact-log/{contact_id}/action-item": OWN,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/mechanisms/{mechanism_id}/contact-log": Rule(SEE_MECHANISM),
    "POST /api/mechanisms/{mechanism_id}/contact-log": only(ACTING, among=SEE_MECHANISM),
    "GET /api/contact-log/{contact_id}": OWN,
    "PATCH /api/contact-log/{contact_id}": OWN,
    "DELETE /api/contact-log/{contact_id}": OWN,
    "POST /api/contact-log/{contact_id}/notice": OWN,
    "POST /api/contact-log/{contact_id}/agenda-item": OWN,
    "POST /api/contact-log/{contact_id}/action-item": OWN,
}
