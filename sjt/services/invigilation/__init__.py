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
from sjt.services.invigilation.evacuation import EVACUATION, Cleared, evacuate, plan, return_all
from sjt.services.invigilation.messages import Delivered, seen, send, unseen
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

__all__ = [
    "EVACUATION", "UNDONE", "Actor", "Cleared", "Delivered", "Entry", "Gate", "absent", "admit", "answer_call",
    "check_identity", "end_attempt", "entries", "entry", "evacuate", "extra_minutes", "gate", "let_in", "open_gate",
    "open_gates", "pause", "plan", "refuse", "release_device", "require_open", "resume", "return_all", "seen", "send",
    "stand_in", "undo", "unseen",
]  # fmt: skip
