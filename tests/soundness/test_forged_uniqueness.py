"""For each hypothesis of a uniqueness radius and a rank a forgery that is REJECTED for its reason, beside its control."""

from fractions import Fraction

import pytest

from scverify.kernel.verify import verify_data
from tests.soundness.edits import all_of, drop, forged, put

CONTROL = "sphere, unique"
P = "claim.problem"
RULE = f"{P}.coefficients"
GRAM = "claim.gram.rows"
FAR = put("witness.upper.means.rows.1.0", lambda x: x * 3 // 4)


def scaled(by):
    return lambda text: str(Fraction(text) * Fraction(by))


def with_rank(rank):
    return put("claim", lambda claim: {**claim, "rank": rank})


NO_SELF = {"bits": 1, "rows": [[0, 2, 0], [1, 1, 0]]}
POINT = {"bits": 1, "rows": [[0, -1, 2], [-1, -1, 2]]}
# The minimiser [[1, 0, 0], [0, 1, 1], [0, 1, 1]] has rank 2. The point is this very matrix, the norm of class 0 half in the span of the
# means M and half in a private dimension: rank(M M^T + D) is not rank M plus rank D.
OVERLAP = {"means": {"bits": 0, "rows": [[0, 1], [1, 0]]}, "spread": {"bits": 0, "rows": [[1], [0]]}}


def beside(rows):
    """One more column, zero but for a last place: it adds nothing to the rank that any radius could vouch for."""
    return [[*row, int(g == 0)] for g, row in enumerate(rows)]


DEGENERATE = all_of(put("witness.upper.means.rows", beside), put("witness.lower.factor.rows", beside))

FORGERIES = {
    "a radius too small": (CONTROL, put("claim.radius", scaled("1/2")), "does not prove the radius"),
    "radius zero": (CONTROL, put("claim.radius", "0"), "does not prove the radius"),
    "a negative radius": (CONTROL, put("claim.radius", scaled(-1)), "the radius is negative"),
    "a Gram matrix moved": (CONTROL, put(f"{GRAM}.0.1", lambda x: x + (1 << 60)), "does not prove the radius"),
    "a within-group entry moved": (CONTROL, put(f"{GRAM}.1.1", lambda x: x + (1 << 60)), "does not prove the radius"),
    "a diagonal entry moved": (CONTROL, put(f"{GRAM}.0.2", lambda x: x + (1 << 60)), "does not prove the radius"),
    "another unit of the Gram matrix": (CONTROL, put("claim.gram.bits", lambda x: x + 1), "does not prove the radius"),
    "a Gram matrix of too few columns": (CONTROL, drop(f"{GRAM}.0.2"), "gram is not a matrix of 3 columns"),
    "a boolean in the Gram matrix": (CONTROL, put(f"{GRAM}.0.0", False), "gram has an entry that is not an integer"),
    "a rank too high": (CONTROL, with_rank(3), "the rank lies between 2 and 2"),
    "a rank too low": (CONTROL, with_rank(1), "the rank lies between 2 and 2"),
    "a rank above the number of classes": (CONTROL, with_rank(4), "rank 4 lies outside 0..3"),
    "a boolean for a rank": (CONTROL, with_rank(True), "rank is not an integer"),
    "null for a rank": (CONTROL, with_rank(None), "rank is not an integer"),
    "a rank that a zero factor cannot prove": ("nonnegative, unique", with_rank(2), "the rank lies between 3 and 3"),
    "a rank counted twice": ("attracted, unique", all_of(put("witness.upper", OVERLAP), with_rank(3)), "the rank lies between 2 and 3"),
    "a rank above that of dependent means": (CONTROL, all_of(DEGENERATE, with_rank(3)), "only that the rank lies between 1 and 3"),
    "a rank below that of a dependent factor": (CONTROL, all_of(DEGENERATE, with_rank(1)), "only that the rank lies between 1 and 3"),
    "a rank that is open": ("attracted, unique", with_rank(3), "only that the rank lies between 1 and 3"),
    "another temperature": (CONTROL, put(f"{P}.tau", "51/100"), "the gap is too wide for a radius"),
    "other sizes": (CONTROL, put(f"{P}.sizes.0", 4), "the gap is too wide for a radius"),
    "a class more": (CONTROL, put(f"{P}.sizes", [3, 2, 2, 2]), "not a partition"),
    "a partition that is none": (CONTROL, put("claim.groups", [[0], [1]]), "not a partition"),
    "groups of different sizes": (CONTROL, put("claim.groups", [[0, 1], [2]]), "different sizes"),
    "a point far off": (CONTROL, FAR, "the gap is too wide for a radius"),
    "the ball": (CONTROL, put(f"{P}.constraint.kind", "ball"), "a radius is known only on the sphere"),
    "no outcome of its own": (
        CONTROL,
        all_of(put(f"{RULE}.positive_c", "0"), put("witness.lower.p", NO_SELF)),
        "the curvature of the loss at the point is not positive",
    ),
    "a weak pull (R3)": (CONTROL, put(f"{RULE}.positive_q", "2/5"), "R3 fails"),
    "a row that is no log-sum-exp": (
        CONTROL,
        all_of(
            put(f"{P}.formula.1", lambda f: ["log", ["add", "1", f[1]]]),
            put("witness.lower", lambda w: {"form": "tangent", "point": POINT, "factor": w["factor"]}),
        ),
        "known only for a row",
    ),
    "a field too many": (CONTROL, put("witness", lambda w: {**w, "level": "groups"}), "unknown: level"),
    "a claim of more fields": (CONTROL, put("claim", lambda claim: {**claim, "lower": "0"}), "unknown: lower"),
    "a bound missing": (CONTROL, drop("witness.lower"), "missing: lower"),
}


@pytest.mark.parametrize(("control", "edit", "reason"), [pytest.param(*forgery, id=name) for name, forgery in FORGERIES.items()])
def test_a_forgery_is_rejected_and_its_control_verified(valid, control, edit, reason):
    assert verify_data(valid[control]).word == "VERIFIED"
    answer = verify_data(forged(valid[control], edit))
    assert answer.word == "REJECTED"
    assert reason in answer.reason


def test_a_weaker_radius_is_verified(valid):
    assert verify_data(forged(valid[CONTROL], put("claim.radius", scaled("101/100")))).word == "VERIFIED"
