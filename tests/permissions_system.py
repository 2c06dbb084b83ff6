"""The rows of tests/permissions_table.py about the pages of the operator, and about the working days that everybody reads."""

from tests.permissions_rules import ANY_SIGNED_IN, OPERATOR_ONLY, Rule

SYSTEM_PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /system": OPERATOR_ONLY,
    "POST /system/trial-mode": OPERATOR_ONLY,
    "POST /system/backups": OPERATOR_ONLY,
    "POST /system/inbox": OPERATOR_ONLY,
    "POST /system/digest": OPERATOR_ONLY,
    "POST /system/pause": OPERATOR_ONLY,
    "GET /system/holidays": OPERATOR_ONLY,
    "POST /system/holidays": OPERATOR_ONLY.sending(region="CN", text="2027年1月1日放假", year="2027"),
    "GET /calendar/{region}/{year}": ANY_SIGNED_IN,
    "POST /calendar/{region}/{year}/day": OPERATOR_ONLY.sending(on="2027-03-01", kind="off", reason="停电"),
    "POST /calendar/{region}/{year}/undo": OPERATOR_ONLY.sending(correction="@corrected_day"),
    "GET /system/outbox": OPERATOR_ONLY,
    "GET /system/outbox/{mail_id}": OPERATOR_ONLY,
    "GET /system/outbox/{mail_id}/letter": OPERATOR_ONLY,
    "POST /system/outbox/release-all": OPERATOR_ONLY,
    "POST /system/outbox/{mail_id}/retry": OPERATOR_ONLY,
    "POST /system/outbox/{mail_id}/release": OPERATOR_ONLY,
    "POST /system/outbox/{mail_id}/give-up": OPERATOR_ONLY,
    "POST /system/papers": OPERATOR_ONLY,
    "GET /system/first-steps": OPERATOR_ONLY,
    "GET /system/first-steps/template.xlsx": OPERATOR_ONLY,
    "POST /system/first-steps/people": OPERATOR_ONLY,
    "POST /system/first-steps/mechanisms/{mechanism_id}/liaisons": OPERATOR_ONLY,
}
