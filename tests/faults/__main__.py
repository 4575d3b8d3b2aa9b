"""The long form: ``make faults``. Both databases through all faults at the same time, each in a process of its own.

The last line printed is the outcome in JSON; the exit code is 1 when an answer is missing, anything else is wrong,
or the server that lies was not found out.
"""

from __future__ import annotations

import argparse
import json
import queue
import random
import subprocess
import sys
import threading
import time

from tests.faults.record import RECORD, ROOT, Record
from tests.prove import git

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Run both lanes, print the record as it goes, write it down; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--times", type=int, default=0, help="each kind so often, as a rehearsal: nothing is written")
    asked = parser.parse_args()
    commit = git("rev-parse", "HEAD") + (
        " with uncommitted changes" if git("status", "--porcelain", "--", ":!docs/faults.md") else ""
    )
    print(f"seed {asked.seed}; number, fault, database, answers acknowledged since the last one, missing", flush=True)
    record, began = Record(), time.monotonic()
    _run(record, asked.seed, asked.times)
    if not asked.times:
        record.ask_for_enough()
        record.write("make faults", commit, asked.seed, (time.monotonic() - began) / 60)
        print(f"written to {RECORD.relative_to(ROOT)}")
    print(record.last_line)
    return 0 if record.passed else 1


def _run(record: Record, seed: int, times: int) -> None:
    lines: queue.Queue[str | None] = queue.Queue()
    lanes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lane", database, str(seed), str(times)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for database in DATABASES
    ]  # fmt: skip
    for lane in lanes:
        threading.Thread(target=_read, args=(lane, lines), daemon=True).start()
    ended = 0
    while ended < len(lanes):
        line = lines.get()
        if line is None:
            ended += 1
        else:
            for shown in record.take(json.loads(line)):
                print(shown, flush=True)
    for database, lane in zip(DATABASES, lanes, strict=True):
        if code := lane.wait():
            record.wrong.append(f"WRONG {database}: its process did not come to the end (exit code {code})")
            print(record.wrong[-1], flush=True)


def _read(lane: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert lane.stdout is not None
    for line in lane.stdout:
        lines.put(line)
    lines.put(None)


if __name__ == "__main__":
    sys.exit(main())
