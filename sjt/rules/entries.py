"""What may be entered of a candidate, by form or by file: one rule for both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

COLUMNS = ("number", "name", "email", "employer", "provider", "specification", "pathway")
LONGEST = {"number": 32, "name": 200, "email": 200, "employer": 200, "provider": 200}
OPTIONAL = frozenset({"email"})
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9 ._/-]*")
ADDRESS = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;.]+(\.[^@\s<>\"(),:;.]+)+")

FieldFault = tuple[str, str, Mapping[str, object]]  # field, message code, parameters


def tidy(text: str) -> str:
    """A short text as it is kept: composed (NFC), single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidy_candidate(values: Mapping[str, str]) -> dict[str, str]:
    """Every entry tidied; capitals in the number and small letters in the address, so that each is one of a kind."""
    kept = {column: tidy(values.get(column, "")) for column in COLUMNS}
    return {**kept, "number": kept["number"].upper(), "email": kept["email"].lower()}


def candidate_faults(values: Mapping[str, str], pathways: Mapping[str, Collection[str]]) -> list[FieldFault]:
    """All that is wrong with a tidied candidate. ``pathways``: the known specifications with their pathways."""
    faults = [fault for column in COLUMNS for fault in _text_faults(column, values[column])]
    sound = {column for column in COLUMNS if values[column]} - {field for field, _, _ in faults}
    if "number" in sound and not NUMBER.fullmatch(values["number"]):
        faults.append(("number", "entry.number", {}))
    if "email" in sound and not ADDRESS.fullmatch(values["email"]):
        faults.append(("email", "entry.email", {}))
    if "specification" in sound:
        faults += _plan_faults(values, pathways, "pathway" in sound)
    return faults


def text_fault(text: str, longest: int) -> tuple[str, Mapping[str, object]] | None:
    """What is wrong with a text that must not be empty: a message code with parameters, or None."""
    if not text:
        return "entry.missing", {}
    if len(text) > longest:
        return "entry.long", {"longest": longest}
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        return "entry.control", {}
    return None


def _text_faults(column: str, text: str) -> list[FieldFault]:
    if not text and column in OPTIONAL:
        return []
    fault = text_fault(text, LONGEST.get(column, 200))
    return [(column, *fault)] if fault else []


def _plan_faults(
    values: Mapping[str, str], pathways: Mapping[str, Collection[str]], has_pathway: bool
) -> list[FieldFault]:
    specification, pathway = values["specification"], values["pathway"]
    if specification not in pathways:
        return [("specification", "entry.specification", {"value": specification, "known": ", ".join(pathways)})]
    if has_pathway and pathway not in pathways[specification]:
        known = ", ".join(pathways[specification])
        return [("pathway", "entry.pathway", {"value": pathway, "spec": specification, "known": known})]
    return []
