from types import SimpleNamespace

import numpy as np
import pytest

import scverify as sv
from scverify.conjecture.facts import _collapsed, equal_grams_at_the_lowest_value
from scverify.conjecture.truth import all_of
from scverify.symbolic.losses import LOSSES

SPURIOUS = sv.Problem(sv.supcon, sv.Classes((4, 2)), 3, "1/20")


def global_if_local(point):
    return sv.implies(point.is_local_minimum, point.is_global)


def test_below_the_rank_of_the_relaxation_its_optimum_makes_no_minimum_spurious():
    low = sv.Problem(sv.supcon, sv.Classes((2, 2, 2, 2)), 2, "1/2")
    told = sv.for_all_critical_points(low, global_if_local, starts=12)
    assert (told.value, told.trust) == (True, "float")


def test_an_optimum_of_samples_that_need_more_dimensions_is_not_compared_with():
    apart = sv.Problem(LOSSES["spectral"], sv.Classes((3, 2)), 3, "1/2")
    assert sv.optimum(sv.Problem(apart.loss, apart.classes, temperature="1/2")).level == "samples"
    assert sv.for_all_critical_points(apart, global_if_local).value is True


def test_a_search_never_proves_and_a_certified_point_refutes():
    assert sv.for_all_critical_points(SPURIOUS, lambda point: point.rank > 0).trust == "float"
    refuted = sv.for_all_minima(SPURIOUS, lambda point: point.is_global)
    assert (refuted.value, refuted.trust) == (False, "ball")
    assert sv.verify(refuted.certificates[0]).type == "SpuriousMinimum"


def test_spurious_minima_of_a_search_are_certified_and_their_list_is_not():
    excesses = []
    told = sv.for_all_spurious_minima(SPURIOUS, lambda point: excesses.append(sv.excess(point)) or excesses[-1] > 0)
    assert (told.value, told.trust) == (True, "float")
    assert len(excesses) == 1 and 13.23 < excesses[0].lower <= excesses[0].upper < 13.24
    none = sv.for_all_spurious_minima(sv.Problem(sv.supcon, sv.Classes((2, 2)), 3, "1/2"), lambda point: False)
    assert (none.value, none.trust) == (True, "float")
    assert sv.for_all_spurious_minima(SPURIOUS, lambda point: sv.excess(point) < 13).trust == "ball"


def test_of_nothing_all_is_true_and_that_is_no_proof():
    assert (all_of([]).value, all_of([]).is_proof) == (True, False)
    assert sv.all_equal([sv.Enclosure.of(1)]).is_proof


def test_collapse_is_refuted_by_stated_embeddings_and_their_radius():
    apart = sv.for_all_minima(SPURIOUS, lambda point: point.is_collapsed)
    assert (apart.value, apart.trust) == (False, "ball")
    together = sv.Problem(sv.supcon, sv.Classes((3, 2)), 2, "1/2")
    assert sv.for_all_minima(together, lambda point: point.is_collapsed).value is True


@pytest.mark.parametrize(("radius", "trust"), [("1/4096", "ball"), ("1/2048", "float")])
def test_samples_are_apart_only_beyond_what_the_radius_allows(radius, trust):
    claim = {"embeddings": {"bits": 10, "rows": [[0, 1]]}, "radius": radius}
    problem = SimpleNamespace(classes=SimpleNamespace(labels=[0, 0]))
    truth = _collapsed(SimpleNamespace(problem=problem, certificate={"claim": claim}, embeddings=np.array([[0, 2**-10]])))
    assert truth.trust == trust


def test_the_least_value_found_is_float_evidence():
    wide, narrow = (sv.least_value(sv.Problem(sv.supcon, sv.Classes((2, 2, 2, 2)), dim, "1/2"), starts=12) for dim in (3, 2))
    assert ((wide < narrow).value, (wide < narrow).trust) == (True, "float")
    optimum = sv.optimum(sv.Problem(sv.supcon, sv.Classes((2, 2, 2, 2)), temperature="1/2"))
    assert wide.lower <= optimum.upper and optimum.lower <= wide.upper


def test_one_gram_matrix_at_the_lowest_value():
    for loss in (sv.supcon, LOSSES["supcon_in"]):
        told = equal_grams_at_the_lowest_value(sv.Problem(loss, sv.Classes((2, 2)), 2, "1/2"))
        assert (told.value, told.trust) == (True, "float")
