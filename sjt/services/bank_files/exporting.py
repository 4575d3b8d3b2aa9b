"""A bank out of the database as files. Each export of live items is recorded with person and purpose."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from item_bank.exchange import bank_files
from sjt.services.files import BadFiles
from sjt.stores import bank
from sjt.words import say

NEWEST, LIVE = "newest", "live"
EXPORTED = "bank.exported"  # in the records of what staff did


def exported(conn: sa.Connection, spec_name: str, which: str = NEWEST) -> dict[str, str]:
    """The files of a specification's bank by name: the newest version of each scenario, or the live ones."""
    return bank_files(bank.live_bank(conn, spec_name) if which == LIVE else bank.newest_bank(conn, spec_name))


def keep_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Write files under a folder that is not there yet, or empty. BadFiles says why not, and nothing is written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BadFiles([say("export.not_empty", folder=str(folder))])
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
    except OSError as error:
        raise BadFiles([say("export.unwritable", folder=str(folder), why=error.strerror or "unwritable")]) from error
