"""What happened at the seats of a sitting, from their evidence, without what was only typed or shown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sjt.stores import tables as t

TYPED = ("saved", "jotted", "page_opened", "lockdown_shown", "paper_drawn", "device_bound")


@dataclass(frozen=True)
class Happened:
    """An event: of which attempt, what, when, by whom (a reference, ``apprentice`` or ``rule``) and its particulars."""

    attempt_id: int
    kind: str
    at: dt.datetime
    by: str
    detail: Mapping[str, Any]


def of_sitting(conn: sa.Connection, sitting_id: int) -> list[Happened]:
    """The events of all attempts of a sitting, in order of time."""
    e = t.events.c
    query = sa.select(e.attempt_id, e.kind, e.at, e.payload).where(e.sitting_id == sitting_id, e.kind.not_in(TYPED))
    rows = conn.execute(query.order_by(e.at, e.attempt_id, e.seq))
    return [_happened(row.attempt_id, row.kind, row.at, json.loads(row.payload)) for row in rows]


def _happened(attempt_id: int, kind: str, at: dt.datetime, body: dict[str, Any]) -> Happened:
    return Happened(attempt_id, kind, at, body["by"], {k: v for k, v in body.items() if k not in ("kind", "at", "by")})
