"""Take the pictures of README.md and docs/officers.*.md anew: a fresh demo as it begins, then the stretch from planning to the meeting,
played in Chromium.

    uv run --with pillow python -m tools.pictures           both
    uv run --with pillow python -m tools.pictures readme    those of README.md alone

Each picture is the width of the page, cut to the region it is about, with a palette of its own. The demo counts its dates from today,
so that other days make other pictures; run it between 8:00 and 21:00, since one meeting takes place an hour later.
"""

import email
import email.policy
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import executable

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SCREENSHOTS = ROOT / "docs" / "screenshots"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
PORT = 8931
BASE = f"http://127.0.0.1:{PORT}"
WIDTH, MOST_BYTES, COLOURS = 1280, 60_000, (128, 64, 48, 32, 24, 16)
MOST_OF_A_PAGE = 110_000
ZONE = ZoneInfo("Asia/Shanghai")
LIWB = "liwb@sfj.qingzhi.example"
PLACE = "区检察院三楼第一会议室"


def nothing(page: Page) -> None:
    """The page is shown as it opens."""


class Officer:
    """周敏, liaison of the host: acts in Chinese, and looks at the same page in both languages."""

    def __init__(self, browser: Browser, directory: Path, sign_in: str) -> None:
        self.directory = directory
        first = browser.new_context()
        page = first.new_page()
        page.goto(sign_in)
        page.locator("main button").click()
        page.wait_for_url(f"{BASE}/")
        state = first.storage_state()
        first.close()
        self.pages = {}
        for name, locale in LANGUAGES.items():
            context = browser.new_context(
                viewport={"width": WIDTH, "height": 900}, locale=locale.replace("_", "-"), storage_state=state
            )
            self.pages[name] = context.new_page()
            self.pages[name].goto(f"{BASE}/?lang={locale}")
        self.page = self.pages["zh"]

    def goto(self, path: str) -> None:
        self.page.goto(BASE + path)

    def press(self, selector: str) -> None:
        """Press it, and be on the page that follows."""
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state("load")

    def paths(self, path: str, selector: str) -> list[str]:
        """Where the links of a page lead."""
        self.goto(path)
        return [str(one.get_attribute("href")) for one in self.page.locator(selector).all()]

    def holds(self, path: str, selector: str, text: str) -> bool:
        """Whether a page says that there."""
        self.goto(path)
        return self.page.locator(selector).filter(has_text=text).count() > 0

    def number(self) -> int:
        """The id in the address of the page."""
        return int(re.findall(r"\d+", self.page.url.removeprefix(BASE))[0])

    def take(
        self,
        name: str,
        path: str,
        *,
        first: str = "main",
        last: str = "main",
        before: Callable[[Page], None] = nothing,
    ) -> None:
        """The picture `name` in each language: from the top of `first` to the bottom of `last`, with the page's head if from `main`."""
        for language, page in self.pages.items():
            page.goto(BASE + path)
            before(page)
            top, bottom = page.locator(first).first.bounding_box(), page.locator(last).first.bounding_box()
            assert top is not None, first
            assert bottom is not None, last
            x, y = (0.0, 0.0) if first == "main" else (top["x"] - 20, top["y"] - 20)
            width = WIDTH if first == "main" else top["width"] + 40
            clip = {"x": x, "y": y, "width": width, "height": bottom["y"] + bottom["height"] + 20 - y}
            png = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]
            keep(PICTURES / language / f"{name}.png", png)

    def mail(self, address: str, subject: str, about: str = "", *, part: str = "plain") -> str:
        """The newest mail there whose subject begins so and names that; waits until a worker has sent it."""
        for _ in range(60):
            for path in sorted((self.directory / "mail" / "new").glob("*"), key=lambda one: -one.stat().st_mtime_ns):
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                said = str(message["Subject"])
                if address in str(message["To"]) and said.startswith(subject) and about in said:
                    text = message.get_body((part,))
                    assert text is not None
                    return str(text.get_content())
            time.sleep(0.5)
        raise SystemExit(f"no mail {subject} to {address}")

    def link(self, address: str, subject: str, about: str = "") -> str:
        """The first link to act by in that mail."""
        found = re.search(r"/r/[^?\s]+", self.mail(address, subject, about))
        assert found is not None
        return found[0]


