"""The page of what ships names everything that ships, with figures that are those of the bank."""

from item_bank.exchange import word_count
from tests import content_page
from tests.makers import st0087_bank

PAGE = content_page.PAGE.read_text()


def test_its_tables_are_those_of_the_bank() -> None:
    assert content_page.written(PAGE) == PAGE, "stale: python -m tests.content_page"


def test_every_scenario_is_described() -> None:
    said = content_page.covered(PAGE)
    for scenario in st0087_bank().scenarios:
        assert f"| {scenario.title} | {scenario.theme} | {word_count(scenario.text)} |" in PAGE
        assert said[scenario.title].strip(), f"python -m tests.content_page, then describe “{scenario.title}”"


def test_its_pictures_stand_in_the_folder() -> None:
    shown = [part.partition(")")[0] for part in PAGE.split("](pictures/")[1:]]
    assert len(shown) == 6
    assert [name for name in shown if not (content_page.PAGE.parent / "pictures" / name).is_file()] == []
