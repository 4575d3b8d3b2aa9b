"""The long forms of the tests, and the record of what they showed: ``make prove``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "docs" / "proof.md"
LONG = [  # properties, races, kills, an attempt against its model, banks and papers at size, bodies by the thousand
    "tests/rules", "tests/faults", "tests/stores/test_races.py", "tests/stores/test_attempt_machine.py",
    "tests/stores/test_bank_import.py", "tests/cli/test_papers.py", "tests/pages/test_protocol.py",
]  # fmt: skip
COMMAND = [sys.executable, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider", *LONG]


def main() -> int:
    """Run the long forms and write the record; returns pytest's exit code."""
    commit, clean = git("rev-parse", "HEAD"), not git("status", "--porcelain", "--", ":!docs/proof.md")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        began = time.monotonic()
        environment = {**os.environ, "HYPOTHESIS_PROFILE": "long", "CI": "true"}
        done = subprocess.run(
            [*COMMAND, f"--junitxml={report}"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        minutes = (time.monotonic() - began) / 60
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        if not report.exists():
            return done.returncode
        RECORD.write_text(
            record(report, commit if clean else f"{commit} with uncommitted changes", minutes, done.stdout)
        )
    return done.returncode


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def record(report: Path, commit: str, minutes: float, printed: str) -> str:
    """The record as Markdown: what ran where, how many, and how it ended."""
    cases = ET.parse(report).getroot().iter("testcase")
    counts: dict[str, Counter[str]] = {}
    for case in cases:
        room = ".".join(case.get("classname", "").split(".")[:2])
        ended = next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed")
        counts.setdefault(room, Counter())[ended] += 1
    servers = next((line for line in printed.splitlines() if line.startswith("ran on ")), "ran on: not said")
    rows = [
        f"| {room} | {c['passed']} | {c['failure'] + c['error']} | {c['skipped']} |"
        for room, c in sorted(counts.items())
    ]
    return "\n".join(
        [
            "# The long forms, and what they showed",
            "",
            f"Written by `make prove` at commit `{commit}`, on {os.cpu_count()} cores, in {minutes:.0f} minutes;",
            f"{servers}.",
            "Hypothesis ran its long profile: 1,000 examples a property.",
            "",
            "| tests | passed | failed | skipped |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
