"""For each field and hypothesis of the rank-one form a forgery that is not VERIFIED, beside its control; and libraries that lie."""

from fractions import Fraction

import numpy as np
import pytest

from scverify.kernel.verify import verify_data
from tests.certify.rank_one import made
from tests.soundness.edits import all_of, drop, forged, put

SIZES = (7, 3, 3, 2)
P = "claim.problem"
RULE = f"{P}.coefficients"
KAPPA = ["pow", "tau", -1]
LOG_SUM_EXP = ["log", ["sum", ["mul", "c", ["exp", ["mul", KAPPA, "s"]]]]]
PULL = ["sum", ["mul", "q", KAPPA, "s"]]
NEGATIVE_RATE = ["add", ["log", ["sum", ["mul", "c", ["exp", ["mul", "-1", "s"]]]]], ["mul", "-1", PULL]]
SQUARES = ["sum", ["mul", "c", ["pow", "s", 2]]]


def control(name, digits=None):
    return made(SIZES, "1/2", digits).certificates[name]


def scaled(by):
    return lambda text: str(Fraction(text) * Fraction(by))


def constraint(**fields):
    return put(f"{P}.constraint", {"nonnegative": False, **fields})


def times(path, numerator, denominator=1):
    return put(path, lambda x: x * numerator // denominator)


CENTRE = {"optimum.json": "witness.centre", "uniqueness.json": "claim.centre"}
GROUPS = {"optimum.json": "witness.groups", "uniqueness.json": "claim.groups"}

# each of both certificates, with the reason
SHARED = {
    "another form": lambda of: (put("witness.form", "gibbs"), "the form of the witness is not known"),
    "a form that is not text": lambda of: (put("witness.form", 1), "the form of the witness is not known"),
    "one more field": lambda of: (put("witness.more", 1), "unknown: more"),
    "the version before": lambda of: (put("version", 1), "unknown version 1 of this form"),
    "no v": lambda of: (drop(f"{CENTRE[of]}.v"), "missing: v"),
    "one more number": lambda of: (put(f"{CENTRE[of]}.w", 1), "unknown: w"),
    "v of one number less": lambda of: (drop(f"{CENTRE[of]}.v.rows.0.2"), "v is not a matrix of 3 columns"),
    "Z of two rows": lambda of: (put(f"{CENTRE[of]}.Z.rows", lambda rows: rows * 2), "Z has 2 entries"),
    "v zero": lambda of: (put(f"{CENTRE[of]}.v.rows.0.1", 0), "an entry of v is not positive"),
    "v negative": lambda of: (times(f"{CENTRE[of]}.v.rows.0.1", -1), "an entry of v is not positive"),
    "Z negative": lambda of: (times(f"{CENTRE[of]}.Z.rows.0.0", -1), "an entry of Z is not positive"),
    "a boolean for a number": lambda of: (put(f"{CENTRE[of]}.v.rows.0.0", True), "has an entry that is not an integer"),
    "text for a number": lambda of: (put(f"{CENTRE[of]}.v.rows.0.0", "1"), "has an entry that is not an integer"),
    "null for a number": lambda of: (put(f"{CENTRE[of]}.v.rows.0.0", None), "has an entry that is not an integer"),
    "a subnormal v": lambda of: (put(f"{CENTRE[of]}.v.rows.0.0", 1), ""),
    "an enormous v": lambda of: (times(f"{CENTRE[of]}.v.rows.0.0", 10**400), ""),
    "an enormous Z": lambda of: (times(f"{CENTRE[of]}.Z.rows.0.0", 10**400), ""),
    "v moved by its millionth": lambda of: (times(f"{CENTRE[of]}.v.rows.0.0", 1_000_001, 1_000_000), ""),
    "Z moved by its millionth": lambda of: (times(f"{CENTRE[of]}.Z.rows.0.0", 1_000_001, 1_000_000), ""),
    "v moved by a half": lambda of: (times(f"{CENTRE[of]}.v.rows.0.0", 3, 2), ""),
    "Z moved by a half": lambda of: (times(f"{CENTRE[of]}.Z.rows.0.2", 3, 2), "Z is not what"),
    "all of v in another unit": lambda of: (put(f"{CENTRE[of]}.v.bits", lambda x: x + 1), ""),
    "all of Z in another unit": lambda of: (put(f"{CENTRE[of]}.Z.bits", lambda x: x + 1), "Z is not what"),
    "negative bits": lambda of: (put(f"{CENTRE[of]}.v.bits", -1), "bits of v -1 lies outside"),
    "v and Z exchanged": lambda of: (put(CENTRE[of], lambda x: {"v": x["Z"], "Z": x["v"]}), ""),
    "two entries of v exchanged": lambda of: (put(f"{CENTRE[of]}.v.rows.0", lambda x: [x[1], x[0], x[2]]), ""),
    "a group of different sizes": lambda of: (put(GROUPS[of], [[0, 1], [2], [3]]), "R1 fails: a group holds classes of different sizes"),
    "a class in two groups": lambda of: (put(GROUPS[of], [[0], [1, 2], [2, 3]]), "not a partition"),
    "a class in no group": lambda of: (put(GROUPS[of], [[0], [1], [3]]), "not a partition"),
    "groups of another name": lambda of: (put(GROUPS[of], "labels"), "groups is not an array"),
    "another temperature": lambda of: (put(f"{P}.tau", "51/100"), ""),
    "temperature zero": lambda of: (put(f"{P}.tau", "0"), "tau is not positive"),
    "a size more": lambda of: (put(f"{P}.sizes.0", 8), ""),
    "a class that is no anchor": lambda of: (
        all_of(put(f"{P}.sizes.3", 1), put(f"{P}.singletons", "ignore")),
        "the rank-one form needs an anchor in every class",
    ),
    "a ball": lambda of: (constraint(kind="ball", rho="1"), "the rank-one form is for the sphere"),
    "a ridge": lambda of: (constraint(kind="ridge", weight="1"), "the rank-one form is for the sphere"),
    "another radius of the sphere": lambda of: (constraint(kind="sphere", rho="2"), ""),
    "H >= 0": lambda of: (put(f"{P}.constraint.nonnegative", True), "the rank-one form is for the sphere"),
    "a negative rate": lambda of: (put(f"{P}.formula", NEGATIVE_RATE), ""),
    "no log-sum-exp": lambda of: (put(f"{P}.formula", SQUARES), "log-sum-exp"),
    "a row that is not linear in c": lambda of: (
        put(f"{P}.formula", ["add", ["log", ["sum", ["mul", "c", "c", ["exp", ["mul", KAPPA, "s"]]]]], ["mul", "-1", PULL]]),
        "R1 fails",
    ),
    "a row that is not convex": lambda of: (put(f"{P}.formula", ["add", LOG_SUM_EXP, ["mul", "-1", SQUARES]]), ""),
    "a pull between classes": lambda of: (put(f"{RULE}.negative_q", "1/100"), "affine in their self entry alone"),
    "a coefficient of the other class": lambda of: (put(f"{RULE}.negative_c", "n_other"), "looks at the size of the other class"),
    "no negatives": lambda of: (put(f"{RULE}.negative_c", "0"), "every class among the outcomes"),
    "twice the negatives": lambda of: (put(f"{RULE}.negative_c", "2"), ""),
    "negative negatives": lambda of: (put(f"{RULE}.negative_c", "-1"), "a coefficient is negative"),
    "too little pull within": lambda of: (put(f"{RULE}.positive_q", "1/100"), "R3 fails"),
    "twice the positives": lambda of: (put(f"{RULE}.positive_c", "2"), ""),
    "a weight that looks at the size": lambda of: (put(f"{RULE}.weight", "n_own"), ""),
    "weight zero": lambda of: (put(f"{RULE}.weight", "0"), "an anchor in every class"),
    "weight negative": lambda of: (put(f"{RULE}.weight", "-1"), "an anchor in every class"),
}
OWN = {
    "a lower bound too high": ("optimum.json", put("claim.lower", lambda x: str(Fraction(x) + Fraction(1, 10**12))), ""),
    "an upper bound too low": ("optimum.json", put("claim.upper", lambda x: str(Fraction(x) - Fraction(1, 10**12))), ""),
    "bounds exchanged": (
        "optimum.json",
        put("claim", lambda x: {**x, "lower": x["upper"], "upper": x["lower"]}),
        "the lower bound lies above the upper one",
    ),
    "the other form's field": ("optimum.json", put("witness.level", "groups"), "unknown: level"),
    "too few dimensions": ("optimum.json", put("claim.problem", lambda x: {**x, "dim": 2}), "the point uses 3 dimensions"),
    "a radius too small": ("uniqueness.json", put("claim.radius", scaled("1/1000000")), ""),
    "radius zero": ("uniqueness.json", put("claim.radius", "0"), ""),
    "a negative radius": ("uniqueness.json", put("claim.radius", scaled(-1)), "the radius is negative"),
    "a rank too high": ("uniqueness.json", put("claim.rank", 4), "the rank in this form is 3"),
    "a rank too low": ("uniqueness.json", put("claim.rank", 2), "the rank in this form is 3"),
    "a boolean for a rank": ("uniqueness.json", put("claim.rank", True), "rank is not an integer"),
    "centre and matrix at once": ("uniqueness.json", put("claim.gram", {"bits": 0, "rows": [[1]]}), "unknown: gram"),
    "no centre": ("uniqueness.json", drop("claim.centre"), ""),
    "no row holds its self entry": ("uniqueness.json", put(f"{RULE}.positive_c", "0"), ""),
}
FORGERIES = {f"{of}: {name}": (of, *make(of)) for name, make in SHARED.items() for of in CENTRE} | OWN


@pytest.mark.parametrize("digits", [None, 30])
@pytest.mark.parametrize("name", CENTRE)
def test_the_control_is_verified(name, digits):
    assert verify_data(forged(control(name, digits))).word == "VERIFIED"


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_not_verified(name):
    of, edit, reason = FORGERIES[name]
    answer = verify_data(forged(control(of), edit))
    assert answer.word in ({"REJECTED"} if reason else {"REJECTED", "UNDECIDED"})
    assert reason in answer.reason


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "-0.0", "1.5", "5e-324", "1e400"])
def test_no_number_of_another_kind_is_read(text):
    from scverify.kernel.certificate import canonical
    from scverify.kernel.verify import verify_text

    certificate = control("optimum.json")
    first = str(certificate["witness"]["centre"]["v"]["rows"][0][0])
    whole = canonical(certificate)
    assert verify_text(whole).word == "VERIFIED"
    assert verify_text(whole.replace(first, text, 1)).word == "REJECTED"


