"""Documents to keep: a page of ours as a tagged PDF (PDF/UA-1, ISO 14289-1), made in a process of its own.

Laying a page out keeps a processor busy for tens of milliseconds, so it never happens in a process that
answers candidates. The process gets the page on its standard input and reaches neither the network nor a
file: what the document shows stands in the page itself.
"""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
from functools import cache

import msgspec

from sjt.rules.refusals import Unavailable

PATIENCE_SECONDS = 60
_LIBRARY = "pangoft2-1.0"  # of Pango, which lays the text out; an optional package of the machine
_MAKE = """
import json, sys, weasyprint, weasyprint.urls
told = json.load(sys.stdin)
nothing = weasyprint.urls.URLFetcher(allowed_protocols=[], fail_on_errors=True)
page = weasyprint.HTML(string=told["page"], url_fetcher=nothing)
sys.stdout.buffer.write(page.write_pdf(stylesheets=[weasyprint.CSS(string=told["style"])], pdf_variant="pdf/ua-1"))
"""


@cache
def available() -> bool:
    """Whether this machine can make PDFs. Where it cannot, the print views remain."""
    return ctypes.util.find_library(_LIBRARY) is not None


def pdf(page: str, style: str = "") -> bytes:
    """A whole HTML page as a tagged PDF, in the style of this style sheet.

    The page's ``title`` and ``lang`` become the document's. Unavailable when this machine has no Pango, or when
    the document could not be made.
    """
    if not available():
        raise Unavailable("document.no_pango")
    try:
        made = subprocess.run(  # noqa: S603 - our own program, and the page goes in on its input
            [sys.executable, "-I", "-c", _MAKE],
            input=msgspec.json.encode({"page": page, "style": style}),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Unavailable("document.not_made") from late
    if made.returncode != 0:
        raise Unavailable("document.not_made")
    return made.stdout
