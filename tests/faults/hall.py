"""A hall: one database with its servers, its nodes, and a room of candidates who write through every fault."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

from sjt.db import migrate
from sjt.services import timekeeping
from tests.faults.audit import Found, Standing, audit, scripts, standing
from tests.faults.cutter import Cutter
from tests.faults.nodes import HONEST, SABOTEUR, Node, wait_until
from tests.faults.writers import Writer
from tests.harness.postgres import OwnPostgres
from tests.harness.redis_server import OwnRedis
from tests.saved import Booked, saved_room
from tests.site import Site

AGAIN = 2  # saves of every writer after a fault: only then is it over
WORKERS = 2  # of one node on PostgreSQL


class Hall:
    """Candidates who write, and what is asked of their answers after each fault.

    On SQLite it is the embedded form: one worker, no Redis. On PostgreSQL it has a server and a Redis of its own,
    and one node of two workers, or, with ``nodes`` above one, several nodes of one worker. ``disk``: the small one
    that the database stands on, if it does.
    """

    def __init__(
        self, home: Path, postgres: OwnPostgres | None = None, redis: OwnRedis | None = None, disk: Path | None = None
    ) -> None:
        self.home, self.postgres, self.redis, self.disk = home, postgres, redis, disk
        self.url = postgres.url("postgres") if postgres else f"sqlite:///{(disk or home) / 'sjt.db'}"
        migrate(self.url)
        self.site = Site(self.url, home, redis.url if redis else None)
        # Real servers keep real time.
        self.site.clock.advance(seconds=(self.site.product.database.time() - self.site.now()).total_seconds())
        self.room = saved_room(self.site)
        self.nodes: list[Node] = []
        self.cutter: Cutter | None = None
        self.writers: list[Writer] = []
        self._before = Standing({}, {})
        self._seats = 0

    @property
    def dialect(self) -> str:
        return "postgresql" if self.postgres else "sqlite"

    def open(self, nodes: int = 1, command: tuple[str, ...] = HONEST) -> None:
        """Start the nodes."""
        workers = WORKERS if self.postgres and nodes == 1 else 1
        redis_url = self.redis.url if self.redis else None
        self.nodes = [Node(self.url, self.home, redis_url, workers) for _ in range(nodes)]
        for node in self.nodes:
            node.start(command)

    def seat(self, how_many: int, rng: random.Random, cut: bool = False) -> None:
        """New candidates come in, begin, and write from now on; ``cut``: through a proxy that can cut them off."""
        booked = [self.book() for _ in range(how_many)]
        self.cutter = Cutter(self.nodes[0].port) if cut else None
        ports = [self.cutter.port] if self.cutter else [node.port for node in self.nodes]
        self.writers = [Writer(one, ports, random.Random(rng.random())) for one in booked]
        for writer in self.writers:
            writer.begin()
        self._before = standing(self.site, self.writers)
        for writer in self.writers:
            writer.start()
        self.write_on(AGAIN)

    def book(self) -> Booked:
        """A candidate who is admitted and may begin."""
        self._seats += 1
        booked = self.room.seat(f"Candidate {self._seats}", self._seats)
        self.room.admit(booked)
        self.room.open_gate(booked)
        return booked

    # --------------------------------------------------------------------------------------------- faults
    def write_on(self, saves: int) -> None:
        """Until each writer has so many acknowledgements more."""
        goals = [(writer, len(writer.acknowledged) + saves) for writer in self.writers]
        wait_until(
            lambda: all(len(writer.acknowledged) >= goal for writer, goal in goals),
            f"{saves} more acknowledgements to every writer; refused so far: {[w.refused for w in self.writers]}",
        )

    def refused(self) -> None:
        """Until each writer has been refused, or heard nothing, once more."""
        goals = [(writer, writer.refused + 1) for writer in self.writers]
        wait_until(lambda: all(writer.refused >= goal for writer, goal in goals), "every writer notices the fault")

    def give_time(self, rng: random.Random) -> None:
        """An invigilator gives somebody time: committed, so no fault may take it back."""
        booked = rng.choice(self.writers).booked
        now, request = self.site.product.database.time(), str(uuid.uuid4())
        with self.site.writing() as conn:
            attempt = self.room.attempt(booked)
            timekeeping.grant(conn, attempt, rng.randint(1, 60), "a fault", self.room.invigilator, request, now)
        self._before = standing(self.site, self.writers)

    def look(self) -> Found:
        """What the database holds now."""
        self.site.product.database.dispose()  # connections to a server that was killed
        return audit(self.site, self.writers, self._before)

    # ----------------------------------------------------------------------------------------------- ends
    def hand_in(self, how_many: int | None = None) -> list[str]:
        """Everybody hands in, or the first so many, and leaves; returns what is wrong with the scripts."""
        leaving, self.writers = self.writers[:how_many], self.writers[how_many:] if how_many else []
        for writer in leaving:
            writer.hand_in()
        return scripts(self.site, leaving) + [line for writer in leaving for line in writer.complaints]

    def sabotaged(self, rng: random.Random, kills: int) -> int:
        """The writers go on at a server that acknowledges before it commits; how many answers its kills lose."""
        for _ in range(kills):
            self.nodes[0].start(SABOTEUR)
            self.write_on(rng.randint(8, 20))
            self.nodes[0].kill()
        self.stop()
        return len(self.look().missing)

    def stop(self) -> None:
        """Nobody writes any more; what was under way is given up."""
        for writer in self.writers:
            writer.stop()

    def close(self) -> None:
        self.stop()
        for node in self.nodes:
            node.kill()
        if self.cutter:
            self.cutter.close()
        self.site.close()
