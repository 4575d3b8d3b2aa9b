"""Banks for tests: of any format, of any words, of any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from item_bank.blueprint import QUESTIONS, Blueprint, Slots
from item_bank.formats import (
    EXTENDED_ANSWER,
    FORMATS,
    MOST_AND_LEAST,
    PICK_N,
    RANK,
    RATE,
    SHORT_ANSWER,
    SINGLE_BEST,
)
from item_bank.scenarios import Bank, Guidance, Question, Scenario
from tests.makers import a_blueprint, st0087

OPTIONS = {"option_a": "Ring the duty line", "option_b": "Wait", "option_c": "Ask her", "option_d": "Write it down"}
BODIES: Mapping[str, Mapping[str, str]] = {
    SHORT_ANSWER: {"two": "Says what and why", "one": "Says what", "none": "Says neither"},
    SINGLE_BEST: {**OPTIONS, "key": "a", "rationale": "It cannot wait."},
    MOST_AND_LEAST: {**OPTIONS, "most": "a", "least": "b", "rationale": "It cannot wait."},
    PICK_N: {**OPTIONS, "pick": "2", "key": "a c", "rationale": "Both are needed."},
    RANK: {**OPTIONS, "key": "a c d b", "rationale": "In order of urgency."},
    RATE: {
        **OPTIONS,
        "scale": "importance",
        "key_a": "1",
        "key_b": "2",
        "key_c": "3",
        "key_d": "4",
        "rationale": "As said.",
    },
}
TAG = "nos.K10"


def questions_blueprint() -> Blueprint:
    """A blueprint of questions that stand alone: every format on every statement."""
    small = a_blueprint()
    formats = tuple(sorted(FORMATS))
    pools = {code: dict.fromkeys(formats, 1) for code in small.by_code()}
    slots = Slots(0, len(pools) * len(formats), 0, 0, {}, pools)
    return replace(small, layout=QUESTIONS, formats=formats, slots=slots)


def scenarios_blueprint() -> Blueprint:
    """A blueprint of scenarios whose questions may have any format."""
    return replace(a_blueprint(), formats=tuple(sorted(FORMATS)))


# What a reader takes and gives back as it was: everything printable to YAML, without white space at the ends.
CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Cn"],
    include_characters="\n\t\x85\u2028\u2029\ufeff\xa0",
    exclude_characters="\ufffe\uffff",
)
WILD = st.text(CHARACTERS, min_size=1, max_size=60).map(str.strip).filter(bool)
TAME = st.sampled_from(
    ["What would you do?", "a: b", "- one\n- two", "# no", "yes", "1", "' \" \\", "x\n\n   y  \n\tz", "|", "é 🌍"]
)
TEXT = (TAME | WILD).filter(lambda text: "<" not in text and "[" not in text)
LINE = TEXT.filter(lambda text: len(text.splitlines()) == 1)
SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)


@st.composite
def any_question(draw: st.DrawFn, slug: str, statement: str, formats: Sequence[str], version: int) -> Question:
    """A question of any format and any words."""
    format_ = draw(st.sampled_from(formats))
    text = draw(TEXT)
    if format_ == EXTENDED_ANSWER:
        guide = {f"P-{statement}.1": Guidance(draw(TEXT), draw(TEXT))}
        return Question(slug, version, statement, format_, text, guide)
    body = dict(BODIES[format_])
    for name in body:
        if name in ("rationale", "two", "one", "none"):
            body[name] = draw(TEXT)
    return Question(slug, version, statement, format_, text, {}, body)


@st.composite
def any_bank(draw: st.DrawFn, blueprint: Blueprint) -> Bank:
    """A bank that the blueprint allows, with enemies in no circle."""
    slugs = draw(st.lists(SLUGS, min_size=1, max_size=4, unique=True))
    return Bank(tuple(draw(_any_unit(blueprint, slug, slugs[:n])) for n, slug in enumerate(slugs)))


@st.composite
def _any_unit(draw: st.DrawFn, blueprint: Blueprint, slug: str, before: Sequence[str]) -> Scenario:
    theme = draw(st.sampled_from(list(blueprint.themes)))
    codes = [s.code for s in blueprint.themes[theme].statements]
    version = draw(st.integers(1, 99))
    alone = blueprint.layout == QUESTIONS
    asked = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=1 if alone else 3, unique=True))
    questions = [
        draw(any_question(slug if alone else f"{slug}-q-{n}", code, blueprint.formats, version))
        for n, code in enumerate(sorted(asked))
    ]
    words = " ".join(f"word{n}" for n in range(120))
    return Scenario(
        slug=slug,
        version=version,
        theme=theme,
        title=draw(LINE),
        text="" if alone else f"{draw(TEXT)}\n\n{words}",
        sample=draw(st.booleans()),
        questions=tuple(questions),
        sources=tuple(draw(st.lists(LINE, max_size=2))),
        enemies=tuple(draw(st.lists(st.sampled_from(before), unique=True))) if before else (),
        tags=(TAG,) if draw(st.booleans()) else (),
    )


def many_scenarios(count: int) -> Bank:
    """A bank of the shipped specification with as many scenarios as wanted, each about as long as a real one."""
    blueprint = st0087().blueprint
    themes = list(blueprint.themes.values())
    text = " ".join(f"The team of house {n} meets on Thursday and Amara asks why." for n in range(17))
    made = []
    for n in range(count):
        theme = themes[n % len(themes)]
        slug = f"case-{n:05}"
        asked = "In your answer:\n\n- say what\n- say why\n- weigh **two** ways."
        guide = Guidance(
            "- Says what it is, why it matters here, and what the law has to say about it (Regulation 12).\n" * 6
            + "- And.",
            "- Says it falls short.\n- And more.",
        )
        questions = [
            Question(
                f"{slug}-{s.code.lower().replace('.', '-')}", 1, s.code, EXTENDED_ANSWER,
                f"What should you do about {s.title}? {asked}", {p.code: guide for p in blueprint.points(s.code)},
            )
            for s in theme.statements
        ]  # fmt: skip
        enemies = (f"case-{n - 11:05}",) if n % 50 == 49 else ()
        made.append(
            Scenario(
                slug, 1, theme.code, f"Case number {n}", f"{text}\n\nIt is case {n}.", False, tuple(questions),
                ("A regulation", "Another: with a colon"), enemies,
            )
        )  # fmt: skip
    return Bank(tuple(made))
