"""Claims in the rank-one form: what each of them proves, in which arithmetic it says so, and at how little cost."""

import json
from fractions import Fraction

import pytest

from scverify.kernel.certificate import canonical
from scverify.kernel.limits import Limits
from scverify.kernel.verify import verify_data, verify_text
from tests.certify.rank_one import made
from tests.soundness.controls import sealed

SIZES = (7, 3, 3, 2)


def edited(certificate, **changes):
    result = json.loads(canonical(certificate))
    for path, value in changes.items():
        part, name = path.split("__")
        if value is None:
            del result[part][name]
        else:
            result[part][name] = value
    return sealed(result)


@pytest.mark.parametrize("digits", [None, 30])
def test_both_certificates_are_verified_in_the_arithmetic_they_ask_for(digits):
    for certificate in made(SIZES, "1/2", digits).certificates.values():
        answer = verify_data(certificate)
        assert answer.word == "VERIFIED" and certificate["version"] == 2
        assert ("float64" in answer.reason) == (digits is None)


def test_either_bound_may_be_claimed_alone():
    optimum = made(SIZES).certificates["optimum.json"]
    assert verify_data(edited(optimum, claim__type="LowerBound", claim__upper=None)).word == "VERIFIED"
    assert verify_data(edited(optimum, claim__type="UpperBound", claim__lower=None)).word == "VERIFIED"


def test_the_upper_bound_needs_as_many_dimensions_as_its_point():
    optimum = made(SIZES).certificates["optimum.json"]
    for dim, word in ((3, "VERIFIED"), (2, "REJECTED")):
        assert verify_data(edited(optimum, claim__problem={**optimum["claim"]["problem"], "dim": dim})).word == word


def test_the_words_pin_problem_and_matrix():
    unique = made(SIZES).certificates["uniqueness.json"]
    assert "class sizes 7, 3, 3, 2" in verify_data(unique).claim and "has rank 3" in verify_data(unique).claim
    centre = unique["claim"]["centre"]
    moved = {**centre, "v": {"bits": centre["v"]["bits"] + 1, "rows": [[2 * x for x in centre["v"]["rows"][0]]]}}
    other = verify_data(edited(unique, claim__centre=moved))
    assert other.word == "VERIFIED" and other.claim != verify_data(unique).claim


@pytest.mark.parametrize("claim", ["optimum.json", "uniqueness.json"])
def test_a_radius_or_bound_that_is_a_little_tighter_is_not_verified(claim):
    certificate = made(SIZES).certificates[claim]
    tighter = {
        "optimum.json": {"claim__upper": str(Fraction(certificate["claim"].get("upper", 0)) - Fraction(1, 10**13))},
        "uniqueness.json": {"claim__radius": str(Fraction(certificate["claim"].get("radius", 0)) / 10**30)},
    }[claim]
    assert verify_data(edited(certificate, **tighter)).word != "VERIFIED"


def test_costs_are_weighed_before_the_work():
    sizes = list(range(2, 20_002))
    optimum = made(SIZES).certificates["optimum.json"]
    numbers = {"bits": 0, "rows": [[1] * len(sizes)]}
    large = edited(
        optimum,
        claim__problem={**optimum["claim"]["problem"], "sizes": sizes},
        witness__centre={"v": numbers, "Z": numbers},
    )
    answer = verify_text(canonical(large), Limits(1.0, 1 << 32))
    assert answer.word == "UNDECIDED" and "the limit is 1 s" in answer.reason
