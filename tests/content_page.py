"""The page of what ships: its tables are written from the bank, its prose by hand. ``python -m tests.content_page``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from item_bank.exchange import word_count
from item_bank.scenarios import Bank, Scenario
from item_bank.style import reading_grade
from sjt.rules.plan import Specification
from sjt.services.files import shipped_bank, shipped_specifications

PAGE = Path(__file__).parent.parent / "docs" / "content.md"
TABLE = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
DESCRIBED = "st0087-1.0"  # scenario by scenario; of the others only counts are shown
HEAD = ("Title", "Pool", "Words", "Grade", "Setting and subjects", "Law and guidance with a date")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
APART = re.compile(r"; (?![^()]*\))")  # one line of sources may hold several, set apart outside brackets
LAW = re.compile(
    r"\b(?:Act|Regulations|Order|Convention|GDPR|UKSC|Working Together|[Cc]ode of [Pp]ractice|NICE|[Ss]tatutory"
    r"|[Gg]uidance|[Gg]uide|[Aa]dvice|white paper|National framework|restrictive)\b"
)


def main() -> None:
    """Write the tables anew; what stands under setting and subjects is kept."""
    PAGE.write_text(written(PAGE.read_text()))


def written(page: str) -> str:
    """The page with its tables as the bank has them now."""
    specifications = {specification.name: specification for specification in shipped_specifications()}
    covers = covered(page)

    def table(found: re.Match[str]) -> str:
        specification = specifications[found[2]]
        bank = shipped_bank(specification)
        rows = described(specification, bank, covers) if found[2] == DESCRIBED else counted(specification, bank)
        return found[1] + "".join(f"{row}\n" for row in rows) + found[3]

    return TABLE.sub(table, page)


def covered(page: str) -> dict[str, str]:
    """What the page says of each scenario's setting and subjects, by title."""
    rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    return {cells[0]: cells[4] for cells in rows if len(cells) == len(HEAD)}


def described(specification: Specification, bank: Bank, covers: Mapping[str, str]) -> Iterator[str]:
    """A row a scenario, in the order of the pools."""
    themes = list(specification.blueprint.themes)
    yield from head(HEAD)
    for unit in sorted(bank.scenarios, key=lambda unit: (themes.index(unit.theme), unit.slug)):
        figures = (unit.theme, str(word_count(unit.text)), f"{reading_grade(unit.text):.1f}")
        yield line((unit.title, *figures, covers.get(unit.title, ""), "; ".join(laws(unit)) or "none with a date"))


def laws(unit: Scenario) -> Iterator[str]:
    """Its sources that are law or guidance and carry a year."""
    named = (part for source in unit.sources for part in APART.split(source))
    return (part for part in named if YEAR.search(part) and LAW.search(part))


def counted(specification: Specification, bank: Bank) -> Iterator[str]:
    """A row a statement: how many questions of each format."""
    counts: dict[str, Counter[str]] = {}
    for question in (question for unit in bank.scenarios for question in unit.questions):
        counts.setdefault(question.statement, Counter())[question.format] += 1
    titles = {code: statement.title for code, statement in specification.blueprint.by_code().items()}
    formats = [name for name in specification.blueprint.formats if any(of[name] for of in counts.values())]
    yield from head(("Statement", "", *formats))
    for code, title in titles.items():
        yield line((code, title, *(str(counts[code][name] or "–") for name in formats)))


def head(cells: Iterable[str]) -> Iterator[str]:
    """The head of a table."""
    cells = list(cells)
    yield line(cells)
    yield line("---" for _ in cells)


def line(cells: Iterable[str]) -> str:
    """A row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
