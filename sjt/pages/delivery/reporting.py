"""What a watched page reports of its browser."""

from __future__ import annotations

import datetime as dt

import msgspec

from proctoring.signals import PAGE, Kind, Signal, fault_of
from sjt.pages.delivery.door import pages
from sjt.pages.delivery.scripts import decoded
from sjt.pages.guard import product
from sjt.pages.replies import Data, Reply
from sjt.pages.seated import beating
from sjt.rules.refusals import NotUnderstood
from sjt.services.delivery.standing import state_of
from sjt.services.lockdown import signals as service
from sjt.stores.known import Known

MOST = 50  # signals of one report


class TypedSignal(msgspec.Struct, forbid_unknown_fields=True):
    """One signal of a report."""

    number: int
    kind: str
    offset: int
    amount: int | None = None
    question: str | None = None


class ReportBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a report: it names its attempt, so that it can never be taken for another one's."""

    attempt: str
    page: str
    signals: list[TypedSignal]


@pages.post("/<attempt>/signals")
@beating
def signals(attempt: str, known: Known, now: dt.datetime) -> Reply:
    """Keep what a page reported. It is evidence of what a browser did, and changes nothing about the attempt."""
    body = decoded(ReportBody, "signals.not_understood")
    fault = _fault(attempt, body)
    if fault:
        raise NotUnderstood(fault)
    told = [
        Signal(body.page, one.number, Kind(one.kind), one.offset, now, one.amount, one.question)
        for one in {one.number: one for one in body.signals}.values()
    ]
    kept = service.keep(product(), attempt, state_of(known, now), told, now)
    return Data({"kept": kept.kept, "dropped": kept.dropped})


def _fault(attempt: str, body: ReportBody) -> str | None:
    if body.attempt != attempt:
        return "signals.other_attempt"
    if not PAGE.fullmatch(body.page):
        return "signals.page"
    if len(body.signals) > MOST:
        return "signals.too_many"
    faults = (fault_of(one.kind, one.number, one.offset, one.amount, one.question) for one in body.signals)
    return next((fault for fault in faults if fault), None)
