"""The benchmarks' own sums, and that their record is complete. How fast anything is, no test asks."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks import crowd, pieces, report
from benchmarks.figures import middle, pooled
from benchmarks.requests import REVISION, Candidate, beat, form, save

PROMISED = {
    "save": {"ratio", "ratio_c64", "floor_rps", "p99_ratio", "sql", "p99_ms"},
    "heartbeat": {"ratio", "sql"},
    "start": {"ratio", "p95_ms"},
    "signin": {"per_s"},
    "submit": {"p95_ms"},
    "load": {"candidates", "p99_ms", "failures"},
    "page": {"bytes", "requests"},
    "sqlite": {"p99_ms"},
    "board": {"slower", "p95_ms", "failures"},
}
WHO = Candidate("a" * 32, "7QK3-9VXA", "sjt=s; sjt-device=d", "t", 0, ("first@1", "second@1"))
RUN: dict[str, Any] = {
    "command": "make bench", "commit": "c", "at": "now", "machine": "m", "servers": "s", "rounds": 10,
    "round_seconds": 3, "failed": [],
}  # fmt: skip


def test_the_median_of_ten_lies_between_the_second_and_the_ninth() -> None:
    found = middle([5, 1, 2, 3, 4, 6, 7, 8, 9, 10])
    assert (found.median, found.low, found.high) == (5.5, 2, 9)
    assert (middle([3, 1, 2]).low, middle([3, 1, 2]).high) == (1, 3)  # too few to leave any out


def test_a_percentile_of_pooled_counts() -> None:
    assert pooled(Counter({1000: 99, 50_000: 1}), 0.99) == 1
    assert pooled(Counter({1000: 98, 50_000: 2}), 0.99) == 50


def test_a_prepared_save_keeps_its_length_and_its_json() -> None:
    raw = save(WHO).raw(100_001)
    assert len(raw) == len(save(WHO).raw(999_999)) and REVISION.encode() not in raw
    (answer,) = json.loads(raw.partition(b"\r\n\r\n")[2])["answers"]
    assert answer["revision"] == 100_001 and len(answer["text"]) == 1500
    assert save(WHO).line().split("\t")[:2] == ["POST", f"/sit/{WHO.ref}/save"]


def figures() -> dict[str, Any]:
    return {piece: dict.fromkeys(keys, 1.0) for piece, keys in PROMISED.items()}


def page(folder: Path) -> Path:
    made = folder / "performance.md"
    made.write_text(f"before\n{report.BEGINS}\nold\n{report.ENDS}\nafter\n")
    return made


def test_every_promised_figure_stands_in_the_table_and_in_the_record(tmp_path: Path) -> None:
    assert set(pieces.ALL) == set(PROMISED)
    told = {(limit.piece, limit.key) for limit in report.LIMITS}
    assert {(piece, key) for piece, keys in PROMISED.items() for key in keys} <= told
    written = page(tmp_path)
    report.write(figures(), RUN, tmp_path / "var" / "bench.json", written)
    kept = json.loads((tmp_path / "var" / "bench.json").read_text())
    assert all(keys <= set(kept[piece]) for piece, keys in PROMISED.items())
    text = written.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert all(limit.words in text for limit in report.LIMITS)


def test_a_piece_that_failed_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    left = {piece: found for piece, found in figures().items() if piece != "load"}
    report.write(left, {**RUN, "failed": ["load"]}, tmp_path / "bench.json", page(tmp_path))
    assert "Failed: load." in (tmp_path / "performance.md").read_text()
    assert [row for row in report.rows(left) if row[1] == "not measured"]
    assert "save" in json.loads((tmp_path / "bench.json").read_text())


# --- the crowd ----------------------------------------------------------------------------------------
REPLY = b'{"status":"saved","state":"running" }'


class Stub(BaseHTTPRequestHandler):
    """Takes everything; each connection is closed after its third reply."""

    protocol_version = "HTTP/1.1"
    replies = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.replies += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(REPLY)))
        self.end_headers()
        self.wfile.write(REPLY)
        self.close_connection = self.replies == 3

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def stub() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def in_a_thread(act: Callable[..., crowd.Seen], *values: object) -> crowd.Seen:
    """A crowd runs a loop of its own, and a browser test before this one may have left one in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act, *values).result()


def test_the_crowd_keeps_its_time_and_counts_what_fails(stub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "SAVE_EVERY", 0.2)
    monkeypatch.setattr(crowd, "BEAT_EVERY", 0.3)
    seen = in_a_thread(crowd.working, stub, [WHO] * 5, 0.6, 100_000)
    assert set(seen.took) == {"save", "beat"} and len(seen.took["save"]) >= 10
    assert seen.failures == []
    refused = in_a_thread(crowd.handing_in, stub, [WHO], 0.0)  # the stub never answers 303
    assert refused.failures and "200" in refused.failures[0]


def test_requests_are_what_the_product_reads() -> None:
    assert b"X-CSRFToken: t" in beat(WHO).raw() and b"Accept: application/json" in beat(WHO).raw()
    assert form(WHO, "submit").raw().endswith(b"csrf_token=t")
