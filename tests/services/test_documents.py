"""PDFs: tagged, of one language and title, made in a process of their own that loads nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from sjt.rules.refusals import Unavailable
from sjt.services import documents

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Statement of result</title></head>
<body><h1>Statement of result</h1><p>Passed, in a naïve hand.</p><ul><li>One</li></ul>{more}</body></html>"""


def test_a_document_is_tagged_and_says_its_title_and_language() -> None:
    reader = PdfReader(io.BytesIO(documents.pdf(PAGE.format(more=""))))
    catalogue: Any = reader.root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Statement of result"
    assert "naïve" in reader.pages[0].extract_text()


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:1/x.png", "data:image/png;base64,AA=="])
def test_a_document_loads_nothing_from_the_network_or_the_disk(address: str) -> None:
    with pytest.raises(Unavailable, match=r"document\.not_made"):
        documents.pdf(PAGE.format(more=f'<img alt="x" src="{address}">'))


def test_without_pango_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "available", lambda: False)
    with pytest.raises(Unavailable, match=r"document\.no_pango"):
        documents.pdf(PAGE)


def test_what_cannot_be_made_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MAKE", "raise SystemExit(3)")
    with pytest.raises(Unavailable, match=r"document\.not_made"):
        documents.pdf(PAGE)
