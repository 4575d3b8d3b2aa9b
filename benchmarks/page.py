"""What a browser that comes for the first time fetches for the exam page."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Response, sync_playwright

from benchmarks.requests import Candidate
from tests.harness import chromium


def first_visit(base: str, who: Candidate) -> dict[str, Any]:
    """Requests, and the bytes of their bodies: as sent, and as gzip makes them, which a proxy in front would do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_arguments())  # type: ignore[arg-type]
        context = browser.new_context()
        host = urlsplit(base).hostname
        pairs = (pair.split("=", 1) for pair in who.cookie.split("; "))
        context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"} for name, value in pairs])
        shown, got = context.new_page(), list[Response]()
        shown.on("response", lambda reply: got.append(reply))  # noqa: PLW0108 - Playwright marks what it is given
        shown.goto(f"{base}/sit/{who.ref}/scenario/1", wait_until="load")
        static = [reply for reply in got if reply.request.method == "GET"]  # what it fetches, not what it tells
        bodies = [reply.body() for reply in static]
        browser.close()
    return {
        "bytes": sum(len(gzip.compress(body, 6)) for body in bodies),
        "requests": len(bodies),
        "bytes_as_sent": sum(len(body) for body in bodies),
    }
