"""The coefficients of the rank-one form: those of the level of groups where it applies, and a reason where it does not."""

from dataclasses import replace

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.level import level_of
from scverify.kernel.optimum.terms import terms_of
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss

SIZES = (7, 3, 3, 2)
GROUPS = [[0], [1, 2], [3]]


def stated(loss="supcon", constraint=None, sizes=SIZES, **options):
    loss = load_loss(loss) if isinstance(loss, str) else loss
    return Problem(loss, Classes(sizes), temperature="1/3", constraint=constraint, **options).stated


@pytest.mark.parametrize("loss", ["supcon", "decoupled"])
@pytest.mark.parametrize("options", [{}, {"reduction": "mean"}, {"constraint": Sphere("3/2")}])
@pytest.mark.parametrize("groups", ["sizes", GROUPS])
def test_the_terms_are_those_of_the_level_of_groups(loss, options, groups):
    problem = stated(loss, **options)
    level, terms = level_of(problem, "groups", GROUPS), terms_of(problem, groups)
    part = level.exponential_part
    assert (terms.m, terms.n, terms.classes) == (level.multiplicity, level.mass, 4)
    assert terms.weight == [w / m for w, m in zip(level.weight, level.multiplicity, strict=True)]
    assert terms.own == [row[-1] for row in level.c]
    for g, row in enumerate(level.c):
        for h, entry in enumerate(row[:-1]):
            assert entry == (terms.m[h] - (g == h)) * terms.n[h] * terms.other[g]
    assert terms.slope == [slopes[-1] for slopes in part.slopes]
    square = level.constraint.bound
    assert terms.affine == [zero + (slope + part.kappa) * square for zero, slope in zip(part.at_zero, terms.slope, strict=True)]
    assert all(slope == 0 for slopes in part.slopes for slope in slopes[:-1])


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (stated(constraint=Ball()), "for the sphere"),
        (stated(constraint=Ridge(1)), "for the sphere"),
        (stated(constraint=NonNegative(Sphere())), "for the sphere"),
        (stated("spectral"), "log-sum-exp"),
        (stated(sizes=(3, 2, 1), singletons="ignore"), "an anchor in every class"),
    ],
)
def test_where_the_form_does_not_apply_the_reason_says_so(problem, reason):
    with pytest.raises(Rejected, match=reason):
        terms_of(problem, "sizes")


def test_coefficients_that_look_at_the_other_class_are_refused():
    problem = stated()
    assert terms_of(problem, "sizes")
    looking = replace(problem, coefficients={**problem.coefficients, "negative_c": ["pow", "n_other", -1]})
    with pytest.raises(Rejected, match="the coefficient c looks at the size of the other class"):
        terms_of(looking, "sizes")
    pulled = replace(problem, coefficients={**problem.coefficients, "negative_q": "1/100"})
    with pytest.raises(Rejected, match="affine in their self entry alone"):
        terms_of(pulled, "sizes")


@pytest.mark.parametrize(
    ("name", "rule", "reason"),
    [
        ("negative_c", "0", "every class among the outcomes"),
        ("negative_c", "-1", "a coefficient is negative"),
        ("positive_c", "-1", "a coefficient is negative"),
        ("weight", "0", "an anchor in every class"),
        ("weight", "-1", "an anchor in every class"),
        ("positive_q", "1/100", "R3 fails"),
    ],
)
def test_each_hypothesis_of_the_coefficients_is_checked(name, rule, reason):
    problem = stated()
    with pytest.raises(Rejected, match=reason):
        terms_of(replace(problem, coefficients={**problem.coefficients, name: rule}), "sizes")


def test_tables_serve_where_they_do_not_tell_the_other_classes_apart():
    def given(c):
        text = [[str(x) for x in row] for row in c]
        q = [["1/6", "0", "0"], ["0", "1/2", "0"], ["0", "0", "1/2"]]
        return replace(stated(sizes=(7, 3, 3)), coefficients={"kind": "classes", "weight": ["1", "1", "1"], "c": text, "q": q})

    terms = terms_of(given([[1, 2, 2], [3, 1, 3], [3, 3, 1]]), [[0], [1, 2]])
    assert terms.other == [fmpq(2), fmpq(3)]
    with pytest.raises(Rejected, match="coefficient c of class 0 tells the other classes apart"):
        terms_of(given([[1, 2, 3], [3, 1, 3], [3, 3, 1]]), [[0], [1], [2]])
    with pytest.raises(Rejected, match="only where a rule gives"):
        terms_of(given([[1, 2, 2], [3, 1, 3], [3, 3, 1]]), "sizes")
