"""One database through all faults, as a process of its own: ``python -m tests.faults.lane sqlite SEED TIMES``.

Prints one line of JSON for everything that happened; tests/faults/__main__.py reads them.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.faults import SABOTEURS
from tests.faults.durability import broken_promises, strace, traced
from tests.faults.hall import Hall
from tests.faults.kinds import KINDS, Kind, strike
from tests.faults.nodes import SABOTEUR
from tests.faults.small_disk import DISK, small_disk
from tests.harness import postgres, redis_server

WRITERS = 4
TIMES = {  # a database: of each kind so often; 20 of each kind at least, and more than 200 kills in all
    "sqlite": {"a worker": 40, "all workers": 40, "connection cut": 20, "clock of a device": 10, "disk full": 10},
    "postgresql": {
        "a worker": 25, "all workers": 25, "one node of two": 25, "PostgreSQL": 30, "Redis": 25, "Redis flushed": 20,
        "connection cut": 20, "clock of a device": 10, "disk full": 10,
    },
}  # fmt: skip


class Lane:
    """The faults of one database, one kind after the other."""

    def __init__(self, dialect: str, seed: int, times: int) -> None:
        self.dialect, self.seed, self.times = dialect, seed, times

    def run(self) -> None:
        """All of it. What this machine does not permit ends it before it has begun."""
        strace()
        with small_disk(self.dialect):
            pass
        with self._hall() as hall:
            for kind in KINDS:
                if self.dialect in kind.dialects:
                    self._often(hall, kind)
            self._told(saboteur_missing=self._sabotaged(hall))
            self._power(hall)
        with ExitStack() as room:
            hall = room.enter_context(self._hall(room.enter_context(small_disk(self.dialect))))
            self._often(hall, DISK)

    @contextmanager
    def _hall(self, disk: Path | None = None) -> Iterator[Hall]:
        with ExitStack() as room:
            home = Path(room.enter_context(tempfile.TemporaryDirectory(prefix="sjt-faults-")))
            own = redis = None
            if self.dialect == "postgresql":
                own, redis = postgres.start_own(durable=True, folder=disk), redis_server.start_own()
                room.callback(own.stop)
                room.callback(redis.stop)
                self._told(servers=[own.version, redis.version])
            hall = Hall(home, own, redis, disk)
            room.callback(hall.close)
            yield hall

    def _often(self, hall: Hall, kind: Kind) -> None:
        """New candidates; the fault again and again, and after each one everything is looked at; they hand in."""
        rng = random.Random(f"{self.seed} {self.dialect} {kind.name}")
        self._opened(hall, kind.nodes)
        hall.seat(WRITERS, rng, kind.cut)
        before, missing, wrong = 0, set[Any](), set[str]()
        for _ in range(self.times or TIMES[self.dialect][kind.name]):
            strike(hall, kind, rng)
            found = hall.look()
            self._told(
                kind=kind.name, killed=kind.kills, acknowledged=found.acknowledged - before,
                missing=len(set(found.missing) - missing), wrong=sorted(set(found.wrong) - wrong),
            )  # fmt: skip
            before, missing, wrong = found.acknowledged, missing | set(found.missing), wrong | set(found.wrong)
        self._told(kind=kind.name, wrong=sorted(set(hall.hand_in()) - wrong))

    def _opened(self, hall: Hall, nodes: int) -> None:
        if len(hall.nodes) == nodes:
            return
        for node in hall.nodes:
            node.kill()
        hall.open(nodes)

    def _sabotaged(self, hall: Hall) -> int:
        rng = random.Random(f"{self.seed} {self.dialect} saboteur")
        self._opened(hall, 1)
        hall.seat(WRITERS, rng)
        hall.nodes[0].kill()
        return hall.sabotaged(rng, SABOTEURS)

    def _power(self, hall: Hall) -> None:
        """What a power cut would leave, and that the trace notices a server that lies."""
        rng = random.Random(self.seed)
        hall.writers = []
        hall.nodes[0].start()
        honest = traced(hall, rng)
        hall.nodes[0].kill()
        hall.nodes[0].start(SABOTEUR)
        lying = traced(hall, rng)
        hall.nodes[0].kill()
        wrong = broken_promises(hall)
        wrong += [f"{honest.too_early} of {honest.saves} replies left before the flush"] if honest.too_early else []
        wrong += ["the trace does not show saves"] if not honest.saves else []
        wrong += ["the trace does not notice the saboteur"] if not lying.too_early else []
        self._told(traced=honest.saves, wrong=wrong)

    def _told(self, **what: Any) -> None:
        print(json.dumps({"database": self.dialect, **what}), flush=True)  # a line as soon as it is known


if __name__ == "__main__":
    Lane(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])).run()
