"""The health of a bank: figures, plots with a table beside each, and the table as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import make_response, request

from item_bank.health import ALARM, FEWEST_PAPERS, Coverage, Unit
from sjt.pages.bank.plots import Plot, Value, plot
from sjt.pages.bank.prepared import pages, prepared, prepared_by
from sjt.pages.guard import Desk, product, requires
from sjt.pages.replies import Reply, show
from sjt.rules.access import may_ever
from sjt.rules.plan import Specification
from sjt.services import authoring, bank_health
from sjt.services.bank_health import PathwayHealth

MOST_ROWS = 100  # of scenarios on the page; the file has all
MOST_BARS = 30
COLUMNS = (
    "pool", "name", "title", "alternatives", "expected share of papers", "papers begun in a year", "share of papers",
    "cap", "alarm", "live since", "review due", "review",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Found = tuple[Specification, str, PathwayHealth]


def _look() -> Found:
    """The figures of the pathway asked for, reckoned while nobody waits."""
    running = product()
    now = running.clock.now()
    specification = authoring.specification(request.args.get("spec") or authoring.specifications()[0].name, now)
    pathways = specification.blueprint.pathways
    asked = request.args.get("pathway", "")
    pathway = asked if asked in pathways else next(iter(pathways))
    with running.database.reading() as conn:
        state = bank_health.state_of(conn, specification, now)
    return specification, pathway, bank_health.pathway_health(specification, pathway, state.bank, state.facts)


@pages.get("/health")
@prepared_by(_look)
@requires("bank.read")
def health(desk: Desk) -> Reply:
    """What is live against what is recommended, how much papers share, what is overused and due for review."""
    specification, pathway, found = prepared()
    units = urgent_first(found.health.units)
    return show(
        "bank/health.html",
        specification=specification,
        specifications=authoring.specifications(),
        pathway=pathway,
        found=found,
        units=units[:MOST_ROWS],
        plots={
            "coverage": _coverage_plot(found.health.coverage),
            "exposure": _exposure_plot(units),
            "overlap": _overlap_plot(found),
        },
        enough=sum(row.live >= row.launch for row in found.health.coverage),
        due={state: sum(unit.due_state == state for unit in units) for state in ("over", "soon")},
        may_files=may_ever("bank.files", desk.person.roles),
        alarm=ALARM,
        fewest=FEWEST_PAPERS,
    )


@pages.get("/health.csv")
@prepared_by(_look)
@requires("bank.read")
def table(desk: Desk) -> Reply:
    """All scenarios of the pathway with their figures, as a file."""
    specification, pathway, found = prepared()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(unit) for unit in found.health.units)
    response = make_response("\ufeff" + out.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"{specification.name}-{pathway}-health-{desk.now:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def urgent_first(units: Iterable[Unit]) -> list[Unit]:
    """Alarms, then what is due for review, then the most used."""
    order = {"over": 0, "soon": 1, "": 2}
    return sorted(units, key=lambda u: (not u.alarm, order[u.due_state], -(u.share or 0), u.pool, u.slug))


def _row(unit: Unit) -> list[object]:
    """A row of the file. No cell begins as a formula does."""
    cells: list[object] = [
        unit.pool, unit.slug, unit.title, unit.alternatives, _figure(unit.expected), unit.papers, _figure(unit.share),
        _figure(unit.cap), "yes" if unit.alarm else "no", unit.live_since or "", unit.due or "", unit.due_state,
    ]  # fmt: skip
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in cells]


def _figure(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"


# -------------------------------------------------------------------------------------------------------- plots
def _coverage_plot(rows: Sequence[Coverage]) -> Plot | None:
    values = (
        Value(
            f"{row.code} {row.title}",
            row.live,
            f"{row.live} live",
            row.live < row.launch,
            ((row.launch, "launch"), (row.target, "target")),
        )
        for row in rows
    )
    words = "Each bar is the number of live questions on a statement. "
    words += (
        "The first mark is what is recommended before launch, the second what to aim at. The table has all figures."
    )
    return plot("coverage", "Live questions by statement", words, values)


def _exposure_plot(units: Sequence[Unit]) -> Plot | None:
    used = sorted((u for u in units if u.share), key=lambda u: (-(u.share or 0), u.slug))[:MOST_BARS]
    values = (
        Value(f"{u.title} ({u.pool})", u.share or 0, f"{u.share:.0%} of papers", u.alarm, ((u.cap, "cap"),))
        for u in used
    )
    words = "Each bar is the share of papers that a scenario stood on. The mark is its cap. The table has all figures."
    return plot("exposure", "Use of each scenario", words, values)


def _overlap_plot(found: PathwayHealth) -> Plot | None:
    words = "Each bar is how much two papers share on average, reckoned from the bank and measured on papers drawn."
    return plot("overlap", "What two papers share", words, list(_overlaps(found)))


def _overlaps(found: PathwayHealth) -> Iterator[Value]:
    for name in ("scenarios", "questions"):
        for words, overlap in (("expected", found.health.expected), ("measured", found.measured)):
            if overlap:
                value = overlap.scenarios if name == "scenarios" else overlap.questions
                yield Value(f"{name.capitalize()}, {words}", value, f"{value:.2f}")
