"""First steps: agencies and liaisons from a form, the clipboard or a workbook; looked over first, then entered; nothing is mailed."""

import io
from collections.abc import AsyncIterator

import openpyxl
import pytest
from sqlalchemy import select

from liaison.accounts.viewer import COMMAND_LINE
from liaison.bundle import workbook
from liaison.clock import Clock
from liaison.config import Settings
from liaison.db import Database
from liaison.directory.models import Agency, Person
from liaison.documents import spreadsheet
from liaison.mail.models import OutboxMail
from liaison.mechanisms import founding
from liaison.mechanisms.models import Designation
from liaison.system.console import enter_person
from tests.callers import Browser

PASTE = "区检察院\t周敏\t助理\t0553-0000011\tzhoumin@jcy.qingzhi.example\t是\n区司法局\t李文博\t副主任\t\t\t是\n区司法局\t吴晓岚\t科员\t\t\t否"


@pytest.fixture
async def operator(settings: Settings, database: Database, clock: Clock) -> AsyncIterator[Browser]:
    """The operator of a site that knows nobody else."""
    async with database.writing() as db:
        person = await enter_person(db, name="顾岩", agency="区数据局", operator=True)
    browser = await Browser(settings, database, clock).sign_in(person)
    await browser.get("/system/first-steps")
    yield browser
    await browser.client.aclose()


async def names(database: Database) -> tuple[list[str], list[str]]:
    async with database.reading() as db:
        agencies = await db.scalars(select(Agency.short_name).order_by(Agency.id))
        people = await db.scalars(select(Person.name).order_by(Person.id))
        return list(agencies), list(people)


async def test_an_empty_site_leads_to_the_first_steps(operator: Browser) -> None:
    assert 'href="/system/first-steps"' in await operator.get("/system")


async def test_pasted_cells_are_shown_first_and_entered_when_confirmed(operator: Browser, database: Database) -> None:
    looked = await operator.post("/system/first-steps/people", how="paste", paste=PASTE)
    assert looked.status_code == 200
    assert "周敏, 李文博, 吴晓岚" in looked.text or "周敏、李文博、吴晓岚" in looked.text
    assert await names(database) == (["区数据局"], ["顾岩"])
    done = await operator.post("/system/first-steps/people", how="paste", paste=PASTE, confirmed="1")
    assert done.status_code == 303
    assert await names(database) == (["区数据局", "区检察院", "区司法局"], ["顾岩", "周敏", "李文博", "吴晓岚"])


async def test_what_is_wrong_is_told_by_row_and_nothing_typed_is_lost(operator: Browser, database: Database) -> None:
    wrong = PASTE.replace("zhoumin@jcy.qingzhi.example", "zhoumin at jcy")
    refused = await operator.post("/system/first-steps/people", how="paste", paste=wrong, confirmed="1")
    assert refused.status_code == 422
    assert "第1行 邮箱" in refused.text
    assert "zhoumin at jcy" in refused.text
    assert await names(database) == (["区数据局"], ["顾岩"])


@pytest.mark.parametrize(
    "text", [PASTE, PASTE.replace("zhoumin@jcy.qingzhi.example", "zhoumin at jcy")], ids=["a look", "a refusal"]
)
async def test_the_other_language_is_that_of_the_first_steps_also_after_a_look(operator: Browser, text: str) -> None:
    answer = await operator.post("/system/first-steps/people", how="paste", paste=text)
    assert 'href="/system/first-steps?lang=en"' in answer.text


async def test_the_form_keeps_its_rows_when_it_is_refused(operator: Browser) -> None:
    refused = await operator.post("/system/first-steps/people", how="form", agency="区检察院", mail="x")
    assert refused.status_code == 422
    assert 'value="区检察院"' in refused.text
    entered = await operator.post(
        "/system/first-steps/people",
        how="form",
        confirmed="1",
        agency="区检察院",
        agency_name="清沚区人民检察院",
        name="周敏",
        liaison="principal",
    )
    assert entered.status_code == 303


async def test_a_filled_in_template_is_taken(operator: Browser, database: Database) -> None:
    download = await operator.client.get("/system/first-steps/template.xlsx")
    assert download.headers["content-type"] == spreadsheet.MEDIA_TYPE
    book = openpyxl.load_workbook(io.BytesIO(download.content))
    book.worksheets[1].append(["区检察院", "周敏", "助理"])
    out = io.BytesIO()
    book.save(out)
    files = {"file": ("people.xlsx", out.getvalue(), spreadsheet.MEDIA_TYPE)}
    data = {"_csrf_token": operator.csrf, "how": "file"}
    looked = await operator.client.post("/system/first-steps/people", data=data, files=files)
    assert looked.status_code == 200
    assert "周敏" in looked.text
    assert await names(database) == (["区数据局"], ["顾岩"])


async def test_a_file_that_is_no_workbook_is_refused_in_words(operator: Browser) -> None:
    data = {"_csrf_token": operator.csrf, "how": "file"}
    refused = await operator.client.post(
        "/system/first-steps/people", data=data, files={"file": ("x.xlsx", b"no", "x/y")}
    )
    assert refused.status_code == 422
    assert ".xlsx" in refused.text


