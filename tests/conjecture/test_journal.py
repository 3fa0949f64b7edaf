"""What a check found out is kept, and a check that goes on with it ends as one that was never stopped."""

import pytest

import scverify as sv
from scverify.certify import checkpoints
from scverify.certify.checkpoints import sealed
from scverify.conjecture.strategies import classes, rationals
from scverify.errors import InputError

LONG = 600
ASKED, STOP_AFTER = [], [10**9]


def asked(problem):
    """Counts, and interrupts once enough were asked."""
    if len(ASKED) >= STOP_AFTER[0]:
        raise KeyboardInterrupt
    ASKED.append(problem)


@pytest.fixture(autouse=True)
def _anew():
    ASKED.clear()
    STOP_AFTER[0] = 10**9


@sv.conjecture(classes=classes(k=2, size=(2, 4)), temperature=["1/2", 1])
def finite(problem):
    """Two classes are antipodal."""
    asked(problem)
    return abs(sv.optimum_facts(problem).similarity(0, 1) + 1) <= "1e-12"


@sv.conjecture(classes=classes(k=(3, 4), size=(2, 5)), temperature=rationals("1/2", 2))
def drawn(problem):
    """With eight samples or more the rank is k - 2 at most."""
    asked(problem)
    return problem.classes.n < 8 or sv.optimum_facts(problem).rank <= problem.classes.k - 2


def told(verdict):
    return verdict.to_json() | {"seconds": 0}, None if verdict.certificate is None else verdict.certificate["digest"]


@pytest.mark.parametrize(("statement", "moments"), [(finite, (0, 1, 7, 11)), (drawn, (0, 1, 5))])
def test_a_check_that_was_interrupted_goes_on_as_a_straight_one(statement, moments):
    straight = told(sv.check(statement, budget=LONG, seed=2))
    every = len(ASKED)
    assert every > max(moments)
    for moment in moments:
        kept = []
        ASKED.clear()
        STOP_AFTER[0] = moment
        stopped = sv.check(statement, budget=LONG, seed=2, keep=kept.append)
        assert (stopped.interrupted, stopped.tried.problems) == (True, moment)
        STOP_AFTER[0] = 10**9
        assert told(sv.check(statement, budget=LONG, seed=2, search=kept[-1])) == straight
        assert len(ASKED) == every  # nothing was asked twice


def test_what_a_killed_check_leaves_is_kept_as_it_goes(monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)
    kept = []
    straight = told(sv.check(finite, budget=LONG, keep=kept.append))
    assert [len(state["findings"]) for state in kept] == list(range(1, 13))
    for state in kept[::4]:
        assert told(sv.check(finite, budget=LONG, search=state)) == straight


def test_another_statement_a_damaged_state_and_no_file_are_refused():
    kept = []
    STOP_AFTER[0] = 2
    sv.check(finite, budget=LONG, keep=kept.append)
    with pytest.raises(InputError, match="another problem or statement"):
        sv.check(drawn, budget=LONG, search=kept[-1])
    with pytest.raises(InputError, match="not as it was written"):
        sv.check(finite, budget=LONG, search=kept[-1] | {"findings": {}})
    state = {name: value for name, value in kept[-1].items() if name != "digest"}
    for findings in ([], {"x": 1}, {"x": {"value": True}}):
        with pytest.raises(InputError, match=r"findings|cannot be read"):
            sv.check(finite, budget=LONG, search=sealed(state | {"findings": findings}))
    nowhere = {}
    exec("def nowhere(problem):\n    return True", nowhere)
    with pytest.raises(InputError, match="in no file"):
        sv.check(sv.conjecture(classes=[(2, 2)])(nowhere["nowhere"]), budget=LONG, keep=kept.append)


def test_a_refutation_that_the_kernel_does_not_verify_is_refused():
    stopped = []

    def interrupt(problems, refuted):
        if refuted:
            raise KeyboardInterrupt

    sv.check(drawn, budget=LONG, seed=2, keep=stopped.append, progress=interrupt)
    state = {name: value for name, value in stopped[-1].items() if name != "digest"}
    [name] = [name for name, finding in state["findings"].items() if finding["refutation"] is not None]
    forged = state["findings"] | {name: state["findings"][name] | {"refutation": {"claim": {}}}}
    assert sv.check(drawn, budget=LONG, seed=2, search=sealed(state)).word == "REFUTED"
    with pytest.raises(InputError, match="does not verify"):
        sv.check(drawn, budget=LONG, seed=2, search=sealed(state | {"findings": forged}))
