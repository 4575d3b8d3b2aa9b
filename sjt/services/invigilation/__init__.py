"""The invigilator's desk: the register, the gate, the acts at a seat, and those on the whole room."""

from sjt.services.invigilation.acts import (
    answer_call,
    end_attempt,
    extra_minutes,
    let_in,
    pause,
    release_device,
    resume,
)
from sjt.services.invigilation.crediting import Given, Owed, give_back, owed, owed_in, set_aside
from sjt.services.invigilation.door import Late, late
from sjt.services.invigilation.evacuation import EVACUATION, Cleared, evacuate, plan, return_all
from sjt.services.invigilation.messages import Delivered, seen, send, unseen
from sjt.services.invigilation.noting import INCIDENTS, Said, enter, is_out, leave_room, return_to_room, warn
from sjt.services.invigilation.places import allow_plain, move, withdraw_plain
from sjt.services.invigilation.presence import Presence, override, presence, sign_in, sign_out
from sjt.services.invigilation.register import (
    UNDONE,
    Actor,
    Entry,
    Gate,
    absent,
    admit,
    check_identity,
    entries,
    entry,
    gate,
    open_gate,
    open_gates,
    refuse,
    require_open,
    stand_in,
    undo,
)
from sjt.services.invigilation.reopening import can_be_reopened, proposed_seconds, reopen
from sjt.services.invigilation.reporting import SECTIONS, Line, Report, as_csv, report
from sjt.services.invigilation.signing import Ending, ending, lift_hold, sign_off

__all__ = [
    "EVACUATION", "INCIDENTS", "SECTIONS", "UNDONE", "Actor", "Cleared", "Delivered", "Ending", "Entry", "Gate",
    "Given", "Late", "Line", "Owed", "Presence", "Report", "Said", "absent", "admit", "allow_plain", "answer_call",
    "as_csv", "can_be_reopened", "check_identity", "end_attempt", "ending", "enter", "entries", "entry", "evacuate",
    "extra_minutes", "gate", "give_back", "is_out", "late", "leave_room", "let_in", "lift_hold", "move", "open_gate",
    "open_gates", "override", "owed", "owed_in", "pause", "plan", "presence", "proposed_seconds", "refuse",
    "release_device", "reopen", "report", "require_open", "resume", "return_all", "return_to_room", "seen", "send",
    "set_aside", "sign_in", "sign_off", "sign_out", "stand_in", "undo", "unseen", "warn", "withdraw_plain",
]  # fmt: skip
