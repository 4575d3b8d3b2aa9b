"""A sitting whose papers hold every format of questions, for the apprentice's desk."""

from __future__ import annotations

from collections.abc import Callable

from item_bank.formats import EXTENDED_ANSWER, FORMATS, SHORT_ANSWER
from item_bank.paper import Paper, PaperQuestion, PaperScenario
from item_bank.scenarios import Bank, Guidance, Question, Scenario
from sjt.rules.access import Role
from sjt.services.files import find_specification, shipped_bank
from sjt.stores import papers
from sjt.stores import tables as t
from sjt.stores.bank import import_bank
from tests.bodies import a_body
from tests.saved import Booked, Room, saved_candidate, saved_seat, saved_sitting
from tests.site import MORNING, Site

PRACTICE = find_specification("practice-1.0", MORNING.date())
SITUATION = Scenario(
    slug="the-quiet-week", version=1, theme="F", title="The quiet week", text="You manage a children's home. " * 25,
    sample=True, questions=(
        Question("the-quiet-week-1", 1, "F1", EXTENDED_ANSWER, "What should you do?", {"P.1": Guidance("-", "-")}),
    ),
)  # fmt: skip
BRIEFLY = Scenario(
    slug="say-it-briefly", version=1, theme="F", title="Say it briefly", text="", sample=True,
    questions=(Question("say-it-briefly", 1, "F1", SHORT_ANSWER, "Name two duties.", {}, a_body(SHORT_ANSWER)),),
)  # fmt: skip
BANK = Bank((SITUATION, BRIEFLY, *shipped_bank(PRACTICE).scenarios))
ON_THE_PAPER = (  # one question of every format, by the slug of what holds it
    "the-quiet-week", "say-it-briefly", "a-card-from-a-parent", "bruises-at-handover", "missing-since-supper",
    "angry-at-the-door", "a-worker-and-social-media",
)  # fmt: skip
QUESTIONS = {q.slug: q for s in BANK.scenarios for q in s.questions}
Order = Callable[[tuple[str, ...]], tuple[str, ...]]


def as_written(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Options in the order of the body."""
    return ids


def reversed_(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Options the other way round."""
    return ids[::-1]


def a_paper(order: Order = as_written) -> Paper:
    """A paper with every format, its options in this order."""
    scenarios = {s.slug: s for s in BANK.scenarios}
    return Paper(tuple(_placed(scenarios[slug], order) for slug in ON_THE_PAPER))


def _placed(scenario: Scenario, order: Order) -> PaperScenario:
    asked = tuple(
        PaperQuestion(
            q.slug, q.version, q.statement, key=False, slot=q.slug, format=q.format,
            options=order(tuple(option.id for option in FORMATS[q.format].options(q.body))),
        )
        for q in scenario.questions
    )  # fmt: skip
    return PaperScenario(scenario.slug, scenario.version, scenario.theme, asked)


def saved_formats_room(site: Site) -> Room:
    """A manager, an invigilator, the bank, and a sitting of the practice test."""
    manager, invigilator = site.person(Role.MANAGER), site.person(Role.INVIGILATOR)
    with site.writing() as conn:
        import_bank(conn, PRACTICE.name, BANK, site.now())
        sitting = saved_sitting(conn, manager, [invigilator])
        conn.execute(t.sittings.update().values(spec_id=PRACTICE.id))
    return Room(site, manager, invigilator, sitting)


def saved_formats_seat(room: Room, number: int = 1, order: Order = as_written) -> Booked:
    """A seat whose paper holds every format."""
    with room.site.writing() as conn:
        candidate_id = saved_candidate(conn, room.manager, f"Candidate {number}", "main")
        conn.execute(t.candidates.update().values(spec_name=PRACTICE.name))
    booked = saved_seat(room.site, room.sitting, candidate_id, room.manager, number)
    attempt = room.attempt(booked)
    with room.site.writing() as conn:
        papers.keep(conn, attempt.id, a_paper(order), papers.Drawn("seed", "0" * 64), room.site.now())
    return booked
