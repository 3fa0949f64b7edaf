"""One corrupted certificate for each way a landscape could be claimed without being proved, beside the uncorrupted controls."""

import base64
import copy
import zlib
from fractions import Fraction
from itertools import combinations

import pytest

from scverify.certify import subdivision
from scverify.certify.claims import certificate
from scverify.certify.landscape import landscape
from scverify.kernel.certificate import digest
from scverify.kernel.landscapes import deciding
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, REASONS, SPLIT, STATEMENTS, decision_of
from scverify.kernel.landscapes.rows import domain_of, rows_of
from scverify.kernel.landscapes.trees import leaves
from scverify.kernel.level import level_of
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon

INTERVALS = "checked in intervals of float64 rounded outward"
NAMES = [reason.name for reason in REASONS]


@pytest.fixture(autouse=True)
def the_box_itself(monkeypatch):
    """A forged reason that holds on all parts of a box makes no wrong certificate; here it must hold on the box itself."""
    monkeypatch.setattr(deciding, "HALVINGS", 0)


@pytest.fixture(scope="module")
def control():
    """Sizes 2,2 in dimension 2 at tau = 1/2: one tree."""
    found = landscape(Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2"), starts=8)
    assert found.verdict == "PROVED" and len(found.certificate["witness"]["trees"]) == 1
    return found.certificate


@pytest.fixture(scope="module")
def branched():
    """The same problem with a short trunk and its branches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subdivision, "TRUNK", 100)
        found = landscape(Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2"), starts=8, jobs=1)
    assert found.verdict == "PROVED" and len(found.certificate["witness"]["trees"]) == 3
    return found.certificate


def numbers_of(tree):
    return bytearray(zlib.decompress(base64.b64decode(tree["tree"])))


def tree_of(numbers):
    return {"boxes": len(numbers), "tree": base64.b64encode(zlib.compress(bytes(numbers))).decode("ascii")}


def forged(original, edit):
    """The answer to a certificate after an edit of its claim and witness, resealed."""
    copied = copy.deepcopy(original)
    edit(copied["claim"], copied["witness"])
    copied["digest"] = digest(copied["claim"])
    return verify_data(copied)


def with_numbers(change, place=0):
    """An edit of the numbers of a tree."""

    def edit(_, witness):
        numbers = numbers_of(witness["trees"][place])
        witness["trees"][place] = tree_of(change(numbers) or numbers)

    return edit


def rejected(answer, *reasons):
    assert answer.word == "REJECTED", answer
    assert any(reason in answer.reason for reason in reasons), answer.reason


def test_the_controls_are_verified(control, branched):
    for proof in (control, branched):
        answer = verify_data(proof)
        assert answer.word == "VERIFIED" and "every local minimum is global" in answer.claim


def test_a_box_left_out(control):
    rejected(forged(control, with_numbers(lambda numbers: numbers[:-1])), "left out of the tree")
    middle = len(numbers_of(control["witness"]["trees"][0])) // 2
    for place in (0, 7, middle):
        rejected(forged(control, with_numbers(lambda numbers, at=place: numbers[:at] + numbers[at + 1 :])), "box", "halves")


def test_a_number_left_over(control):
    rejected(forged(control, with_numbers(lambda numbers: numbers + bytes([1]))), "more numbers than boxes")


def test_no_tree_at_all(control):
    rejected(forged(control, lambda _, witness: witness.update(trees=[])), "expected", "boxes")
    rejected(forged(control, with_numbers(lambda numbers: bytearray([NAMES.index("has_gradient")] * 48))), "not left out for the reason")


def test_a_box_that_is_halved_along_another_axis(control):
    """The halves then are others: that they would leave a sliver out shows in reasons that fail, or in a tree that does not end."""

    def turned(numbers):
        first = next(place for place, number in enumerate(numbers) if number >= SPLIT)
        numbers[first] = SPLIT + 1 if numbers[first] != SPLIT + 1 else SPLIT + 2

    rejected(forged(control, with_numbers(turned)), "not left out", "left out of the tree", "more numbers")


@pytest.mark.parametrize("axis", [5, 200])
def test_an_axis_that_is_not_there(control, axis):
    def turned(numbers):
        numbers[next(place for place, number in enumerate(numbers) if number >= SPLIT)] = min(SPLIT + axis, 255)

    rejected(forged(control, with_numbers(turned)), "an axis that it has not")


def places_of_failure(control):
    """By reasons stated and instead: where in the tree a box has the one and not the other, which comes before it."""
    problem, order = read_problem(control["claim"]["problem"]), STATEMENTS[EVERY_MINIMUM]
    level = level_of(problem, "samples", None)
    rows = rows_of(problem, level, [tuple(pair) for pair in control["witness"]["orderings"]])
    numbers, passed, decider, found = numbers_of(control["witness"]["trees"][0]), 0, deciding.decider_of(rows), {}
    places = [place for place, number in enumerate(numbers) if number < SPLIT]
    for boxes, given in leaves(domain_of(problem, level, problem.tau), bytes(numbers)):
        for instead, stated in combinations(order, 2):
            for k in (given == stated).nonzero()[0] if (stated, instead) not in found else ():
                if not decider.holds(boxes[slice(k, k + 1)], instead, decision_of(instead))[0]:
                    found[stated, instead] = places[passed + k]
                    break
        passed += len(given)
    return found


def test_a_reason_swapped(control):
    """A reason instead of another, at a box of which it is not proved: the maker does not try what has no chance."""
    found = places_of_failure(control)
    assert len(found) >= 12
    for (_, instead), place in found.items():

        def swapped(numbers, at=place, reason=instead):
            numbers[at] = reason

        rejected(forged(control, with_numbers(swapped)), f"stated: {NAMES[instead]}")


def test_a_reason_that_does_not_exist(control):
    def swapped(numbers):
        numbers[numbers.index(1)] = len(NAMES) + 2

    rejected(forged(control, with_numbers(swapped)), "does not serve the statement")


def as_table(claim):
    """The coefficients of the claim written out for every two samples."""
    label = [0, 0, 1, 1]
    q = [[str(int(i != j and label[i] == label[j])) for j in range(4)] for i in range(4)]
    c = [[str(int(i != j)) for j in range(4)] for i in range(4)]
    claim["problem"]["coefficients"] = {"kind": "samples", "weight": ["1"] * 4, "c": c, "q": q}


def test_symmetric_copies_of_a_problem_that_is_not_symmetric(control):
    def unsymmetric(claim, _):
        as_table(claim)
        claim["problem"]["coefficients"]["c"][0][3] = "1000001/1000000"

    assert forged(control, lambda claim, _: as_table(claim)).word == "VERIFIED"
    rejected(forged(control, unsymmetric), "stated: is_copy")


def test_orderings_that_are_not_stated(control):
    rejected(forged(control, lambda _, witness: witness.update(orderings=[])), "stated: is_copy")
    rejected(forged(control, lambda _, witness: witness["orderings"].reverse()), "stated: is_copy")
    rejected(forged(control, lambda _, witness: witness["orderings"].insert(0, [1, 0])), "ascending")
    rejected(forged(control, lambda _, witness: witness["orderings"].insert(0, [0, 4])), "outside")


@pytest.mark.parametrize("tau", ["1/5", "2/5", "9/10"])
def test_another_temperature(control, tau):
    rejected(forged(control, lambda claim, _: claim["problem"].update(tau=tau)), "not left out for the reason")


def test_an_interval_of_temperatures_that_was_not_proved(control):
    rejected(forged(control, lambda claim, _: claim.update(tau_upper="1")), "not left out for the reason")
    rejected(forged(control, lambda claim, _: claim.update(tau_upper="1/4")), "lies below")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dim": 3}, "tree"),
        ({"dim": 1}, "dimension"),
        ({"sizes": [2, 3]}, "tree"),
        ({"sizes": [4]}, "not left out"),
        ({"sizes": [6, 6]}, "samples"),
        ({"constraint": {"kind": "sphere", "rho": "2", "nonnegative": False}}, "not left out"),
        ({"constraint": {"kind": "ball", "rho": "1", "nonnegative": False}}, "sphere"),
        ({"constraint": {"kind": "sphere", "rho": "1", "nonnegative": True}}, "sphere"),
        ({"formula": ["sum", ["mul", "c", ["pow", "s", 2]]]}, "log-sum-exp"),
        ({"formula": ["log", ["sum", ["mul", "c", ["exp", ["mul", ["exp", "tau"], "s"]]]]]}, "log-sum-exp"),
        ({"formula": ["log", ["sum", ["mul", "c", ["exp", ["mul", "tau", "s"]]]]]}, "polynomials"),
        ({"formula": ["log", ["sum", ["mul", "c", ["exp", ["mul", ["pow", ["add", "1", "tau"], -1], "s"]]]]]}, "polynomials"),
        ({"formula": ["log", ["sum", ["mul", "c", ["exp", ["mul", ["pow", ["pow", "tau", -1], -1], "s"]]]]]}, "polynomials"),
        ({"formula": ["log", ["sum", ["mul", "c", ["exp", ["mul", "-1", ["pow", "tau", -1], "s"]]]]]}, "rate"),
    ],
)
def test_another_problem(control, change, reason):
    rejected(forged(control, lambda claim, _: claim["problem"].update(change)), reason, "halves", "box")


def test_a_rate_whose_root_has_the_other_sign(control):
    """At tau = 1/2 the rate is |2 - 100| + 100 = 198, where minima are spurious; the root of a polynomial would make it 2 - 100 + 100."""
    rate = ["add", ["sqrt", ["pow", ["add", ["pow", "tau", -1], "-100"], 2]], "100"]

    def replaced(tree):
        if tree == ["pow", "tau", -1]:
            return rate
        return [replaced(x) for x in tree] if isinstance(tree, list) else tree

    def edit(claim, _):
        claim["problem"]["formula"] = replaced(claim["problem"]["formula"])

    rejected(forged(control, edit), "log-sum-exp")


def test_another_statement(control):
    rejected(forged(control, lambda claim, _: claim.update(statement="there is no local minimum")), "unknown statement")


def test_branches_missing_or_exchanged(branched):
    rejected(forged(branched, lambda _, witness: witness.update(trees=witness["trees"][:1])), "left open")
    rejected(forged(branched, lambda _, witness: witness["trees"].pop()), "tree", "not left out", "box")

    def exchanged(_, witness):
        witness["trees"][1], witness["trees"][2] = witness["trees"][2], witness["trees"][1]

    rejected(forged(branched, exchanged), "tree", "not left out", "box")
    rejected(forged(branched, lambda _, witness: witness["trees"].append(tree_of(b"\x01"))), "tree", "not left out", "box")
    rejected(forged(branched, with_numbers(lambda numbers: numbers[:-1], place=2)), "left out of the tree")


@pytest.mark.parametrize(
    "tree",
    [
        {"boxes": 5, "tree": "no base64!"},
        {"boxes": 5, "tree": base64.b64encode(b"no zlib").decode()},
        {"boxes": 5, "tree": 7},
        {"boxes": -1, "tree": tree_of(b"\x01")["tree"]},
        {"boxes": 10, "tree": tree_of(bytes(1 << 24))["tree"]},
        {"boxes": 3, "tree": tree_of(b"\x01")["tree"]},
        {"tree": tree_of(b"\x01")["tree"]},
    ],
)
def test_a_tree_that_cannot_be_unpacked(control, tree):
    assert forged(control, lambda _, witness: witness.update(trees=[tree])).word == "REJECTED"


def test_the_digest_belongs_to_the_claim(control):
    copied = copy.deepcopy(control)
    copied["claim"]["problem"]["tau"] = str(Fraction(11, 20))
    rejected(verify_data(copied), "digest")
    assert verify_data(certificate(control["claim"], control["witness"], 128)).word == "VERIFIED"


def test_a_landscape_as_a_fact_is_not_said_to_rest_on_balls(control):
    assert forged(control, lambda claim, witness: None).reason == INTERVALS
    claim = {"type": "Counterexample", "statement": "some minimum is spurious", "facts": [control["claim"]]}
    answer = verify_data(certificate(claim, {"facts": [control["witness"]]}, control["precision"]))
    assert (answer.word, answer.reason) == ("VERIFIED", INTERVALS)
