"""Streams of a served product: news from another process within two seconds, and a stop that waits for no board."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path
from typing import Any

from sjt.clock import steady
from tests.cli.test_run import running
from tests.saved_invigilation import asking, heard, saved_seats, small_room
from tests.saved_invigilation import running as begun
from tests.site import SECRET, Site


class Stream:
    """A board's stream over the wire."""

    def __init__(self, address: str, cookie: str) -> None:
        asked = urllib.request.Request(address, headers={"Cookie": f"sjt={cookie}"})
        self.reply = urllib.request.urlopen(asked, timeout=20)  # our own address on this machine
        assert self.reply.headers["Content-Type"].startswith("text/event-stream")

    def next(self, kind: str) -> dict[str, Any]:
        """The next event of a kind."""
        while line := self.reply.readline():
            if line == f"event: {kind}\n".encode():
                return dict(json.loads(self.reply.readline().removeprefix(b"data: ")))
        raise AssertionError("the stream has ended")

    def to_its_end(self) -> None:
        """Read on until it ends, and close, as a browser does."""
        self.reply.read()
        self.reply.close()


def test_news_of_another_process_and_a_stop(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    site = Site(postgres_url, tmp_path, redis_url)
    behind = site.product.database.time() - site.now()  # real servers keep real time
    site.clock.advance(seconds=behind.total_seconds())
    room = small_room(site)
    refs = saved_seats(room, ["Amina Yusuf", "Ben Castellane"])
    begun(room, refs)
    cookie = site.session_cookie(room.invigilator)
    settings = {
        "SJT_HOME": str(tmp_path), "SJT_DATABASE_URL": postgres_url, "SJT_REDIS_URL": redis_url,
        "SJT_SECRET_KEY": SECRET, "SJT_KIND": "rehearsal", "SJT_WORKERS": "2", "SJT_LOOPBACK_ONLY": "yes",
    }  # fmt: skip
    with running("serve", **settings) as (address, _):
        streams = [Stream(f"{address}/invigilation/{room.sitting[1]}/board/stream", cookie) for _ in range(4)]
        for stream in streams:
            assert set(stream.next("board")["seats"]) == set(refs)
        heard(site, refs[0])
        began = steady()
        asking(site, refs[1])
        for stream in streams:
            while refs[1] not in (told := stream.next("board")).get("seats", {}):
                pass
            assert told["seats"][refs[1]]["state"] == "New device asks"
        took = steady() - began
        readers = [threading.Thread(target=stream.to_its_end) for stream in streams]
        for reader in readers:
            reader.start()
        stopping = steady()
    assert steady() - stopping < 8  # gunicorn's own patience is ten seconds, and none of it was needed
    for reader in readers:
        reader.join(5)
        assert not reader.is_alive()  # ended, and cleanly: a cut would have raised
    assert took < 4, f"{took:.1f} s"  # two, and what a busy machine takes
    print(f"news after {took:.2f} s, stopped after {steady() - stopping:.2f} s")
    site.close()
