"""What the bank that ships is good for: four sittings without a repeat, and a thousand papers used evenly."""

from collections import Counter
from itertools import islice

import pytest

from item_bank.exposure import History, cap
from item_bank.health import Facts, health, measured
from item_bank.paper import Drawer
from sjt.services.bank_health import DRAWN, SEED
from sjt.services.papers import draw_many, prepare
from tests.makers import st0087, st0087_bank
from tests.site import MORNING

BOTH = pytest.mark.parametrize("pathway", ["community", "residential"])
SITTINGS = 4  # the first one and three resits


def least_shared(pathway: str) -> float:
    """What two papers must share on average: a scenario of m alternatives once in m."""
    return sum(1 / len(st0087_bank().pool(theme)) for theme in st0087().blueprint.pathways[pathway].themes)


@BOTH
def test_a_first_sitting_and_three_resits_share_no_scenario(pathway: str) -> None:
    """Enemies must not be all that is left for the last one, whatever others have used and sit beside."""
    drawer = Drawer(st0087().blueprint, pathway, st0087_bank())
    used = Counter[str]()
    for candidate in range(20):
        met = frozenset[str]()
        for sitting in range(SITTINGS):
            paper = drawer.draw(f"{candidate} {sitting}", History(exposed=used, beside=used, met=met))
            slugs = {scenario.scenario for scenario in paper.scenarios}
            assert (paper.repeats, slugs & met) == ((), set())
            met |= slugs
            used.update(slugs)
        assert len(met) == SITTINGS * 9


@BOTH
def test_a_thousand_papers_use_the_bank_evenly(pathway: str) -> None:
    """The papers of ``sjt bank health``: they share what the pools make them share, and nothing passes its cap."""
    papers = [p for _, p in islice(draw_many(prepare(st0087(), pathway, st0087_bank()), st0087(), SEED, DRAWN), DRAWN)]
    reckoned = health(st0087_bank(), st0087().blueprint, pathway, Facts(MORNING.date())).expected
    assert reckoned and reckoned.scenarios == pytest.approx(least_shared(pathway))
    assert len(papers) == 1_000
    assert measured(papers).scenarios == pytest.approx(least_shared(pathway), rel=0.01)
    used = Counter(scenario.scenario for paper in papers for scenario in paper.scenarios)
    for theme in st0087().blueprint.pathways[pathway].themes:
        pool = [scenario.slug for scenario in st0087_bank().pool(theme)]
        assert max(used[slug] for slug in pool) / len(papers) <= cap(len(pool), st0087().blueprint)
