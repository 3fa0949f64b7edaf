"""For each hypothesis of the bounds a forgery that is REJECTED for its reason, beside its control, which is VERIFIED."""

from fractions import Fraction

import pytest

from scverify.kernel.verify import verify_data
from tests.soundness.edits import all_of, at, drop, forged, put

KAPPA = ["pow", "tau", -1]
LOG_SUM_EXP = ["log", ["sum", ["mul", "c", ["exp", ["mul", KAPPA, "s"]]]]]
PULL = ["sum", ["mul", "q", KAPPA, "s"]]
IN_FORM = ["add", LOG_SUM_EXP, ["mul", "-1", ["log", ["sum", ["mul", "q", ["exp", ["mul", KAPPA, "s"]]]]]]]
NOT_ADDITIVE = ["add", ["log", ["sum", ["mul", "c", "c", ["exp", ["mul", KAPPA, "s"]]]]], ["mul", "-1", PULL]]
NEGATIVE_RATE = ["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", "-1", "s"]]]]], ["mul", "-1", PULL]]
CONCAVE = ["sum", ["add", ["mul", "-1", "c", ["pow", "s", 2]], ["mul", "-1", "q", "s"]]]
STEEP = ["add", ["sum", ["mul", "c", ["exp", ["exp", ["mul", "3000", "s"]]]]], ["mul", "-1", PULL]]
GROWTH = ["sum", ["mul", "c", ["exp", "s"]]]
SQUARES = ["sum", ["mul", "c", ["pow", "s", 2]]]
NOT_CONVEX = {
    "an odd power": ["sum", ["mul", "c", ["pow", "s", 3]]],
    "a negative power": ["pow", ["add", "1", GROWTH], -1],
    "a square of what may be negative": ["pow", ["add", "-5", GROWTH], 2],
    "a logarithm of squares": ["log", ["add", "1", SQUARES]],
    "a logarithm of what may be negative": ["log", ["add", "-1", GROWTH]],
    "a root": ["sqrt", ["add", "1", SQUARES]],
    "an exponential of a concave row": ["exp", ["mul", "-1", SQUARES]],
    "a product": ["mul", SQUARES, GROWTH],
    "a factor of open sign": ["mul", ["add", "tau", "-1"], GROWTH],
    "a negative factor": ["mul", "-1", GROWTH],
    "two negative factors and one more": ["mul", "-1", "-1", "-2", GROWTH],
}
P = "claim.problem"
RULE = f"{P}.coefficients"
ROW = "witness.lower.p.rows.0"


def shifted(by):
    return lambda text: str(Fraction(text) + Fraction(by))


def scaled(by):
    return lambda text: str(Fraction(text) * Fraction(by))


def moved(path, source, target, share=3):
    """A third of one entry of a row goes to another."""

    def edit(certificate):
        row = at(certificate, path)
        part = row[source] // share
        row[source], row[target] = row[source] - part, row[target] + part

    return edit


LOWER_ALONE = all_of(put("claim.type", "LowerBound"), drop("claim.upper"), drop("witness.upper"))
UPPER_ALONE = all_of(put("claim.type", "UpperBound"), drop("claim.lower"), drop("witness.lower"))
OUTSIDE = all_of(put("witness.upper.means.bits", lambda x: x - 1), put("witness.upper.spread.bits", lambda x: x - 2))


def constraint(**fields):
    return put(f"{P}.constraint", {"nonnegative": False, **fields})


