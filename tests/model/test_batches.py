"""Losses over mini-batches: the simplex of N10 for designs and for all batches, plain loops over any batches, and what is refused."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scverify.certify.units import unit_optimum
from scverify.errors import InputError
from scverify.kernel.verify import verify_data
from scverify.model.batches import FANO, mini_batches
from scverify.model.units import UnitProblem
from tests.oracles import written_out


def at_simplex(pairs, size, batches, tau):
    return 2 * size * batches * math.log1p((size - 1) * math.exp(-pairs / ((pairs - 1) * tau)))


def test_the_fano_plane_has_the_value_of_the_simplex():
    found = unit_optimum(UnitProblem(mini_batches("fano", pairs=7), 1))
    assert float(found.lower) <= 20.33459507588683 and float(found.upper) >= 20.33459507588682 and found.gap <= found.upper / 10**12
    assert float(found.lower) == pytest.approx(at_simplex(7, 3, 7, 1), rel=1e-12)
    assert verify_data(found.certificate).word == "VERIFIED" and found.rank == 6
    assert found.to_json()["nodes"] == {"image": 7, "text": 7} and "7 × image" in found.headline()


@given(pairs=st.integers(3, 30), size=st.integers(2, 5), tau=st.sampled_from([1, 2, "1/2"]))
def test_all_batches_have_the_value_of_the_simplex(pairs, size, tau):
    if size > pairs:
        return
    found = unit_optimum(UnitProblem(mini_batches(f"all:{size}", pairs=pairs), tau))
    exact = at_simplex(pairs, size, math.comb(pairs, size), 0.5 if tau == "1/2" else tau)
    assert float(found.lower) == pytest.approx(exact, rel=1e-12)
    assert verify_data(found.certificate).word == "VERIFIED"


def test_all_batches_are_the_batches_listed():
    listed = unit_optimum(UnitProblem(mini_batches(list(combinations(range(5), 3)), pairs=5), 1))
    merged = unit_optimum(UnitProblem(mini_batches("all:3", pairs=5), 1))
    assert listed.lower <= merged.upper and merged.lower <= listed.upper
    mean = unit_optimum(UnitProblem(mini_batches("all:3", pairs=5), 1, reduction="mean"))
    assert float(mean.lower) == pytest.approx(float(merged.lower) / 60, rel=1e-12)


@settings(max_examples=1)
@given(seed=st.integers(0, 2**32 - 1))
def test_plain_loops_over_any_batches_of_pairs(seed):
    generator = np.random.default_rng(seed)
    batches = [tuple(map(int, generator.choice(5, size=3, replace=False))) for _ in range(3)] + [(0, 1, 2, 3, 4)]
    found = unit_optimum(UnitProblem(mini_batches(batches, pairs=5), 1))
    points = np.array([vectors[0] for _, vectors in written_out.configuration(found)])
    assert written_out.clip(points[:5], points[5:], batches, 1.0) == pytest.approx(float(found.upper), rel=1e-9)
    points = written_out.on_spheres(generator, 10)
    assert written_out.clip(points[:5], points[5:], batches, 1.0) >= float(found.lower)


@settings(max_examples=2)
@given(seed=st.integers(0, 2**32 - 1))
def test_plain_loops_over_any_batches_of_samples(seed):
    generator = np.random.default_rng(seed)
    labels = [0, 0, 0, 1, 1, 1]
    batches = [(0, 1, 3, 4), (1, 2, 4, 5), tuple(range(6)), (0, 2)]
    found = unit_optimum(UnitProblem(mini_batches(batches, labels=labels), "1/2"))
    points = np.array([vectors[0] for _, vectors in written_out.configuration(found)])
    assert written_out.supcon(points, labels, batches, 0.5) == pytest.approx(float(found.upper), rel=1e-9)
    assert written_out.supcon(written_out.on_spheres(generator, 6), labels, batches, 0.5) >= float(found.lower)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"batches": "fano", "pairs": 6}, "Fano"),
        ({"batches": "all:9", "pairs": 6}, "all"),
        ({"batches": "most", "pairs": 6}, "batches"),
        ({"batches": [[0, 9]], "pairs": 6}, "members"),
        ({"batches": [[0, 0]], "pairs": 6}, "members"),
        ({"batches": [[0]], "pairs": 6}, "two pairs"),
        ({"batches": [], "pairs": 6}, "no batches"),
        ({"batches": [3], "pairs": 6}, "list"),
        ({"batches": FANO, "pairs": 1}, "pairs"),
        ({"batches": FANO}, "neither"),
        ({"batches": [[0, 1]], "labels": [0, 1]}, "without a positive"),
        ({"batches": "all:2", "labels": [0, 0]}, "list of batches"),
        ({"batches": [[0, 1]], "labels": [0]}, "at least two"),
    ],
)
def test_batches_that_make_no_loss_are_refused_in_one_line(given, words):
    with pytest.raises(InputError, match=words) as refusal:
        mini_batches(**given)
    assert "\n" not in str(refusal.value)
