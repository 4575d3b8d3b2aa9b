"""The pieces of a run, each a part of ``var/bench.json``. A piece that fails says so and stops no other."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import crowd, requests, room, servers, wrk
from benchmarks.board import board
from benchmarks.figures import middle, percentile, pooled
from benchmarks.page import first_visit
from benchmarks.stage import Stage, drive_again
from sjt.db import migrate
from tests.site import Site

WRITERS = 192  # attempts that wrk writes to: three for each of its connections at most
LAG = 64  # a paper is asked for so many requests after its Begin was sent
SMOOTH_MS, LEAST = 250, 250  # what a load may take at p99, and the smallest load that is tried
Figures = dict[str, Any]
Drive = Callable[[], wrk.Round]


def paired(stage: Stage, name: str, floor: Drive, ours: Drive) -> Figures:
    """Floor, ours, floor, ours: the median of the ratios of pairs, and both latencies pooled."""
    floor()
    ours()  # both warm
    pairs = []
    for number in range(stage.pace.rounds):
        pair = floor(), ours()
        pairs.append(pair)
        stage.say(f"{name}, round {number + 1}: floor {pair[0].rate:.0f}/s, ours {pair[1].rate:.0f}/s")
    ratio = middle([one.rate / least.rate for least, one in pairs])
    least_of, ours_of = (sum((pair[side].latencies for pair in pairs), Counter()) for side in (0, 1))
    return {
        "ratio": ratio.median,
        "interval": [ratio.low, ratio.high],
        "rounds": [[least.rate, one.rate] for least, one in pairs],
        "floor_rps": statistics.median(least.rate for least, _ in pairs),
        "rps": statistics.median(one.rate for _, one in pairs),
        "p99_ms": pooled(ours_of, 0.99),
        "p99_ratio": pooled(ours_of, 0.99) / pooled(least_of, 0.99),
        "client_cpu": statistics.median(one.client_seconds / one.seconds for _, one in pairs),
    }


def _floor_save(stage: Stage, connections: int) -> Drive:
    file = wrk.written([requests.save(who, "/save") for who in stage.writers(WRITERS)])
    return lambda: drive_again(stage, stage.floor, file, connections, stage.pace.round_seconds)


def save(stage: Stage) -> Figures:
    """The save at 16 and at 64 connections, and its statements."""
    file = wrk.written([requests.save(who) for who in stage.writers(WRITERS)])

    def ours(connections: int, seconds: float) -> wrk.Round:
        before = room.answers_kept(stage.site)
        done = drive_again(stage, stage.ours, file, connections, seconds)
        kept = room.answers_kept(stage.site) - before
        if not 0 <= kept - done.requests <= connections:  # those under way at the end are kept and not counted
            raise wrk.Void(f"{done.requests} saves were acknowledged and {kept} answers kept")
        return done

    ours(64, 2 * stage.pace.round_seconds)  # each process reads once what never changes of an attempt
    seconds = stage.pace.round_seconds
    at_16 = paired(stage, "save", _floor_save(stage, 16), lambda: ours(16, seconds))
    at_64 = paired(stage, "save at 64", _floor_save(stage, 64), lambda: ours(64, seconds))
    with stage.counted_statements() as sent:
        minute = drive_again(stage, stage.ours, file, 16, stage.pace.minute)
    return {
        **at_16, "ratio_c64": at_64["ratio"], "sql": sent[0] / minute.requests,
        **{f"{key}_c64": value for key, value in at_64.items() if key != "ratio"},
    }  # fmt: skip


def heartbeat(stage: Stage) -> Figures:
    """The heartbeat against the floor of the save, and its statements."""
    file = wrk.written([requests.beat(who) for who in stage.writers(WRITERS)])
    drive_again(stage, stage.ours, file, 16, stage.pace.round_seconds)

    def ours() -> wrk.Round:
        return drive_again(stage, stage.ours, file, 16, stage.pace.round_seconds)

    found = paired(stage, "heartbeat", _floor_save(stage, 16), ours)
    with stage.counted_statements() as sent:
        minute = drive_again(stage, stage.ours, file, 16, stage.pace.minute)
    return {**found, "sql": sent[0] / minute.requests}


def start(stage: Stage) -> Figures:
    """Begin against the start floor; Begin with the first page of the paper; five hundred of both within a second."""
    floor_file = wrk.written([requests.Request("POST", f"/start/{who.ref}") for who in stage.waiting])
    begin_file = wrk.written([requests.form(who, "begin") for who in stage.waiting])
    both: list[requests.Request] = []
    for number, who in enumerate(stage.waiting):
        both.append(requests.form(who, "begin"))
        if number >= LAG:
            both.append(requests.page(stage.waiting[number - LAG], "scenario/1"))
    both_file = wrk.written(both)

    def floor() -> wrk.Round:
        return wrk.drive(stage.floor, floor_file, 16, stage.pace.round_seconds, once=True)

    def ours(file: Any) -> wrk.Round:
        room.unbegin(stage.site, stage.waiting)
        done = wrk.drive(stage.ours, file, 16, stage.pace.round_seconds, once=True)
        begun = room.unbegin(stage.site, stage.waiting)
        if not 0 <= begun - done.statuses[303] <= 16:
            raise wrk.Void(f"{done.statuses[303]} starts were answered and {begun} attempts begun")
        return done

    found = paired(stage, "start", floor, lambda: ours(begin_file))
    shown = paired(stage, "start and paper", floor, lambda: ours(both_file))
    seen = crowd.starting(stage.ours, stage.waiting[:500], within=1.0)
    _all_well(seen)
    return {
        **found, "with_paper_ratio": shown["ratio"] / 2, "with_paper_interval": [end / 2 for end in shown["interval"]],
        "p95_ms": percentile(seen.took["start"], 0.95), "p99_of_500_ms": percentile(seen.took["start"], 0.99),
    }  # fmt: skip


def signin(stage: Stage) -> Figures:
    """Sign-ins by keycode: each the first of its browser, which is bound to the seat."""
    file = wrk.written([requests.sign_in(who) for who in stage.booked])
    rates = []
    for number in range(max(3, stage.pace.rounds // 2)):
        done = wrk.drive(stage.ours, file, 16, stage.pace.round_seconds, once=True)
        bound = room.unbind(stage.site, stage.booked)
        if not 0 <= bound - done.statuses[303] <= 16:
            raise wrk.Void(f"{done.statuses[303]} sign-ins were answered and {bound} browsers bound")
        rates.append(done.rate)
        stage.say(f"sign-in, round {number + 1}: {done.rate:.0f}/s")
    found = middle(rates)
    return {"per_s": found.median, "interval": [found.low, found.high]}


def submit(stage: Stage) -> Figures:
    """Five hundred send their last words and hand in within two seconds, as at the end of the time.

    They have been writing until then: each process knows them, as it does after two hours.
    """
    for _ in range(2 * servers.WORKERS):
        crowd.writing_once(stage.ours, stage.leaving, 5.0, stage.revisions())
    seen = crowd.handing_in(stage.ours, stage.leaving, within=2.0)
    _all_well(seen)
    took = seen.took["submit"]
    return {"p95_ms": percentile(took, 0.95), "p99_ms": percentile(took, 0.99)}


def load(stage: Stage) -> Figures:
    """The largest number of candidates at work without a failure and with p99 below 250 ms; probed, then held."""
    crowd.working(stage.ours, stage.running[:2500], 2 * stage.pace.probe, stage.revisions())  # each seen once: warm
    best, candidates = 0, min(2000, stage.pace.most)
    while best < candidates <= stage.pace.most:
        if _smooth(_at_work(stage, candidates, stage.pace.probe)):
            best, candidates = candidates, min(round(candidates * 1.25), stage.pace.most)
        elif best or candidates <= LEAST:
            break
        else:
            candidates = round(candidates * 0.8)
    candidates = best or LEAST
    for share in (1.0, 0.9, 0.8):
        seen = _at_work(stage, round(candidates * share), stage.pace.load)
        if _smooth(seen):
            break
    return {
        "candidates": round(candidates * share), "p99_ms": percentile(seen.all, 0.99), "failures": len(seen.failures),
        "failed": seen.failures[:5], "p50_ms": percentile(seen.all, 0.5),
        "save_p99_ms": percentile(seen.took["save"], 0.99),
        "requests": len(seen.all), "seconds": stage.pace.load, "client_cpu": seen.client_cpu, "sent_again": seen.again,
    }  # fmt: skip


def _at_work(stage: Stage, candidates: int, seconds: float) -> crowd.Seen:
    seen = crowd.working(stage.ours, stage.running[:candidates], seconds, stage.revisions())
    p99 = percentile(seen.all, 0.99)
    failed = f", {len(seen.failures)} failures ({seen.failures[0]})" if seen.failures else ""
    stage.say(f"load, {candidates} candidates for {seconds:.0f} s: p99 {p99:.0f} ms{failed}")
    return seen


def _smooth(seen: crowd.Seen) -> bool:
    return not seen.failures and percentile(seen.all, 0.99) < SMOOTH_MS


def _all_well(seen: crowd.Seen) -> None:
    if seen.failures:
        raise wrk.Void(f"{len(seen.failures)} failures, such as {seen.failures[0]}")


def page(stage: Stage) -> Figures:
    """The exam page on its first visit by a real browser."""
    room.unbegin(stage.site, stage.waiting)
    return first_visit(stage.ours, stage.running[0])


def sqlite(stage: Stage) -> Figures:
    """The embedded default: one process, SQLite, a hundred candidates at work."""
    url = f"sqlite:///{stage.home / 'embedded.db'}"
    migrate(url)
    site = Site(url, stage.home)
    candidates = room.Crowd(site).copies("running", 100)
    site.close()
    with servers.product(url, None, stage.home) as base:
        crowd.working(base, candidates, min(10.0, stage.pace.embedded), stage.revisions())
        seen = crowd.working(base, candidates, stage.pace.embedded, stage.revisions())
    return {"p99_ms": percentile(seen.all, 0.99), "candidates": 100, "failures": len(seen.failures)}


ALL: Mapping[str, Callable[[Stage], Figures]] = {
    "save": save, "heartbeat": heartbeat, "start": start, "signin": signin, "submit": submit, "load": load,
    "page": page, "sqlite": sqlite, "board": board,
}  # fmt: skip
