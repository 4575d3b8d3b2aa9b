"""What takes longer than a transaction may last: it is done before the guard opens the request's one.

Reading a bank of files, drawing a thousand papers or packing an archive happens here, for those who may ask
for it; whoever may not is refused by the guard a moment later, and nothing was done for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, request

from sjt.pages.guard import MARK, current_person
from sjt.rules.access import may_ever

pages = Blueprint("bank", __name__, url_prefix="/bank")
Preparer = Callable[[], Any]
_preparers: dict[str, Preparer] = {}


def prepared_by(preparer: Preparer) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have something ready before the page's transaction begins; ``prepared()`` gives it to the page."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        _preparers[f"{pages.name}.{view.__name__}"] = preparer
        return view

    return decorate


def prepared() -> Any:
    """What was made ready for this request."""
    return g.prepared


@pages.before_request
def prepare() -> None:
    """Make ready what the page needs, if the person asking may have the page at all."""
    endpoint = request.endpoint or ""
    person, preparer = current_person(), _preparers.get(endpoint)
    act = getattr(current_app.view_functions[endpoint], MARK).act
    if preparer and person and may_ever(act, person.roles):
        g.prepared = preparer()