FORGERIES = {
    "another temperature": ("sphere", put(f"{P}.tau", "51/100"), "does not prove the upper bound"),
    "another temperature, lower": ("sphere", put(f"{P}.tau", "49/100"), "does not prove the lower bound"),
    "temperature zero": ("sphere", put(f"{P}.tau", "0"), "tau is not positive"),
    "negative temperature": ("sphere", put(f"{P}.tau", "-1/2"), "tau is not positive"),
    "a decimal for a rational": ("sphere", put(f"{P}.tau", "0.5"), "tau is not an exact rational"),
    "a fraction not in lowest terms": ("sphere", put(f"{P}.tau", "2/4"), "tau is not in lowest terms"),
    "division by zero": ("sphere", put(f"{P}.tau", "1/0"), "tau has no value"),
    "a number for a rational": ("sphere", put(f"{P}.tau", 1), "tau is not an exact rational"),
    "a size more": ("sphere", put(f"{P}.sizes.0", 4), "does not prove the upper bound"),
    "a size of a group": ("grouped", put(f"{P}.sizes", [4, 2, 2, 3]), "different sizes"),
    "a class more": ("sphere", put(f"{P}.sizes", [3, 2, 2, 2]), "not a partition"),
    "no classes": ("sphere", put(f"{P}.sizes", []), "sizes are empty"),
    "size zero": ("sphere", put(f"{P}.sizes.0", 0), "a class size 0 lies outside"),
    "a boolean for a size": ("singletons", put(f"{P}.sizes.2", True), "a class size is not an integer"),
    "a singleton that is an error": ("singletons", put(f"{P}.singletons", "error"), "a class of one sample has no positive"),
    "an unknown word for singletons": ("singletons", put(f"{P}.singletons", "skip"), "neither error nor ignore"),
    "singletons alone": ("singletons", put(f"{P}.sizes", [1, 1, 1]), "there is no anchor"),
    "sum for mean": ("mean", put(f"{P}.reduction", "sum"), "does not prove the upper bound"),
    "mean for sum": ("sphere", put(f"{P}.reduction", "mean"), "does not prove the lower bound"),
    "an unknown reduction": ("sphere", put(f"{P}.reduction", "max"), "neither sum nor mean"),
    "an unknown constraint": ("sphere", constraint(kind="cube", rho="1"), "not a sphere, a ball or a ridge"),
    "radius zero": ("sphere", constraint(kind="sphere", rho="0"), "rho is not positive"),
    "a smaller sphere": ("sphere", constraint(kind="sphere", rho="9/10"), "does not prove the upper bound"),
    "a larger ball": ("ball", constraint(kind="ball", rho="11/10"), "does not prove the lower bound"),
    "a number for a boolean": ("sphere", put(f"{P}.constraint.nonnegative", 0), "neither true nor false"),
    "H >= 0 dropped": ("nonnegative", all_of(LOWER_ALONE, put(f"{P}.constraint.nonnegative", False)), "does not prove the lower bound"),
    "H >= 0 added": ("sphere", put(f"{P}.constraint.nonnegative", True), "negative coordinate"),
    "a weight on the sphere": ("sphere", put(f"{P}.constraint.weight", "1"), "unknown: weight"),
    "negative ridge weight": ("ridge", put(f"{P}.constraint.weight", "-1/10"), "the ridge weight is not positive"),
    "a lighter ridge": ("ridge", put(f"{P}.constraint.weight", "9/100"), "does not prove the lower bound"),
    "a heavier ridge": ("ridge", put(f"{P}.constraint.weight", "11/100"), "does not prove the upper bound"),
    # on the ball the multipliers are the diagonal slopes, and a positive one bounds nothing from below
    "multipliers of the wrong sign": ("own entries", put(f"{P}.constraint.kind", "ball"), "does not prove the lower bound"),
    "a dimension below the point's": ("mean", put(f"{P}.dim", 1), "the point uses 2 dimensions, the claim has 1"),
    "dimension zero": ("mean", put(f"{P}.dim", 0), "dim 0 lies outside"),
    "a dimension below the spread's": (
        "grouped",
        all_of(put(P, lambda p: {**p, "dim": 2})),
        "the point uses 3 dimensions, the claim has 2",
    ),
    "a dimension below the frame's": ("nonnegative", put(P, lambda p: {**p, "dim": 2}), "the point uses 3 dimensions, the claim has 2"),
    "a field too many": ("sphere", put(P, lambda p: {**p, "samples": 7}), "unknown: samples"),
    "a field too few": ("sphere", drop(f"{P}.reduction"), "missing: reduction"),
    "sizes that are no array": ("sphere", put(f"{P}.sizes", {"0": 3}), "sizes is not an array"),
    "a constraint of open sign": ("sphere", drop(f"{P}.constraint.nonnegative"), "missing: nonnegative"),
    "a radius for a ridge": ("ridge", put(f"{P}.constraint", lambda c: {**c, "rho": "1"}), "unknown: rho"),
    "more samples than the kernel takes": (
        "sphere",
        all_of(put(f"{P}.sizes", [3_000, 2]), drop("witness.groups"), put("witness.level", "samples")),
        "at most 3000 samples",
    ),
    "null for an absent field": ("sphere", put(P, lambda p: {**p, "dim": None}), "dim is not an integer"),
}

