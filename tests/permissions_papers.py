"""Who may use which address of papers: a part of the table (tests/permissions_table.py)."""

from tests.permissions_rules import BRING_IT, DRAFT, HOST, MEETING, RECORD_DRAFT, SEE_MEETING, SFJ, Rule, only, roles

BRING_PAPER = only(HOST | BRING_IT, among=SEE_MEETING)
SEE_PAPER = (Rule(SEE_MEETING).of(paper_id="paper_id"), Rule(SFJ).of(paper_id="restricted_paper"))
KEEP_PAPER = (
    only(HOST, among=SEE_MEETING).of(paper_id="paper_id"),
    only(roles("sfj_officer", "sfj_deputy"), among=SFJ).of(paper_id="restricted_paper"),
)

PAGES: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /meetings/{meeting_id}/papers/new": (BRING_PAPER, RECORD_DRAFT),
    "POST /meetings/{meeting_id}/papers": (BRING_PAPER, RECORD_DRAFT),
    "GET /meetings/{meeting_id}/pack.pdf": (MEETING, DRAFT),
    "GET /papers/{paper_id}": SEE_PAPER,
    "GET /papers/{paper_id}/file": SEE_PAPER,
    "POST /papers/{paper_id}/edit": KEEP_PAPER,
    "POST /papers/{paper_id}/versions": KEEP_PAPER,
    "POST /papers/{paper_id}/remove": KEEP_PAPER,
    "POST /papers/{paper_id}/restore": KEEP_PAPER,
}
API: dict[str, Rule | tuple[Rule, ...]] = {
    "GET /api/meetings/{meeting_id}/papers": (MEETING, DRAFT),
    "POST /api/meetings/{meeting_id}/papers": (BRING_PAPER, RECORD_DRAFT),
    "GET /api/meetings/{meeting_id}/pack.pdf": (MEETING, DRAFT),
    "GET /api/papers/{paper_id}": SEE_PAPER,
    "GET /api/papers/{paper_id}/file": SEE_PAPER,
    "PATCH /api/papers/{paper_id}": KEEP_PAPER,
    "DELETE /api/papers/{paper_id}": KEEP_PAPER,
    "POST /api/papers/{paper_id}/versions": KEEP_PAPER,
}
