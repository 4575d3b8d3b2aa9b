"""A bank as it comes: a folder, a .zip file, or the bytes of one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from item_bank.blueprint import Blueprint
from item_bank.exchange.archives import LARGEST_ARCHIVE, open_zip
from item_bank.exchange.reading import Read, read_files, read_folder
from item_bank.scenarios import Bank
from item_bank.sources import Fault, Place


def open_bank(source: Path | bytes, blueprint: Blueprint, shown_as: str, beside: Collection[str] = ()) -> Read:
    """Read and check a bank; every fault comes with its file. ``beside`` are slugs that stand in the bank already."""
    if isinstance(source, Path):
        if source.is_dir() or not source.exists():
            return read_folder(source, blueprint, shown_as, beside)
        try:
            with source.open("rb") as file:
                source = file.read(LARGEST_ARCHIVE + 1)
        except OSError as error:
            why = error.strerror or "unreadable"
            return Read(Bank(()), (Fault(Place(shown_as, 1), "file.unreadable", {"why": why}),))
    files, faults = open_zip(source, shown_as)
    return Read(Bank(()), tuple(faults)) if faults else read_files(files, blueprint, shown_as, beside)
