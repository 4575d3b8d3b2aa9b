"""The record of a run: a table, ``var/bench.json``, and the part of docs/performance.md that it rewrites."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "var" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
BEGINS, ENDS = "<!-- written by make bench: from here -->", "<!-- written by make bench: to here -->"


@dataclass(frozen=True)
class Limit:
    """A figure, what it is called, and how large it may or must be; without a limit it is only told."""

    piece: str
    key: str
    words: str
    least: float | None = None
    most: float | None = None
    places: int = 2

    def holds(self, value: float) -> bool:
        """Whether the limit is met."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def said(self) -> str:
        """The limit in words."""
        if self.least is not None:
            return f"at least {self.least:g}"
        return "" if self.most is None else f"at most {self.most:g}"


LIMITS = (
    Limit("save", "ratio", "save, 16 connections: share of the floor's rate", least=0.6),
    Limit("save", "ratio_c64", "save, 64 connections: share of the floor's rate", least=0.6),
    Limit("save", "p99_ratio", "save: p99 as a multiple of the floor's", most=2),
    Limit("save", "sql", "save: statements a request", most=2),
    Limit("save", "p99_ms", "save: p99 (ms)", places=0),
    Limit("save", "floor_rps", "the floor's saves a second", places=0),
    Limit("heartbeat", "ratio", "heartbeat: share of the save floor's rate", least=0.75),
    Limit("heartbeat", "sql", "heartbeat: statements a request", most=0.005),
    Limit("start", "ratio", "Begin: share of the start floor's rate", least=0.5),
    Limit("start", "with_paper_ratio", "Begin and the first page of the paper: share of the start floor's rate"),
    Limit("start", "p95_ms", "500 begin within 1 s and see their paper: p95 (ms)", most=1500, places=0),
    Limit("signin", "per_s", "sign-ins by keycode a second", least=80, places=0),
    Limit("submit", "p95_ms", "500 save and hand in within 2 s: p95 (ms)", most=1500, places=0),
    Limit("load", "candidates", "candidates at work, no failure, p99 below 250 ms", least=2000, places=0),
    Limit("load", "p99_ms", "their p99 (ms)", most=250, places=0),
    Limit("load", "failures", "their failures", most=0, places=0),
    Limit("sqlite", "p99_ms", "SQLite, one process, 100 candidates: p99 (ms)", most=100, places=0),
    Limit("board", "slower", "12 live boards of 200 seats: share of the saves that they cost", most=0.15),
    Limit("board", "p95_ms", "12 boards that ask, all at work: a board's p95 (ms)", most=150, places=0),
    Limit("board", "failures", "their failures", most=0, places=0),
    Limit("page", "bytes", "exam page, first visit: bytes, compressed", places=0),
    Limit("page", "requests", "exam page, first visit: requests", places=0),
)


INTERVALS = {"ratio": "interval", "ratio_c64": "interval_c64", "per_s": "interval", "slower": "slower_interval"}


def rows(figures: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Figure, value with its interval, limit, and whether it is met; a piece that failed is named."""
    made = []
    for limit in LIMITS:
        found = figures.get(limit.piece, {})
        if limit.key not in found:
            made.append((limit.words, "not measured", limit.said, "NO"))
            continue
        value = f"{found[limit.key]:,.{limit.places}f}"
        interval = found.get(
            {"ratio": "interval", "ratio_c64": "interval_c64", "per_s": "interval", "slower": "slower_interval"}.get(
                limit.key, ""
            )
        )
        if interval:
            value += " ({:,.{places}f} to {:,.{places}f})".format(*interval, places=limit.places)
        met = "" if not limit.said else "yes" if limit.holds(found[limit.key]) else "NO"
        made.append((limit.words, value, limit.said, met))
    return made


def table(figures: Mapping[str, Any]) -> str:
    """The rows as Markdown."""
    lines = ["| figure | value (95% interval) | limit | met |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows(figures))])


def about(run: Mapping[str, Any]) -> dict[str, Any]:
    """What ran where: commit, date, machine, servers."""
    clean = not _git("status", "--porcelain", "--", ":!docs/performance.md")
    return {
        "commit": _git("rev-parse", "--short=12", "HEAD") + ("" if clean else " with uncommitted changes"),
        "at": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}",
        **run,
    }


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def write(figures: Mapping[str, Any], run: Mapping[str, Any], results: Path = RESULTS, page: Path = PAGE) -> None:
    """Keep the figures, and rewrite the page between its marks."""
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps({**figures, "run": run}, indent=1) + "\n")
    _between(page, lambda: f"{_head(run)}\n\n{table(figures)}\n")


def _head(run: Mapping[str, Any]) -> str:
    failed = f" Failed: {', '.join(run['failed'])}." if run["failed"] else ""
    return (
        f"`{run['command']}` at commit `{run['commit']}`, {run['at']}, on {run['machine']}; {run['servers']};"
        f" {run['rounds']} rounds of {run['round_seconds']} s.{failed}"
    )


def _between(page: Path, made: Callable[[], str]) -> None:
    text = page.read_text()
    before, begins, rest = text.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError(f"{page} has no place for the table")
    page.write_text(f"{before}{BEGINS}\n\n{made()}\n{ENDS}{after}")
