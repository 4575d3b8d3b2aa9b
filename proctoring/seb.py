"""Safe Exam Browser: the settings of a sitting, their keys, and what a request has to prove.

The settings are a property list. Their *Config Key* is the SHA-256 of a JSON text made of them by the rules of
safeexambrowser.org/developer/seb-config-key.html; with each request SEB sends SHA-256(address + key). Both are
the same in every version of SEB and on every system, so the server that made the settings knows them beforehand.
A *Browser Exam Key* differs by version and system, comes from a copy of SEB, and is an additional list.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import plistlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LEFT_OUT = "originatorVersion"  # says who wrote the file, and is no setting
SALT_BYTES = 32


# ------------------------------------------------------------------------------------------------ the Config Key
def config_key(plist: bytes) -> str:
    """The Config Key of settings as they stand in a file, in small hexadecimal digits."""
    return hashlib.sha256(canonical(plistlib.loads(plist, fmt=plistlib.FMT_XML)).encode()).hexdigest()


def canonical(settings: Mapping[str, Any]) -> str:
    """The JSON text that the key is made of: no white space, and nothing escaped, not even a backslash."""
    return _written({name: value for name, value in settings.items() if name != LEFT_OUT})


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = sorted(value.items(), key=lambda entry: (entry[0].lower(), entry[0]))
        return "{" + ",".join(f'"{name}":{_written(one)}' for name, one in inner if not _is_empty(one)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(one) for one in value) + "]"
    if isinstance(value, bool):  # before the numbers, of which Python takes it for one
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value).removesuffix(".0")  # the shortest form
    return f'"{_text(value)}"'


def _is_empty(value: Any) -> bool:
    """Dictionaries without entries are dropped; arrays without any are kept."""
    return isinstance(value, Mapping) and not value


def _text(value: str | bytes | dt.datetime) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, dt.datetime) else value


# -------------------------------------------------------------------------------------------- what a sitting gets
class Variant(StrEnum):
    """Which settings a candidate opens: the standard, or those for an approved adjustment."""

    STANDARD = "standard"
    READER = "reader"  # a screen reader, magnifier or dictation runs beside the browser
    SPELLING = "spelling"  # spell check is on


@dataclass(frozen=True)
class Exam:
    """What the settings of a sitting are made from. ``start`` and ``quit`` are absolute addresses."""

    start: str
    quit: str
    quit_hash: str  # SHA-256 of the password that closes SEB before the end
    salt: bytes


def quit_hash(password: str) -> str:
    """What the settings hold of the password that closes SEB."""
    return hashlib.sha256(password.encode()).hexdigest()


def origin_of(address: str) -> str:
    """Scheme and host of an absolute address."""
    return "/".join(address.split("/", 3)[:3])


def settings(exam: Exam, variant: Variant = Variant.STANDARD) -> dict[str, Any]:
    """The settings: this site and nothing else, and of the machine only what a test needs.

    Downloads stay allowed, because the emergency file is one; what is downloaded is not opened.
    """
    allowed = {"action": 1, "active": True, "expression": f"{origin_of(exam.start)}/*", "regex": False}
    return {**_FIXED, "startURL": exam.start, "quitURL": exam.quit, "hashedQuitPassword": exam.quit_hash,
            "examKeySalt": exam.salt, "URLFilterRules": [allowed], **_VARIED[variant]}  # fmt: skip


def as_plist(chosen: Mapping[str, Any]) -> bytes:
    """Settings as the file that SEB opens."""
    return plistlib.dumps(dict(chosen), fmt=plistlib.FMT_XML)


_FIXED: Mapping[str, Any] = {
    "sebConfigPurpose": 0,  # it starts an exam, and configures no machine for good
    "sendBrowserExamKey": True,
    "browserWindowWebView": 3,  # the modern view, which sends no headers on macOS: static/js/seb.js speaks for it
    "examSessionClearCookiesOnStart": False,  # after a crash the same browser is known again, and has what was typed
    "examSessionClearCookiesOnEnd": True,
    "restartExamUseStartURL": True, "quitURLConfirm": False, "allowQuit": True,
    "URLFilterEnable": True, "URLFilterEnableContentFilter": False,
    "newBrowserWindowByLinkPolicy": 0, "newBrowserWindowByScriptPolicy": 0, "newBrowserWindowByLinkBlockForeign": True,
    "allowBrowsingBackForward": False, "browserWindowAllowReload": True, "showReloadWarning": False,
    "browserViewMode": 1, "showTaskBar": True, "showReloadButton": True, "showTime": True, "showInputLanguage": True,
    "enableZoomPage": True, "enableZoomText": True, "enableRightMouse": False,
    "allowSpellCheck": False, "allowSpellCheckDictionary": [], "allowDictation": False, "allowDictionaryLookup": False,
    "allowFind": True, "allowPrint": False, "allowDeveloperConsole": False, "enablePrivateClipboard": True,
    "allowDownUploads": True, "allowDownloads": True, "allowUploads": False, "openDownloads": False,
    "downloadAndOpenSebConfig": False,
    "allowPreferencesWindow": False, "allowSwitchToApplications": False, "allowScreenSharing": False,
    "allowSiri": False,
    "allowVirtualMachine": False, "enablePrintScreen": False, "allowedDisplaysMaxNumber": 1,
    "audioControlEnabled": False, "browserMediaCaptureCamera": False, "browserMediaCaptureMicrophone": False,
    "createNewDesktop": True, "killExplorerShell": False, "monitorProcesses": True,
    "permittedProcesses": [], "prohibitedProcesses": [],
}  # fmt: skip


def _beside(title: str, executable: str) -> dict[str, Any]:
    """A program of Windows that may go on running beside SEB."""
    return {"active": True, "os": 1, "title": title, "executable": executable, "runInBackground": True,
            "autostart": False, "allowUserToChooseApp": False, "strongKill": False, "arguments": []}  # fmt: skip


_VARIED: Mapping[Variant, Mapping[str, Any]] = {
    Variant.STANDARD: {},
    Variant.READER: {  # a desktop of its own would shut these programs out
        "createNewDesktop": False, "killExplorerShell": True, "allowDictation": True, "audioControlEnabled": True,
        "permittedProcesses": [
            _beside("NVDA", "nvda.exe"), _beside("JAWS", "jfw.exe"), _beside("ZoomText", "zt.exe"),
            _beside("Fusion", "fusion.exe"), _beside("Magnifier", "magnify.exe"), _beside("Narrator", "narrator.exe"),
        ],
    },
    Variant.SPELLING: {"allowSpellCheck": True, "allowSpellCheckDictionary": ["en-GB"]},
}  # fmt: skip


# ---------------------------------------------------------------------------------------------------- the request
def request_hash(address: str, key: str) -> str:
    """What SEB sends with a request for an address, of which the fragment does not count."""
    return hashlib.sha256((address.partition("#")[0] + key).encode()).hexdigest()


class Finding(StrEnum):
    """What a request proves. Each but the first has a short code that a candidate can read out."""

    FITS = "fits"
    UNSET = "unset"  # the sitting has no settings, or this installation no public address
    NOTHING = "nothing"  # no sign of SEB at all
    ADDRESS = "address"  # the right key, for another address
    RETIRED = "retired"  # earlier settings of this sitting
    VARIANT = "variant"  # settings of this sitting that are not this candidate's
    OTHER = "other"  # the settings of another sitting
    WRONG = "wrong"  # a key that nothing here has made
    BROWSER = "browser"  # the right settings, in a copy of SEB that is not on the list


CODES: Mapping[Finding, str] = {
    Finding.UNSET: "S1", Finding.NOTHING: "S2", Finding.WRONG: "S3", Finding.OTHER: "S4", Finding.ADDRESS: "S5",
    Finding.RETIRED: "S6", Finding.VARIANT: "S7", Finding.BROWSER: "S8",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """What a browser shows for an address: hashes, or None for what it did not send."""

    address: str
    config: str | None
    browser: str | None = None


@dataclass(frozen=True)
class Required:
    """What a candidate's browser must show: one of these Config Keys, and, where there are any, a browser key."""

    keys: tuple[str, ...]
    browsers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Others:
    """Keys that would be wrong here, for saying in which way; and origins that somebody may have taken for ours."""

    retired: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    addresses: tuple[str, ...] = field(default=())


