"""Certified optima of losses on units: closed forms, plain loops over explicit configurations, and the level of classes."""

import os
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from scverify.certify.optimum import optimum
from scverify.certify.units import _rank, unit_optimum
from scverify.errors import InputError, Undecided
from scverify.kernel.verify import verify_data
from scverify.model.batches import mini_batches
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.fixed import Fixed
from scverify.model.named import clip, cross_entropy, mnrl, siglip
from scverify.model.problem import Problem
from scverify.model.units import RowKind, UnitLoss, UnitProblem
from scverify.symbolic.losses import n_own, supcon, supcon_row
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s
from tests.oracles.written_out import configuration

ONE = Integer(1)


def closed_clip(pairs, tau):
    with mpmath.workdps(120):
        t = mpmath.mpf(tau.numerator) / tau.denominator
        value = 2 * pairs * mpmath.log1p((pairs - 1) * mpmath.exp(-pairs / ((pairs - 1) * t)))
        return Fraction(int(mpmath.floor(value * mpmath.mpf(10) ** 100)), 10**100)


@pytest.mark.parametrize(("pairs", "tau"), [(2, "1/2"), (3, "1"), (5, "1/10"), (64, "7/100"), (4096, "7/100"), (4096, "1/100")])
def test_clip_has_its_closed_form_even_where_the_value_is_tiny(pairs, tau):
    found = unit_optimum(UnitProblem(clip(pairs), tau))
    exact = closed_clip(pairs, Fraction(tau))
    assert found.lower - Fraction(1, 10**99) <= exact <= found.upper
    assert found.gap <= found.upper / 10**12
    assert verify_data(found.certificate).word == "VERIFIED"
    assert found.rank == pairs - 1


def test_a_ball_and_another_radius():
    on_ball = unit_optimum(UnitProblem(clip(4), "1/2", Ball()))
    assert on_ball.lower <= closed_clip(4, Fraction(1, 2)) <= on_ball.upper
    wide = unit_optimum(UnitProblem(clip(4), 2, Sphere(2)))
    assert wide.lower <= closed_clip(4, Fraction(1, 2)) <= wide.upper


def test_the_mean_divides_by_the_anchors():
    whole, mean = (unit_optimum(UnitProblem(clip(3), 1, reduction=reduction)) for reduction in ("sum", "mean"))
    assert 6 * mean.lower <= whole.upper and whole.lower <= 6 * mean.upper


def test_mnrl_is_one_direction_of_clip():
    assert abs(float(unit_optimum(UnitProblem(mnrl(3), 1)).lower) - 1.10694340620394624) < 1e-15


@pytest.mark.parametrize(("tau", "rank"), [("500/277", 5), ("200/111", 4)])
def test_siglip_turns_into_a_simplex_where_the_theorem_says(tau, rank):
    """t = 1/tau = -bias; the simplex of 5 pairs is optimal iff t >= 4/5 log 2 = 0.5545 (MATH N7)."""
    found = unit_optimum(UnitProblem(siglip(5, -1 / Fraction(tau)), tau))
    assert found.rank == rank and found.gap <= found.upper / 10**12


@pytest.mark.parametrize(("ridge", "rank"), [("199/100", 3), ("201/100", 2)])
def test_smallest_classes_of_cross_entropy_merge_beyond_the_root_of_their_size(ridge, rank):
    """kappa >= 2 equal smallest classes of n merge iff sqrt(n) <= ridge (MATH N5): here sqrt(4) = 2."""
    found = unit_optimum(UnitProblem(cross_entropy((20, 20, 4, 4)), 1, Ridge(ridge)))
    assert found.rank == rank and found.gap <= found.upper / 10**10
    merged = abs(found.others[2, 2] - found.own[2, 0]) < 1e-6
    assert merged == (rank == 2)


THOROUGH = pytest.mark.skipif(os.environ.get("SCVERIFY_PROFILE") != "thorough", reason="takes seconds: set SCVERIFY_PROFILE=thorough")