FORMULAS = {
    "the 'in' form on the ball": ("ball", put(f"{P}.formula", IN_FORM), "exact on the sphere alone"),
    "the 'in' form, tangent": ("softplus", put(f"{P}.formula", IN_FORM), "does not prove the lower bound"),
    "the 'in' form, Gibbs": ("two towers", put(f"{P}.formula", IN_FORM), "the Gibbs form needs a row"),
    "a concave row": ("softplus", put(f"{P}.formula", CONCAVE), "convex by composition"),
    **{
        f"a row that is not convex: {name}": ("softplus", all_of(LOWER_ALONE, put(f"{P}.formula", formula)), "convex by composition")
        for name, formula in NOT_CONVEX.items()
    },
    "a row that is not additive": ("sphere", put(f"{P}.formula", NOT_ADDITIVE), "R1 fails: the formula is not linear in its coefficients"),
    "a constant in a sum": ("sphere", put(f"{P}.formula", ["add", LOG_SUM_EXP, ["sum", "s"]]), "R1 fails: the formula is not linear"),
    "entries that no anchor sees": (
        "two towers",
        all_of(LOWER_ALONE, put(f"{P}.formula", ["add", LOG_SUM_EXP, ["sum", ["exp", "s"]]])),
        "does not see",
    ),
    "a negative rate": ("sphere", put(f"{P}.formula", NEGATIVE_RATE), "rate is not positive"),
    "a remainder that is not affine": (
        "two towers",
        all_of(LOWER_ALONE, put(f"{P}.formula", ["add", LOG_SUM_EXP, ["pow", PULL, 2]])),
        "the Gibbs form needs a row",
    ),
    "two logarithms": (
        "two towers",
        all_of(LOWER_ALONE, put(f"{P}.formula", ["add", LOG_SUM_EXP, LOG_SUM_EXP])),
        "the Gibbs form needs a row",
    ),
    "s outside a sum": ("sphere", put(f"{P}.formula", ["add", "s", LOG_SUM_EXP]), "s stands outside a sum"),
    "a sum in a sum": ("sphere", put(f"{P}.formula", ["sum", ["mul", "c", ["sum", "s"]]]), "sums do not nest"),
    "an unknown operation": ("sphere", put(f"{P}.formula", ["sin", LOG_SUM_EXP]), "unknown operation 'sin'"),
    "a magnitude": ("softplus", put(f"{P}.formula", ["abs", LOG_SUM_EXP]), "unknown operation 'abs'"),
    "an empty formula": ("sphere", put(f"{P}.formula", []), "unknown operation ''"),
    "exp of two": ("sphere", put(f"{P}.formula", ["exp", "tau", "tau"]), "exp with 2 arguments"),
    "a boolean exponent": ("sphere", put(f"{P}.formula.1.1.1.2.1.1", ["pow", "tau", True]), "an exponent is not an integer"),
    "a huge exponent": ("sphere", put(f"{P}.formula.1.1.1.2.1.1", ["pow", "tau", 65]), "an exponent 65 lies outside"),
    "a power of two exponents": ("sphere", put(f"{P}.formula", ["pow", "tau", 1, 1]), "pow takes a tree and an integer"),
    "a slope that no ball holds (R3)": ("logistic", put(f"{P}.formula", STEEP), "R3 fails"),
    "formulas without end": ("sphere", put(f"{P}.formula", lambda f: _nested(f, 50)), "nested too deeply"),
}


