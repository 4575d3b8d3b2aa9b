"""The style of items as a machine sees it: what asks for a point, what repeats, what gives a key away."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from item_bank.exchange import read_files, read_readings, scenario_file, unread
from item_bank.formats import RANK, SINGLE_BEST
from item_bank.scenarios import Bank, Guidance, Question, Scenario
from item_bank.sources import Fault, Place
from item_bank.style import Linted, lint, reading_grade, sentences
from item_bank.style.alike import Said, twins
from item_bank.style.data import HERE, read_style
from item_bank.style.keys import Choice, length_notes, spread_notes
from sjt.rules.plan import Specification
from sjt.services.files import shipped_bank, shipped_specifications
from sjt.words import say_fault
from tests import banks
from tests.makers import a_scenario, st0087

SPECS = {s.name: s for s in shipped_specifications()}
JUDGED = [name for name, s in SPECS.items() if s.blueprint.criteria]
LIMITS = read_style("st0087-1.0")[0].limits
TODAY = dt.date(2026, 11, 25)

# For each criteria set one sentence a point, in its order. Without a sentence its point is not asked for.
ASKED: Mapping[str, tuple[str, ...]] = {
    "P-C1a": ("Set out the main theories that matter.", "Say which evidence is strong and which is weak, and why."),
    "P-C1b": (
        "Explain how leadership style and the leading of teams have been studied.",
        "Compare at least two ways of solving the problem and judge which fits.",
    ),
    "P-C2a": (
        "Use theory and values on equality and rights to examine each claim.",
        "Give your own reasoned judgement, and what speaks against it.",
    ),
    "P-C2b": ("Use models of dignity and respect to examine this.", "Discuss the ethical questions that it raises."),
    "P-C3a": ("Use key theories of supervision.", "Set opposing views side by side."),
    "P-C3b": ("Use theory and recent research on how people make decisions.", "Set opposing positions side by side."),
    "P-C4a": (
        "Which laws, guidance and standards apply, and what do they ask?",
        "Then judge how well the team's work lives up to them.",
    ),
    "P-C4b": (
        "Which Ofsted framework applies, and what is judged under it?",
        "Look critically at how the service knows its quality.",
        "How would this carry over to a different kind of setting?",
    ),
    "P-C4c": (
        "Which ideas about planning improvement should guide you, and what evidence is there?",
        "Show how you would use the same ideas in a different setting.",
    ),
    "P-C4d": (
        "Which theories of intervention suit this family, and why?",
        "How was the information gathered, and what faults does it have?",
    ),
    "P-C5a": (
        "Explain what managing resources well means in a home.",
        "Then evaluate how resources are being used.",
    ),
    "P-C5b": (
        "Using theories of change, explain how staff were engaged and how new ideas were treated.",
        "Use theory to review what the change has achieved.",
    ),
    "P-C6a": (
        "How should you influence, persuade or negotiate?",
        "What has research found about joint work, and how should it shape yours?",
    ),
    "P-C7a": (
        "Look at your own practice and theirs through more than one model.",
        "Set out what should happen next, and why.",
    ),
    "P-C7b": (
        "Describe sources that you have read, and which need in your plan each serves.",
        "Explain how what they say should change practice here.",
    ),
    "P-CM1a": (
        "How should you explain the national and local welfare systems?",
        "Which parts of your knowledge are firm, and which are unsure?",
    ),
    "P-CM1b": (
        "Which local agencies and groups could help, and how could each of them?",
        "How should you find them, choose, and evaluate each partnership?",
    ),
    "P-CM1c": (
        "Which ideas and methods for building working relationships should guide you?",
        "Compare different approaches and say which fit.",
    ),
    "P-CM2a": (
        "Choose three social issues: which theories help to understand each?",
        "Which ideas are well supported, and which are weak?",
    ),
    "P-CM2b": (
        "What should you know about how local priorities are set and what each asks?",
        "How well does the centre's work serve them?",
    ),
    "P-CM2c": ("Which ethical ideas and professional standards apply?", "Put the best case against your own view."),
    "P-RS1a": ("Which theories on long-term care should you use?", "What do you conclude, in your own view?"),
    "P-RS1b": ("Which law and guidance must you follow?", "Where do the rules help, and where do they clash?"),
    "P-RS1c": (
        "What should you know about restraint and its principles?",
        "Judge the holds, and weigh the case for and against each.",
    ),
    "P-RS2a": (
        "Which theories and practice on whole needs should you draw on?",
        "Say how each record was gathered and where it is weak.",
    ),
    "P-RS2b": (
        "Explain what distributive leadership means in a home.",
        "Reflect on the way that you yourself lead.",
    ),
    "P-SJT": (
        "What matters most here?",
        "Say why you should act so.",
        "Weigh another way, and say what would change it.",
    ),
}


def asked_by(text: str, spec: str, criteria: str) -> list[str]:
    """The points of a set that a text does not ask for."""
    points = [point.code for point in SPECS[spec].blueprint.criteria[criteria].points]
    return list(read_style(spec)[0].asking.unasked(text, points))


# ------------------------------------------------------------------------------------------------ what asks for a point
@pytest.mark.parametrize("name", list(SPECS))
def test_the_data_are_sound_and_name_every_point_and_no_other(name: str) -> None:
    style, faults = read_style(name)
    assert faults == []
    assert set(style.asking.points) == {p.code for c in SPECS[name].blueprint.criteria.values() for p in c.points}


def test_every_file_about_asking_belongs_to_a_specification() -> None:
    assert {path.stem for path in (HERE / "asking").iterdir()} == set(JUDGED)


@pytest.mark.parametrize(
    ("name", "criteria"), [(name, code) for name in JUDGED for code in SPECS[name].blueprint.criteria]
)
def test_a_point_whose_sentence_is_left_out_is_not_asked_for(name: str, criteria: str) -> None:
    said = ASKED[criteria]
    assert asked_by("\n\n".join(said), name, criteria) == []
    for n in range(len(said)):
        without = " ".join((*said[:n], *said[n + 1 :]))
        assert asked_by(without, name, criteria) == [f"{criteria}.{n + 1}"]


@pytest.mark.parametrize("name", JUDGED)
def test_in_the_sample_banks_each_point_hangs_on_sentences_that_can_be_missed(name: str) -> None:
    """Take any one sentence away from every question in turn: most points are lost by one of these cuts."""
    asking, blueprint, hidden, points = read_style(name)[0].asking, SPECS[name].blueprint, 0, 0
    for question in (q for scenario in shipped_bank(SPECS[name]).scenarios for q in scenario.questions):
        wanted = [point.code for point in blueprint.points(question.statement)]
        said = list(sentences(question.text))
        cuts = [asking.unasked("\n\n".join((*said[:n], *said[n + 1 :])), wanted) for n in range(len(said))]
        missed = {code for cut in cuts for code in cut}
        points, hidden = points + len(wanted), hidden + len(set(wanted) - missed)
    assert points >= 100 and hidden <= points / 50


def test_what_is_told_does_not_ask() -> None:
    told = "The main theories are well known to her. Some evidence is strong and some is weak."
    assert asked_by(told, "st0087-1.0", "P-C1a") == ["P-C1a.1", "P-C1a.2"]
    as_list = "In your answer:\n\n- set out the main\n  theories\n- say what is strong and what is weak"
    assert asked_by(as_list, "st0087-1.0", "P-C1a") == []


# --------------------------------------------------------------------------------------------------------- whole files
def linted(*units: Scenario, spec: Specification | None = None) -> Linted:
    blueprint = spec.blueprint if spec else banks.scenarios_blueprint()
    files = {f"{unit.slug}.yaml": scenario_file(unit).encode() for unit in units}
    return lint(read_files(files, blueprint, "bank"), blueprint, spec.name if spec else "small", "bank")


def codes(found: tuple[Fault, ...]) -> list[str]:
    assert all(say_fault(fault) for fault in found)
    return [fault.code for fault in found]


def asking(slug: str, text: str) -> Scenario:
    guide = {
        f"P-C3a.{n}": Guidance("- Names theories and opposing positions\n- Enough: that.", "Does not") for n in (1, 2)
    }
    models = {"at_the_line": "Names theories and opposing positions. " * 6, "below_it": "Thin and short. " * 9}
    models["why"] = "P-C3a.2: one side only."
    question = Question(f"{slug}-q", 1, "C3.1", "extended-answer", text, guide, models)
    return Scenario(slug, 1, "C3", slug, f"They call it the {slug}. " + "It stands by a lake. " * 25, True, (question,))


def test_an_unasked_point_is_a_fault_at_the_question() -> None:
    (fault,) = linted(asking("gate", "Use theories of supervision."), spec=st0087()).faults
    assert (fault.code, fault.place) == ("style.unasked", Place("bank/gate.yaml", 14))
    assert "P-C3a.2 (Sets opposing positions" in say_fault(fault)


def test_a_repeated_question_is_a_fault_and_a_likeness_a_note() -> None:
    text = "Use the main theories of supervision to explain what is missing here. Set opposing views side by side."
    same = linted(asking("gate", text), asking("wall", text.replace(". Set", ".\n\nSet")), spec=st0087())
    assert codes(same.faults) == ["style.repeated"] and same.faults[0].params["file"] == "bank/gate.yaml"
    near = linted(asking("gate", text), asking("wall", text.replace("here", "now")), spec=st0087())
    assert codes(near.faults) == [] and "style.alike_question" in codes(near.notes)
    assert "style.alike_situation" in codes(near.notes)


def test_texts_of_other_groups_are_only_held_against_word_for_word() -> None:
    one, other = Said("What should be done here today?", "A", Place("a", 1)), Place("b", 1)
    assert list(twins([one, Said("What should be done here to-day?", "B", other)], 50)) == []
    assert [t.alike for t in twins([one, Said("What should be done here today", "B", other)], 50)] == [100]


def test_notes_on_guides_words_and_reading() -> None:
    plain = asking("gate", "Use theories of supervision. Set opposing views side by side.")
    assert codes(linted(plain, spec=st0087()).notes) == []
    question = plain.questions[0]
    guide = {**question.guide, "P-C3a.2": Guidance("- Says it", "Does not")}
    long = " ".join(f"Consider organisational accountability arrangements {n}," for n in range(30))
    said = 'He calls it "manipulative". She suffers from asthma. ' * 10 + "The LAC review. A lac. " * 10
    changed = replace(plain, text=said, questions=(replace(question, guide=guide, text=question.text + long),))
    notes = linted(changed, spec=st0087()).notes
    assert sorted(codes(notes)) == [
        "style.enough", "style.question_grade", "style.question_long", "style.watched", "style.watched",
    ]  # fmt: skip
    assert {note.params["word"] for note in notes if "word" in note.params} == {"suffers from", "LAC"}


def test_a_word_for_questions_is_not_looked_for_in_situations() -> None:
    ends = "Use theories of supervision. Set opposing views side by side."
    told = replace(asking("gate", ends), text="What would you do, he asks. " * 25)
    assert codes(linted(told, spec=st0087()).notes) == []
    assert codes(linted(asking("gate", f"What would you do? {ends}"), spec=st0087()).notes) == ["style.watched"]


def test_a_bank_with_other_faults_is_looked_at_all_the_same() -> None:
    broken = scenario_file(asking("gate", "Use theories of supervision.")).replace("C3.1", "C9.9")
    read = read_files({"a.yaml": broken.encode(), "b.yaml": b"- x"}, st0087().blueprint, "bank")
    assert read.faults and lint(read, st0087().blueprint, "st0087-1.0", "bank").faults == ()
    assert codes(linted(a_scenario("gate", ["A.1"])).faults) == ["style.no_model"]


# --------------------------------------------------------------------------------------------------------------- prose
def test_the_grade_of_reading_is_a_plain_estimate() -> None:
    assert reading_grade("") == 0
    easy, hard = "The cat sat. It was wet. We ran.", "Organisational accountability necessitates consideration."
    assert reading_grade(easy) < 1 and reading_grade(hard) > 20
    assert reading_grade("She walked home.\nIt rained.") == reading_grade("She walked\nhome. It rained.")


def test_sentences_end_at_signs_and_entries_of_lists() -> None:
    text = 'He says: "Wait." She\ngoes.\n\n- first\n  part\n- second? Yes!\n'
    assert list(sentences(text)) == ['He says: "Wait.', "She goes.", "first   part", "second?", "Yes!"]


# ---------------------------------------------------------------------------------------------------------------- keys
def test_a_key_that_its_length_gives_away() -> None:
    assert list(length_notes(Choice("a", {"a": 50, "b": 45, "c": 52}), LIMITS)) == []
    assert [code for code, _ in length_notes(Choice("a", {"a": 80, "b": 45, "c": 52}), LIMITS)] == ["style.key_long"]
    assert [code for code, _ in length_notes(Choice("a", {"a": 20, "b": 45, "c": 52}), LIMITS)] == ["style.key_short"]


def test_keys_that_stand_too_often_in_one_place() -> None:
    def choices(letters: str, key: int = 10) -> list[Choice]:
        return [Choice(letter, {**dict.fromkeys("abcd", 10), letter: key}) for letter in letters]

    assert list(spread_notes(choices("abcd" * 5), LIMITS)) == []
    assert list(spread_notes(choices("a" * 19), LIMITS)) == []  # too few to tell
    uneven = list(spread_notes(choices("aaab" * 5), LIMITS))
    assert [(code, params["key"]) for code, params in uneven] == [("style.key_spread", x) for x in "ACD"]
    assert [code for code, _ in spread_notes(choices("abcd" * 5, key=11), LIMITS)] == ["style.keys_longest"]


def test_the_keys_of_the_knowledge_test_are_spread_and_like_the_rest() -> None:
    spec = SPECS["st0663-kt"]
    files = {f"{unit.slug}.yaml": scenario_file(unit).encode() for unit in shipped_bank(spec).scenarios}
    notes = lint(read_files(files, spec.blueprint, "bank"), spec.blueprint, spec.name, "bank").notes
    assert not [note for note in notes if note.code.startswith("style.key")]


def test_only_single_choices_are_looked_at() -> None:
    for format_, expected in ((SINGLE_BEST, ["style.key_long"]), (RANK, [])):
        question = Question("gate", 1, "A.1", format_, "What first?", {}, banks.BODIES[format_])
        unit = Scenario("gate", 1, "A", "The gate", "", True, (question,))
        blueprint = banks.questions_blueprint()
        read = read_files({"a.yaml": scenario_file(unit).encode()}, blueprint, "bank")
        assert codes(lint(read, blueprint, "small", "bank").notes) == expected


# ------------------------------------------------------------------------------------------------------------ readings
BANK = Bank((a_scenario("gate", ["A.1"]), a_scenario("wall", ["A.1"])))
ENTRY = "  - {scenario: gate, version: 1, read: 2026-11-25, asked: [Who is Mo], changed: []}\n"


def readings(folder: Path, *entries: str, head: str = "schema: readings/1\nspec: small\nreadings:\n") -> list[tuple]:
    file = folder / "small.yaml"
    file.write_text(head + "".join(entries), encoding="utf-8")
    _, faults = read_readings(file, "small.yaml", BANK, TODAY)
    assert all(say_fault(fault) for fault in faults)
    return [(fault.place.line, fault.code) for fault in faults]


def test_a_reading_names_an_item_at_the_version_that_stands(tmp_path: Path) -> None:
    question = BANK.scenarios[0].questions[0].slug
    assert readings(tmp_path, ENTRY, ENTRY.replace("scenario: gate", f"question: {question}")) == []
    read, _ = read_readings(tmp_path / "small.yaml", "small.yaml", BANK, TODAY)
    assert unread(BANK, read) == ["wall"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("gate", "fence", "readings.unknown"),
        ("scenario: gate", "question: gate", "readings.unknown"),
        ("version: 1", "version: 2", "readings.version"),
        ("2026-11-25", "2026-11-26", "readings.future"),
        ("scenario: gate, ", "", "readings.one_item"),
        ("scenario: gate", "scenario: gate, question: gate", "readings.one_item"),
        ("asked: [Who is Mo], ", "", "value.list"),
        ("changed: []", "changed: [1]", "value.text"),
        ("changed", "chnged", "value.unknown_key"),
    ],
)
def test_a_mistake_in_a_reading_is_named_at_its_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert (4, code) in readings(tmp_path, ENTRY.replace(old, new))


def test_a_file_of_readings_says_whose_it_is(tmp_path: Path) -> None:
    assert readings(tmp_path, ENTRY, head="schema: readings/1\nspec: other\nreadings:\n") == [(2, "readings.spec")]
    assert readings(tmp_path, head="- x\n") == [(1, "file.not_mapping")]


def test_no_bank_takes_readings_for_content(tmp_path: Path) -> None:
    files = {"A/gate.yaml": scenario_file(BANK.scenarios[0]).encode(), "readings/small.yaml": b"schema: readings/1\n"}
    assert read_files(files, banks.scenarios_blueprint(), "bank").faults == ()
