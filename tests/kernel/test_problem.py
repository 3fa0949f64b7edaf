"""The problem of a claim: every field is read strictly, and what it counts."""

import copy

import pytest
from flint import fmpq

from scverify.kernel.certificate import Rejected
from scverify.kernel.problem import read_problem

STATED = {
    "formula": ["sum", ["mul", "c", "s"]],
    "coefficients": {"kind": "rule"},
    "sizes": [4, 2, 1],
    "tau": "1/2",
    "constraint": {"kind": "sphere", "rho": "3/2", "nonnegative": False},
    "singletons": "ignore",
    "reduction": "mean",
    "dim": 3,
}


def test_what_is_read():
    problem = read_problem(STATED)
    assert (problem.samples, problem.anchors, problem.dim, problem.tau) == (7, 6, 3, fmpq(1, 2))
    assert problem.mean and problem.ignore_singletons
    assert problem.constraint == ("sphere", fmpq(9, 4), 0, False)
    ridge = read_problem({**STATED, "constraint": {"kind": "ridge", "weight": "1/10", "nonnegative": True}})
    assert ridge.constraint == ("ridge", 0, fmpq(1, 10), True)
    assert read_problem({key: value for key, value in STATED.items() if key != "dim"}).dim is None
    assert read_problem({**STATED, "sizes": {"runs": [[4, 1], [2, 2], [1, 1]]}}).sizes == [4, 2, 2, 1]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("sizes", [], "empty"),
        ("sizes", [4, 0], "outside"),
        ("sizes", [4, 1 << 41], "outside"),
        ("sizes", [1, 1], "no anchor"),
        ("sizes", 4, "not an array"),
        ("sizes", [4, True], "not an integer"),
        ("tau", "0", "not positive"),
        ("tau", "-1", "not positive"),
        ("tau", 1, "not an exact rational"),
        ("dim", 0, "outside"),
        ("singletons", "error", "no positive"),
        ("singletons", "drop", "neither error nor ignore"),
        ("reduction", "max", "neither sum nor mean"),
        ("formula", "s", "outside a sum"),
        ("note", "", "unknown: note"),
        ("constraint", {"kind": "cube", "rho": "1", "nonnegative": False}, "not a sphere"),
        ("constraint", {"kind": "ball", "rho": "0", "nonnegative": False}, "rho is not positive"),
        ("constraint", {"kind": "ball", "weight": "1", "nonnegative": False}, "missing: rho"),
        ("constraint", {"kind": "ridge", "rho": "1", "nonnegative": False}, "missing: weight"),
        ("constraint", {"kind": "ridge", "weight": "0", "nonnegative": False}, "weight is not positive"),
        ("constraint", {"kind": "ball", "rho": "1", "nonnegative": 0}, "neither true nor false"),
    ],
)
def test_a_field_that_does_not_fit(field, value, reason):
    data = copy.deepcopy(STATED)
    data[field] = value
    with pytest.raises(Rejected, match=reason):
        read_problem(data)


@pytest.mark.parametrize("field", [name for name in STATED if name != "dim"])
def test_a_field_that_is_missing(field):
    with pytest.raises(Rejected, match=f"missing: {field}"):
        read_problem({key: value for key, value in STATED.items() if key != field})
