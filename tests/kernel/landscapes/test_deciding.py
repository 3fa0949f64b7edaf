"""Compiled code and NumPy decide alike; compiled bounds hold against exact fractions; a wrong rounding mode decides nothing."""

import contextlib
import os
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from scverify.kernel.landscapes import deciding
from scverify.kernel.landscapes.boxes import Boxes
from scverify.kernel.landscapes.deciding import Decider, Disagreement
from scverify.kernel.landscapes.directed import WrongRounding, upward
from scverify.kernel.landscapes.discards import Enclosures
from scverify.kernel.landscapes.intervals import COEFFICIENTS
from scverify.kernel.landscapes.reasons import COMPILED, EVERY_MINIMUM, REASONS, STATEMENTS
from scverify.kernel.landscapes.rows import domain_of
from tests.kernel.landscapes.instances import CASES, of, random_boxes

numba = pytest.importorskip("numba")
compiled = pytest.importorskip("scverify.kernel.landscapes.compiled")
POINTS = 1_000_000 if os.environ.get("SCVERIFY_PROFILE") == "thorough" else 10_000
EDGES = [0.0, -0.0, 1.0, -1.0, 2.0**-1074, -(2.0**-1074), 2.0**-1022, 1e-300, 1e300, -1e300, 1 + 2.0**-52, 1 - 2.0**-53, 0.1, np.pi]
MOST = Fraction(np.finfo(float).max)


def operands():
    """Adversarial pairs a, b > 0: of every magnitude, near 1, equal, beneath the normal numbers, near overflow."""
    rng = np.random.default_rng(1)
    a = rng.choice([-1.0, 1.0], POINTS) * np.where(
        rng.random(POINTS) < 0.5, 10.0 ** rng.uniform(-320, 300, POINTS), rng.uniform(0, 3, POINTS)
    )
    b = np.where(rng.random(POINTS) < 0.5, 10.0 ** rng.uniform(-320, 300, POINTS), 1 + rng.integers(-9, 9, POINTS) * 2.0**-52)
    b = np.where(rng.random(POINTS) < 0.1, np.abs(a), b)
    edges = [(x, abs(y)) for x in EDGES for y in EDGES]
    a, b = np.append(a, [x for x, _ in edges]), np.append(b, [y for _, y in edges])
    return a[b > 0], b[b > 0]


def probed(a, b, minus=-1.0):
    result = np.zeros((15, len(a)))
    with upward():
        compiled.probe(a, b, (COEFFICIENTS, deciding.POWERS), result, minus)
    return result


def test_operations_bound_the_exact_results_from_above():
    a, b = operands()
    found = probed(a, b)
    for k in range(len(a)):
        x, y = Fraction(a[k]), Fraction(b[k])
        exact = [x + y, x * y, x / y, None, -x * y, x * y, -x * y, x * y, -x * x, x * x, None, None, None, x / y]
        for row, value in enumerate(exact):
            if value is not None:
                bound = found[row, k]
                assert bound == np.inf or (bound == -np.inf and value < -MOST) or Fraction(bound) >= value, (row, a[k], b[k])
        assert Fraction(found[3, k]) ** 2 >= y >= (Fraction(found[10, k]) ** 2 if found[10, k] > 0 else 0)


def test_operations_are_exact_to_the_last_bit_where_nothing_overflows():
    a, b = operands()
    inside = (np.abs(a) > 1e-140) & (np.abs(a) < 1e140) & (b > 1e-140) & (b < 1e140)
    a, b = a[inside][:1500], b[inside][:1500]
    found = probed(a, b)
    for k in range(len(a)):
        assert deciding._rounds_upward(Fraction(a[k]), Fraction(b[k]), found[:, k].tolist())


def test_the_exponential_encloses_that_of_balls_and_is_narrow():
    x = np.random.default_rng(2).uniform(-700, 700, POINTS)
    x = np.append(
        np.where(np.abs(x) < 350, x / 350, x), [0.0, 1e-320, -1e-320, -699.99, -701.0, -1e308, -np.inf, np.log(2) / 2, -np.log(2) / 2]
    )
    low, high = -probed(x, np.ones_like(x))[11], probed(x, np.ones_like(x))[12]
    with ctx.workprec(200):
        for k, value in enumerate(x.tolist()):
            exact = arb(value).exp()
            assert arb(fmpq(*low[k].as_integer_ratio())) <= exact and exact <= arb(fmpq(*high[k].as_integer_ratio())), value
    deep = x < -700
    assert (low[deep] == 0).all() and (high[~deep] / low[~deep] - 1 < 2.0**-44).all()


