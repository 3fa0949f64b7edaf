"""Which searcher answers."""

import pytest

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.constraints import NonNegative
from scverify.model.level import group_level
from scverify.model.problem import Problem
from scverify.search.solve import solve
from scverify.symbolic.losses import supcon
from tests.search.cases import shortfall

PLAIN = Problem(supcon, Classes((7, 3, 3, 2, 2)), temperature="37/100")
NONNEGATIVE = Problem(supcon, Classes((5, 4, 4, 2)), temperature="1/10", constraint=NonNegative())


def test_cifar100_and_a_thousand_classes_are_solved():
    for name in ("cifar100-lt", "imagenet-lt"):
        candidate = solve(group_level(Problem(supcon, Classes.named(name), temperature="1/10")))
        assert candidate.solver == "rank-one"
        assert shortfall(candidate) < 1e-13


@pytest.mark.parametrize("name", ["nonsense", "cvxpy:NONSENSE", "cvxpy", "CLARABEL", ""])
def test_an_unknown_solver_is_wrong_input(name):
    with pytest.raises(InputError, match="rank-one") as error:
        solve(group_level(PLAIN), name)
    assert error.value.exit_code == 2 and "\n" not in str(error.value)


def test_the_default_takes_the_rank_one_system_where_it_applies_and_else_the_factors():
    assert solve(group_level(PLAIN)).solver == "rank-one"
    assert solve(group_level(NONNEGATIVE)).solver == "factorised"
    assert solve(group_level(PLAIN), "factorised").solver == "factorised"
    with pytest.raises(InputError, match="non-negative"):
        solve(group_level(NONNEGATIVE), "rank-one")
