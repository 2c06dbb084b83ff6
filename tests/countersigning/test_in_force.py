"""No order of edits and sign-offs puts a text in force that not every signer agreed to in exactly these words (PRACTICE.md 4)."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from liaison.accounts.viewer import Office, Viewer
from liaison.countersigning import queries, signing, writing
from liaison.countersigning.content import Section, root
from liaison.countersigning.models import CONSENTS, IN_FORCE, MINUTES, Document
from liaison.countersigning.signing import OnPaper
from liaison.countersigning.standing import is_void, standing, standing_of, state_of
from liaison.db import Database, Session
from liaison.errors import Conflict, NotPermitted
from tests.world import World

DAY = date(2026, 11, 23)
TEXTS = ("甲", "乙", "丙")


class Said:
    """A sign-off, as the rule sees it."""

    def __init__(self, agency_id: int, state: str, root: str) -> None:
        self.agency_id, self.state, self.root = agency_id, state, root


words = st.lists(
    st.builds(
        Said,
        st.integers(1, 4),
        st.sampled_from(["agreed", "changes_requested", "deemed", "paper"]),
        st.sampled_from("xy"),
    ),
    max_size=12,
)


@given(words, st.sets(st.integers(1, 4), min_size=1), st.sets(st.integers(1, 4)))
def test_agreed_is_only_what_every_signer_last_agreed_to(
    said: list[Said], signers: set[int], excused: set[int]
) -> None:
    found = standing("x", sorted(signers), excused, said)
    last = {one.agency_id: one.state for one in said if one.root == "x"}
    consents = {one for one in signers if last.get(one) in CONSENTS}
    waited = signers - (excused - consents)
    assert found.is_agreed == (bool(consents) and waited <= consents)
    assert sorted(found.agreed + found.wants_changes + found.owes + found.excused) == sorted(signers)


def officer(world: World, agency: str, *, may_sign: bool = True) -> Viewer:
    """The liaison in office of that agency, or of one that is no member."""
    agency_id = getattr(world, agency).id
    person = {"jcy": world.zhoumin, "sfj": world.liwb, "mzj": world.songhp, "rsj": world.sunl}[agency]
    return Viewer(
        person.id,
        agency_id,
        name=person.name,
        designations=(Office(1, world.mechanism.id, agency_id, "principal", True, may_sign),),
    )


async def begun(db: Session, world: World) -> Document:
    return await writing.begin(
        db,
        officer(world, "jcy"),
        kind=MINUTES,
        mechanism_id=world.mechanism.id,
        about="meeting:1",
        head={"kind": "minutes", "title": "联席会议"},
        sections=[Section("a", "议题", "甲")],
    )


acts = st.lists(
    st.one_of(
        st.tuples(st.just("save"), st.sampled_from(TEXTS)),
        st.tuples(st.just("circulate"), st.just("")),
        st.tuples(st.sampled_from(["sign", "request_changes", "paper"]), st.sampled_from(["jcy", "sfj", "mzj", "rsj"])),
        st.tuples(st.sampled_from(["sign_seen", "sign_old"]), st.sampled_from(["jcy", "sfj", "mzj"])),
        st.tuples(st.just("issue"), st.just("")),
    ),
    min_size=4,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
async def test_no_order_of_edits_and_sign_offs_puts_an_unsigned_text_in_force(
    database: Database, world: World, steps: list[tuple[str, str]]
) -> None:
    host = officer(world, "jcy")
    async with database.writing() as db:
        document = await begun(db, world)
        roots = [document.newest.root]
        texts: dict[str, str] = {document.newest.root: "甲"}
        agreed: dict[str, set[str]] = {}
        for act, what in steps:
            with suppress(Conflict, NotPermitted):
                document = await writing.lock(db, document)
                version = document.newest
                if act == "save":
                    saved = await writing.save(
                        db, host, document, head=version.head, sections=[Section("a", "议题", what)]
                    )
                    roots.append(saved.root)
                    texts[saved.root] = what
                elif act == "circulate":
                    await writing.circulate(db, host, document, signers=[world.jcy, world.sfj, world.mzj], due_on=DAY)
                elif act == "issue":
                    await writing.put_in_force(db, host, document)
                else:
                    seen = {"sign_old": roots[0], "sign_seen": roots[-1]}.get(act, version.root)
                    who, agency_id = officer(world, what), getattr(world, what).id
                    if act == "request_changes":
                        await signing.request_changes(db, who, version, root=seen, text="请改")
                        agreed.setdefault(seen, set()).discard(what)
                    elif act == "paper":
                        paper = OnPaper("某领导", DAY)
                        await signing.register(
                            db, host, version, root=seen, agency_id=agency_id, paper=paper, since=DAY, today=DAY
                        )
                        agreed.setdefault(seen, set()).add(what)
                    else:
                        await signing.sign(db, who, version, root=seen)
                        agreed.setdefault(seen, set()).add(what)
        document = await queries.document(db, document.id, fresh=True)
        newest = document.newest
        assert newest.root == root(newest.head, [one.hash for one in newest.sections])
        if state_of(document) == IN_FORCE:
            assert agreed[newest.root] >= {"jcy", "sfj", "mzj"}
            assert newest.sections[0].text == texts[newest.root]
            with pytest.raises(Conflict):
                await writing.save(db, host, document, head=newest.head, sections=[Section("a", "议题", "丁")])


async def test_an_edit_voids_what_was_said_of_the_version_before_and_keeps_it_to_be_read(
    database: Database, world: World
) -> None:
    host, sfj = officer(world, "jcy"), officer(world, "sfj")
    async with database.writing() as db:
        document = await begun(db, world)
        first = await writing.circulate(db, host, document, signers=[world.jcy, world.sfj], due_on=DAY)
        await signing.sign(db, sfj, first, root=first.root)
        document = await writing.lock(db, document)
        unchanged = await writing.save(db, host, document, head=first.head, sections=first.sections)
        assert unchanged.id == first.id
        second = await writing.save(db, host, document, head=first.head, sections=[Section("a", "议题", "乙")])
        assert (second.number, second.circulated_at) == (2, None)
        document = await queries.document(db, document.id, fresh=True)
        (kept,) = document.versions[0].sign_offs
        assert is_void(document, document.versions[0], kept)
        for stale in (document.versions[0], second):
            with pytest.raises(Conflict):
                await signing.sign(db, sfj, stale, root=first.root)


async def test_the_database_itself_keeps_a_circulated_text_and_what_was_said_of_it(
    database: Database, world: World
) -> None:
    async with database.writing() as db:
        document = await begun(db, world)
        version = await writing.circulate(db, officer(world, "jcy"), document, signers=[world.jcy], due_on=DAY)
        await signing.sign(db, officer(world, "jcy"), version, root=version.root)
    for statement in (
        "UPDATE document_section SET text = 'x'",
        "DELETE FROM document_section",
        f"INSERT INTO document_section (document_version_id, position, key, title, text, attachments, salt, hash) "
        f"VALUES ({version.id}, 9, 'z', 'z', 'z', '[]', 'z', 'z')",
        "UPDATE sign_off SET state = 'agreed'",
        "DELETE FROM sign_off",
        "UPDATE document_version SET root = 'x'",
        "UPDATE document_version SET head = '{}'",
        "UPDATE document_version SET circulated_at = NULL",
        "DELETE FROM document_version",
        "UPDATE signer SET agency_name = 'x'",
        "DELETE FROM signer",
    ):
        with pytest.raises(DBAPIError, match="never changed"):
            async with database.writing() as db:
                await AsyncSession.execute(db, text(statement))


async def test_silence_is_consent_only_where_it_was_said_and_is_shown_as_such(database: Database, world: World) -> None:
    host = officer(world, "jcy")
    async with database.writing() as db:
        silent = await begun(db, world)
        await writing.circulate(db, host, silent, signers=[world.jcy, world.sfj], due_on=DAY)
        deemed = await begun(db, world)
        version = await writing.circulate(
            db, host, deemed, signers=[world.jcy, world.sfj], due_on=DAY, deem_on=date(2026, 11, 24)
        )
        await signing.sign(db, host, version, root=version.root)
    everybody = {world.jcy.id, world.sfj.id}
    async with database.writing() as db:
        assert await queries.to_be_deemed(db, DAY) == []
        assert await queries.to_be_deemed(db, date(2026, 11, 24)) == [deemed.id]
        assert await signing.deem(db, await queries.document(db, silent.id), date(2027, 1, 4), everybody) == []
        found = await signing.deem(db, await queries.document(db, deemed.id), date(2026, 11, 24), everybody)
        assert [one.id for one in found] == [world.sfj.id]
        assert await signing.deem(db, await queries.document(db, deemed.id), date(2026, 11, 24), everybody) == []
        stands = await queries.document(db, deemed.id, fresh=True)
        assert [one.state for one in stands.newest.sign_offs] == ["agreed", "deemed"]
        assert standing_of(stands.newest).is_agreed
        assert await queries.to_be_deemed(db, date(2026, 11, 24)) == []


async def test_only_who_may_sign_for_the_agency_signs(database: Database, world: World) -> None:
    async with database.writing() as db:
        document = await begun(db, world)
        version = await writing.circulate(
            db, officer(world, "jcy"), document, signers=[world.jcy, world.sfj], due_on=DAY
        )
        for who in (officer(world, "sfj", may_sign=False), Viewer(world.xujie.id, world.sfj.id), officer(world, "rsj")):
            with pytest.raises(NotPermitted):
                await signing.sign(db, who, version, root=version.root)