@pytest.mark.parametrize("k", [30, pytest.param(100, marks=THOROUGH)])
def test_cross_entropy_of_many_sizes_is_certified_at_one_precision(k):
    """More nodes than one tries precisions on; no class merges, so that the logits have rank k - 1."""
    found = unit_optimum(UnitProblem(cross_entropy(Classes.long_tailed(k, 500, 100).sizes), 1, Ridge("1/1000")))
    assert found.gap <= found.upper / 10**9 and found.rank == k - 1
    assert verify_data(found.certificate).word == "VERIFIED"


def test_balanced_cross_entropy_on_spheres_has_its_closed_form():
    k, n, tau = 3, 5, Fraction(1, 2)
    found = unit_optimum(UnitProblem(cross_entropy((n,) * k), tau))
    exact = n * k * np.log1p((k - 1) * np.exp(-float(k / ((k - 1) * tau))))
    assert abs(float(found.lower) - exact) < 1e-12 * exact


def contrast(units, anchor, other, tau):
    """sum_i [log sum_j exp(<x_i, y_j>/tau) - <x_i, y_i>/tau] by plain loops."""
    total = 0.0
    for i, (_, mine) in enumerate(units):
        logits = [float(mine[anchor] @ theirs[other]) / tau for _, theirs in units]
        total += np.log(sum(np.exp(x) for x in logits)) - logits[i]
    return total


@given(pairs=st.integers(2, 7), tau=st.fractions("1/5", 2, max_denominator=20))
def test_the_upper_bound_is_the_loss_of_the_configuration_written_out(pairs, tau):
    found = unit_optimum(UnitProblem(clip(pairs), tau))
    units = configuration(found)
    assert abs(contrast(units, 0, 1, float(tau)) + contrast(units, 1, 0, float(tau)) - float(found.upper)) < 1e-9 * (1 + float(found.upper))


@settings(max_examples=2 * settings.default.max_examples // 5)
@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=4),
    smoothing=st.sampled_from([0, Fraction(1, 10)]),
    seed=st.integers(0, 2**32 - 1),
)
def test_no_configuration_of_cross_entropy_lies_below_the_lower_bound(sizes, smoothing, seed):
    ridge = Fraction(1, 2)
    found = unit_optimum(UnitProblem(cross_entropy(sizes, smoothing), 1, Ridge(ridge)))
    generator = np.random.default_rng(seed)
    k = len(sizes)
    for scale in (0.1, 1.0, 2.0):
        weights, total = generator.standard_normal((k, 3)) * scale, 0.0
        for label, size in enumerate(sizes):
            for _ in range(size):
                feature = weights[label] + 0.3 * generator.standard_normal(3)
                logits = weights @ feature
                target = np.full(k, float(smoothing) / k)
                target[label] += 1 - float(smoothing)
                total += np.log(np.exp(logits).sum()) - target @ logits + 0.5 * float(ridge) * feature @ feature
        total += 0.5 * float(ridge) * (weights**2).sum()
        assert total >= float(found.lower) - 1e-9


def supcon_on_units(sizes):
    """Supervised contrastive loss as one kind of node whose copies are the samples of a class."""
    row = RowKind("sample", supcon_row, ONE, {"copies": ONE, "others": {"sample": ONE}}, {"copies": 1 / (n_own - 1)})
    types = tuple((sizes.count(size), (size,)) for size in sorted(set(sizes), reverse=True))
    return UnitLoss("supcon on units", "classes", ("sample",), types, (row,), sum(sizes))


@given(sizes=st.lists(st.integers(2, 9), min_size=2, max_size=5), tau=st.sampled_from(["1/2", "1", "1/4"]))
def test_units_of_one_node_are_the_groups_of_classes(sizes, tau):
    on_units = unit_optimum(UnitProblem(supcon_on_units(sizes), tau))
    by_classes = optimum(Problem(supcon, Classes(sizes), temperature=tau))
    assert on_units.lower <= by_classes.upper and by_classes.lower <= on_units.upper
    assert on_units.gap <= on_units.upper / 10**9