async def test_those_named_liaison_are_designated_once_there_is_a_mechanism(
    operator: Browser, database: Database
) -> None:
    await operator.post("/system/first-steps/people", how="paste", paste=PASTE, confirmed="1")
    async with database.writing() as db:
        agencies = {each.short_name: each.id for each in await db.scalars(select(Agency))}
        lead, other = agencies["区检察院"], agencies["区司法局"]
        facts = founding.Facts(name="支持起诉协作机制", lead_agency_id=lead)
        members = [founding.Joining(agency_id=lead), founding.Joining(agency_id=other)]
        mechanism = await founding.found(db, COMMAND_LINE, facts, members=members)
        people = {each.name: each.id for each in await db.scalars(select(Person))}
    page = await operator.get("/system/first-steps")
    assert "周敏（联络员）" in page
    assert "吴晓岚（" not in page
    path = f"/system/first-steps/mechanisms/{mechanism.id}/liaisons"
    letters = {f"basis_ref_{people['周敏']}": "清检函〔2026〕6号", f"basis_ref_{people['李文博']}": ""}
    refused = await operator.post(path, starts_on="2026-11-23", **letters)
    assert refused.status_code == 422
    assert "清检函〔2026〕6号" in refused.text
    letters[f"basis_ref_{people['李文博']}"] = "清司函〔2026〕11号"
    assert (await operator.post(path, starts_on="2026-11-23", **letters)).status_code == 303
    async with database.reading() as db:
        found = {(each.person_id, each.role, each.basis_ref) for each in await db.scalars(select(Designation))}
        mails = [(mail.kind, mail.address) for mail in await db.scalars(select(OutboxMail))]
    assert found == {
        (people["周敏"], "principal", "清检函〔2026〕6号"),
        (people["李文博"], "principal", "清司函〔2026〕11号"),
    }
    assert mails == [("designation", "zhoumin@jcy.qingzhi.example")]  # the other agency has no address


async def test_a_colleague_is_added_to_an_agency_that_exists_and_a_new_one_needs_no_full_name(
    operator: Browser, database: Database
) -> None:
    await operator.post("/system/first-steps/people", how="paste", paste=PASTE, confirmed="1")
    entered = await operator.post(
        "/system/first-steps/people",
        how="form",
        confirmed="1",
        agency=["区司法局", "区总工会"],
        agency_name=["", ""],
        name=["郑国强", "何静"],
        liaison=["", "principal"],
    )
    assert entered.status_code == 303
    assert (await names(database))[0][-1] == "区总工会"
    assert (await names(database))[1][-2:] == ["郑国强", "何静"]


async def test_an_error_of_the_form_names_its_own_row_and_label_and_stands_at_the_field(operator: Browser) -> None:
    refused = await operator.post(
        "/system/first-steps/people",
        how="form",
        agency=["区检察院", "", "区司法局"],
        name=["周敏", "", "李文博"],
        mail=["", "", "liwb at sfj"],
        liaison=["principal", "principal", "principal"],
    )
    assert refused.status_code == 422
    assert '<a href="#r-mail-2">第3行 邮箱' in refused.text
    assert 'id="r-mail-2-error"' in refused.text
    assert 'aria-describedby="r-mail-2-error"' in refused.text
    assert refused.text.count("单位全称</label>") >= 3
    assert refused.text.count(">姓名</label>") == refused.text.count("单位全称</label>")


async def test_all_that_was_read_is_shown_before_it_is_entered(operator: Browser) -> None:
    looked = await operator.post("/system/first-steps/people", how="paste", paste=PASTE)
    for said in ("zhoumin@jcy.qingzhi.example", "0553-0000011", "助理", "联络员", "确认之前，不会保存"):
        assert said in looked.text


async def test_what_is_no_workbook_is_told_where_it_was_uploaded(operator: Browser) -> None:
    refused = await operator.client.post(
        "/system/first-steps/people",
        data={"how": "file", "_csrf_token": operator.csrf},
        files={"file": ("liaison.xlsx", b"no workbook")},
    )
    assert refused.status_code == 422
    assert 'type="file"' in refused.text


@pytest.mark.parametrize("chinese", [True, False])
async def test_the_templates_example_rows_are_marked_and_never_entered(
    operator: Browser, database: Database, *, chinese: bool
) -> None:
    tables = workbook.tables_of(workbook.template(chinese=chinese))
    assert [table[1][0].startswith(("示例：", "Example: ")) for table in tables] == [True, True]
    assert [len(table[1]) <= len(table[0]) for table in tables] == [True, True]
    people = tables[1]
    people.append(["区检察院", "周敏"])
    paste = "\n".join("\t".join(row) for row in people)
    await operator.post("/system/first-steps/people", how="paste", paste=paste, confirmed="1")
    assert await names(database) == (["区数据局", "区检察院"], ["顾岩", "周敏"])


async def test_the_operator_of_an_empty_site_is_led_on_from_the_meetings(operator: Browser) -> None:
    assert 'href="/system/first-steps"' in (await operator.get("/meetings")).split("<main", 1)[1]