@pytest.mark.parametrize(("sizes", "d", "tau"), CASES)
def test_compiled_code_and_numpy_decide_alike(sizes, d, tau):
    problem, level, rows = of(sizes, d, tau)
    rng = np.random.default_rng(3)
    for width in (0.5, 0.1, 0.01):
        boxes = random_boxes(domain_of(problem, level, problem.tau), rng, 300, width)
        for number in COMPILED:
            granted = Decider(rows).first(boxes, (number,)) == number
            by_numpy = REASONS[number].holds(Enclosures(rows, boxes))
            # hints differ where there are any
            if number in (0, 1, 8, 9):
                assert (granted == by_numpy).mean() > 0.995
            middle = 0.5 * (boxes.low + boxes.high)
            at_middle = REASONS[number].holds(Enclosures(rows, Boxes(boxes.faces, middle, middle)))
            assert (at_middle | by_numpy)[granted].all()


def decided_by(rows, boxes):
    return Decider(rows).first(boxes, STATEMENTS[EVERY_MINIMUM])


@pytest.fixture
def some():
    problem, level, rows = of((2, 2), 3, "1/2")
    return rows, random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(4), 500, 0.1)


def test_a_wrong_rounding_mode_decides_nothing(some, monkeypatch):
    monkeypatch.setattr(deciding, "upward", contextlib.nullcontext)
    with pytest.raises(WrongRounding, match="does not round upward"):
        decided_by(*some)


def test_the_mode_is_put_back_whatever_happens(some):
    def rounds_to_nearest():
        tiny, one = np.array([2.0**-60]), np.array([1.0])
        return (one + tiny)[0] == 1.0

    decided_by(*some)
    assert rounds_to_nearest()
    with pytest.raises(ZeroDivisionError), upward():
        assert not rounds_to_nearest()
        raise ZeroDivisionError
    assert rounds_to_nearest()


def test_an_unknown_processor_decides_nothing(some, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    with pytest.raises(WrongRounding, match="abacus"):
        decided_by(*some)


def test_a_reason_that_numpy_contradicts_stops_the_run(some):
    rows, boxes = some
    wrong = Decider(rows)
    middle = 0.5 * (boxes.low + boxes.high)
    kept = np.flatnonzero(~REASONS[0].holds(Enclosures(rows, Boxes(boxes.faces, middle, middle))))
    wrong.sample = [(boxes[kept[:1]], 0)]
    with pytest.raises(Disagreement, match="is_copy"):
        wrong.agree()
    right = Decider(rows)
    granted = np.flatnonzero(Decider(rows).first(boxes, (1,)) == 1)
    right.sample = [(boxes[granted[:3]], 1)]
    right.agree()


def test_boxes_are_sampled(some, monkeypatch):
    rows, boxes = some
    monkeypatch.setattr(deciding, "SAMPLE", 5)
    decider = Decider(rows)
    decider.first(boxes, STATEMENTS[EVERY_MINIMUM])
    assert 10 < len(decider.sample) <= 100
    decider.agree()
    assert not decider.sample


def test_without_numba_numpy_decides(some, monkeypatch):
    rows, boxes = some
    found = decided_by(rows, boxes)
    monkeypatch.setattr(deciding, "_compiled", None)
    assert (decided_by(rows, boxes) == found).mean() > 0.95


def test_a_reason_holds_on_a_box_if_it_holds_on_its_parts(monkeypatch):
    problem, level, rows = of((2, 2), 3, "1/2")
    boxes = random_boxes(domain_of(problem, level, problem.tau), np.random.default_rng(5), 200, 0.8)
    test = REASONS[1].holds
    once = test(Enclosures(rows, boxes))
    proved = Decider(rows).holds(boxes, 1, test)
    assert (proved | ~once).all() and proved.sum() > once.sum()
    monkeypatch.setattr(deciding, "HALVINGS", 0)
    assert (Decider(rows).holds(boxes, 1, test) == once).mean() > 0.99
    assert not Decider(rows).holds(boxes, 6, lambda at: at.nowhere).any()


def test_the_generated_code_negates_folds_and_contracts_nothing(some):
    decided_by(*some)
    fresh = numba.njit(error_model="numpy")(compiled.decide.py_func)  # code from the disk cannot be read
    fresh.compile(compiled.decide.signatures[0])
    [code] = fresh.inspect_llvm().values()
    assert code.count(" fmul ") > 100
    for instruction in (" fneg ", " fsub ", "llvm.fma", "llvm.fmuladd", " fast ", " contract ", " reassoc ", " nnan ", " nsz ", " arcp "):
        assert instruction not in code, instruction
    [machine] = fresh.inspect_asm().values()
    assert "vfmadd" not in machine and "vfnmadd" not in machine and "fmadd" not in machine
