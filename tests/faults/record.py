"""What the long form showed: counted, printed as it goes, and written to docs/faults.md."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults import LATER_SECONDS, SABOTEURS

ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / "docs" / "faults.md"
LEAST = {"kills": 200, "acknowledged": 20_000}


@dataclass
class Record:
    """All that the lanes told."""

    rows: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)  # by kind and database
    wrong: list[str] = field(default_factory=list)
    saboteur: dict[str, int] = field(default_factory=dict)
    traced: dict[str, int] = field(default_factory=dict)
    servers: set[str] = field(default_factory=set)

    def take(self, told: dict[str, Any]) -> list[str]:
        """Count what a lane told; returns the lines to print of it."""
        database = told["database"]
        wrong = [f"WRONG {told.get('kind', '')} {database}: {line}" for line in told.get("wrong", [])]
        self.wrong += wrong
        self.servers |= set(told.get("servers", []))
        if "saboteur_missing" in told:
            self.saboteur[database] = told["saboteur_missing"]
            return [f"     {'a server that lies':20} {database:11}       {self.saboteur[database]:3}"]
        if "traced" in told:
            self.traced[database] = told["traced"]
        return [*wrong, self._counted(told)] if "acknowledged" in told else wrong

    def _counted(self, told: dict[str, Any]) -> str:
        row = self.rows.setdefault((told["kind"], told["database"]), Counter())
        row.update(faults=1, kills=told["killed"], acknowledged=told["acknowledged"], missing=told["missing"])
        number = self.total("faults")
        return f"{number:4} {told['kind']:20} {told['database']:11} {told['acknowledged']:5} {told['missing']:3}"

    def total(self, what: str) -> int:
        return sum(row[what] for row in self.rows.values())

    @property
    def passed(self) -> bool:
        """Nothing missing, nothing else wrong, and every saboteur caught."""
        caught = bool(self.saboteur) and all(self.saboteur.values())
        return self.total("missing") == 0 and not self.wrong and caught

    def ask_for_enough(self) -> None:
        """A whole run with too little in it proves nothing, and says so."""
        for what, least in LEAST.items():
            if self.total(what) < least:
                self.wrong.append(f"WRONG only {self.total(what):,} {what}, not {least:,}")

    @property
    def last_line(self) -> str:
        """The outcome, for programs."""
        lost = sum(self.saboteur.values())
        counted = {what: self.total(what) for what in ("kills", "acknowledged", "missing")}
        return json.dumps({**counted, "saboteur_missing": lost})

    def write(self, command: str, commit: str, seed: int, minutes: float) -> None:
        """docs/faults.md."""
        RECORD.write_text("\n".join([*self._head(command, commit, seed, minutes), *self._table(), *WORDS, ""]))

    def _head(self, command: str, commit: str, seed: int, minutes: float) -> list[str]:
        servers, today = ", ".join(sorted(self.servers)), dt.datetime.now(dt.UTC).date()
        return [
            "# What survives a fault",
            "",
            f"Written by `{command}` at commit `{commit}` on {today}, seed {seed},",
            f"on {os.cpu_count()} cores, in {minutes:.0f} minutes; {servers} and SQLite.",
            "",
            "```",
            self.last_line,
            "```",
            "",
        ]

    def _table(self) -> list[str]:
        lines = [
            f"| {kind} | {database} | {row['faults']} | {row['acknowledged']:,} | {row['missing']} |"
            for (kind, database), row in sorted(self.rows.items())
        ]
        lost = [f"| a server that lies | {on} | {SABOTEURS} | | **{n}** |" for on, n in sorted(self.saboteur.items())]
        head = ["| fault | database | times | answers acknowledged | missing |", "|---|---|---|---|---|"]
        traced = ", ".join(f"{n} saves on {database}" for database, n in sorted(self.traced.items()))
        wrong = ["**Wrong:**", "", *(f"- {line}" for line in self.wrong), ""] if self.wrong else []
        return [*head, *lines, *lost, "", f"Traced: {traced or 'nothing'}.", "", *wrong]


WORDS = f"""\
## How it is asked

Real servers, fsync on. Four candidates save without pause through `sjt serve`, send the same again until it is
acknowledged, reload, and beat. At a random moment comes the fault; once everybody writes again, it is looked at:

- every acknowledged answer is in the journal byte for byte, under its receipt, and received when it was sent;
- every chain of evidence is whole, and no attempt changed by itself;
- no deadline moved earlier, time given just before the fault included;
- every reply that somebody saw was a page or a refusal of ours, or a fault whose only link leads back to the sitting.

After the last fault of a kind everybody hands in, and each script must be what was last acknowledged.

- **a worker**: `kill -9` of one gunicorn worker (SQLite: the only one); gunicorn starts another
- **all workers**: `kill -9` of all workers and the master; a new start
- **one node of two**: two `sjt serve` on one PostgreSQL and one Redis, each request to the other one in turn;
  `kill -9` of all of one node, and a new start
- **PostgreSQL**: `kill -9` of all its processes, or of one that serves a worker
- **Redis**: `kill -9`; everybody writes without it, then with an empty one
- **Redis flushed**: it forgets everything
- **connection cut**: before the request is all there, once it is, before the reply, or in the middle of it
- **clock of a device**: an hour back or forward, in every header and body that can say it; the times of receipt and
  the time left stay true
- **disk full**: the database's file system, until everybody was refused
- **a server that lies**: acknowledges a save and commits it {LATER_SECONDS} seconds later. It must lose
  answers, or this page proves nothing

## Power

No power was cut. What is claimed follows from settings that are read through the product's own connection
(PostgreSQL: `fsync`, `synchronous_commit` and `full_page_writes` on; SQLite: WAL with `synchronous=FULL`) and from a
trace of system calls: between each save's request and its reply a flush of the write-ahead log began and ended. The
same trace of the server that lies shows replies without one.""".splitlines()
