"""The outcomes in an archive: every line and their figures for a member agency, and for a reader from outside the figures alone."""

from tests.archive.kept import archive, texts_in
from tests.callers import Program
from tests.meetings.play import Play
from tests.results.reported import report


async def test_members_take_the_lines_along_and_readers_the_figures(play: Play, program: Program) -> None:
    await report(play, program)
    await report(play, program, case_code="支诉2025-009", closed_on="2025-12-31")
    member, _ = await archive(program, play.world.liwb, play.world.mechanism.id)
    assert "支诉2026-001" in texts_in(member)
    assert "支诉2025-009" not in texts_in(member), "another year"
    assert "22,450" in texts_in(member)
    reader, _ = await archive(program, play.world.maolin, play.world.mechanism.id)
    assert "支诉2026-001" not in texts_in(reader)
    assert "22,450" in texts_in(reader)


async def test_a_mechanism_without_an_outcome_has_an_archive_all_the_same(play: Play, program: Program) -> None:
    content, _ = await archive(program, play.world.liwb, play.world.mechanism.id, year=None)
    assert content.startswith(b"PK")
