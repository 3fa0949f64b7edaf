"""Complete lists: which ranks need a list, the claim about one of them, and how the whole is said."""

import numpy as np
import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.claims import claim_of
from scverify.kernel.landscapes.complete import numbers_of, part_of, ranks_of
from scverify.kernel.verify import verify_data
from tests.kernel.kept import kept
from tests.kernel.landscapes.instances import of, truth
from tests.soundness.controls import sealed


def of_one_rank():
    """The list of rank 2 that version 1 kept, in 2 dimensions, as a list of all ranks."""
    data = kept("list-landscape-rank-2")
    claim = {"type": "CompleteList", "problem": data["claim"]["problem"], "ranks": [data["claim"]["points"]]}
    return sealed({**data, "claim": claim, "witness": {"ranks": [data["witness"]]}})


def test_in_two_dimensions_one_list_is_all():
    answer = verify_data(of_one_rank())
    assert answer.word == "VERIFIED" and "2 of rank 2 (18 numbers, sum -5455129" in answer.claim and answer.type == "CompleteList"
    assert len(numbers_of(of_one_rank()["claim"])) == 2


def test_ranks_from_the_dimension_down_to_two():
    claim = of_one_rank()["claim"]
    assert ranks_of(claim) == [2]
    claim["problem"]["dim"] = 5
    assert ranks_of(claim) == [5, 4, 3, 2]
    claim["problem"]["dim"] = 1
    with pytest.raises(Rejected, match="dimension"):
        ranks_of(claim)
    del claim["problem"]["dim"]
    with pytest.raises(Rejected, match="dimension"):
        ranks_of(claim)


def test_a_part_is_the_claim_about_one_rank():
    claim = of_one_rank()["claim"]
    claim["problem"]["dim"] = 3
    assert part_of(claim, 2, claim["ranks"][0]) == kept("list-landscape-rank-2")["claim"]


def test_other_points_have_other_words():
    claim = of_one_rank()["claim"]
    before = claim_of("CompleteList").said(claim)
    claim["ranks"][0].reverse()
    assert claim_of("CompleteList").said(claim) != before


def test_every_pattern_of_signs_is_critical():
    _, level, _ = of((3, 2), 3, "1/2")
    signs = np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    _, _, _, s, _ = truth(level, np.outer([0.6, 0.0, 0.8], signs), 2.0)
    assert np.abs(s @ signs).max() < 1e-12
