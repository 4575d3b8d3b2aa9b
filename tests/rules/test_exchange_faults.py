"""What may not stand in the files of a bank, each named at its file and line; and what may not stand in an archive."""

import io
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.blueprint import Blueprint
from item_bank.exchange import archives, markdown_faults, open_zip, read_bank, read_files, scenario_file, write_zip
from item_bank.exchange.enemies import circles, untangled
from item_bank.formats import EXTENDED_ANSWER, SINGLE_BEST
from item_bank.scenarios import Question, Scenario
from sjt.words import say_fault
from tests import banks
from tests.makers import a_scenario

SCENARIOS, QUESTIONS = banks.scenarios_blueprint(), banks.questions_blueprint()


def faults(files: Mapping[str, str | bytes], blueprint: Blueprint = SCENARIOS) -> list[tuple[str, int, str]]:
    data = {name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()}
    found = read_files(data, blueprint, "bank").faults
    assert all(say_fault(fault) for fault in found)
    return [(fault.place.file.removeprefix("bank/"), fault.place.line, fault.code) for fault in found]


def with_enemies(slug: str, *enemies: str) -> str:
    return scenario_file(a_scenario(slug, ["A.1"])) + "enemies:\n" + "".join(f"  - {e}\n" for e in enemies)


def a_keyed(slug: str = "gate") -> Scenario:
    question = Question(slug, 1, "A.1", SINGLE_BEST, "What first?", {}, banks.BODIES[SINGLE_BEST])
    return Scenario(slug, 1, "A", "The gate", "", True, (question,))


# ------------------------------------------------------------------------------------------------------ Markdown
UNSAFE = {
    "a tag": "Say <b>so</b>",
    "a script": "<script>alert(1)</script>",
    "a comment": "a <!-- b --> c",
    "a tag in a list": "- one\n- <img src=x>",
    "a link that runs": "[x](javascript:alert(1))",
    "in capitals": "[x](JavaScript:alert(1))",
    "with an entity": "[x](java&#115;cript:alert(1))",
    "with a tab": "[x](java&#9;script:alert(1))",
    "data": "[x](data:text/html;base64,AAAA)",
    "a picture of data": "![x](data:image/svg+xml,x)",
    "an autolink": "<javascript:alert(1)>",
    "by reference": "[x][y]\n\n[y]: vbscript:x",
    "a file": "[x](file:///etc/passwd)",
}
SAFE = [
    "a < b and b > c", "`<b>` is code", "    <b>as code</b>", "[x](https://example.org)", "[x](#here)", "\\<b>",
    "**bold**", "[not a link] (javascript: either)", "<3", "mail [me](mailto:a@example.org)", "[unclosed](http://[x)",
]  # fmt: skip


@pytest.mark.parametrize("text", UNSAFE.values(), ids=UNSAFE)
def test_html_and_links_that_run_are_found(text: str) -> None:
    assert list(markdown_faults(text))


@pytest.mark.parametrize("text", SAFE)
def test_other_text_passes(text: str) -> None:
    assert list(markdown_faults(text)) == []


@given(banks.CHARACTERS, st.sampled_from([*UNSAFE.values(), "<", "[", "]("]))
def test_any_text_is_looked_at_without_falling_over(character: str, text: str) -> None:
    list(markdown_faults(character.join([text, text])))


def test_markdown_is_looked_at_wherever_it_stands() -> None:
    text = scenario_file(a_scenario("gate", ["A.1"]))
    for old in ("What about A.1?", "- Says what it is", "- Says nothing", "Something happens"):
        assert [code for *_, code in faults({"a.yaml": text.replace(old, f"<i>{old}", 1)})] == ["bank.html"]
    keyed = scenario_file(a_keyed()).replace("Ask her", '"[Ask](javascript:her)"').replace('""', '"')
    line = next(n for n, line in enumerate(keyed.splitlines(), 1) if "javascript" in line)
    assert faults({"a.yaml": keyed}, QUESTIONS) == [("a.yaml", line, "bank.link")]


# ------------------------------------------------------------------------------------------- keys, guides, formats
def test_a_question_that_stands_alone_is_read() -> None:
    assert faults({"a.yaml": scenario_file(a_keyed())}, QUESTIONS) == []


