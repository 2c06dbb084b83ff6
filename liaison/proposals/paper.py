"""What the papers of a proposal say: the text with room to sign, and the countersign sheet. Pure, and in the mechanism's language."""

from collections.abc import Mapping
from datetime import date

from liaison.accounts.viewer import Viewer
from liaison.countersigning.content import Section
from liaison.countersigning.models import AGREEMENT, CONSENTS, DocumentVersion, Signer
from liaison.countersigning.sheet import sheet_of
from liaison.countersigning.standing import word_of
from liaison.documents.agreement import Agreement
from liaison.documents.minutes import SignSheet
from liaison.i18n import Words
from liaison.proposals.models import Proposal
from liaison.proposals.wording import facts, obliges, title


def words_for(proposal: Proposal) -> Words:
    """The mechanism's language and clock."""
    return Words(proposal.mechanism.locale, proposal.mechanism.timezone)


def said(words: Words, proposal: Proposal, version: DocumentVersion) -> Agreement:
    """One version as a paper. Needs signers, sign-offs and parts."""
    head = version.head
    is_agreement = head["kind"] == AGREEMENT
    holds = proposal.document.in_force_at is not None and version.id == proposal.document.newest.id
    colon = words._(": ")
    parties, promises = version.signers or (), obliges(words, head)
    return Agreement(
        title=head["title"] if is_agreement else title(words, head),
        draft="" if holds else words._("Draft for comment (version %(n)d)", n=version.number),
        doc_no=(proposal.doc_no or "") if holds else "",
        facts=[(label + colon, text) for label, text in facts(words, head)],
        parts=[(one.title if is_agreement else "", _with_promise(words, one, promises)) for one in version.sections],
        parties=[(one.agency_name, _signed(words, version, one)) for one in parties]
        or [(name, words._("(Seal)        Signature:                Date:")) for name in head["parties"]],
        small=[words._("Root of the text (SHA-256): %(root)s", root=version.root)],
    )


def sign_sheet(words: Words, viewer: Viewer, proposal: Proposal, version: DocumentVersion) -> SignSheet:
    """The sheet for one version. Needs signers, sign-offs and parts."""
    rows = [
        *((label + words._(": "), text) for label, text in facts(words, version.head)),
        (words._("Version: "), words._("version %(n)d", n=version.number)),
        (words._("Please sign by: "), words.full_date(version.due_on) if version.due_on else ""),
    ]
    notes = []
    if version.number != proposal.document.newest.number:
        notes.append(words._("There is a newer version of this text; this sheet is not signed any more."))
    named = words._("Countersign sheet: %(title)s", title=title(words, version.head))
    return sheet_of(words, viewer, version, title=named, facts=rows, notes=notes)


def _with_promise(words: Words, section: Section, promises: Mapping[str, str]) -> str:
    """With what the clause obliges to below it: that is signed, too."""
    said = promises.get(section.key)
    return section.text if said is None else f"{section.text}\n{words._('(It obliges to: %(what)s.)', what=said)}"


def _signed(words: Words, version: DocumentVersion, signer: Signer) -> str:
    word = word_of(version, signer.agency_id)
    if word is None or word.state not in CONSENTS:
        return words._("(Seal)        Signature:                Date:")
    noted = word.registered or {}
    who = noted.get("leader") or noted.get("said_by") or word.by_name or ""
    on = noted.get("signed_on")
    return words._("Agreed: %(who)s, %(day)s", who=who, day=words.date(date.fromisoformat(on) if on else word.at))