def _nested(formula, depth):
    for _ in range(depth):
        formula = ["add", formula]
    return formula


COEFFICIENTS = {
    "a negative weight": ("sphere", put(f"{RULE}.weight", "-1"), "negative weight"),
    "a negative c": ("sphere", put(f"{RULE}.negative_c", "-1"), "negative coefficient"),
    "a negative q": ("sphere", put(f"{RULE}.negative_q", "-1/10"), "negative coefficient"),
    "a negative c in a table": ("class table", put(f"{RULE}.c.0.2", "-1"), "changes a coefficient"),
    "a negative c for all of a table": ("class table", put(f"{RULE}.c.2.2", "-1"), "negative coefficient"),
    "a negative c of samples": ("two towers", put(f"{RULE}.c.0.2", "-1"), "negative coefficient"),
    "a rule that divides by zero": ("sphere", put(f"{RULE}.weight", ["pow", ["add", "n_own", "-2"], -1]), "divides by zero"),
    "a rule with an unknown name": ("sphere", put(f"{RULE}.weight", "n"), "a coefficient's rule is not an exact rational"),
    "a rule with an unknown operation": ("sphere", put(f"{RULE}.weight", ["exp", "1"]), "knows add, mul and pow"),
    "a rule with a boolean exponent": ("sphere", put(f"{RULE}.weight", ["pow", "1", True]), "an exponent is not an integer"),
    "a rule without end": ("sphere", put(f"{RULE}.weight", lambda tree: _nested(tree, 30)), "nested too deeply"),
    "another weight": ("sphere", put(f"{RULE}.weight", "2"), "does not prove the upper bound"),
    "a rule with a power of two exponents": ("sphere", put(f"{RULE}.weight", ["pow", "n_own", 1, 1]), "pow takes a tree and an integer"),
    "a rule of too few entries": ("sphere", drop(f"{RULE}.negative_q"), "missing: negative_q"),
    "a table without weights": ("class table", drop(f"{RULE}.weight"), "missing: weight"),
    "a table that is too large": ("two towers", put(f"{P}.sizes", [20_001, 2]), "the table of coefficients is too large"),
    "coefficients that are no object": ("sphere", put(RULE, ["rule"]), "the coefficients have no kind"),
    "an unknown kind of coefficients": ("sphere", put(f"{RULE}.kind", "none"), "neither a rule nor a table"),
    "a table of the wrong shape": ("class table", put(f"{RULE}.c.0", ["1", "1"]), "c has 2 entries, not 3"),
    "a table of too few rows": ("two towers", drop(f"{RULE}.q.3"), "q has 3 entries, not 4"),
    "a number in a table": ("class table", put(f"{RULE}.q.0.0", 1), "q is not an exact rational"),
    "a weak pull (R3)": ("sphere", put(f"{RULE}.positive_q", "2/5"), "R3 fails"),
    "a weak pull (R3), convex row": ("logistic", put(f"{RULE}.positive_q", "1/10"), "R3 fails"),
    "a pull (R3) that no norm bounds": ("logistic", constraint(kind="ridge", weight="1"), "R3 is not shown"),
    "coefficients by sample in groups": (
        "two towers",
        put("witness", lambda w: {**w, "level": "groups", "groups": [[0], [1]]}),
        "depend on samples",
    ),
}

