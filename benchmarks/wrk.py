"""One short round of wrk: how many requests a second, how long each took, and whether all went well."""

from __future__ import annotations

import resource
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.requests import Request

SCRIPT = Path(__file__).parent / "drive.lua"


@dataclass(frozen=True)
class Round:
    """What wrk saw: requests, seconds, latencies by microseconds, and the processor seconds of wrk itself."""

    requests: int
    seconds: float
    latencies: Counter[int]
    statuses: Counter[int]
    client_seconds: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class Void(Exception):
    """The round says nothing: something was refused or lost."""


def written(requests: Sequence[Request]) -> Path:
    """The requests in a file for the script."""
    with tempfile.NamedTemporaryFile("w", prefix="sjt-bench-", suffix=".tsv", delete=False) as file:
        file.writelines(request.line() + "\n" for request in requests)
    return Path(file.name)


def drive(base: str, file: Path, connections: int, seconds: float, revision: int = 0, once: bool = False) -> Round:
    """Send the file's requests for so long; Void when one was refused, lost, or answered after ten seconds."""
    whole = max(1, round(seconds))  # wrk takes no parts of a second
    command = [
        "wrk", "-t1", f"-c{connections}", f"-d{whole}s", "--timeout", "10s", "-s", str(SCRIPT), base,
        "--", str(file), str(revision), "once" if once else "again",
    ]  # fmt: skip
    before = _children()
    done = subprocess.run(command, capture_output=True, text=True, timeout=whole + 60)
    if done.returncode or "FIGURES" not in done.stdout:
        raise Void(f"wrk failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    return _read(done.stdout, _children() - before)


def _read(printed: str, client_seconds: float) -> Round:
    lines = [line.split() for line in printed.partition("\nFIGURES ")[2].splitlines() if line]
    duration, requests, refused, lost = map(int, lines[0])
    if refused or lost:
        raise Void(f"{refused} of {requests} requests were refused, {lost} lost")
    counts: dict[str, Counter[int]] = {"STATUS": Counter(), "LATENCY": Counter()}
    for name, value, times in lines[1:]:
        counts[name][int(float(value))] += int(times)
    return Round(requests, duration / 1_000_000, counts["LATENCY"], counts["STATUS"], client_seconds)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
