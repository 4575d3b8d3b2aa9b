"""The long forms of the tests, and the record of what they showed: ``make prove``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "docs" / "proof.md"
LONG = [  # an attempt against its model, properties, races, kills, banks and papers at size, bodies by the thousand
    "tests/stores/test_attempt_machine.py", "tests/rules", "tests/faults", "tests/stores/test_races.py",
    "tests/stores/test_bank_import.py", "tests/cli/test_papers.py", "tests/pages/test_protocol.py",
]  # fmt: skip
COMMAND = [
    sys.executable, "-m", "pytest", "-n", "2", "--maxschedchunk=1", "-v", "-p", "no:cacheprovider", "-p", "tests.prove",
    "-o", "junit_family=xunit1", *LONG,
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first, and one to a worker.

    A worker is always handed two tests, of which the other one must wait; so a short one follows on each long one.
    """
    long = [item for item in items if item.get_closest_marker("long")]
    rest = [item for item in items if not item.get_closest_marker("long")]
    pairs = zip_longest(long, rest[: len(long)])
    items[:] = [item for pair in pairs for item in pair if item is not None] + rest[len(long) :]


def main() -> int:
    """Run the long forms, print what they print as they go, and write the record; returns pytest's exit code."""
    commit, clean = git("rev-parse", "HEAD"), not git("status", "--porcelain", "--", ":!docs/proof.md")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        began = time.monotonic()
        code, servers = _run(report)
        minutes = (time.monotonic() - began) / 60
        if report.exists():
            RECORD.write_text(
                record(report, commit if clean else f"{commit} with uncommitted changes", minutes, servers)
            )
            print(f"written to {RECORD.relative_to(ROOT)}")
    return code


def _run(report: Path) -> tuple[int, str]:
    """pytest's exit code, and its line about the servers that it ran on."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "long", "CI": "true", "PYTHONUNBUFFERED": "1"}
    servers = "ran on: not said"
    command = [*COMMAND, f"--junitxml={report}"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if not (line.startswith("tests/") and line.endswith(" \n")):  # a test that only begins
                print(line, end="", flush=True)
            servers = line.strip() if line.startswith("ran on ") else servers
    return running.returncode, servers


def git(*words: str) -> str:
    """What git says."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def record(report: Path, commit: str, minutes: float, servers: str) -> str:
    """The record as Markdown: what ran where, how many, how it ended, and how long it took."""
    counts: dict[str, Counter[str]] = {}
    seconds: dict[str, float] = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        file = case.get("file", "?")
        ended = next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed")
        counts.setdefault(file, Counter())[ended] += 1
        seconds[file] = seconds.get(file, 0) + float(case.get("time", "0"))
    rows = [_row(file, counts[file], seconds[file]) for file in sorted(counts)]
    every = _row("all", sum(counts.values(), Counter()), sum(seconds.values()))
    return "\n".join(
        [
            "# The long forms, and what they showed",
            "",
            f"Written by `make prove` at commit `{commit}`, on {os.cpu_count()} cores, in {minutes:.0f} minutes;",
            f"{servers}.",
            "Hypothesis ran its long profile: 1,000 examples a property. Two tests ran at a time.",
            "",
            "| test file | passed | failed | skipped | seconds |",
            "|---|---|---|---|---|",
            *rows,
            every,
            "",
        ]
    )


def _row(name: str, ended: Counter[str], seconds: float) -> str:
    failed = ended["failure"] + ended["error"]
    return f"| {name} | {ended['passed']} | {failed} | {ended['skipped']} | {seconds:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
