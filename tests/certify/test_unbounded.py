"""Losses without a minimum: a certified ray, and no more than a word where there is none."""

import json

import pytest
from click.testing import CliRunner

from scverify import Classes, NonNegative, Ridge, UnboundedBelow, Undecided, optimum, verify
from scverify.certify.unbounded import unbounded
from scverify.cli import main
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES


def problem(sizes, weight, tau="1", loss="decoupled", dim=None, signed=False):
    ridge = Ridge(weight)
    return Problem(LOSSES[loss], Classes(sizes), temperature=tau, constraint=NonNegative(ridge) if signed else ridge, dim=dim)


@pytest.mark.parametrize("dim", [None, 1, 2])
def test_two_pairs_fall_exactly_where_the_weight_is_below_four(dim):
    found = unbounded(problem((2, 2), "39/10", dim=dim))
    assert found is not None and found.slope == pytest.approx(-0.2) and verify(found.certificate).word == "VERIFIED"
    assert unbounded(problem((2, 2), "41/10", dim=dim)) is None


@pytest.mark.parametrize(("sizes", "signed"), [((5, 4, 3), False), ((3, 3, 7), False), ((2, 2), True)])
def test_other_sizes_and_signs(sizes, signed):
    found = unbounded(problem(sizes, "1/10", "1/2", signed=signed))
    assert found is not None and verify(found.certificate).word == "VERIFIED"


def test_losses_that_are_bounded_have_no_ray():
    assert unbounded(problem((3, 3, 7), "1/10", loss="supcon")) is None
    assert unbounded(problem((3, 3, 7), "1/10", loss="spectral")) is None


def test_the_optimum_is_said_to_be_unbounded_with_a_certificate():
    with pytest.raises(UnboundedBelow, match="unbounded below, with a certificate") as caught:
        optimum(problem((2, 2), "1/10"))
    assert isinstance(caught.value, Undecided) and caught.value.result.certificate["claim"]["type"] == "Unbounded"
    assert "unbounded below" in repr(caught.value.result) and "trust" in str(caught.value.result)


def test_the_command_answers_and_keeps_the_certificate(tmp_path):
    arguments = ["optimum", "--loss", "decoupled", "--sizes", "2,2", "--tau", "1", "--constraint", "ridge:1/10", "--json", "--save"]
    answer = CliRunner().invoke(main, [*arguments, str(tmp_path / "out")], catch_exceptions=False)
    assert answer.exit_code == 0 and json.loads(answer.stdout)["unbounded"] is True
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "out")], catch_exceptions=False).exit_code == 0