def keep(path: Path, png: bytes, most: int = MOST_BYTES) -> None:
    """Write the picture with the largest palette that keeps it small enough."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size < most:
            break
    else:
        raise SystemExit(f"{path.name}: {path.stat().st_size} bytes")
    print(path.relative_to(ROOT), path.stat().st_size)


def workday(after: date) -> str:
    """That day, or the Thursday after it: no weekend in the pictures."""
    return (after + timedelta(days=(3 - after.weekday()) % 7)).isoformat()


def readme(officer: Officer) -> None:
    """The pages of README.md in a demo as it begins: a screen of those that are lists, the others whole."""
    held = next(
        path
        for path in officer.paths("/meetings", "main a[href^='/meetings/']")
        if officer.holds(path, ".tag", "已召开") and officer.holds(path, "main", "议定〔")
    )
    for name, language, path, whole in (
        ("my-work", "zh", "/", False),
        ("mechanism", "zh", "/mechanisms/1", True),
        ("meeting", "zh", "/meetings/1", True),
        ("meeting-en", "en", "/meetings/1", True),
        ("held", "zh", held, True),
        ("ledger", "zh", "/actions", False),
    ):
        page = officer.pages[language]
        page.goto(BASE + path)
        keep(SCREENSHOTS / f"{name}.png", page.screenshot(full_page=whole), MOST_OF_A_PAGE)
    page = officer.page.context.new_page()
    page.set_viewport_size({"width": 660, "height": 600})
    page.set_content(officer.mail(LIWB, "【会议通知】", part="html"))
    keep(SCREENSHOTS / "notice-mail.png", page.screenshot(full_page=True))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(BASE + officer.link(LIWB, "【会议通知】"))
    keep(SCREENSHOTS / "slip-phone.png", page.screenshot(full_page=True))
    page.close()


def play(officer: Officer) -> None:
    """From planning to the meeting, a picture at each stop."""
    now = datetime.now(ZONE)
    today = now.date()
    officer.take("my-work", "/")
    officer.take("steps-of-year", f"/mechanisms/1/steps?year={today.year}", last="main .card >> nth=2")
    ask_for_a_time(officer, today)
    meeting_id = planned(officer, workday(today + timedelta(days=42)), "14:30", "支持起诉工作临时联席会议")
    call_for_items(officer, meeting_id)
    notify(officer, meeting_id)
    minutes(officer)
    officer.take("answers", "/meetings/1", first="#answers", last="#answers")
    record(officer, planned(officer, today.isoformat(), f"{now + timedelta(hours=1):%H}:30", "支持起诉工作碰头会"))


def minutes(officer: Officer) -> None:
    """Of the last meeting that was held, which the demo has circulated and the other side has signed."""
    officer.take("minutes", "/minutes/2", first=".cols", last=".cols")
    officer.take("minutes-edit", "/minutes/2/edit", last=".sec-row:nth-child(2)")


def ask_for_a_time(officer: Officer, today: date) -> None:
    officer.goto("/mechanisms/1/time-polls/new")
    for n, (days, hour) in enumerate(((14, "09:30"), (21, "14:30"), (28, "14:30"))):
        officer.page.locator(f"[name='times.{n}.date']").fill(workday(today + timedelta(days=days)))
        officer.page.locator(f"[name='times.{n}.time']").fill(hour)
    title = "欠薪线索移送专题会议"
    officer.page.locator("[name=title]").fill(title)
    officer.press("form.form-page .btn.primary")
    poll = officer.page.url.removeprefix(BASE)
    link = officer.link(LIWB, "【会议时间征询】", title)
    officer.take("time-poll-link", link, before=answer_poll)
    officer.goto(link)
    answer_poll(officer.page)
    officer.press("main form .btn.primary")
    officer.take("time-poll", poll.partition("?")[0])


def answer_poll(page: Page) -> None:
    for n, choice in enumerate(("can", "if_need_be", "cannot")):
        page.locator("fieldset.field").nth(n).locator(f"[value='{choice}']").check()


def planned(officer: Officer, day: str, hour: str, title: str) -> int:
    """A new meeting, kept as a draft with two items."""
    officer.goto("/mechanisms/1/meetings/new")
    page = officer.page
    page.locator("[name=kind]").select_option("extraordinary")
    page.locator("[name=title]").fill(title)
    page.locator("[name=date]").fill(day)
    page.locator("[name=time]").fill(hour)
    page.locator("[name=location]").fill(PLACE)
    page.locator("[name='items.0.title']").fill("通报支持起诉案件办理情况")
    page.locator("[name='items.0.duration_minutes']").fill("20")
    officer.press("form.form-page .btn.primary")
    return officer.number()


def call_for_items(officer: Officer, meeting_id: int) -> None:
    """Done early, so that no day has to pass; then an item comes by the link, and another."""
    officer.goto(f"/meetings/{meeting_id}/steps/call_for_items")
    officer.page.locator("[name=reason]").fill("提前征集")
    officer.press("[name=act][value=do]")
    link = officer.link(LIWB, "【议题征集】")
    officer.take("propose-link", link, before=type_item)
    for title, minutes in (("研究欠薪线索双向移送", "30"), ("会商法律援助绿色通道", "20")):
        officer.goto(link)
        officer.page.locator("[name=title]").fill(title)
        officer.page.locator("[name=duration_minutes]").fill(minutes)
        officer.press("main form .btn.primary")
    officer.take("agenda", f"/meetings/{meeting_id}", last="#agenda")
    officer.goto(f"/meetings/{meeting_id}")
    for _ in range(2):
        officer.press("#agenda button[formaction$='/accept']")
        officer.goto(f"/meetings/{meeting_id}")


def type_item(page: Page) -> None:
    page.locator("[name=title]").fill("研究欠薪线索双向移送")
    page.locator("[name=duration_minutes]").fill("30")


def notify(officer: Officer, meeting_id: int) -> None:
    officer.take("before-sending", f"/meetings/{meeting_id}/send")
    officer.goto(f"/meetings/{meeting_id}/send")
    officer.press("form .btn.primary")
    officer.take("documents", f"/meetings/{meeting_id}/documents")
    officer.take("slip-link", officer.link(LIWB, "【会议通知】支持起诉工作临时联席会议"), before=type_names)


def type_names(page: Page) -> None:
    for n, (name, job) in enumerate((("郑国强", "副局长"), ("李文博", "副主任"))):
        page.locator(f"[name='names.{n}.name']").fill(name)
        page.locator(f"[name='names.{n}.job_title']").fill(job)


def record(officer: Officer, meeting_id: int) -> None:
    """The day of the meeting: both agencies have named who comes, all are there, the first item is being discussed."""
    path = f"/meetings/{meeting_id}"
    officer.goto(f"{path}/send")
    officer.press("form .btn.primary")
    officer.goto(officer.link(LIWB, "【会议通知】支持起诉工作碰头会"))
    type_names(officer.page)
    officer.press("main form .btn.primary")
    officer.goto(path)
    officer.press("a[href^='/agency-invitations/']")
    for n, (name, job) in enumerate((("陈志远", "副检察长"), ("周敏", "四级检察官助理"))):
        officer.page.locator(f"[name='names.{n}.name']").fill(name)
        officer.page.locator(f"[name='names.{n}.job_title']").fill(job)
    officer.press("main form .btn.primary")
    officer.goto(path)
    officer.press("#attendance button[name=everybody]")
    officer.goto(path)
    officer.press("#running form[action$='/begin'] button")
    officer.goto(path)
    officer.page.locator("#running .note-box textarea").first.fill("各单位通报本季度办理情况，线索移送衔接顺畅。")
    officer.page.wait_for_timeout(2500)
    officer.take("meeting-day", path, last="#running")


@contextmanager
def demo(directory: Path) -> Iterator[str]:
    """A fresh demo; the link that signs in."""
    command = [sys.executable, "-m", "liaison", "demo", "--port", str(PORT), "--data-dir", str(directory)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIAISON_")}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=directory.parent, env=environment)
    try:
        assert running.stdout is not None
        found = next((link for line in running.stdout if (link := re.search(r"http\S+/sign-in/link/\S+", line))), None)
        assert found is not None, "the demo did not start"
        yield found[0]
    finally:
        running.terminate()
        running.wait(20)


def main() -> None:
    """Take them all."""
    with tempfile.TemporaryDirectory() as name, demo(Path(name) / "demo") as sign_in, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(),
            args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--lang=zh-CN"],
        )
        officer = Officer(browser, Path(name) / "demo", sign_in)
        readme(officer)
        if sys.argv[1:] != ["readme"]:
            play(officer)
        browser.close()


if __name__ == "__main__":
    main()
