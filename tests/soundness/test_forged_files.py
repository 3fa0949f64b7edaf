"""Files that are no certificates: each is REJECTED with its reason, beside the control, which is VERIFIED as a text too."""

import hashlib
import json
from fractions import Fraction

import pytest
from flint import ctx, fmpq, fmpz

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import canonical
from scverify.kernel.level import level_of
from scverify.kernel.optimum.feasible import feasible_point, upper_bound
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import verify_data, verify_text
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import two_tower
from tests.soundness.edits import drop, forged, put

CONTROL = "sphere"

TEXTS = {
    "truncated": (lambda text: text[:-20], "not a JSON document"),
    "cut in the middle": (lambda text: text[: len(text) // 2], "not a JSON document"),
    "empty": (lambda text: "", "not a JSON document"),
    "two documents": (lambda text: text + text, "not a JSON document"),
    "an array": (lambda text: f"[{text}]", "a certificate is a JSON object"),
    "a number": (lambda text: "1", "a certificate is a JSON object"),
    "a float in a witness": (
        lambda text: text.replace('"spread":{"bits":', '"spread":{"bits":0.5,"was":'),
        "the number '0.5' is not an integer",
    ),
    "an exponent": (lambda text: text.replace('"version":1', '"version":1e0'), "the number '1e0' is not an integer"),
    "NaN in a witness": (
        lambda text: text.replace('"spread":{"bits":', '"spread":{"bits":NaN,"was":'),
        "the number 'NaN' is not an integer",
    ),
    "infinity in a witness": (
        lambda text: text.replace('"spread":{"bits":', '"spread":{"bits":-Infinity,"was":'),
        "'-Infinity' is not an integer",
    ),
    "a key twice": (lambda text: text.replace('"version":1', '"version":1,"version":1'), "a key is repeated"),
    "a key twice, once escaped": (lambda text: text.replace('"version":1', '"version":1,"\\u0076ersion":1'), "a key is repeated"),
    "a claim twice": (lambda text: '{"claim":{},' + text[1:], "a key is repeated"),
    "a second lower bound": (lambda text: text.replace('"lower":"', '"lower":"0","lower":"', 1), "a key is repeated"),
    "nested without end": (lambda text: "[" * 100_000 + text, "not a JSON document"),
    "a byte order mark": (lambda text: "\ufeff" + text, "not a JSON document"),
}

EDITS = {
    "another format": (put("format", "scverify"), "the format is not scverify-certificate"),
    "the next version": (put("version", 2), "unknown version 2"),
    "version true": (put("version", True), "unknown version True"),
    "version as text": (put("version", "1"), "unknown version '1'"),
    "no version": (drop("version"), "missing: version"),
    "no witness": (drop("witness"), "missing: witness"),
    "null for the witness": (put("witness", None), "an object with level lower upper was expected"),
    "an unknown claim": (put("claim.type", "Minimum"), "unknown claim 'Minimum'"),
    "a claim whose type is no text": (put("claim.type", ["Optimum"]), "the claim has no type"),
    "a claim of other fields": (put("claim.type", "LowerBound"), "unknown: upper"),
    "a claim of half its fields": (drop("claim.upper"), "missing: upper"),
    "a claim of more fields": (put("claim", lambda claim: {**claim, "gap": "0"}), "unknown: gap"),
    "a precision too low": (put("precision", 8), "precision 8 lies outside"),
    "a precision too high": (put("precision", 1 << 21), "lies outside"),
    "precision true": (put("precision", True), "precision is not an integer"),
    "precision as text": (put("precision", "160"), "precision is not an integer"),
    "an infinite bound": (put("claim.upper", "inf"), "upper is not an exact rational"),
    "a bound with a sign": (put("claim.upper", "+4"), "upper is not an exact rational"),
    "a bound in other digits": (put("claim.upper", "\u0664"), "upper is not an exact rational"),
    "a bound with a leading zero": (put("claim.upper", "04"), "upper is not in lowest terms"),
    "a bound that is no number": (put("claim.lower", None), "lower is not an exact rational"),
}


@pytest.mark.parametrize(("spoilt", "reason"), [pytest.param(*case, id=name) for name, case in TEXTS.items()])
def test_a_text_is_rejected_and_its_control_verified(valid, spoilt, reason):
    text = canonical(valid[CONTROL])
    assert verify_text(text).word == "VERIFIED"
    assert spoilt(text) != text
    answer = verify_text(spoilt(text))
    assert answer.word == "REJECTED"
    assert reason in answer.reason


@pytest.mark.parametrize(("edit", "reason"), [pytest.param(*case, id=name) for name, case in EDITS.items()])
def test_an_edit_is_rejected_and_its_control_verified(valid, edit, reason):
    assert verify_data(valid[CONTROL]).word == "VERIFIED"
    answer = verify_data(forged(valid[CONTROL], edit))
    assert answer.word == "REJECTED"
    assert reason in answer.reason


@pytest.mark.parametrize(("name", "anchors"), [("mean", 7), ("singletons in a table", 5), ("sphere", None)])
def test_the_divisor_of_a_mean_is_told(valid, name, anchors):
    told = verify_data(valid[name]).claim
    assert f"the sum of the rows divided by {anchors}:" in told if anchors else "divided" not in told


def test_a_long_table_is_told_by_its_count_its_sum_and_its_digest():
    """So that the words alone fix what is claimed."""
    for towers, long in ((2, set()), (12, {"c", "q"})):
        found = optimum(Problem(two_tower(towers), Classes((2,) * towers))).certificate
        table, said = found["claim"]["problem"]["coefficients"], verify_data(found).claim
        for name in ("weight", "c", "q"):
            text = canonical(table[name])
            numbers = [Fraction(x) for row in table[name] for x in row] if name in long else []
            pinned = f"{2 * towers} rows of {len(numbers)} numbers, sum {sum(numbers)}, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"
            assert f"{name} {pinned if name in long else text}" in said


SPOOF = "0\nVERIFIED  another\x1b[2K\ud800\u202e"


@pytest.mark.parametrize(
    "edit", [put(f"claim.{SPOOF}", 1), put("claim.lower", SPOOF), put("claim.upper", SPOOF)], ids=["a key", "a bound", "another bound"]
)
def test_an_answer_is_one_line_of_letters_that_show(valid, edit):
    """A rejected file cannot print the answer on another one, nor stop the printing."""
    answer = verify_data(forged(valid[CONTROL], edit))
    assert answer.word == "REJECTED"
    assert "VERIFIED  another" in answer.reason + answer.claim
    assert answer.reason.isprintable() and answer.claim.isprintable()


@pytest.mark.parametrize("path", ["claim.lower", "claim.upper", "claim.problem.tau", "digest"])
def test_an_edit_without_a_new_digest_is_rejected(valid, path):
    edited = json.loads(canonical(valid[CONTROL]))
    put(path, lambda text: text.replace(text[-1], "1" if text[-1] != "1" else "3"))(edited)
    assert "the digest is not that of the claim" in verify_data(edited).reason
    assert verify_data(edited).word == "REJECTED"


def test_the_order_of_keys_and_the_blanks_do_not_matter(valid):
    shuffled = dict(reversed(valid[CONTROL].items()))
    assert verify_text(json.dumps(shuffled, indent=1)).word == "VERIFIED"


@pytest.mark.parametrize("value", [0.5, float("nan"), float("inf"), {1}, object(), b"1"])
def test_data_that_json_has_not_is_rejected(valid, value):
    answer = verify_data({**valid[CONTROL], "precision": value})
    assert answer.word == "REJECTED"


def test_a_bound_nearer_than_any_precision_is_undecided(valid):
    """The point's value to 2000 bits: the kernel tries 1280."""
    claim, witness = (valid[CONTROL][key] for key in ("claim", "witness"))
    with ctx.workprec(2000):
        level = level_of(read_problem(claim["problem"]), witness["level"], witness["groups"])
        mantissa, exponent = upper_bound(level, feasible_point(level, witness["upper"])).lower().man_exp()
        value = fmpq(mantissa) * fmpq(fmpz(2)) ** int(exponent)
    assert verify_data(forged(valid[CONTROL], put("claim.upper", str(value)))).word == "UNDECIDED"


def test_balls_without_an_end_are_undecided(valid):
    """log 0 has no value, whatever the precision: nothing is proved, and nothing refuted."""
    nothing = ["log", ["sum", ["mul", "0", "c", ["exp", "s"]]]]
    answer = verify_data(forged(valid["exponential ridge"], put("claim.problem.formula", nothing)))
    assert answer.word == "UNDECIDED"
    assert "no finite enclosure" in answer.reason


@pytest.mark.parametrize("rate", [["sqrt", "2"], ["sqrt", "-4"], ["exp", "1"], ["log", "2"], ["pow", "0", -1]])
def test_a_rate_without_an_exact_value_is_no_crash(valid, rate):
    """No rational is the root of 2: the rows cannot be read by exact numbers, and the kernel says so instead of failing."""

    def replaced(tree):
        if tree == ["pow", "tau", -1]:
            return rate
        return [replaced(x) for x in tree] if isinstance(tree, list) else tree

    formula = valid[CONTROL]["claim"]["problem"]["formula"]
    assert verify_data(forged(valid[CONTROL], put("claim.problem.formula", replaced(formula)))).word == "REJECTED"
