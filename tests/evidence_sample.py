"""Makes the sample bundle of docs/samples anew: a short sitting on sample content, sealed, exported, with its key.

.venv/bin/python -m tests.evidence_sample
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from sjt.db import ROOT, migrate
from sjt.rules.access import Role
from sjt.services import bundles, sealing, timekeeping
from tests.saved import Typist, saved_room
from tests.site import Site

FOLDER = ROOT / "docs" / "samples"
WORDS = "I would listen first, write down what was said in their own words, and tell the designated lead today."


def main() -> None:
    """Write ``evidence.jsonl`` and ``evidence-key.txt``."""
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/sample.db"
        migrate(url)
        site = Site(url, Path(home))
        bundle, keys = _sat(site)
        site.close()
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "evidence.jsonl").write_bytes(bundle)
    (FOLDER / "evidence-key.txt").write_text(keys)


def _sat(site: Site) -> tuple[bytes, str]:
    room = saved_room(site)
    booked = room.seat()
    typist = Typist(room.begun(booked), booked.attempt_ref)
    typist.save({typist.questions[0]: "I would listen first."})
    site.clock.advance(minutes=20)
    with site.writing() as conn:
        timekeeping.pause(conn, room.attempt(booked), "incident", "Fire bell", room.invigilator, "s-1", site.now())
    site.clock.advance(minutes=6)
    with site.writing() as conn:
        timekeeping.resume(conn, room.attempt(booked), room.invigilator, site.now())
    sealing.seal_heads(site.product)
    typist.save(dict.fromkeys(typist.questions[:4], WORDS))
    site.clock.advance(minutes=30)
    with site.writing() as conn:
        timekeeping.submit(conn, room.attempt(booked).id, site.now())
    sealing.seal_heads(site.product)
    with site.reading() as conn:
        made = bundles.export(conn, site.product, room.attempt(booked), frozenset({Role.AUDITOR}), site.now())
    keys = "".join(f"{public.hex()}  {number}\n" for number, public in sealing.public_keys(site.product).items())
    return made, keys


if __name__ == "__main__":
    main()