def test_minus_zero_is_not_a_positive_number():
    from scverify.kernel.certificate import canonical
    from scverify.kernel.verify import verify_text

    certificate = control("optimum.json")
    first = str(certificate["witness"]["centre"]["v"]["rows"][0][0])
    answer = verify_text(canonical(certificate).replace(first, "-0", 1))
    assert answer.word == "REJECTED" and "an entry of v is not positive" in answer.reason


LIES = {
    "zeros": lambda *given, **options: np.zeros(3),
    "ones": lambda *given, **options: 1.0,
    "nan": lambda *given, **options: np.full(3, np.nan),
    "a fault": lambda *given, **options: 1 / 0,
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("name", ["an upper bound too low", "a lower bound too high", "a radius too small"])
def test_no_product_of_a_library_decides(monkeypatch, lie, name):
    """BLAS, LAPACK and the mathematical library answer anything: the kernel does not ask them, and its words stay."""
    for place, names in (
        (np, ("matmul", "dot", "einsum", "inner", "sum", "exp", "log", "cumsum")),
        (np.linalg, ("solve", "cholesky", "inv")),
    ):
        for function in names:
            monkeypatch.setattr(place, function, LIES[lie])
    of, edit, _ = FORGERIES[name]
    assert verify_data(forged(control(of), edit)).word != "VERIFIED"
    assert verify_data(control(of)).word == "VERIFIED"


def test_a_maker_whose_library_lies_hands_on_nothing_that_is_verified_and_false(monkeypatch):
    from scverify.certify.rank_one import rank_one_optimum
    from tests.certify.rank_one import problem

    monkeypatch.setattr(np.linalg, "solve", lambda a, b: np.random.default_rng(0).normal(size=b.shape))
    assert rank_one_optimum(problem(SIZES), None, 4096) is None
