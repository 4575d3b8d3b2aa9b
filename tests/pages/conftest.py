"""Pages are tested on both databases, through Flask's client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The whole product on a fresh database."""
    made = Site(database_url, tmp_path)
    yield made
    made.close()
