"""One corrupted certificate for each way a list of critical points could be called complete without a proof, beside the control."""

import copy

import pytest

from scverify.certify.claims import certificate
from scverify.certify.listing import all_critical_points
from scverify.kernel.landscapes.complete import part_of
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, LISTED, NO_ROOT
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.soundness.test_forged_landscape import forged, rejected, with_numbers


@pytest.fixture(scope="module")
def control():
    """All points of rank 2 of sizes 2,2 in dimension 2 at tau = 1/2."""
    found = all_critical_points(Problem(supcon, Classes((2, 2)), dim=2, temperature="1/2"), jobs=1)
    assert found.verdict == "PROVED" and len(found.points) == 6
    claim, witness = found.certificate["claim"], found.certificate["witness"]
    return certificate(part_of(claim, 2, claim["ranks"][0]), witness["ranks"][0], 192)


def test_the_control_is_verified(control):
    answer = forged(control, lambda claim, witness: None)
    assert answer.word == "VERIFIED" and "one of the listed" in answer.claim
    assert "intervals of float64" in answer.reason and "ball arithmetic" in answer.reason


@pytest.mark.parametrize("place", [0, 1])
def test_a_point_missing_from_the_list(control, place):
    def shortened(claim, witness):
        del claim["points"][place], witness["points"][place]

    rejected(forged(control, shortened), "is_listed")


def test_a_point_that_is_none(control):
    def moved(claim, _):
        row = claim["points"][0]["embeddings"]["rows"][0]
        row[3] += 1 << (claim["points"][0]["embeddings"]["bits"] - 4)

    assert forged(control, moved).word in ("REJECTED", "UNDECIDED")


def test_a_point_listed_twice_for_another(control):
    def doubled(claim, witness):
        claim["points"][1], witness["points"][1] = copy.deepcopy(claim["points"][0]), copy.deepcopy(witness["points"][0])

    rejected(forged(control, doubled), "is_listed")


def test_a_neighbourhood_that_is_too_wide(control):
    assert forged(control, lambda claim, _: claim["points"][0].update(radius="1")).word in ("REJECTED", "UNDECIDED")


def test_a_root_said_to_be_none(control):
    def swapped(numbers):
        numbers[numbers.index(LISTED)] = NO_ROOT

    rejected(forged(control, with_numbers(swapped)), "has_no_root")


@pytest.mark.parametrize("instead", [0, 1, 3])
def test_a_root_left_out_for_another_reason(control, instead):
    def swapped(numbers):
        numbers[numbers.index(LISTED)] = instead

    rejected(forged(control, with_numbers(swapped)), "not left out")


@pytest.mark.parametrize("reason", [2, 4, 5])
def test_reasons_that_serve_minima_alone(control, reason):
    def swapped(numbers):
        numbers[numbers.index(NO_ROOT)] = reason

    rejected(forged(control, with_numbers(swapped)), "does not serve the statement")


def test_a_list_as_a_proof_about_minima(control):
    def stated(claim, witness):
        claim["statement"] = EVERY_MINIMUM
        del claim["points"], witness["points"]

    rejected(forged(control, stated), "does not serve the statement")


def test_another_temperature_or_an_interval(control):
    assert forged(control, lambda claim, _: claim["problem"].update(tau="11/20")).word in ("REJECTED", "UNDECIDED")
    rejected(forged(control, lambda claim, _: claim.update(tau_upper="1")), "tau_upper")
