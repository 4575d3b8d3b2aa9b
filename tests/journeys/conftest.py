"""A whole product behind a real browser, under a clock that the test holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from sjt.stores.people import Person
from tests.site import Server, Site

AXE, AXE_AGAIN = Axe(), Axe("0")  # half a megabyte of script, which a page needs once
FAULTS = {"resultTypes": ["violations"]}  # the rest is work for nobody
COLOURS = {**FAULTS, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


class Visit:
    """Somebody's own browser: its context, its page, and a list of what its console complained about."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.complaints: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def close_browser(self) -> None:
        """The browser goes, its cookies and its storage stay: what a crash and a restart leave behind."""
        self.page.close(run_before_unload=False)

    def reopen(self) -> Page:
        self.page = self.new_page()
        return self.page


class House:
    """The served product and the browsers in it."""

    def __init__(self, site: Site, server: Server, browser: Browser) -> None:
        self.site, self.server, self.base, self.browser = site, server, server.base, browser
        self.visits: list[Visit] = []

    def visit(self, person: Person | None = None, **context: object) -> Visit:
        """A browser of its own, signed in as a person or as nobody."""
        made = self.browser.new_context(locale="en-GB", timezone_id="Europe/London", **context)  # type: ignore[arg-type]
        if person is not None:
            made.add_cookies([{"name": "sjt", "value": self.site.session_cookie(person), "url": self.base}])
        visit = Visit(made, self.base)
        self.visits.append(visit)
        return visit

    def complaints(self) -> list[str]:
        return [words for visit in self.visits for words in visit.complaints]


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, browser: Browser) -> Iterator[House]:
    """The product on SQLite, as the embedded default runs it."""
    yield from _house(Site(sqlite_url, tmp_path), browser)


def _house(site: Site, browser: Browser) -> Iterator[House]:
    server = Server(site)
    made = House(site, server, browser)
    try:
        yield made
        for visit in made.visits:
            visit.context.close()
    finally:
        server.stop()
        site.close()


@pytest.fixture
def accessible() -> Callable[[Page, str], None]:
    """Checks a page with axe, in light and in dark: no violation.

    The elements of a page are the same in both, so in dark only the rules that look at colours run again.
    """

    def check(page: Page, name: str) -> None:
        for scheme, axe, options in (("light", AXE, FAULTS), ("dark", AXE_AGAIN, COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = axe.run(page, options=options)
            assert not found.response["violations"], f"{name}, {scheme}: {found.generate_report()}"
        page.emulate_media(color_scheme="light")

    return check
