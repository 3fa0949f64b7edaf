"""What is known of a conjecture: each problem asked once, refuted only by certificates that the kernel verifies, within the time."""

from functools import partial

import pytest

import scverify as sv
from scverify.conjecture import clock as clock_module
from scverify.conjecture.clock import OutOfTime
from scverify.conjecture.hunt import Hunt, look
from scverify.conjecture.journal import Journal
from scverify.conjecture.truth import Truth
from scverify.conjecture.workers import Workers
from tests.conjecture.fake_clock import FakeClock

LONG = 600.0


def problem(*sizes):
    return sv.Problem(sv.supcon, sizes, None, "1/2")


def rank_is_one(problem):
    """The optimum has rank one."""
    return sv.optimum_facts(problem).rank <= 1


@pytest.fixture
def hunt():
    def of(statement, until=None, progress=None):
        stated = sv.conjecture(classes=[(2, 2), (2, 2, 2)], temperature=["1/2"])(statement)
        workers = Workers(partial(look, stated), 0)
        return Hunt(stated, workers, clock_module.now() + LONG if until is None else until, Journal(stated, None, None), progress)

    return of


def test_a_truth_is_asked_for_once_and_told(hunt):
    asked, told = [], []
    found = hunt(lambda problem: not asked.append(problem), progress=lambda *numbers: told.append(numbers))
    assert [found.truth(problem(2, 2)).value for _ in range(3)] == [True] * 3
    assert (asked, told) == ([problem(2, 2)], [(1, 0)])


def test_a_refutation_is_one_that_the_kernel_verifies(hunt):
    found = hunt(rank_is_one)
    assert found.truth(problem(2, 2)).value is True
    assert found.smallest is None
    for larger in ((3, 3, 3), (2, 2, 2)):
        assert found.truth(problem(*larger)).value is False
    assert found.smallest == problem(2, 2, 2)
    assert sv.verify(found.refuted[problem(2, 2, 2)]).word == "VERIFIED"
    assert found.tally.problems == 3


def test_false_in_floats_or_without_a_verified_certificate_refutes_nothing(hunt):
    forged = Truth(False, ("forged",), "ball", ({"claim": {}, "witness": {}, "precision": 53, "version": 1, "digest": "0"},), -1.0)
    for statement in (lambda problem: False, lambda problem: forged):
        found = hunt(statement)
        assert found.truth(problem(2, 2)).value is False
        assert found.refuted == {}


def test_once_the_time_is_up_nothing_more_is_asked(hunt, monkeypatch):
    clock = FakeClock()
    monkeypatch.setattr(clock_module, "now", clock)
    found = hunt(lambda problem: clock.advance(LONG) or True, until=LONG / 2)
    found.truth(problem(2, 2))
    with pytest.raises(OutOfTime):
        found.truth(problem(3, 3))
    assert found.truth(problem(2, 2)).value is True
    assert list(found.known) == [problem(2, 2)]


def test_a_statement_that_fails_is_wrong_input():
    stated = sv.conjecture(classes=[(2, 2)])(lambda problem: problem.nonsense)
    with pytest.raises(sv.InputError, match="raises AttributeError"):
        look(stated, problem(2, 2))
