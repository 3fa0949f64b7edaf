"""What a searcher hands on."""

import numpy as np
import pytest

from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.candidate import Candidate
from scverify.search.objective import Objective
from scverify.search.solve import solve
from scverify.symbolic.losses import supcon
from tests.search.levels import class_level


def test_a_candidate_without_a_root_merges_nothing():
    level = class_level(Problem(supcon, Classes((3, 2))))
    found = Candidate(level=level, means=np.eye(2), spread=np.zeros(2), solver="none", status="made up", value=0.0, seconds=0.0)
    assert found.merged == ()


@pytest.mark.parametrize("solver", ["rank-one", "factorised"])
def test_its_value_is_the_loss_at_its_factors(solver):
    found = solve(class_level(Problem(supcon, Classes((600, 600, 3, 3)), temperature="1/2")), solver)
    objective = Objective.floats(found.level)
    assert found.value == pytest.approx(objective.value(objective.similarities(found.means, found.spread)), rel=1e-14)
    assert found.merged == (((2, 3),) if solver == "rank-one" else ())