KEYED = {
    "no key": ("  key: a\n", "", "format.key_none"),
    "a key on two options": ("key: a", "key: [a, b]", "format.key_two"),
    "a key on none": ("key: a", "key: f", "format.key_unknown"),
    "no rationale": ("  rationale: ", "  rationale: ''\n#", "format.no_rationale"),
    "a situation": ("sample: true", "sample: true\ntext: x", "file.doubled_key"),
    "a theme": ("sample: true", "sample: true\ntheme: A", "value.unknown_key"),
    "a guide": ("sample: true", "sample: true\nguide: {}", "value.unknown_key"),
    "another schema": ("question/1", "scenario/1", "value.one_of"),
    "an unknown statement": ("statement: A.1", "statement: A.9", "value.one_of"),
    "an unknown format": ("single-best", "best", "value.one_of"),
}


@pytest.mark.parametrize(("old", "new", "code"), KEYED.values(), ids=KEYED)
def test_a_mistake_in_a_question_is_named_at_its_line(old: str, new: str, code: str) -> None:
    text = scenario_file(a_keyed())
    assert text.count(old) == 1
    assert code in {found for *_, found in faults({"a.yaml": text.replace(old, new)}, QUESTIONS)}


def test_one_guide_key_or_criterion_removed_is_named_at_file_and_line() -> None:
    text = scenario_file(a_scenario("gate", ["A.1", "A.2"]))
    lines = text.splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if "P-A.2.1" in line)
    without = "".join(lines[:start] + lines[start + 5 :])
    ((file, line, code),) = faults({"x/a.yaml": without})
    assert (file, code) == ("x/a.yaml", "bank.no_guide") and "guide" in without.splitlines()[line - 1]


def test_the_format_must_be_one_that_the_specification_allows() -> None:
    text = scenario_file(a_scenario("gate", ["A.1"]))
    assert EXTENDED_ANSWER in text
    only = replace(SCENARIOS, formats=(SINGLE_BEST,))
    assert "value.one_of" in {code for *_, code in faults({"a.yaml": text}, only)}


def test_unknown_tags_and_doubled_entries_are_named() -> None:
    text = scenario_file(a_scenario("gate", ["A.1"])) + f"tags:\n  - nos.K999\n  - {banks.TAG}\n  - {banks.TAG}\n"
    last = len(text.splitlines())
    assert faults({"a.yaml": text}) == [
        ("a.yaml", last - 2, "bank.unknown_tag"),
        ("a.yaml", last, "bank.doubled_entry"),
    ]


# ------------------------------------------------------------------------------------------------------- enemies
def test_a_pair_written_once_is_no_circle() -> None:
    files = {"a.yaml": with_enemies("a", "b", "c"), "b.yaml": scenario_file(a_scenario("b", ["A.1"]))}
    assert faults({**files, "c.yaml": with_enemies("c", "b")}) == []


def test_circles_are_named_at_the_line_that_closes_them() -> None:
    last = len(with_enemies("a", "b").splitlines())
    files = {"a.yaml": with_enemies("a", "b"), "b.yaml": with_enemies("b", "c"), "c.yaml": with_enemies("c", "a")}
    assert faults(files) == [("c.yaml", last, "bank.enemy_circle")]
    data = {name: text.encode() for name, text in files.items()}
    (fault,) = read_files(data, SCENARIOS, "bank").faults
    assert "(a → b → c → a)" in say_fault(fault) and "list B and C under A" in say_fault(fault)
    assert faults({"a.yaml": with_enemies("a", "a")}) == [("a.yaml", last, "bank.own_enemy")]
    assert faults({"a.yaml": with_enemies("a", "z")}) == [("a.yaml", last, "bank.unknown_enemy")]


