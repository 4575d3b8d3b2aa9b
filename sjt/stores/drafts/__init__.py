"""The writers' side of the bank: versions in all states, and what may be done to them."""

from sjt.stores.drafts.impact import Named, Use, enemies_named, named, uses
from sjt.stores.drafts.listing import Found, Pile, Wanted, found, piles, writers
from sjt.stores.drafts.reading import (
    LANGUAGE,
    OBJECT,
    OPENED,
    Version,
    by_number,
    by_ref,
    content_of,
    copied_from,
    live_questions,
    of_scenario,
    opened_until,
    scenario_id,
)
from sjt.stores.drafts.reports import (
    Report,
    add_report,
    answer_report,
    open_reports,
    report_by_ref,
    reported_by,
    reports_on,
)
from sjt.stores.drafts.reviews import (
    APPROVED,
    CONFIRMED,
    RETURNED,
    Review,
    add_review,
    confirm,
    confirmations,
    reviews_of,
)
from sjt.stores.drafts.trials import Trial, add_trial, trials_of
from sjt.stores.drafts.writing import (
    add_author,
    add_scenario,
    add_version,
    approve,
    discard,
    lock_scenario,
    move,
    retire_live,
    take_turn,
    write_content,
)

__all__ = [
    "APPROVED", "CONFIRMED", "LANGUAGE", "OBJECT", "OPENED", "RETURNED", "Found", "Named", "Pile", "Report", "Review",
    "Trial", "Use", "Version", "Wanted", "add_author", "add_report", "add_review", "add_scenario", "add_trial",
    "add_version", "answer_report", "approve", "by_number", "by_ref", "confirm", "confirmations", "content_of",
    "copied_from", "discard", "enemies_named", "found", "live_questions", "lock_scenario", "move", "named",
    "of_scenario", "open_reports", "opened_until", "piles", "report_by_ref", "reported_by", "reports_on",
    "retire_live", "reviews_of", "scenario_id", "take_turn", "trials_of", "uses", "write_content", "writers",
]  # fmt: skip
