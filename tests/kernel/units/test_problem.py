"""Problems on units as certificates state them: every field is checked."""

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.problem import read_unit_problem
from scverify.model.named import clip
from scverify.model.units import UnitProblem


def stated():
    return UnitProblem(clip(3), "1/2").data


def test_the_control_is_read():
    problem = read_unit_problem(stated())
    assert problem.kinds == ["image", "text"] and problem.units == 3
    assert problem.value(["add", "n_own", ["mul", "2", "n_other"], "k"], 5, 7) == 22


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.pop("scale"),
        lambda d: d.update(more=1),
        lambda d: d.update(tau="0"),
        lambda d: d.update(tau=1),
        lambda d: d.update(kinds=[]),
        lambda d: d["kinds"][0].update(name="two words"),
        lambda d: d["kinds"][0].update(name=3),
        lambda d: d["kinds"][1].update(name="im\u0430ge"),
        lambda d: d["kinds"][1].update(constraint={"kind": "fixed"}),
        lambda d: d.update(fixed={"own": [], "others": []}),
        lambda d: d["units"][0].update(copies=[1]),
        lambda d: d["units"][0].update(copies=[1, True]),
        lambda d: d.update(rows=[]),
        lambda d: d.update(rows=d["rows"] * 100),
        lambda d: d["rows"][0]["c"].update(elsewhere="1"),
        lambda d: d["rows"][0]["c"].update(own={"sound": "1"}),
        lambda d: d["rows"][0].update(formula=["sum", ["exp", ["mul", "q", "s"]]]),
        lambda d: d["rows"][0].update(formula=["add", *["1"] * 3000]),
    ],
)
def test_what_is_not_a_problem_is_rejected(edit):
    data = stated()
    edit(data)
    with pytest.raises(Rejected):
        read_unit_problem(data)
