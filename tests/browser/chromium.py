"""What is checked on every page, with axe-core from npm at a pinned version."""

import os
import re
from pathlib import Path

from playwright.sync_api import CDPSession, Page, ViewportSize

from tools.vendor import Package, fetch

AXE = Package(
    name="axe-core",
    version="4.14.1",
    integrity="sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    licence="MPL-2.0",
    copies={},
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]
REFUSED_FORM = re.compile(r"^Failed to load resource: the server responded with a status of (409|422) ")
"""What Chromium says about every form that is shown again with its errors."""


def axe_source(cache: Path) -> str:
    """The script of axe-core, fetched once by the npm client, compared with its pinned SHA-512 and kept in `cache`."""
    kept = cache / f"axe-{AXE.version}.min.js"
    if not kept.exists():
        script = fetch(AXE)["axe.min.js"]
        partly = cache / f"{kept.name}.{os.getpid()}"
        partly.write_bytes(script)
        partly.replace(kept)
    return kept.read_text(encoding="utf-8")


PHONE = 600
"""Narrower than so many pixels is a phone."""


def viewport(width: int) -> ViewportSize:
    """The window of a computer or a phone of that width."""
    return {"width": width, "height": 844 if width < PHONE else 900}


_BEYOND = """[...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
        && !each.parentElement.closest('.scroll'))
    .slice(0, 5).map(each => each.tagName + ' ' + each.className + ' ' + each.textContent.trim().slice(0, 60))"""
"""What sticks out at the right."""


class Watch:
    """What goes wrong on one page while a test uses it."""

    def __init__(self, page: Page, origin: str, axe: str) -> None:
        self.page = page
        self.origin = origin
        self.axe = axe
        self.problems: list[str] = []
        self.session: CDPSession | None = None
        page.on("console", lambda said: self.heard(said.type, said.text, said.location["url"]))
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", lambda request: self.asked(request.url))

    def heard(self, kind: str, text: str, url: str) -> None:
        """The console: errors and warnings count, among them every violation of the content security policy. A page that asks how far a
        table is may ask once too often: Chromium then tells of a 404."""
        if kind in ("error", "warning") and not REFUSED_FORM.match(text) and "/how-far/" not in url:
            self.problems.append(f"console {kind}: {text}")

    def asked(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "blob:", "about:")):
            self.problems.append(f"request to another place: {url}")

    def be(self, width: int) -> None:
        """Become so wide, and below 600 px one that is touched by fingers, as `new_page` makes it."""
        if self.session is None:
            self.session = self.page.context.new_cdp_session(self.page)  # what it sets lasts as long as it does
        self.session.send("Emulation.setTouchEmulationEnabled", {"enabled": width < PHONE, "maxTouchPoints": 1})
        self.page.set_viewport_size(viewport(width))

    def check_widths(self) -> None:
        """`check` as on a computer and as on a phone."""
        for width in (390, 1280):
            self.be(width)
            assert self.page.evaluate("matchMedia('(pointer: coarse)').matches") is (width < PHONE)
            self.check()

    def check(self) -> None:
        """Fail on what was heard so far, on sideways scrolling, and on what axe finds in the page as it stands now."""
        self.page.wait_for_function(
            "document.readyState === 'complete'"
        )  # between two pages there is no document to look at
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            beyond = self.page.evaluate(_BEYOND)
            self.problems.append(f"the page is {wide} px too wide: {beyond}")
        if self.page.evaluate("!('axe' in window)"):
            self.page.evaluate(self.axe)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        for violation in found["violations"]:
            places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
            self.problems.append(f"axe {violation['id']} ({violation['help']}): {places}")
        assert self.problems == [], f"{self.page.url}\n" + "\n".join(self.problems)
