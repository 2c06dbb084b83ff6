"""Files are dropped on their field, what cannot be read is refused at once, and a table shows how far it is, in a real browser."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from liaison.clock import Clock
from liaison.documents.spreadsheet import workbook
from tests.browser.conftest import NewPage
from tests.browser.live import LiveSite
from tests.conftest import NOW
from tests.held import held
from tests.meetings.test_past_meetings import LECTURE, NEXT, ROW, table

MEETINGS = table(NEXT, ROW, LECTURE).decode()
INSERTED = "INSERT INTO meeting "
LOOK, TAKE = "form.form-page button[type=submit]", "input[name=confirmed] ~ .row button"


def import_page(site: LiveSite) -> str:
    return f"/mechanisms/{site.world.mechanism.id}/meetings/import"


def drop(page: Page, **files: str) -> None:
    """Let go of these files over the field, as from a folder."""
    given = [[name.replace("_", "."), text] for name, text in files.items()]
    brought = page.evaluate_handle(
        """files => { const all = new DataTransfer(); files.forEach(([name, text]) => all.items.add(new File([text], name))); return all; }""",
        given,
    )
    for kind in ("dragover", "drop"):
        page.dispatch_event("#f-file", kind, {"dataTransfer": brought})


def chosen(page: Page) -> list[str]:
    names: list[str] = page.evaluate("Array.from(document.querySelector('#f-file').files, file => file.name)")
    return names


@pytest.mark.parametrize(("locale", "again"), [("zh_CN", "会议.csv（1 KB）"), ("en", "会议.csv (1 KB)")])
def test_a_dropped_file_is_named_and_sent_like_a_chosen_one(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], locale: str, again: str
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, 会议_csv=MEETINGS)
    expect(page.locator(".chosen")).to_have_text(again)
    expect(page.locator(".drop.over")).to_have_count(0)
    width_checks(page)
    page.click(LOOK)
    expect(page.locator("#h-p")).to_be_visible()
    expect(page.locator("section[aria-labelledby=h-p] tbody tr")).to_have_count(3)
    width_checks(page)


def test_what_cannot_be_read_is_refused_at_once_in_words_and_leaves_what_was_chosen(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    page = new_page(locale="en", person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, first_csv=MEETINGS)
    drop(page, scan_pdf="%PDF")
    wrong = page.locator(".drop-wrong")
    expect(wrong).to_have_text("“scan.pdf” cannot be read here. Please choose .xlsx, .csv, .txt.")
    expect(page.locator("#f-file")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-file")).to_have_accessible_description(re.compile("“scan.pdf” cannot be read here"))
    assert chosen(page) == ["first.csv"]
    width_checks(page)
    drop(page, one_csv=MEETINGS, two_csv=MEETINGS)
    expect(wrong).to_have_text("Please bring one file only; here are 2.")
    assert chosen(page) == ["first.csv"]
    page.locator("#f-file").set_input_files({"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    expect(wrong).to_contain_text("照片.jpg")
    assert chosen(page) == [], "chosen by hand against what the field takes"
    drop(page, last_CSV=MEETINGS)
    expect(wrong).to_be_hidden()
    assert chosen(page) == ["last.CSV"]


def test_something_dropped_that_holds_no_file_leaves_what_was_chosen(new_page: NewPage, live_server: LiveSite) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, first_csv=MEETINGS)
    page.locator("#f-file").evaluate(
        """field => {
            const event = new Event('drop', {bubbles: true, cancelable: true});
            event.dataTransfer = {types: ['Files'], files: new DataTransfer().files};
            field.dispatchEvent(event);
        }"""
    )
    assert chosen(page) == ["first.csv"]


def test_a_file_that_misses_the_area_does_not_take_the_place_of_the_page(
    new_page: NewPage, live_server: LiveSite
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    left_alone = page.evaluate(
        """() => ['dragover', 'drop'].map(kind => {
            const files = new DataTransfer(); files.items.add(new File(['x'], 'x.csv'));
            return document.querySelector('h1').dispatchEvent(new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
        })"""
    )
    assert left_alone == [False, False]
    assert chosen(page) == []


def test_the_area_is_reached_by_keyboard_and_without_a_script_the_plain_field_is_there(
    new_page: NewPage, live_server: LiveSite
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    page.locator(".head-acts a").last.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#f-file")).to_be_focused()
    ring = page.locator(".face").evaluate("face => getComputedStyle(face).outlineStyle")
    assert ring == "solid"
    plain = new_page(person=live_server.world.zhoumin, script=False)
    plain.goto(import_page(live_server))
    expect(plain.locator(".face")).to_be_hidden()
    plain.locator("#f-file").set_input_files({"name": "会议.csv", "mimeType": "text/csv", "buffer": MEETINGS.encode()})
    plain.click(LOOK)
    expect(plain.locator("#h-p")).to_be_visible()
    plain.click(TAKE)
    expect(plain).to_have_url(f"{live_server.url}{import_page(live_server)}?new=3")


@pytest.mark.parametrize(
    ("locale", "figures", "doing"),
    [
        ("zh_CN", "已读 1 条，共 3 条", ("正在读取表格", "正在录入")),
        ("en", "1 of 3", ("Reading the table", "Taking it in")),
    ],
)
def test_a_table_shows_how_far_it_is_when_it_is_looked_at_and_when_it_is_taken_in(
    new_page: NewPage,
    live_server: LiveSite,
    width_checks: Callable[[Page], None],
    locale: str,
    figures: str,
    doing: tuple[str, str],
) -> None:
    page = new_page(locale=locale, person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, 会议_csv=MEETINGS)
    for press, said in zip((LOOK, TAKE), doing, strict=True):
        with held(live_server.database, INSERTED, 2) as hold:
            page.click(press)
            form = page.locator("form", has=page.locator(".far:visible"))
            expect(form.locator(".figures")).to_have_text(figures)
            assert form.locator("progress").evaluate("bar => [bar.value, bar.max]") == [1, 3]
            button = form.locator("button[aria-disabled=true]")
            expect(button).to_have_text(said)
            expect(form.locator("[role=status]").last).to_contain_text(said)
            button.click(force=True)  # once more: nothing comes of it
            width_checks(page)
            live_server.loop.call_soon_threadsafe(hold.let_go)
            expect(page.locator(".far:visible")).to_have_count(0)
    expect(page).to_have_url(f"{live_server.url}{import_page(live_server)}?new=3")
    expect(page.locator(".note.ok")).to_be_visible()
    expect(page.locator("#entered tbody tr")).to_have_count(3)
    width_checks(page)


def test_back_and_reload_after_a_look_show_the_form_and_ask_nothing(new_page: NewPage, live_server: LiveSite) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto("/meetings")
    page.goto(import_page(live_server))
    drop(page, 会议_csv=MEETINGS)
    page.click(LOOK)
    expect(page.locator("#h-p")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    page.go_back()
    expect(page.locator("#h-p")).to_have_count(0)
    expect(page).to_have_url(f"{live_server.url}{import_page(live_server)}")
    drop(page, 会议_csv=MEETINGS)
    page.click(LOOK)
    expect(page.locator("#h-p")).to_be_visible()
    page.reload()
    expect(page.locator("#h-p")).to_have_count(0)
    expect(page.locator("#f-file")).to_be_attached()


def test_what_is_typed_after_going_back_from_a_look_stays(new_page: NewPage, live_server: LiveSite) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, 会议_csv=MEETINGS)
    page.click(LOOK)
    expect(page.locator("#h-p")).to_be_visible()
    with page.expect_navigation(wait_until="load"):
        page.go_back()
    page.locator("#f-paste").fill("会议")
    page.locator("a.skip").press("Enter")
    page.go_back()
    page.wait_for_url(lambda address: "#" not in address)
    page.evaluate("new Promise(done => setTimeout(done))")
    expect(page.locator("#f-paste")).to_have_value("会议")


def test_only_one_of_the_forms_of_a_page_is_sent_at_a_time(new_page: NewPage, live_server: LiveSite) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, 会议_csv=MEETINGS)
    page.click(LOOK)
    expect(page.locator("#h-p")).to_be_visible()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with held(live_server.database, INSERTED, 2) as hold:
        page.click(TAKE)
        expect(page.locator(".figures:visible")).to_have_text("已读 1 条，共 3 条")
        page.click(LOOK)
        live_server.loop.call_soon_threadsafe(hold.let_go)
        expect(page).to_have_url(f"{live_server.url}{import_page(live_server)}?new=3")
    assert len(sent) == 1


def test_what_is_wrong_with_a_table_is_shown_and_read_first_as_without_a_script(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, 会议_csv=table(ROW.replace("例会", "大会")).decode())
    page.click(LOOK)
    expect(page.locator(".note.bad")).to_be_focused()
    expect(page.locator(".note.bad")).to_contain_text("C2 类别")
    width_checks(page)
    expect(page.locator(".drop.on")).to_have_count(1)


@pytest.mark.parametrize(("press", "said"), [(LOOK, "没有录入任何内容"), (TAKE, "无法确定表格是否已录入")])
def test_a_broken_connection_says_what_is_not_known_and_how_to_find_out(
    new_page: NewPage, live_server: LiveSite, press: str, said: str
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    drop(page, 会议_csv=MEETINGS)
    if press == TAKE:
        page.click(LOOK)
        expect(page.locator("#h-p")).to_be_visible()
    page.route("**/meetings/import", lambda route: route.abort())
    page.click(press)
    lost = page.locator("[data-lost]:visible")
    expect(lost).to_contain_text(said)
    expect(page.locator("button[aria-disabled=true]")).to_have_count(0)
    page.unroute("**/meetings/import")
    page.click(press)  # the same once more goes well
    expect(page.locator(".note.ok, #h-p").first).to_be_visible()
    expect(lost).to_have_count(0)


def test_a_file_that_is_saved_again_after_it_was_chosen_is_asked_for_once_more(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None], tmp_path: Path
) -> None:
    page = new_page(locale="en", person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    file = tmp_path / "meetings.csv"
    file.write_text(MEETINGS, encoding="utf-8")
    page.locator("#f-file").set_input_files(file)
    file.write_text(table(NEXT, ROW).decode(), encoding="utf-8")
    os.utime(file, (0, 0))  # another time than that of the choice, to the second
    page.click(LOOK)
    expect(page.locator(".drop-wrong")).to_contain_text("“meetings.csv” was changed or moved after you chose it.")
    expect(page.locator("#f-file")).to_be_focused()
    assert chosen(page) == []
    expect(page.locator("[data-lost]:visible")).to_have_count(0)
    width_checks(page)
    page.locator("#f-file").set_input_files(file)
    page.click(LOOK)
    expect(page.locator("section[aria-labelledby=h-p] tbody tr")).to_have_count(2)


def test_a_workbook_of_people_is_looked_over_gone_back_from_and_entered(
    new_page: NewPage, live_server: LiveSite, width_checks: Callable[[Page], None]
) -> None:
    page = new_page(person=live_server.world.guyan)
    people = workbook({"人员": [["单位", "姓名"], ["区水务局", "韩一"], ["区水务局", "韩二"]]})
    excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def look() -> None:
        page.goto("/system/first-steps?how=file")
        page.locator("#file").set_input_files({"name": "通讯录.xlsx", "mimeType": excel, "buffer": people})
        page.get_by_role("button", name="核对").click()
        expect(page.locator("#people-title")).to_be_visible()

    look()
    width_checks(page)
    page.locator("button[name=back]").click()
    expect(page.locator("#paste-1")).to_have_value(re.compile("韩一"))
    look()
    with held(live_server.database, "INSERT INTO person ", 2) as hold:
        page.locator("button[name=confirmed]").click()
        expect(page.locator(".figures:visible")).to_have_text("已读 2 条，共 3 条")
        live_server.loop.call_soon_threadsafe(hold.let_go)
        expect(page).to_have_url(f"{live_server.url}/system/first-steps")
    page.goto("/directory?q=韩二")
    expect(page.get_by_text("韩二").first).to_be_visible()


def test_a_table_brought_after_the_session_ran_out_leads_to_signing_in_and_is_kept(
    new_page: NewPage, live_server: LiveSite, clock: Clock
) -> None:
    page = new_page(person=live_server.world.zhoumin)
    page.goto(import_page(live_server))
    page.locator("#f-paste").fill("日期\t会议名称\t类别\n2025-03-20\t第一季度联席会议\t例会")
    clock.as_of = NOW + timedelta(minutes=40)
    page.click(LOOK)
    expect(page.get_by_text("您填写的内容已保留")).to_be_visible()
    expect(page.locator("[name=account]")).to_be_visible()
