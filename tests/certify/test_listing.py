"""Complete lists of critical points: they agree with the search, and with the Euler number of the torus."""

import dataclasses
import json
import os

import pytest

from scverify.certify import checkpoints, listing, subdivision
from scverify.certify.checkpoints import sealed
from scverify.certify.listing import all_critical_points
from scverify.certify.points import critical_points
from scverify.errors import InputError
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"
LONG = [((3, 2), 2, "1/2"), ((3, 2), 2, "1/5"), ((2, 2, 2), 2, "1/2")]


def problem(sizes, dim, tau, **more):
    return Problem(supcon, Classes(sizes), dim=dim, temperature=tau, **more)


@pytest.mark.parametrize(("sizes", "dim", "tau"), [((2, 2), 2, "1/2"), ((2, 2), 2, "1/5"), ((2, 2), 3, "2")] + LONG * THOROUGH)
def test_the_list_is_complete(sizes, dim, tau):
    found = all_critical_points(problem(sizes, dim, tau), jobs=1)
    assert found.verdict == "PROVED" and found.trust == "interval", found.reason
    assert found.certificate is found.certificates["complete-list.json"] and len(found.certificate["claim"]["ranks"]) == dim - 1
    for certificate in found.certificates.values():
        assert verify_text(canonical(certificate)).word == "VERIFIED"
    searched = critical_points(problem(sizes, dim, tau), starts=200, seed=1).points
    for point in searched:
        # two orbits may have one value: 3 + 2 samples on a line, one of the three or one of the two turned around
        twins = [other for other in found.points if abs(float(other.lower - point.lower)) < 1e-9 and other.rank == point.rank]
        assert (point.inertia, point.kind) in [(twin.inertia, twin.kind) for twin in twins]
    assert found.euler == (0 if dim == 2 else None)
    assert all(point.inertia is not None for point in found.points)
    told = found.to_json()
    assert told["claim"] == "every critical point is listed" and told["points"][0]["copies"] == found.copies[0]


def test_a_spurious_minimum_is_on_the_list():
    found = all_critical_points(problem((2, 2), 2, "1/5"), jobs=1)
    assert [point.kind for point in found.points].count("spurious minimum") == 1


def test_out_of_budget_is_undecided():
    found = all_critical_points(problem((3, 3), 2, "1/5"), budget=0.1, jobs=1)
    assert found.verdict == "UNDECIDED" and "budget" in found.reason and found.euler is None and found.trust == "float"


def test_an_interrupt_is_undecided(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    for work in ("_grow", "_certified"):
        with monkeypatch.context() as patch:
            patch.setattr(listing, work, interrupt)
            found = all_critical_points(problem((2, 2), 2, "1/2"), jobs=1)
        assert found.verdict == "UNDECIDED" and found.interrupted and found.certificates == {} and found.search is not None


def test_a_point_whose_inertia_is_not_proved_is_listed_without_it(monkeypatch):
    certified = listing.certify_point
    monkeypatch.setattr(listing, "certify_point", lambda *given, **more: dataclasses.replace(certified(*given, **more), inertia=None))
    found = all_critical_points(problem((2, 2), 2, "1/2"), jobs=1)
    assert found.verdict == "PROVED" and found.euler is None and "not proved" in str(found)


@pytest.mark.parametrize("refused", [{"constraint": Ball()}, {"constraint": Sphere(2)}])
def test_what_no_list_is_known_of(refused):
    with pytest.raises(InputError, match="sphere"):
        all_critical_points(problem((2, 2), 2, "1/2", **refused), jobs=1)


def same(one, other):
    return one.certificates == other.certificates and one.copies == other.copies and one.verdict == other.verdict == "PROVED"


def test_a_list_that_was_kept_is_taken_up_and_ends_the_same(monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)
    monkeypatch.setattr(subdivision, "TRUNK", 200)
    monkeypatch.setattr(subdivision, "SLICE", 50)
    kept = []
    whole = all_critical_points(problem((2, 2), 3, "2"), jobs=1, keep=kept.append)
    assert len(kept) > 4 and {len(state["ranks"]) for state in kept} == {0, 1, 2} and whole.search is None
    for state in kept[len(kept) // 3 :: len(kept) // 3]:
        assert same(whole, all_critical_points(problem((2, 2), 3, "2"), jobs=1, search=json.loads(json.dumps(state))))


def test_an_interrupt_of_the_final_check_loses_nothing(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    whole = all_critical_points(problem((2, 2), 2, "1/2"), jobs=1)
    with monkeypatch.context() as patch:
        patch.setattr(listing, "verify_data", interrupt)
        broken = all_critical_points(problem((2, 2), 2, "1/2"), jobs=1)
    assert broken.verdict == "UNDECIDED" and broken.interrupted
    monkeypatch.setattr(subdivision, "advance", interrupt)
    assert same(whole, all_critical_points(problem((2, 2), 2, "1/2"), jobs=1, search=broken.search))


def test_a_damaged_list_is_refused():
    kept = []
    all_critical_points(problem((2, 2), 2, "1/2"), jobs=1, keep=kept.append)
    state = {name: value for name, value in kept[-1].items() if name != "digest"}
    wrong = [[1, 2], {}, {**kept[-1], "ranks": []}, sealed({**state, "ranks": [{}]}), sealed({**state, "ranks": [], "trees": []})]
    for search in wrong:
        with pytest.raises(InputError, match="unfinished search"):
            all_critical_points(problem((2, 2), 2, "1/2"), jobs=1, search=search)
