"""What a referred lead says beside its text: code, category and clause, and no phone unless it is known to be a contact's. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from liaison.checks import Check
from liaison.i18n import LOCALES, N_, gettext_for
from liaison.mechanisms.models import Clause
from liaison.notices.models import Notice
from liaison.notices.wording import CATEGORY_NAMES
from liaison.private import holds_phone

MOST_TEXT, MOST_CODE, MOST_CATEGORY = 20_000, 60, 40
PHONE = N_(
    "A phone number stands here. Please take it out if it is of anybody in the case; if it is a contact's, tick that it is."
)
_ONE = N_("A lead is referred to one agency. Please write another one for each of the others.")
_NO_CLAUSE = N_("Please choose a clause of this mechanism's agreement.")


@dataclass(frozen=True, slots=True)
class Lead:
    """What makes a notice a referral: 线索编号, 案由 and 依据条款, each as it was given, and the joint activity at which it was found;
    `phones_ok`: the phones in it are of contacts."""

    case_code: str | None = None
    category: str | None = None
    clause_id: int | None = None
    activity_id: int | None = None
    phones_ok: bool = False


def case_text(
    check: Check,
    field: str,
    value: str | None,
    *,
    most: int,
    phones_ok: bool,
    required: bool = True,
    lines: bool = True,
) -> str:
    """A text about a case: like any other, and a phone in it is asked about before it is kept."""
    said = check.text(field, value, most=most, required=required, lines=lines) or ""
    if not phones_ok and holds_phone(said):
        check.refuse(field, PHONE)
    return said


def say_lead(check: Check, notice: Notice, lead: Lead, subject: str, text: str, clauses: Sequence[Clause]) -> None:
    """Write it down; the clause with the number and words that it has now. Phones in a text that stays were asked about before."""
    phones_ok = lead.phones_ok or (notice.subject, notice.text) == (subject, text)
    notice.subject = case_text(check, "subject", subject, most=200, phones_ok=phones_ok, lines=False)
    notice.text = case_text(check, "text", text, most=MOST_TEXT, phones_ok=phones_ok)
    code = case_text(
        check, "case_code", lead.case_code, most=MOST_CODE, phones_ok=phones_ok, required=False, lines=False
    )
    notice.case_code = code or None
    given = check.text("category", lead.category, most=MOST_CATEGORY)
    notice.category = category_of(given) if given else None
    notice.activity_id = lead.activity_id
    clause = next((one for one in clauses if one.id == lead.clause_id), None)
    if lead.clause_id is not None and clause is None:
        check.refuse("clause_id", _NO_CLAUSE)
    notice.clause_id = clause.id if clause else None
    notice.clause_number, notice.clause_text = (clause.number, clause.text) if clause else (None, None)


def refuse_several(check: Check, to: Collection[int], copy_to: Collection[int]) -> None:
    """A lead goes to exactly one agency, and nobody else knows of it."""
    if len(set(to)) > 1:
        check.refuse("to_agency_ids", _ONE)
    if copy_to:
        check.refuse("copy_to_agency_ids", N_("A referral has no copies: it concerns two agencies."))


def category_of(text: str) -> str:
    """The code of a category that is known, however it was said; other words as they are."""
    said = {gettext_for(locale)(name): code for code, name in CATEGORY_NAMES.items() for locale in LOCALES}
    return said.get(text.strip(), text.strip())
