"""Outcomes whose coefficient K q is a wide ball: an outcome that is there must not look like none (MATH 9)."""

import pytest
from flint import ctx

from scverify.kernel.certificate import Unresolved, digest
from scverify.kernel.claims import claim_of
from scverify.kernel.units.nodes import stated_level
from scverify.kernel.verify import verify_data

TERM = ["exp", ["mul", ["pow", "tau", -1], "s"]]
# 121/200 (e^12 - e^12) is 0, and of 16 bits a ball as wide as K = e^0 is large; times 1/3, which is no dyadic, it is rounded once more
FACTOR = ["exp", ["mul", "121/200", ["add", ["exp", "12"], ["mul", "-1", ["exp", "12"]]]]]
LOG = ["log", ["add", ["sum", ["mul", "c", TERM]], ["mul", FACTOR, ["sum", ["mul", "q", TERM]]]]]


def problem(formula, constraint):
    row = {"anchor": 0, "formula": 0, "weight": "1", "c": [["1", [2]]], "q": [["1/3", [1]]]}
    kinds = [{"name": "a", "constraint": constraint | {"nonnegative": False}}]
    return {"tau": "1", "scale": "1", "kinds": kinds, "nodes": [0, 0, 0], "formulas": [formula], "rows": [row]}


SPHERES = problem(LOG, {"kind": "sphere", "rho": "1"})
# log(e^s2 + K/3 e^s1) - s1 >= log(1/3) without a ridge
RIDGES = problem(["add", LOG, ["mul", "-3", ["sum", ["mul", "q", ["pow", "tau", -1], "s"]]]], {"kind": "ridge", "weight": "1/100"})
POINT = {"means": {"bits": 0, "rows": [[1], [1], [0]]}, "spreads": [{"bits": 0, "rows": [[]]}] * 3}
# x1 = x2 = -x0 is the only minimiser on spheres
FALSE = {
    "two minimisers": ({"type": "SeveralUnitMinimizers", "problem": SPHERES, "distance": "2"}, {"first": [0, 2], "shared": []}),
    "unbounded below": ({"type": "UnitUnbounded", "problem": RIDGES}, POINT),
}


@pytest.mark.parametrize("name", FALSE)
@pytest.mark.parametrize("bits", [16, 18, 20, 24, 32, 53, 128])
def test_an_outcome_of_a_wide_coefficient_is_seen(name, bits):
    claim, witness = FALSE[name]
    version = claim_of(claim["type"]).version(claim, witness)
    parts = {"format": "scverify-certificate", "version": version, "claim": claim, "witness": witness, "precision": bits}
    assert verify_data({**parts, "digest": digest(claim)}).word != "VERIFIED"


@pytest.mark.parametrize("bits", range(16, 40))
def test_every_coefficient_that_is_there_is_positive(bits):
    with ctx.workprec(bits):
        try:
            [row] = stated_level(SPHERES).rows
        except Unresolved:
            return
        assert [bool(x > 0) for x in row.split().coefficients] == [False, True, True, False]
