"""The machine's own Chromium. `python -m tests.harness.chromium` prints where it is, or fails.

Its headless shell comes first: the same version of the same engine without the windows around it, which
nobody sees here and which cost two fifths of a browser test.
"""

import os
import shutil
import sys
from pathlib import Path

from tests.harness import MissingServer

_SHELL = "chromium-headless-shell"
_NAMES = (_SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# A browser for tests calls nobody: no updates, no sync, no look-ups of its own.
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Containers often give /dev/shm too little room for a page.
    "--disable-dev-shm-usage",
]


def find() -> Path | None:
    named = os.environ.get("SJT_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found and os.access(found, os.X_OK) else None


def launch_arguments() -> dict[str, object]:
    """What Playwright's `launch` takes; raises when there is no browser."""
    program = find()
    if program is None:
        raise MissingServer("No Chromium: `make setup` installs it; or set SJT_TEST_CHROMIUM to one.")
    # Chromium refuses its sandbox to root.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": str(program), "args": [*_QUIET, *sandbox]}


if __name__ == "__main__":
    print(find() or "no Chromium")
    sys.exit(find() is None or (sys.argv[1:] == ["shell"] and find() != Path(shutil.which(_SHELL) or "")))
