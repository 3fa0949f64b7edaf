"""One corrupted certificate for each way a landscape on nodes could be claimed without being proved, beside the uncorrupted controls."""

import base64
import copy
import zlib

import pytest

import scverify as sv
from scverify.certify.landscape import landscape
from scverify.kernel.certificate import digest
from scverify.kernel.landscapes import deciding
from scverify.kernel.landscapes.node_enclosures import NodeEnclosures
from scverify.kernel.landscapes.reasons import EVERY_POINT, REASONS, SPLIT
from scverify.kernel.verify import verify_data
from scverify.model.collapsed import collapsed_problem

NAMES = [reason.name for reason in REASONS]


@pytest.fixture(autouse=True)
def the_box_itself(monkeypatch):
    """A forged reason that holds on all parts of a box makes no wrong certificate; here it must hold on the box itself."""
    monkeypatch.setattr(deciding, "HALVINGS", 0)


@pytest.fixture(scope="module")
def sigmoid():
    """Two pairs in the plane, warm: a constant outcome in every row."""
    found = landscape(sv.UnitProblem(sv.losses.siglip(2, bias=-2), 1, dim=2), starts=8, jobs=1)
    assert found.verdict == "PROVED"
    return found.certificate


@pytest.fixture(scope="module")
def classes():
    """Three classes as vectors: rows that hold their own similarity."""
    found = landscape(collapsed_problem(sv.Problem("supcon", (3, 2, 2), dim=2)), starts=8, jobs=1)
    assert found.verdict == "PROVED"
    return found.certificate


def numbers_of(data):
    return bytearray(zlib.decompress(base64.b64decode(data["witness"]["trees"][0]["tree"])))


def forged(original, edit):
    """The answer to a certificate after an edit of its claim and witness, resealed."""
    copied = copy.deepcopy(original)
    edit(copied["claim"], copied["witness"])
    copied["digest"] = digest(copied["claim"])
    return verify_data(copied)


def with_numbers(change):
    def edit(_, witness):
        numbers = bytearray(zlib.decompress(base64.b64decode(witness["trees"][0]["tree"])))
        numbers = change(numbers) or numbers
        witness["trees"][0] = {"boxes": len(numbers), "tree": base64.b64encode(zlib.compress(bytes(numbers))).decode("ascii")}

    return edit


def rejected(answer, *reasons):
    assert answer.word == "REJECTED", answer
    assert any(reason in answer.reason for reason in reasons), answer.reason


def test_the_controls_are_verified(sigmoid, classes):
    for proof in (sigmoid, classes):
        answer = verify_data(proof)
        assert answer.word == "VERIFIED" and "every local minimum is global" in answer.claim
        assert answer.reason == "checked in intervals of float64 rounded outward"


def test_a_box_left_out_or_left_over(sigmoid):
    rejected(forged(sigmoid, with_numbers(lambda numbers: numbers[:-1])), "left out of the tree")
    rejected(forged(sigmoid, with_numbers(lambda numbers: numbers + bytes([1]))), "more numbers than boxes")
    rejected(forged(sigmoid, lambda _, witness: witness.update(trees=[])), "expected", "boxes")


@pytest.mark.parametrize("instead", NAMES)
def test_a_reason_swapped(sigmoid, instead):
    """Every leaf is given each other reason: those that suppose rows of samples serve no statement here."""
    number, served = NAMES.index(instead), {0, 1, 8, 2, 3, 5}
    leaves = [place for place, stated in enumerate(numbers_of(sigmoid)) if stated < SPLIT and stated != number]

    def swapped(numbers):
        for place in leaves:
            numbers[place] = number

    rejected(forged(sigmoid, with_numbers(swapped)), "does not serve" if number not in served else f"stated: {instead}")


def test_a_colder_temperature_at_which_there_is_a_spurious_minimum(sigmoid):
    rejected(forged(sigmoid, lambda claim, _: claim["problem"].update(tau="1/5")), "not left out")


def test_a_row_of_another_loss(sigmoid, classes):
    """Softmax rows of the same pairs, whose minima in the plane are not all global; another weight."""
    other = sv.UnitProblem(sv.losses.clip(2), 1, dim=2)
    rejected(forged(sigmoid, lambda claim, _: claim.update(problem=other.data)), "not left out")

    def heavier(claim, _):
        claim["problem"]["rows"][0]["weight"] = "1000"

    rejected(forged(classes, heavier), "not left out")


def test_a_symmetry_that_is_none(sigmoid):
    """The tree leaves copies out; once pairs are told apart they are no copies."""

    def told_apart(claim, _):
        claim["problem"]["rows"][0]["c"]["others"] = {"text": ["add", "1", "n_own"]}
        claim["problem"]["units"] = [{"multiplicity": 1, "copies": [1, 1]}, {"multiplicity": 1, "copies": [1, 2]}]

    rejected(forged(sigmoid, told_apart), "left out", "halves", "numbers")
    assert NAMES.index("is_copy") in numbers_of(sigmoid)
    rejected(forged(sigmoid, lambda _, witness: witness.update(orderings=[])), f"stated: {NAMES[0]}")
    rejected(forged(sigmoid, lambda _, witness: witness.update(orderings=[[0, 1], [0, 1]])), "repeated")
    rejected(forged(sigmoid, lambda _, witness: witness.update(orderings=[[1, 0]])), "ascending")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda claim: claim["problem"]["kinds"][0].update(constraint={"kind": "ball", "rho": "1", "nonnegative": False}), "spheres alone"),
        (
            lambda claim: claim["problem"]["kinds"][0].update(constraint={"kind": "sphere", "rho": "1", "nonnegative": True}),
            "spheres alone",
        ),
        (lambda claim: claim["problem"]["kinds"][0].update(constraint={"kind": "sphere", "rho": "2", "nonnegative": False}), "one radius"),
        (lambda claim: claim.update(dim=1), "dimension of 2"),
        (lambda claim: claim.update(statement=EVERY_POINT), "no other statement"),
        (lambda claim: claim.update(tau_upper="2"), "unknown: tau_upper"),
        (lambda claim: claim.update(dim=4), "has no boxes"),
        (lambda claim: claim["problem"].update(tau="1/301"), "beyond 300"),
        (lambda claim: claim.update(type="Landscape"), "unknown"),
    ],
    ids=range(9),
)
def test_every_hypothesis_counts(sigmoid, change, reason):
    rejected(forged(sigmoid, lambda claim, _: change(claim)), reason)


def test_another_dimension_has_other_boxes(sigmoid):
    rejected(forged(sigmoid, lambda claim, _: claim.update(dim=3)), "not left out", "left out of the tree", "more numbers", "halves")


def test_rows_are_convex_where_no_box_is_asked_for():
    roomy = landscape(sv.UnitProblem(sv.losses.clip(2), 1, dim=4)).certificate
    assert verify_data(roomy).word == "VERIFIED"
    squares = sv.UnitProblem(sv.losses.mse((1, 1)), 1, dim=4)
    rejected(forged(roomy, lambda claim, _: claim.update(problem=squares.data)), "sums of log")
    rejected(forged(roomy, lambda _, witness: witness.update(trees=[{"boxes": 0, "tree": ""}])), "has no boxes")


def test_a_checker_that_forgets_what_does_not_move_is_told_by_the_control(sigmoid, monkeypatch):
    """The tree rests on the share of a row that no configuration changes."""
    monkeypatch.setattr(NodeEnclosures, "unmoved", lambda self, nothing: nothing)
    rejected(verify_data(sigmoid), "not left out")