def judge(shown: Shown, required: Required) -> Finding:
    """Whether this is let in. Only a right key for this very address is; nothing configured lets nobody in."""
    if not required.keys:
        return Finding.UNSET
    if not shown.config:
        return Finding.NOTHING
    if not _one_fits(shown.address, shown.config, required.keys):
        return Finding.WRONG
    if required.browsers and not _one_fits(shown.address, shown.browser or "", required.browsers):
        return Finding.BROWSER
    return Finding.FITS


def explain(shown: Shown, required: Required, others: Others) -> Finding:
    """In which way a wrong hash is wrong, as far as it can be told. Decides nothing."""
    config = shown.config or ""
    known = (*required.keys, *others.retired, *others.variants)
    told = {
        Finding.RETIRED: _one_fits(shown.address, config, others.retired),
        Finding.VARIANT: _one_fits(shown.address, config, others.variants),
        Finding.OTHER: _one_fits(shown.address, config, others.elsewhere),
        Finding.ADDRESS: any(_one_fits(address, config, known) for address in others.addresses),
    }
    return next((finding for finding, holds in told.items() if holds), Finding.WRONG)


def _one_fits(address: str, told: str, keys: Iterable[str]) -> bool:
    """Every key is tried, so that the time says nothing."""
    given = told.strip().lower().encode()
    return any([hmac.compare_digest(request_hash(address, key).encode(), given) for key in keys])


def requested(origin: str | None, target: str | None) -> str | None:
    """The address that SEB saw: the public origin from the settings and the request's own target, byte for byte.

    What a client says of the host plays no part. None without an origin, or for a target that is no path.
    """
    if not origin or not target or not target.startswith("/") or target.startswith("//"):
        return None
    return origin + target
