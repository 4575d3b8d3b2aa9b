"""The marker's desk: what is open to whom, one claim at a time, judgements, and where everything stands."""

from sjt.services.marking.judging import commit, draft_of, give_back, recall, save, says_the_same, withdraw_conflicted
from sjt.services.marking.queue import Progress, Queue, Queued, next_answer, open_marks, overview, queue
from sjt.services.marking.sheet import Sheet, label, sheet
from sjt.services.marking.standing import points_of, verdict

__all__ = [
    "Progress", "Queue", "Queued", "Sheet", "commit", "draft_of", "give_back", "label", "next_answer", "open_marks",
    "overview", "points_of", "queue", "recall", "save", "says_the_same", "sheet", "verdict",
    "withdraw_conflicted",
]  # fmt: skip