GROUPS = {
    "a group of different sizes": ("sphere", put("witness.groups", [[0, 1], [2]]), "different sizes"),
    "a class left out": ("sphere", put("witness.groups", [[0], [1]]), "not a partition"),
    "a class twice": ("sphere", put("witness.groups", [[0], [1, 2, 2]]), "not a partition"),
    "a class that is none": ("sphere", put("witness.groups", [[0], [1, 3]]), "a class of a group 3 lies outside"),
    "a boolean for a class": ("sphere", put("witness.groups", [[0], [True, 2]]), "a class of a group is not an integer"),
    "an empty group": ("sphere", put("witness.groups", [[0], [1, 2], []]), "a group is empty"),
    "a swap that changes c": ("class table", put(f"{RULE}.c.1.2", "2"), "swapping two classes of a group changes a coefficient"),
    "a swap that changes c seen by others": ("class table", put(f"{RULE}.c.2.1", "2"), "swapping two classes"),
    "a swap that changes c within the pair": ("class table", put(f"{RULE}.c.1.0", "1"), "swapping two classes"),
    "a swap that changes q of its own": ("class table", put(f"{RULE}.q.1.1", "2"), "swapping two classes"),
    "a swap that changes the weight": ("class table", put(f"{RULE}.weight.1", "2"), "swapping two classes"),
    "groups of the sample level": ("two towers", put("witness", lambda w: {**w, "groups": [[0], [1]]}), "the sample level has no groups"),
    "an unknown level": ("sphere", put("witness.level", "classes"), "neither samples nor groups"),
}

