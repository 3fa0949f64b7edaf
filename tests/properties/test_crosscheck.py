"""The cross-check finds every route in agreement on random problems."""

from hypothesis import given, settings

from scverify.crosscheck import crosscheck
from tests.properties.problems import FEW, NAMED, problems, seeds


@settings(max_examples=FEW)
@given(problems(classes=(2, 2), size=(1, 3), dims=(1, 2), losses=(*NAMED, "class table", "sample table")), seeds)
def test_all_routes_agree(problem, seed):
    table = crosscheck(problem, seed)
    assert table.ok, str(table)
    assert len(table.rows) >= 10
