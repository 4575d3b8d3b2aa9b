"""Candidates who keep their own time, whatever the server does: each request leaves when it is due.

A latency is counted from the moment a request was due, so that a server that stalls is charged for all who wait.
"""

from __future__ import annotations

import asyncio
import random
import resource
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.requests import LAST_REVISION, Candidate, Request, beat, form, page, save

SAVE_EVERY, BEAT_EVERY = 10.0, 15.0  # seconds
PATIENCE = 15.0


class Wire(asyncio.Protocol):
    """One connection that is kept open: a request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.reply: asyncio.Future[tuple[int, bytes]] | None = None
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found or self.reply is None or self.reply.done():
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        if len(body) >= length:
            self.received = b""
            self.reply.set_result((int(head[9:12]), body))

    def connection_lost(self, why: Exception | None) -> None:
        self.transport = None
        if self.reply is not None and not self.reply.done():
            self.reply.set_exception(ConnectionError("cut off"))

    async def ask(self, raw: bytes) -> tuple[int, bytes]:
        """Status and body of the reply."""
        assert self.transport is not None
        self.reply = asyncio.get_running_loop().create_future()
        self.transport.write(raw)
        return await asyncio.wait_for(self.reply, PATIENCE)


class Wires:
    """Open connections, the one used last first, as a proxy before the server would hold them."""

    def __init__(self, base: str) -> None:
        address = urlsplit(base)
        self._host, self._port = address.hostname or "", address.port or 80
        self._idle: list[Wire] = []
        self.again = 0  # requests that met a connection which the server had just closed

    async def ask(self, raw: bytes) -> tuple[int, bytes]:
        """Send a request on a free connection; on a new one when the server closed that before it was read."""
        wire, old = await self._free()
        try:
            reply = await wire.ask(raw)
        except ConnectionError:
            if not old:
                raise
            self.again += 1
            wire = await self._new()
            reply = await wire.ask(raw)
        if wire.transport is not None and not wire.transport.is_closing():
            self._idle.append(wire)
        return reply

    async def _free(self) -> tuple[Wire, bool]:
        while self._idle:
            wire = self._idle.pop()
            if wire.transport is not None and not wire.transport.is_closing():
                return wire, True
        return await self._new(), False

    async def _new(self) -> Wire:
        _, wire = await asyncio.get_running_loop().create_connection(Wire, self._host, self._port)
        return wire

    def close(self) -> None:
        """Close what is open."""
        for wire in self._idle:
            if wire.transport is not None:
                wire.transport.close()


@dataclass
class Seen:
    """What the crowd saw: seconds by kind of request, failures in words, and what it cost the client."""

    took: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    again: int = 0
    client_cpu: float = 0.0  # processor seconds of the client for each second of the run

    @property
    def all(self) -> list[float]:
        """All latencies."""
        return [seconds for some in self.took.values() for seconds in some]


Act = Callable[[Wires], Awaitable[None]]


async def _run(base: str, due: Sequence[tuple[float, str, Act]]) -> Seen:
    seen, wires = Seen(), Wires(base)
    loop = asyncio.get_running_loop()
    start, used = loop.time() + 0.1, _used()

    async def one(at: float, kind: str, act: Act) -> None:
        try:
            await act(wires)
        except (AssertionError, OSError, TimeoutError) as why:
            seen.failures.append(f"{kind}: {type(why).__name__} {why}")
        seen.took.setdefault(kind, []).append(loop.time() - start - at)

    under_way: set[asyncio.Task[None]] = set()
    for at, kind, act in sorted(due, key=lambda entry: entry[0]):
        await asyncio.sleep(max(0.0, start + at - loop.time()))
        task = loop.create_task(one(at, kind, act))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    wires.close()
    seen.again, seen.client_cpu = wires.again, (_used() - used) / (loop.time() - start)
    return seen


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _asking(request: Request, status: int, holds: bytes = b"", revision: int = 0) -> Act:
    async def act(wires: Wires) -> None:
        got, body = await wires.ask(request.raw(revision))
        assert got == status and holds in body, f"{got} {body[:80]!r}"

    return act


def _in_turn(*acts: Act) -> Act:
    async def act(wires: Wires) -> None:
        for each in acts:
            await each(wires)

    return act


def working(base: str, candidates: Sequence[Candidate], seconds: float, revision: int) -> Seen:
    """All candidates save every 10 seconds and beat every 15, each at moments of their own."""
    chance = random.Random(7)
    due: list[tuple[float, str, Act]] = []
    for who in candidates:
        saving, beating = save(who), beat(who)
        first = chance.uniform(0, SAVE_EVERY)
        moments = [first + n * SAVE_EVERY for n in range(int((seconds - first) // SAVE_EVERY) + 1)]
        due += [(at, "save", _asking(saving, 200, b'"status":"saved"', revision + n)) for n, at in enumerate(moments)]
        first = chance.uniform(0, BEAT_EVERY)
        beats = [first + n * BEAT_EVERY for n in range(int((seconds - first) // BEAT_EVERY) + 1)]
        due += [(at, "beat", _asking(beating, 200, b'"running"')) for at in beats]
    return asyncio.run(_run(base, [entry for entry in due if entry[0] <= seconds]))


def starting(base: str, candidates: Sequence[Candidate], within: float) -> Seen:
    """All press Begin within so many seconds, and see the first page of their paper."""
    chance = random.Random(8)
    due = [
        (chance.uniform(0, within), "start",
         _in_turn(_asking(form(who, "begin"), 303), _asking(page(who, "scenario/1"), 200, b"data-sitting")))
        for who in candidates
    ]  # fmt: skip
    return asyncio.run(_run(base, due))


def writing_once(base: str, candidates: Sequence[Candidate], within: float, revision: int) -> Seen:
    """All save once, at their leisure."""
    due = [
        (within * n / len(candidates), "save", _asking(save(who), 200, b'"status":"saved"', revision))
        for n, who in enumerate(candidates)
    ]
    return asyncio.run(_run(base, due))


def handing_in(base: str, candidates: Sequence[Candidate], within: float) -> Seen:
    """All send their last words and hand in within so many seconds."""
    chance = random.Random(9)
    due = [
        (chance.uniform(0, within), "submit",
         _in_turn(_asking(save(who), 200, b'"status":"saved"', LAST_REVISION), _asking(form(who, "submit"), 303)))
        for who in candidates
    ]  # fmt: skip
    return asyncio.run(_run(base, due))
