"""``make bench``: every piece in one run; a table on stdout, progress on stderr. Words after it name single pieces.

Exit code 1 when a piece failed; the others' figures are kept. A limit that is missed is told, not failed.
"""

from __future__ import annotations

import sys
import time
import traceback
from contextlib import ExitStack
from typing import Any

from benchmarks import pieces, report
from benchmarks.stage import SHORT, Stage


def main(wanted: list[str]) -> int:
    """Run the pieces named, or all of them."""
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {words}", file=sys.stderr, flush=True)

    figures: dict[str, Any] = {}
    failed: list[str] = []
    names = wanted or list(pieces.ALL)
    with ExitStack() as stack:
        stage = Stage(stack, say)
        run = _run_of(stage)
        for name in names:
            say(name)
            try:
                figures[name] = pieces.ALL[name](stage)
            except Exception:  # whatever it is: the other pieces still tell something
                traceback.print_exc()
                failed.append(name)
            if not wanted:
                report.write(figures, report.about({**run, "failed": failed}))
    print(report.table(figures))
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _run_of(stage: Stage) -> dict[str, Any]:
    return {
        "command": "BENCH_SHORT=1 make bench" if stage.pace is SHORT else "make bench",
        "servers": f"{stage.postgres.version}, fsync on; {stage.redis.version}",
        "rounds": stage.pace.rounds,
        "round_seconds": stage.pace.round_seconds,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
