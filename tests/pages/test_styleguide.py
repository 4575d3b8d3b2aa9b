"""The page of components: there for builders, gone in a live installation."""

from __future__ import annotations

from pathlib import Path

from sjt.app import create_app
from sjt.config import Settings
from sjt.pages.styleguide import SCREENS
from tests.site import SECRET, Site


def test_every_component_and_sample_screen_renders(site: Site) -> None:
    client = site.visitor()
    assert client.get("/styleguide").status_code == 200
    assert len(SCREENS) >= 4
    for screen in SCREENS:
        assert client.get(f"/styleguide/{screen}").status_code == 200, screen
    assert client.get("/styleguide/nowhere").status_code == 404


def test_a_live_installation_does_not_serve_it(sqlite_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(sqlite_url, SECRET, "live", tmp_path))
    for path in ("/styleguide", "/styleguide/exam"):
        assert app.test_client().get(path).status_code == 404
    app.extensions["sjt"].database.dispose()
