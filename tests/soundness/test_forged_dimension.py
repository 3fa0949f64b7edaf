"""Lower bounds in a stated dimension, forged: one for each hypothesis, beside the control that is verified."""

import copy
from fractions import Fraction

import pytest

from scverify import Classes, Problem
from scverify.certify.claims import certificate
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data

# supcon, 4 classes of 3 in the plane at 1/20: 12 log(2 + 6 e^-20 + 3 e^-40) = 8.317766240920874 at the square
SQUARE = Problem("supcon", Classes((3, 3, 3, 3)), dim=2, temperature="1/20")
LINE = Problem("supcon", Classes((3, 2, 2)), dim=1, temperature="1/2")


def claim(problem, lower):
    return {"type": "DimensionLowerBound", "problem": problem.data, "lower": str(Fraction(lower))}


CONTROLS = {
    "energy": certificate(claim(SQUARE, "8.3177662409"), {"by": "energy", "groups": [[0, 1, 2, 3]], "nodes": ["0"], "antipode": True}, 128),
    "signs": certificate(claim(LINE, "133/20"), {"by": "signs", "groups": [[0], [1, 2]]}, 128),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_the_controls_are_verified(name):
    answer = verify_data(CONTROLS[name])
    assert answer.word == "VERIFIED", answer.reason


def problem(**changes):
    return lambda claim, witness: claim["problem"].update(changes)


SPHERE = {"kind": "sphere", "rho": "1", "nonnegative": False}
FORGERIES = {
    "energy": {
        "a higher bound": lambda claim, witness: claim.update(lower="4158883121/500000000"),
        "a lower temperature": problem(tau="1/40"),
        "three dimensions": problem(dim=3),
        "one dimension": problem(dim=1),
        "no dimension": lambda claim, witness: claim["problem"].pop("dim"),
        "a larger sphere": problem(constraint=SPHERE | {"rho": "2"}),
        "a ball": problem(constraint=SPHERE | {"kind": "ball"}),
        "signs": problem(constraint=SPHERE | {"nonnegative": True}),
        "other sizes": problem(sizes=[3, 3, 3, 2]),
        "two groups": lambda claim, witness: witness.update(groups=[[0, 1], [2, 3]]),
        "a node at 1": lambda claim, witness: witness.update(nodes=["1"]),
        "a node beyond 1": lambda claim, witness: witness.update(nodes=["3/2"]),
        "a node twice": lambda claim, witness: witness.update(nodes=["0", "0"]),
        "nodes that go back": lambda claim, witness: witness.update(nodes=["1/2", "0"]),
        "no nodes": lambda claim, witness: witness.update(nodes=[]),
        "another node": lambda claim, witness: witness.update(nodes=["1/2"]),
        "a mean over anchors": problem(reduction="mean"),
        "rows that attract other classes": lambda claim, witness: claim["problem"]["coefficients"].update(negative_q="1/10"),
        "rows that do not attract": lambda claim, witness: claim["problem"]["coefficients"].update(positive_q="0"),
        "rows of a negative rate": problem(
            formula=["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", "-1", ["pow", "tau", -1], "s"]]]]], ["sum", ["mul", "q", "s"]]]
        ),
        "signs for it": lambda claim, witness: witness.update(by="signs"),
    },
    "signs": {
        "a higher bound": lambda claim, witness: claim.update(lower="333/50"),
        "two dimensions": problem(dim=2),
        "a lower temperature": problem(tau="1/20"),
        "a ball": problem(constraint=SPHERE | {"kind": "ball"}),
        "another group": lambda claim, witness: witness.update(groups=[[0, 1], [2]]),
        "energy for it": lambda claim, witness: witness.update(by="energy", nodes=["0"], antipode=True),
        "more classes than signs can be counted": problem(sizes=list(range(2, 40))),
    },
}


@pytest.mark.parametrize(("name", "forgery"), [(name, forgery) for name, each in FORGERIES.items() for forgery in each])
def test_each_forgery_is_refused(name, forgery):
    edited = copy.deepcopy(CONTROLS[name])
    FORGERIES[name][forgery](edited["claim"], edited["witness"])
    answer = verify_data({**edited, "digest": digest(edited["claim"])})
    assert answer.word in ("REJECTED", "UNDECIDED"), answer


def test_two_dimensions_have_lower_losses_than_one():
    """The same bound, which holds on a line, is false in the plane: the dimension of the claim counts."""
    edited = copy.deepcopy(CONTROLS["signs"])
    edited["claim"]["problem"]["dim"] = 2
    assert verify_data({**edited, "digest": digest(edited["claim"])}).word == "REJECTED"
