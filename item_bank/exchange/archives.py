"""A bank in one .zip file. Nothing in it is believed: counts and sizes are bounded while it is read."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from item_bank.sources import LARGEST_FILE, Fault, Place

MOST_FILES = 5_000
LARGEST_ARCHIVE = 20_000_000  # bytes as it comes
LARGEST_CONTENT = 60_000_000  # bytes of all files together; 2,000 scenarios have about 16 million
PIECE = 65_536
BEGINNING = 8
ARCHIVES = {".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".jar"}
MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
ENDINGS = {".yaml", ".yml"}


class _TooMuch(Exception):
    """The content is larger than all files together may be."""


def open_zip(data: bytes, shown_as: str) -> tuple[dict[str, bytes], list[Fault]]:
    """The YAML files of an archive by name, and every reason to refuse it, each with the member's name."""
    if len(data) > LARGEST_ARCHIVE:
        return {}, [_fault(shown_as, "", "zip.too_large", limit=LARGEST_ARCHIVE)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            faults = list(_refusals(members, shown_as))
            return ({}, faults) if faults else _read(archive, members, shown_as)
    except UNREADABLE:
        return {}, [_fault(shown_as, "", "zip.unreadable")]


def write_zip(files: Mapping[str, str]) -> bytes:
    """An archive of files; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)  # dated 1980: the time of the export is no part of a bank
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, text.encode())
    return made.getvalue()


def _refusals(members: list[zipfile.ZipInfo], shown_as: str) -> Iterator[Fault]:
    """What the list of members already tells."""
    if len(members) > MOST_FILES:
        yield _fault(shown_as, "", "zip.too_many", count=len(members), limit=MOST_FILES)
        return
    seen: set[str] = set()
    for info in members:
        code = _refusal(info, seen)
        seen.add(info.filename)
        if code:
            yield _fault(shown_as, info.filename, code)


def _refusal(info: zipfile.ZipInfo, seen: set[str]) -> str | None:
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.orig_filename or ":" in path.parts[0]:
        return "zip.name"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "zip.symlink"
    if info.flag_bits & 0x1:
        return "zip.encrypted"
    if path.suffix.lower() in ARCHIVES:
        return "zip.nested"
    return "zip.doubled" if info.filename in seen else None


def _read(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], shown_as: str
) -> tuple[dict[str, bytes], list[Fault]]:
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    left = LARGEST_CONTENT
    for info in (info for info in members if _is_bank_file(info.filename)):
        try:
            content = _content(archive, info, left)
        except _TooMuch:
            return {}, [_fault(shown_as, info.filename, "zip.too_much", limit=LARGEST_CONTENT)]
        except UNREADABLE:
            faults.append(_fault(shown_as, info.filename, "zip.broken"))
            continue
        left -= len(content)
        files[info.filename] = content
        faults += [_fault(shown_as, info.filename, code) for code in _unfit(content)]
    return files, faults


def _unfit(content: bytes) -> Iterator[str]:
    if content.startswith(MAGIC):
        yield "zip.nested"


def _is_bank_file(name: str) -> bool:
    """What some systems put beside every file (``__MACOSX/._name``) is none of the bank's."""
    path = PurePosixPath(name)
    return path.suffix in ENDINGS and not path.name.startswith("._")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """A member, read in pieces, as its header may lie about its size. One byte too many tells that it is large."""
    content = bytearray()
    with archive.open(info) as member:
        while len(content) <= LARGEST_FILE and (piece := member.read(PIECE)):
            content += piece
            if len(content) > left:
                raise _TooMuch
    return bytes(content)


def _fault(shown_as: str, member: str, code: str, **params: object) -> Fault:
    return Fault(Place(f"{shown_as}/{member}" if member else shown_as, 1), code, params)
