"""Well-formed changes of a problem or a witness, and the strongest claim that the kernel grants to what results: every slack is used up."""

import copy
from fractions import Fraction

from flint import ctx
from hypothesis import strategies as st

from scverify.kernel.certificate import Rejected, Unresolved, dyadic
from scverify.kernel.level import level_of
from scverify.kernel.optimum.bounds import lower_bound
from scverify.kernel.optimum.feasible import feasible_point, upper_bound
from scverify.kernel.optimum.rank import rank_bounds
from scverify.kernel.optimum.uniqueness import distance, radius_around
from scverify.kernel.problem import read_problem
from tests.soundness.controls import sealed

FACTORS = tuple(map(Fraction, ("1/2", "9/10", "99/100", "101/100", "2")))
COUNTED = ("0", "1", "2", "1/2", "n_own", "n_other", ["pow", "n_other", -1], ["add", "n_own", "-2"])
CONSTRAINTS = ({"kind": "sphere", "rho": "1"}, {"kind": "ball", "rho": "1"}, {"kind": "ridge", "weight": "1/10"})


@st.composite
def variants(draw, certificate, donors):
    """One to three changes, each of which keeps the certificate readable."""
    result = copy.deepcopy(certificate)
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from([_witness_lower, _witness_upper, _problem_number, _problem_word]))
        change(draw, result, donors)
    return sealed(result)


def _problem_number(draw, certificate, donors):
    problem = certificate["claim"]["problem"]
    match draw(st.sampled_from(["tau", "norm", "sizes", "coefficients", "coefficients"])):
        case "tau":
            _scale(draw, problem, "tau")
        case "norm":
            _scale(draw, problem["constraint"], "rho" if "rho" in problem["constraint"] else "weight")
        case "sizes":
            groups = certificate["witness"].get("groups") or certificate["claim"].get("groups") or []
            if groups:
                by = draw(st.sampled_from([-1, 1]))
                for c in draw(st.sampled_from(groups)):
                    problem["sizes"][c] = max(1, problem["sizes"][c] + by)
        case _:
            _coefficient(draw, problem["coefficients"])


def _scale(draw, holder, key):
    holder[key] = str(Fraction(holder[key]) * draw(st.sampled_from(FACTORS)))


def _coefficient(draw, coefficients):
    if coefficients["kind"] == "rule":
        name = draw(st.sampled_from(sorted(set(coefficients) - {"kind"})))
        coefficients[name] = draw(st.sampled_from([*COUNTED, ["mul", "11/10", coefficients[name]]]))
        return
    name = draw(st.sampled_from(["weight", "c", "q"]))
    row = coefficients[name] if name == "weight" else draw(st.sampled_from(coefficients[name]))
    row[draw(st.integers(0, len(row) - 1))] = draw(st.sampled_from(["0", "1", "2", "1/2", "11/10"]))


def _problem_word(draw, certificate, donors):
    problem = certificate["claim"]["problem"]
    match draw(st.sampled_from(["constraint", "nonnegative", "reduction", "formula", "dim", "singletons"])):
        case "constraint":
            problem["constraint"] = {**draw(st.sampled_from(CONSTRAINTS)), "nonnegative": problem["constraint"]["nonnegative"]}
        case "nonnegative":
            problem["constraint"]["nonnegative"] = not problem["constraint"]["nonnegative"]
        case "reduction":
            problem["reduction"] = "mean" if problem["reduction"] == "sum" else "sum"
        case "formula":
            problem["formula"] = copy.deepcopy(draw(st.sampled_from(donors))["claim"]["problem"]["formula"])
        case "dim":
            problem["dim"] = draw(st.integers(1, 4))
        case _:
            problem["singletons"] = "ignore"


def _witness_lower(draw, certificate, donors):
    lower = certificate["witness"]["lower"]
    lower = lower["trace"] if "trace" in lower and draw(st.booleans()) else lower
    table = lower[draw(st.sampled_from(["factor", "p" if "p" in lower else "point"]))]
    row = draw(st.sampled_from(table["rows"]))
    if not row:
        for other in table["rows"]:
            other.append(draw(st.sampled_from([-1, 0, 1])) << max(0, table["bits"] - 2))
        return
    i, j = (draw(st.integers(0, len(row) - 1)) for _ in range(2))
    if table is lower.get("p"):
        part = row[i] // draw(st.sampled_from([1, 2, 5, 100]))
        row[i], row[j] = row[i] - part, row[j] + part
    else:
        row[i] = draw(_moved(row[i], table["bits"]))


def _witness_upper(draw, certificate, donors):
    upper = certificate["witness"]["upper"]
    table = upper[draw(st.sampled_from(["means", "spread"]))]
    row = draw(st.sampled_from(table["rows"]))
    if row:
        i = draw(st.integers(0, len(row) - 1))
        row[i] = draw(_moved(row[i], table["bits"]))


def _moved(entry, bits):
    """A multiple of an entry, or the entry moved by a share of the unit."""
    steps = [entry + (sign << max(0, bits - shift)) for sign in (-1, 1) for shift in (1, 4, 8)]
    return st.sampled_from([0, -entry, entry * 9 // 10, entry * 11 // 10, *steps])


def greedy(certificate):
    """The certificate with the strongest claim that the kernel's own functions grant to its witness; None where they grant none."""
    try:
        with ctx.workprec(certificate["precision"]):
            claim = _strongest(certificate["claim"], certificate["witness"])
    except (Rejected, Unresolved, ArithmeticError):
        return None
    return sealed({**certificate, "claim": claim})


def _strongest(claim, witness):
    problem = read_problem(claim["problem"])
    if claim["type"] == "LowerBound":
        level = level_of(problem, witness["level"], witness.get("groups"))
        return {**claim, "lower": _text(lower_bound(level, witness["lower"]).lower())}
    if claim["type"] == "UpperBound":
        level = level_of(problem, witness["level"], witness.get("groups"))
        return {**claim, "upper": _text(upper_bound(level, feasible_point(level, witness["upper"])).upper())}
    level = level_of(problem, "groups", claim["groups"])
    point = feasible_point(level, witness["upper"])
    around = radius_around(level, point, upper_bound(level, point) - lower_bound(level, witness["lower"]).lower())
    gram = dyadic(claim["gram"], "gram", level.nodes, level.nodes + 1)
    least, most = rank_bounds(level, point, witness["lower"], around)
    rank = {"rank": least} if least == most else {}
    return {**{key: claim[key] for key in claim if key != "rank"}, "radius": _text((around + distance(level, point, gram)).upper()), **rank}


def _text(end):
    mantissa, exponent = end.man_exp()
    return str(int(mantissa) * Fraction(2) ** int(exponent))


def one_sided(certificate, side):
    """The same claim and witness for the lower or the upper bound alone."""
    other = "upper" if side == "lower" else "lower"
    claim, witness = (
        {key: value for key, value in part.items() if key != other} for part in (certificate["claim"], certificate["witness"])
    )
    return sealed({**certificate, "claim": {**claim, "type": "LowerBound" if side == "lower" else "UpperBound"}, "witness": witness})
