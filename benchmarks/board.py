"""Boards beside saves: what 12 open boards of a room of 200 cost the candidates, and how fast a board is answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from benchmarks import crowd, requests, room, servers, wrk
from benchmarks.figures import middle, percentile
from benchmarks.requests import Candidate
from benchmarks.stage import Stage
from sjt.clock import steady
from sjt.db import migrate
from tests.site import Site

SEATS, BOARDS, EVERY = 200, 12, 2.0
SETTLES = 2.0  # seconds until all boards are open


@dataclass
class Heard:
    """What the boards heard: seconds each request took, events, bytes, and what went wrong."""

    took: list[float] = field(default_factory=list)
    events: int = 0
    size: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class House:
    """A room of 200 on a server of its own, its candidates, and the cookies of its invigilators."""

    base: str
    path: str
    candidates: list[Candidate]
    cookies: list[str]


def board(stage: Stage) -> dict[str, Any]:
    """Saves with and without boards in turn; then boards that ask every two seconds, while all work."""
    with _house(stage) as house:
        crowd.working(house.base, house.candidates, 2 * crowd.BEAT_EVERY, stage.revisions())  # warm; all are heard
        saves = _beside_saves(stage, house)
        asked = _asking(stage, house)
    return {**saves, **asked, "seats": SEATS, "boards": BOARDS}


@contextmanager
def _house(stage: Stage) -> Iterator[House]:
    url = stage.postgres.url(stage.postgres.create())
    migrate(url)
    site = Site(url, stage.home, stage.redis.url)
    made = room.Crowd(site)
    candidates = made.copies("running", SEATS - len(room.MODELS))
    watching = made.room.invigilator
    cookies = [f"sjt={site.session_cookie(watching)}" for _ in range(BOARDS)]
    with servers.product(url, stage.redis.url, stage.home) as base:
        yield House(base, f"/invigilation/{made.room.sitting[1]}/board", candidates, cookies)
    site.close()


# ----------------------------------------------------------------------------------------- beside the saves
def _beside_saves(stage: Stage, house: House) -> dict[str, Any]:
    """The same saves without boards and with 12 live ones, in turn: the slow-down of each pair of rounds."""
    file = wrk.written([requests.save(who) for who in house.candidates])
    seconds = max(3, stage.pace.round_seconds)

    def saved() -> wrk.Round:
        return wrk.drive(house.base, file, 16, seconds, stage.revisions())

    saved()
    heard, pairs = Heard(), []
    for number in range(max(10, stage.pace.rounds)):
        without = saved()
        with _open_boards(house, heard):
            beside = saved()
        pairs.append((without.rate, beside.rate))
        stage.say(f"board, round {number + 1}: {without.rate:.0f} saves/s without, {beside.rate:.0f}/s with boards")
    slower = middle([1 - beside / without for without, beside in pairs])
    return {
        "slower": slower.median, "slower_interval": [slower.low, slower.high], "rounds": pairs,
        "stream_events": heard.events, "stream_bytes": heard.size, "stream_failures": heard.failures[:5],
    }  # fmt: skip


@contextmanager
def _open_boards(house: House, heard: Heard) -> Iterator[None]:
    """All boards listen to their streams meanwhile; one that is sent away asks, as the script would."""
    loop, stopped = asyncio.new_event_loop(), threading.Event()

    async def boards() -> None:
        listening = [loop.create_task(_listen(house, cookie, heard)) for cookie in house.cookies]
        while not stopped.is_set():
            await asyncio.sleep(0.05)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(boards(),))
    thread.start()
    stopped.wait(SETTLES)
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        loop.close()


async def _listen(house: House, cookie: str, heard: Heard) -> None:
    address = urlsplit(house.base)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(_raw(f"{house.path}/stream", cookie))
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 204"):
            await _ask_on(house, cookie, heard, lambda: False)
        elif not head.startswith(b"HTTP/1.1 200"):
            heard.failures.append(head.split(b"\r\n")[0].decode())
        while got := await reader.read(65536):
            heard.size += len(got)
            heard.events += got.count(b"event: ")
    finally:
        writer.close()


# ------------------------------------------------------------------------------------------------- asking
def _asking(stage: Stage, house: House) -> dict[str, Any]:
    """All boards ask every two seconds, as beyond the cap, while everybody saves and beats."""
    heard, seconds = Heard(), stage.pace.probe
    until = steady() + seconds

    def run() -> None:
        asyncio.run(_boards_ask(house, heard, lambda: steady() > until))

    thread = threading.Thread(target=run)
    thread.start()
    seen = crowd.working(house.base, house.candidates, seconds, stage.revisions())
    thread.join()
    stage.say(f"board, asked {len(heard.took)} times: p95 {percentile(heard.took, 0.95):.0f} ms")
    return {
        "p50_ms": percentile(heard.took, 0.5), "p95_ms": percentile(heard.took, 0.95), "asked": len(heard.took),
        "bytes": heard.size / max(1, len(heard.took)), "failures": len(heard.failures) + len(seen.failures),
        "failed": (heard.failures + seen.failures)[:5], "save_p99_ms": percentile(seen.took["save"], 0.99),
    }  # fmt: skip


async def _boards_ask(house: House, heard: Heard, is_over: Callable[[], bool]) -> None:
    async def one(cookie: str, first: float) -> None:
        await asyncio.sleep(first)
        await _ask_on(house, cookie, heard, is_over)

    await asyncio.gather(*(one(cookie, n * EVERY / BOARDS) for n, cookie in enumerate(house.cookies)))


async def _ask_on(house: House, cookie: str, heard: Heard, is_over: Callable[[], bool]) -> None:
    wires = crowd.Wires(house.base)
    try:
        while not is_over():
            began = steady()
            status, body = await wires.ask(_raw(f"{house.path}/state", cookie))
            heard.took.append(steady() - began)
            heard.size += len(body)
            if status != 200:
                heard.failures.append(f"{status} {body[:80]!r}")
            await asyncio.sleep(max(0.0, EVERY - (steady() - began)))
    finally:
        wires.close()


def _raw(path: str, cookie: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", "Accept: application/json"]
    return "\r\n".join([*lines, "", ""]).encode()