def test_rows_that_the_kernel_refuses_are_refused_in_one_line():
    concave = RowKind("x", RowFormula("concave", row_sum(-c[a] * s[a] ** 2) - row_sum(q[a] * s[a])), ONE, {"others": {"x": ONE}}, {})
    repelled = RowKind("x", supcon_row, ONE, {"copies": ONE, "others": {"x": ONE}}, {})
    for row, copies in ((concave, 1), (repelled, 2)):
        loss = UnitLoss("mine", "things", ("x",), ((3, (copies,)),), (row,), 3)
        with pytest.raises(InputError) as refusal:
            unit_optimum(UnitProblem(loss))
        assert "\n" not in str(refusal.value)


def test_a_loss_without_a_minimum_is_undecided():
    """Attraction of the first kind's units by the second's without end, and a ridge too weak to hold them."""
    pulled = RowKind("x", RowFormula("pull", row_sum(c[a] * s[a] ** 2) - row_sum(q[a] * s[a])), ONE, {}, {"own": {"y": Integer(9)}})
    loss = UnitLoss("mine", "things", ("x", "y"), ((3, (1, 1)),), (pulled,), 3)
    with pytest.raises(Undecided):
        unit_optimum(UnitProblem(loss, 1, Ridge("1/10")))


@pytest.mark.parametrize(
    "make",
    [
        lambda: clip(1),
        lambda: siglip(3, "nonsense"),
        lambda: cross_entropy([3]),
        lambda: cross_entropy([3, 0]),
        lambda: cross_entropy([3, 3], smoothing=1),
        lambda: UnitProblem(clip(3), 0),
        lambda: UnitProblem(clip(3), 1, {"image": Sphere()}),
        lambda: UnitProblem(clip(3), 1, reduction="median"),
    ],
)
def test_wrong_input_is_refused(make):
    with pytest.raises(InputError):
        make()


def test_the_rank_of_a_point_is_that_of_its_numbers_and_not_of_floats():
    """A second column of 2^-80 beside 1 is one more dimension in each of four units but one."""
    level = UnitProblem(clip(4)).level
    narrow = {"bits": 80, "rows": [[1 << 80, 0], [1 << 80, 1]]}
    assert _rank(level, {"means": {"bits": 0, "rows": [[], []]}, "spreads": [narrow]}) == 2 * 3
    assert _rank(level, {"means": {"bits": 0, "rows": [[1], [1]]}, "spreads": [{"bits": 0, "rows": [[1, 1], [2, 2]]}]}) == 1 + 3


@pytest.mark.parametrize("weights", [Fixed(), NonNegative(Sphere())])
def test_beside_fixed_or_signed_nodes_no_dimension_is_promised(weights):
    asked = UnitProblem(cross_entropy((2, 2, 2)), "1/2", {"weight": weights, "feature": Sphere()}, dim=9)
    with pytest.raises(InputError, match="in dimension 9; allowed: any dimension"):
        unit_optimum(asked)
    assert " in floats, of the point that attains the upper bound" in str(unit_optimum(asked.replace(dim=None)))


@pytest.mark.parametrize(
    ("loss", "tau", "constraint"),
    [
        (clip(pairs=5), "1/2", None),
        (cross_entropy((7, 3, 2)), 1, Ridge("1/10")),
        (mini_batches([[0, 1, 2], [1, 2, 3]], 4), 1, None),
    ],
    ids=["clip", "cross-entropy", "batches"],
)
def test_as_many_digits_as_are_asked_for(loss, tau, constraint):
    few = unit_optimum(UnitProblem(loss, tau, constraint))
    many = unit_optimum(UnitProblem(loss, tau, constraint), digits=120)
    assert few.lower <= many.lower <= many.upper <= few.upper and many.gap <= Fraction(1, 10**120) < few.gap
    assert many.shortfall == "" and verify_data(many.certificate).word == "VERIFIED" and len(many.to_json()["lower"].split(".")[1]) >= 120


def test_digits_that_are_not_reached_are_said():
    found = unit_optimum(UnitProblem(siglip(pairs=3, bias="free"), 1), digits=100)
    assert "1e-100 was asked" in found.shortfall and "shortfall" in str(found) and verify_data(found.certificate).word == "VERIFIED"
    capped = unit_optimum(UnitProblem(clip(pairs=3), 1), digits=100, max_precision=128)
    assert capped.shortfall and capped.precision < 300