@given(st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"), max_size=4, unique=True)))
def test_what_is_untangled_has_the_same_pairs_and_no_circle(named: dict[str, list[str]]) -> None:
    known = {slug: [enemy for enemy in enemies if enemy in named] for slug, enemies in named.items()}
    found = untangled(known)
    assert circles(found) == []
    pairs = [{frozenset((a, b)) for a, others in of.items() for b in others if a != b} for of in (known, found)]
    assert pairs[0] == pairs[1]


def test_a_chain_as_long_as_a_bank_is_walked() -> None:
    assert circles({str(n): [str(n + 1)] for n in range(20_000)} | {"20000": ["0"]})[0].slug == "20000"


# --------------------------------------------------------------------------------------------------------- files
def test_two_files_with_one_id_and_unreadable_ones() -> None:
    text = scenario_file(a_scenario("gate", ["A.1"]))
    found = faults(
        {"a.yaml": text, "b.yaml": text, "c.yaml": "title: caf\xe9".encode("latin-1"), "d.yaml": "x" * 1_000_001}
    )
    assert [(file, code) for file, _, code in found] == [
        ("b.yaml", "bank.doubled_slug"),
        ("b.yaml", "bank.doubled_slug"),
        ("c.yaml", "file.not_utf8"),
        ("d.yaml", "file.too_large"),
    ]


def test_links_that_lead_out_of_the_folder_are_named() -> None:
    with tempfile.TemporaryDirectory() as home:
        folder, outside = Path(home, "bank"), Path(home, "outside.yaml")
        folder.mkdir()
        outside.write_text(scenario_file(a_scenario("gate", ["A.1"])), encoding="utf-8")
        (folder / "in.yaml").symlink_to(outside)
        (folder / "all").symlink_to(home)
        found = read_bank(folder, SCENARIOS, "bank")[1]
    assert [(f.place.file, f.code) for f in found] == [("bank/all", "bank.symlink"), ("bank/in.yaml", "bank.symlink")]


# ------------------------------------------------------------------------------------------------------ archives
def zipped(**files: bytes) -> bytes:
    return packed([(zipfile.ZipInfo(name), content) for name, content in files.items()])


def packed(members: list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


def refusals(data: bytes) -> list[tuple[str, str]]:
    files, found = open_zip(data, "b.zip")
    assert not (files and [f for f in found if f.code not in ("zip.nested", "zip.broken")])
    return [(fault.place.file, fault.code) for fault in found]


def a_link() -> bytes:
    info = zipfile.ZipInfo("x.yaml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed([(info, b"/etc/passwd")])


def with_name(name: str) -> bytes:
    return zipped(**{"x" * len(name): b"a: b"}).replace(b"x" * len(name), name.encode())


BAD_ARCHIVES = {
    "a way up": (with_name("../x.yaml"), "zip.name"),
    "an absolute name": (with_name("/etc/x.yaml"), "zip.name"),
    "a drive": (with_name("C:/x.yaml"), "zip.name"),
    "a link": (a_link(), "zip.symlink"),
    "an archive": (zipped(**{"in.zip": b"PK"}), "zip.nested"),
    "an archive by another name": (zipped(**{"in.yaml": b"PK\x03\x04rest"}), "zip.nested"),
    "a name twice": (zipped(**{"ab.yaml": b"a: b", "cd.yaml": b"a: b"}).replace(b"cd.yaml", b"ab.yaml"), "zip.doubled"),
    "nonsense": (b"PK nonsense", "zip.unreadable"),
    "nothing": (b"", "zip.unreadable"),
    "half of one": (zipped(**{"a.yaml": b"a: b"})[:-30], "zip.unreadable"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), BAD_ARCHIVES.values(), ids=BAD_ARCHIVES)
def test_a_bad_archive_is_refused_with_the_members_name(data: bytes, code: str) -> None:
    ((file, found),) = refusals(data)
    assert found == code
    assert file.startswith("b.zip/") or code == "zip.unreadable"


def test_an_archive_of_bombs_is_stopped_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGEST_CONTENT", 3_000_000)
    bomb = zipped(**{f"{n}.yaml": b"a" * 900_000 for n in range(9)})
    assert len(bomb) < 20_000
    assert refusals(bomb) == [("b.zip/3.yaml", "zip.too_much")]


def test_a_member_is_never_read_further_than_a_file_may_be() -> None:
    files, _ = open_zip(zipped(**{"a.yaml": b"a" * 50_000_000}), "b.zip")
    assert len(files["a.yaml"]) < 1_100_000
    assert [f.code for f in read_files(files, SCENARIOS, "b.zip").faults] == ["file.too_large"]


def test_too_many_files_are_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    assert refusals(zipped(**{f"{n}.txt": b"" for n in range(4)})) == [("b.zip", "zip.too_many")]


def test_a_damaged_member_is_named() -> None:
    data = bytearray(zipped(**{"a.yaml": b"a: b\n" * 200}))
    data[40] ^= 0xFF
    assert refusals(bytes(data)) == [("b.zip/a.yaml", "zip.broken")]


@given(st.binary(max_size=300), st.integers(0, 300))
def test_whatever_comes_is_read_or_refused_in_words(noise: bytes, place: int) -> None:
    whole = write_zip({"a/b.yaml": "a: b\n", "c.yaml": "d: e\n"})
    _, found = open_zip(whole[:place] + noise + whole[place + len(noise) :], "b.zip")
    assert all(say_fault(fault) for fault in found)


def test_an_archive_has_the_same_bytes_each_time() -> None:
    assert write_zip({"a/b.yaml": "é"}) == write_zip({"a/b.yaml": "é"})
    assert open_zip(write_zip({"a/b.yaml": "é", "__MACOSX/._b.yaml": "x"}), "b.zip") == ({"a/b.yaml": "é".encode()}, [])
