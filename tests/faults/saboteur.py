"""A server that lies: a save is acknowledged first and committed a little later, by a thread that a kill takes along.

It proves that the tests of this folder would notice. Started like ``sjt serve``: ``python -m tests.faults.saboteur``.
"""

from __future__ import annotations

import threading
import time

from sjt.cli import main
from sjt.db import Database
from sjt.stores import saving
from sjt.stores import tables as t
from sjt.stores.saving import Batch, Written
from tests.faults import LATER_SECONDS

_write = saving.write


def acknowledged_before_it_is_committed(database: Database, batch: Batch) -> Written | None:
    """Looks whether the save would be taken, says that it was, and writes it later."""
    with database.reading() as conn:
        attempt = conn.execute(t.attempts.select().where(t.attempts.c.id == batch.attempt_id)).one()
    if attempt.lease != batch.lease or attempt.writable_until is None:
        return None
    threading.Thread(target=_later, args=(database, batch), daemon=True).start()
    return Written(attempt.seq + 1, attempt.writable_until, attempt.state_version)


def _later(database: Database, batch: Batch) -> None:
    time.sleep(LATER_SECONDS)
    _write(database, batch)


if __name__ == "__main__":
    saving.write = acknowledged_before_it_is_committed
    main(["serve"])
