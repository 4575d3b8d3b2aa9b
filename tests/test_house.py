"""The law of the house: arrows, guards, words, escaping, size. docs/house.md tells the intention."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from sjt.pages import errors
from sjt.pages.guard import MARK, Guarded
from sjt.rules import refusals
from sjt.rules.access import ACTS, Role, may_ever
from sjt.words import WORDS
from tests.site import Site

ROOT = Path(__file__).parent.parent
PRODUCT = [p for folder in ("sjt", "item_bank", "proctoring") for p in sorted((ROOT / folder).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LONGEST_FILE = 350
MEDIAN_FUNCTION = 10


# --- arrows
def test_the_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# --- every route has a guard
@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    made = Site(sqlite_url, tmp_path)
    made.app.config["WTF_CSRF_ENABLED"] = False  # what is asked here is what stands behind the token
    yield made
    made.close()


def routes(site: Site) -> list[tuple[Rule, Guarded]]:
    found = []
    for rule in site.app.url_map.iter_rules():
        guarded = getattr(site.app.view_functions[rule.endpoint], MARK, None)
        assert isinstance(guarded, Guarded), f"{rule.rule} has no guard"
        found.append((rule, guarded))
    return found


def address(rule: Rule) -> str:
    """The rule's address with a value in each place that names nothing."""
    path = re.sub(r"<int:[^>]+>", "1", rule.rule)
    return re.sub(r"<[^>]+>", "0" * 32, path)


def test_every_route_is_guarded_by_a_known_act_or_public_for_a_reason(site: Site) -> None:
    for rule, guarded in routes(site):
        if guarded.public_because:
            continue
        assert guarded.act in ACTS or guarded.act == "sitting", rule.rule


def test_every_route_that_names_an_object_looks_at_it(site: Site) -> None:
    for rule, guarded in routes(site):
        if rule.arguments and not guarded.public_because:
            assert guarded.loader is not None, f"{rule.rule} names an object and has no object check"


def test_a_stranger_gets_nowhere(site: Site) -> None:
    for rule, guarded in routes(site):
        if guarded.public_because:
            continue
        for method in rule.methods or ():
            if method in ("OPTIONS", "HEAD"):
                continue
            response = site.visitor().open(address(rule), method=method)
            expected = (404,) if guarded.act == "sitting" else (302,) if method == "GET" else (401,)
            assert response.status_code in expected, f"{method} {rule.rule}: {response.status_code}"


def test_a_role_outside_the_table_is_refused_on_every_route(site: Site) -> None:
    for role in Role:
        client = site.signed_in(site.person(role))
        for rule, guarded in routes(site):
            if guarded.public_because or guarded.act == "sitting" or may_ever(guarded.act or "", [role]):
                continue
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                response = client.open(address(rule), method=method)
                assert response.status_code == 403, f"{role} {method} {rule.rule}: {response.status_code}"


def test_an_unknown_object_is_not_found_for_everybody(site: Site) -> None:
    for role in Role:
        client = site.signed_in(site.person(role))
        for rule, guarded in routes(site):
            if guarded.public_because or guarded.act == "sitting" or not rule.arguments:
                continue
            if not may_ever(guarded.act or "", [role]):
                continue
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                response = client.open(address(rule), method=method)
                assert response.status_code == 404, f"{role} {method} {rule.rule}: {response.status_code}"


# All that an auditor posts: the purpose for which they open a live text, or take evidence out of the product. It is
# itself kept as a record, and changes nothing else.
LOOKING = {"/bank/version/<ref>/open", "/evidence/<ref>/seats/<seat>/bundle"}


def test_an_auditor_changes_nothing_on_any_route(site: Site) -> None:
    for rule, guarded in routes(site):
        if guarded.public_because or guarded.act == "sitting" or rule.rule in LOOKING:
            continue
        if "POST" not in (rule.methods or set()):
            continue
        assert not may_ever(guarded.act or "", [Role.AUDITOR]), rule.rule


def test_every_page_carries_the_security_headers(site: Site) -> None:
    response = site.visitor().get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "data:" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert site.visitor().get("/nowhere").headers["X-Content-Type-Options"] == "nosniff"


def test_a_nul_in_an_address_is_not_found_and_no_fault(site: Site) -> None:
    for address in ("/manage/candidates/%00", "/bank/scenario/%00", "/sit/%00/"):
        assert site.signed_in(site.person(Role.MANAGER)).get(address).status_code == 404


# --- refusals and words
def test_every_refusal_has_a_status() -> None:
    known = set(_subclasses(refusals.Refusal))
    assert known == set(errors.STATUS)


def _subclasses(of: type[object]) -> Iterator[type[object]]:
    kind: type[object]
    for kind in of.__subclasses__():
        yield kind
        yield from _subclasses(kind)


SPEAKERS = {kind.__name__ for kind in list(_subclasses(refusals.Refusal))} | {"say"}


def test_every_code_that_is_spoken_has_words() -> None:
    silent = []
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in SPEAKERS and node.args:
                silent += [f"{path.name}:{node.lineno} {code}" for code in _codes(node.args[0]) if not _has_words(code)]
    assert silent == []


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _codes(node: ast.expr) -> Iterator[str]:
    """The code, or of a code that is put together its beginning with a star."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield str(node.values[0].value) + "*"


def _has_words(code: str) -> bool:
    return any(known.startswith(code[:-1]) for known in WORDS) if code.endswith("*") else code in WORDS


def test_every_state_that_can_refuse_has_words() -> None:
    from sjt.rules.attempt import State

    for state in State:
        assert f"attempt.not_now.{state.value}" in WORDS
        assert state is State.RUNNING or f"save.{state.value}" in WORDS


# --- templates
def test_no_template_has_inline_script_or_style_or_a_handler() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
        assert not re.search(r"\sstyle\s*=", text), path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path
        assert "<style" not in text and "javascript:" not in text and "data:" not in text, path
        assert "autoescape" not in text, path


def test_nothing_typed_by_people_is_marked_as_safe() -> None:
    """``|safe`` stands only behind a text that is written in the template itself."""
    for path in TEMPLATES:
        for found in re.finditer(r"([^\s(,]+)\s*\|\s*safe", path.read_text()):
            assert found.group(1)[-1] in "'\"", f"{path}: {found.group()}"


# --- size
def test_no_file_has_outgrown_its_room() -> None:
    long = {str(p.relative_to(ROOT)): n for p in PRODUCT if (n := len(p.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_the_median_function_is_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