LOWER = {
    "above the truth": (
        "sphere",
        all_of(put("claim.lower", shifted("1/1000")), put("claim.upper", shifted(1))),
        "does not prove the lower bound",
    ),
    "above the upper bound": ("sphere", put("claim.lower", shifted(1)), "the lower bound lies above the upper one"),
    "an unsymmetric p": ("sphere", moved(ROW, 2, 1), "does not prove the lower bound"),
    "a negative p": ("sphere", all_of(put(f"{ROW}.0", -1), put(f"{ROW}.2", lambda x: x + 1)), "row 0 of p has a negative entry"),
    "a p that does not sum to one": ("sphere", put(f"{ROW}.2", lambda x: x - 1), "row 0 of p does not sum to one"),
    "a p that is positive where c is 0": ("sphere", moved(ROW, 2, 0), "row 0 of p is positive where c is 0"),
    "a p of too few columns": ("sphere", drop(f"{ROW}.0"), "p is not a matrix of 3 columns"),
    "a p of too few rows": ("sphere", drop(ROW), "p has 1 entries, not 2"),
    "a boolean in p": ("sphere", put(f"{ROW}.0", False), "p has an entry that is not an integer"),
    "a text in p": ("sphere", put(f"{ROW}.0", "0"), "p has an entry that is not an integer"),
    "another unit of p": ("sphere", put("witness.lower.p.bits", lambda x: x - 1), "row 0 of p does not sum to one"),
    "a p with a note": ("sphere", put("witness.lower.p", lambda p: {**p, "note": ""}), "unknown: note"),
    "no form": ("sphere", drop("witness.lower.form"), "missing: form"),
    "negative bits": ("sphere", put("witness.lower.factor.bits", -1), "bits of the factor -1 lies outside"),
    "an unknown form": ("sphere", put("witness.lower.form", "dual"), "neither gibbs nor tangent"),
    "Gibbs with a tangent's point": ("softplus", put("witness.lower.form", "gibbs"), "missing: p"),
    "a tangent without a point": ("sphere", put("witness.lower.form", "tangent"), "missing: point"),
    "a factor of zeros": ("sphere", put("witness.lower.factor.rows", [[0], [0]]), "does not prove the lower bound"),
    "another factor": ("sphere", put("witness.lower.factor.rows.0.0", lambda x: x * 11 // 10), "does not prove the lower bound"),
    "a factor that swallows S": (
        "nonnegative",
        put("witness.lower.factor.rows", [[1 << 128], [1 << 128]]),
        "does not prove the lower bound",
    ),
    "a factor of too many rows": ("sphere", put("witness.lower.factor.rows", lambda rows: [*rows, [0]]), "the factor has 3 entries, not 2"),
    "a factor of unequal rows": ("sphere", put("witness.lower.factor.rows.1", []), "the factor is not a matrix of 1 columns"),
    "another tangent point": ("softplus", put("witness.lower.point.rows.0.1", lambda x: x + (1 << 120)), "does not prove the lower bound"),
    "a tangent point off its groups": ("spectral", put("witness.lower.point.rows.0.1", 1 << 126), "does not prove the lower bound"),
    "a ridge row without a minimum": ("ridge", put(f"{RULE}.positive_q", "2"), "nothing bounds the norms"),
    "a ridge without its trace": ("traced ridge", drop("witness.lower.trace"), "nothing bounds the norms"),
    "a trace that bounds nothing": (
        "traced ridge",
        put("witness.lower.trace.factor.rows.0.0", lambda x: 2 * x),
        "nothing bounds the norms",
    ),
    "a trace at another point": ("traced ridge", put("witness.lower.trace.point.rows.0.1", lambda x: -x), "nothing bounds the norms"),
    "a trace of a trace": (
        "traced ridge",
        put("witness.lower.trace", lambda trace: {**trace, "trace": trace}),
        "unknown: trace",
    ),
    "a trace on the sphere": ("sphere", put("witness.lower", lambda w: {**w, "trace": w}), "a trace bound is for a ridge"),
    "a lighter ridge, traced": (
        "traced ridge",
        all_of(LOWER_ALONE, put(f"{P}.constraint.weight", "9/10")),
        "does not prove the lower bound",
    ),
    "a ridge row of open sign": ("exponential ridge", put(f"{P}.formula", lambda f: ["add", "-1", f]), "nothing bounds the norms"),
}

UPPER = {
    "below the truth": ("sphere", put("claim.upper", scaled("999/1000")), "the lower bound lies above the upper one"),
    "both below the truth": ("sphere", all_of(put("claim.lower", "1"), put("claim.upper", "3")), "does not prove the upper bound"),
    "another point": ("sphere", put("witness.upper.means.rows.0.0", lambda x: -x), "does not prove the upper bound"),
    "another spread": ("sphere", put("witness.upper.spread.rows.1.0", lambda x: x * 11 // 10), "does not prove the upper bound"),
    "a negative spread": ("grouped", put("witness.upper.spread.rows.1.0", lambda x: -x), "a spread is negative"),
    "a spread on a single class": ("sphere", put("witness.upper.spread.rows.0.0", 1), "a single class has a spread"),
    "a spread on a sample": ("two towers", put("witness.upper.spread.rows.0.0", 1), "a single class has a spread"),
    "a negative coordinate": ("attracted", put("witness.upper.means.rows.0.0", -1), "the point has a negative coordinate"),
    "a negative spread with H >= 0": ("nonnegative", put("witness.upper.spread.rows.0.0", -1), "a spread is negative"),
    "a column of zeros": ("sphere", put("witness.upper.means.rows.0.0", 0), "the norm of node 0 is not positive"),
    "a point without spread": ("sphere", drop("witness.upper.spread"), "missing: spread"),
    "a point of too few nodes": ("sphere", drop("witness.upper.means.rows.0"), "means has 1 entries, not 2"),
    "a boolean in the point": ("sphere", put("witness.upper.spread.rows.0.0", False), "spread has an entry that is not an integer"),
    "a point outside the ball": ("ball", all_of(UPPER_ALONE, OUTSIDE, put("claim.upper", "3")), "does not prove the upper bound"),
    "a ridge point too far out": ("ridge", put("witness.upper.means.bits", lambda x: x - 1), "does not prove the upper bound"),
}


@pytest.mark.parametrize(
    ("control", "edit", "reason"),
    [
        pytest.param(*forgery, id=f"{part}: {name}")
        for part, table in {
            "problem": FORGERIES,
            "formula": FORMULAS,
            "coefficients": COEFFICIENTS,
            "groups": GROUPS,
            "lower": LOWER,
            "upper": UPPER,
        }.items()
        for name, forgery in table.items()
    ],
)
def test_a_forgery_is_rejected_and_its_control_verified(valid, control, edit, reason):
    assert verify_data(valid[control]).word == "VERIFIED"
    answer = verify_data(forged(valid[control], edit))
    assert answer.word == "REJECTED"
    assert reason in answer.reason
