"""The one message catalogue: rules give a code and parameters, this gives the words.

The English texts are the gettext message ids; a catalogue in another language replaces them.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping

from item_bank.formats import FORMAT_WORDS
from item_bank.sources import Fault
from sjt.words.arrangements import ARRANGEMENTS
from sjt.words.authoring import AUTHORING
from sjt.words.bank import BANK
from sjt.words.delivery import DELIVERY
from sjt.words.doors import DOORS
from sjt.words.emergency import EMERGENCY
from sjt.words.evidence import EVIDENCE
from sjt.words.files import FILES
from sjt.words.invigilation import INVIGILATION
from sjt.words.lockdown import LOCKDOWN
from sjt.words.marking import MARKING
from sjt.words.outcomes import OUTCOMES
from sjt.words.record import RECORD
from sjt.words.registration import REGISTRATION
from sjt.words.specifications import SPECIFICATIONS
from sjt.words.style import STYLE
from sjt.words.watched import WATCHED

WORDS: Mapping[str, str] = {
    **ARRANGEMENTS,
    **AUTHORING,
    **BANK,
    **DELIVERY,
    **DOORS,
    **EMERGENCY,
    **EVIDENCE,
    **FILES,
    **FORMAT_WORDS,
    **INVIGILATION,
    **LOCKDOWN,
    **MARKING,
    **OUTCOMES,
    **RECORD,
    **REGISTRATION,
    **SPECIFICATIONS,
    **STYLE,
    **WATCHED,
}
_translation = gettext.NullTranslations()


def say(code: str, params: Mapping[str, object] | None = None, **more: object) -> str:
    """The words of a message code. An unknown code is a fault of the program: KeyError."""
    return _translation.gettext(WORDS[code]).format_map({**(params or {}), **more})


def say_fault(fault: Fault) -> str:
    """A fault in one line, as editors and compilers write it: ``file:line: words``."""
    return f"{fault.place.file}:{fault.place.line}: {say(fault.code, fault.params)}"
