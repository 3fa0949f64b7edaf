"""Landscapes made and checked: proved, refuted or plainly undecided; the same whatever the number of processes; taken up again."""

import base64
import os
import zlib

import pytest

import scverify as sv
from scverify.certify import checkpoints, subdivision
from scverify.certify import landscape as module
from scverify.certify.checkpoints import sealed
from scverify.certify.landscape import landscape
from scverify.errors import InputError
from scverify.kernel.certificate import canonical
from scverify.kernel.landscapes.reasons import SPLIT
from scverify.kernel.landscapes.trees import unpacked
from scverify.kernel.verify import Answer, verify_text
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import LOSSES, supcon

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"


def problem(sizes, dim, tau, **more):
    return Problem(more.pop("loss", supcon), Classes(sizes), dim=dim, temperature=tau, **more)


def assert_proved(found):
    assert found.verdict == "PROVED" and found.trust == ("interval" if found.boxes else "exact") and found.settled == pytest.approx(1)
    answer = verify_text(canonical(found.certificate))
    assert answer.word == "VERIFIED" and answer.type == "Landscape", answer
    assert found.search is None and found.boxes == sum(tree["boxes"] for tree in found.certificate["witness"]["trees"])


CASES = [
    ((2, 2), 2, "1/2"),
    ((2, 2), 3, "1/2"),
    ((2, 2), 3, "2"),
    ((2, 2), 3, "1/10"),
    ((3, 2), 2, "1"),
    ((2, 2, 2), 2, "2"),
]
LONG = [((2, 2), 3, "1/50"), ((3, 2), 2, "1/5"), ((3, 2), 3, "2"), ((2, 2, 2), 2, "1/2")]


@pytest.mark.parametrize(("sizes", "dim", "tau"), CASES + LONG * THOROUGH)
def test_every_local_minimum_is_global(sizes, dim, tau):
    assert_proved(landscape(problem(sizes, dim, tau), starts=16))


def test_at_least_as_many_dimensions_as_samples_takes_no_box():
    found = landscape(problem((3, 2), 5, "1/7"), starts=4)
    assert_proved(found)
    assert found.boxes == 0 and found.trust == "exact"


def test_for_all_temperatures_of_an_interval():
    found = landscape(problem((2, 2), 3, "1"), "3/2", starts=8)
    assert_proved(found)
    assert "every greater tau up to 3/2" in verify_text(canonical(found.certificate)).claim


@pytest.mark.parametrize(("sizes", "dim", "tau"), [((4, 2), 3, "1/20"), ((2, 2), 2, "1/5")])
def test_a_spurious_minimum_refutes(sizes, dim, tau):
    found = landscape(problem(sizes, dim, tau), starts=300)
    assert found.verdict == "REFUTED" and found.trust == "ball" and found.boxes == 0
    answer = verify_text(canonical(found.certificate))
    assert answer.word == "VERIFIED" and answer.type == "SpuriousMinimum"


def test_a_spurious_minimum_that_the_starts_missed_is_met_in_a_box(monkeypatch):
    monkeypatch.setattr(subdivision, "TRUNK", 2000)
    monkeypatch.setattr(subdivision, "SLICE", 500)
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    found = landscape(problem((2, 2), 2, "1/5"), starts=4, jobs=1)
    assert found.verdict == "REFUTED" and found.boxes > 0
    assert verify_text(canonical(found.certificate)).type == "SpuriousMinimum"


def test_the_number_of_processes_changes_nothing(monkeypatch):
    monkeypatch.setattr(subdivision, "TRUNK", 300)
    one, two = (landscape(problem((2, 2), 3, "2"), starts=4, jobs=jobs) for jobs in (1, 2))
    assert_proved(one)
    assert one.certificate == two.certificate and len(one.certificate["witness"]["trees"]) == 3


@pytest.mark.parametrize("stop", [1, 3, 12])
def test_an_interrupted_search_is_taken_up(monkeypatch, stop):
    monkeypatch.setattr(subdivision, "TRUNK", 200)
    monkeypatch.setattr(subdivision, "SLICE", 20)
    whole = landscape(problem((2, 2), 3, "2"), starts=4, jobs=1)
    seen = []

    def interrupt(at):
        seen.append(at)
        if len(seen) == stop:
            raise KeyboardInterrupt

    broken = landscape(problem((2, 2), 3, "2"), starts=4, jobs=1, progress=interrupt)
    assert broken.verdict == "UNDECIDED" and broken.interrupted and broken.certificate is None and 0 < broken.boxes < whole.boxes
    assert [at.boxes for at in seen] == sorted(at.boxes for at in seen) and 0 < seen[-1].settled < 1 and seen[-1].open > 0
    resumed = landscape(problem((2, 2), 3, "2"), starts=4, search=broken.search, jobs=1)
    assert_proved(resumed)
    assert resumed.certificate == whole.certificate


def test_a_refutation_interrupted_in_its_first_search_is_found_when_it_is_taken_up(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "critical_points", interrupt)
        broken = landscape(problem((2, 2), 2, "1/5"), jobs=1)
    assert broken.interrupted and broken.boxes == 0
    assert landscape(problem((2, 2), 2, "1/5"), jobs=1, search=broken.search).verdict == "REFUTED"


@pytest.mark.parametrize("interrupted", [True, False])
def test_an_interrupt_or_the_end_of_the_budget_during_the_final_check_loses_nothing(monkeypatch, interrupted):
    def ended(finished, limits):
        if interrupted:
            raise KeyboardInterrupt
        return Answer("UNDECIDED", f"the limit is {limits.seconds}", "")

    whole, kept = landscape(problem((2, 2), 3, "2"), starts=4, jobs=1), []
    with monkeypatch.context() as patch:
        patch.setattr(module, "verify_data", ended)
        broken = landscape(problem((2, 2), 3, "2"), starts=4, jobs=1, budget=600, keep=kept.append)
    assert (broken.verdict, broken.interrupted, broken.certificate) == ("UNDECIDED", interrupted, None)
    assert kept == [broken.search]
    calls = []
    monkeypatch.setattr(subdivision, "advance", lambda *_: calls.append(1))
    resumed = landscape(problem((2, 2), 3, "2"), starts=4, jobs=1, search=broken.search)
    assert resumed.certificate == whole.certificate and calls == []


def test_what_is_done_is_kept_by_time(monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)
    monkeypatch.setattr(subdivision, "TRUNK", 200)
    monkeypatch.setattr(subdivision, "SLICE", 20)
    kept = []
    whole = landscape(problem((2, 2), 3, "2"), starts=4, jobs=1, keep=kept.append)
    assert len(kept) > 10
    for state in kept[:: len(kept) // 4]:
        assert landscape(problem((2, 2), 3, "2"), starts=4, jobs=1, search=state).certificate == whole.certificate


def test_out_of_budget_is_undecided():
    found = landscape(problem((3, 3), 3, "1/5"), starts=2, budget=0.1, jobs=1)
    assert found.verdict == "UNDECIDED" and found.trust == "float" and "budget" in found.reason
    assert found.search is not None and not found.interrupted


def test_the_budget_covers_the_first_search(monkeypatch):
    rounds = []
    found = out_of_time(monkeypatch, rounds)
    assert found.verdict == "UNDECIDED" and found.reason == "out of budget" and found.boxes == 0 and len(rounds) == 1


def out_of_time(monkeypatch, rounds):
    """A landscape without any time, and how often its first search was asked whether it may go on."""

    def search(*given):
        while True:
            rounds.append(given)
            given[3](8, 200)

    monkeypatch.setattr(module, "critical_points", search)
    return landscape(problem((2, 2), 2, "1/2"), budget=1e-9, jobs=1)


def test_a_search_of_another_problem_is_refused():
    def interrupt(at):
        if at.settled > 0:
            raise KeyboardInterrupt

    found = landscape(problem((3, 3), 3, "1/5"), starts=2, jobs=1, progress=interrupt)
    with pytest.raises(InputError, match="another problem"):
        landscape(problem((3, 3), 3, "1/4"), search=found.search)
    tree = found.search["trees"][0]
    reason = bytearray(unpacked(tree))
    reason[reason.index(next(number for number in reason if number < SPLIT))] = 14
    unknown = {**tree, "tree": base64.b64encode(zlib.compress(bytes(reason))).decode()}
    for trees in ([{"boxes": 1, "tree": "AAAA"}], [], None, [3], [unknown], {}):
        for broken in ({**found.search, "trees": trees}, sealed({"format": module.FORMAT, "claim": found.search["claim"], "trees": trees})):
            with pytest.raises(InputError, match="unfinished search"):
                landscape(problem((3, 3), 3, "1/5"), search=broken)
    for broken in ([1, 2], {}, 7, {"format": module.FORMAT}):
        with pytest.raises(InputError, match="unfinished search"):
            landscape(problem((3, 3), 3, "1/5"), search=broken)


@pytest.mark.parametrize(
    "refused",
    [
        problem((4, 4), 3, "1/2", constraint=Ball()),
        problem((2, 2), 3, "1/2", constraint=Ridge(1)),
        problem((9, 1), 2, "1/2", singletons="ignore"),
        problem((2, 2), None, "1/2"),
        problem((2, 2), 1, "1/2"),
        problem((6, 6), 11, "1/2"),
        problem((6, 6), 3, "1/2"),
        problem((2, 2), 3, "1/2", loss=LOSSES["spectral"]),
    ],
)
def test_what_no_landscape_is_known_of(refused):
    with pytest.raises(InputError, match="allowed: small instances on the sphere"):
        landscape(refused)


def test_an_empty_interval_of_temperatures_is_refused():
    with pytest.raises(InputError, match="tau_upper"):
        landscape(problem((2, 2), 3, "1/2"), "1/4")


@pytest.mark.parametrize(
    "other",
    [
        problem((2, 2), 3, "1/2", reduction="mean"),
        problem((2, 2), 3, "2", constraint=Sphere(2)),
        problem((2, 1, 1), 3, "1/2", singletons="ignore"),
        problem((2, 2), 3, "1/2", loss=LOSSES["decoupled"]),
    ],
)
def test_other_losses_and_settings(other):
    found = landscape(other, starts=16)
    assert found.verdict != "UNDECIDED"
    assert verify_text(canonical(found.certificate)).word == "VERIFIED"


def test_what_is_told():
    found = landscape(problem((2, 2), 2, "1/2"), starts=4)
    told = found.to_json()
    assert told["verdict"] == "PROVED" and told["claim"] == "every local minimum is global" and told["trust"] == "interval"
    assert told["boxes"] == found.boxes and sum(told["reasons"].values()) < found.boxes and "reason" not in told
    assert str(found).startswith("PROVED: every local minimum is global")


@pytest.mark.parametrize(("sizes", "dim", "tau", "trust"), [((4, 2), 3, "1/10", "exact"), ((4, 4), 2, 2, "ball")])
def test_a_theorem_instead_of_boxes_is_trusted_as_far_as_its_hypotheses_are_exact(sizes, dim, tau, trust):
    found = landscape(problem(sizes, dim, tau, constraint=Ball()))
    assert (found.verdict, found.boxes, found.trust) == ("PROVED", 0, trust)


NODES = [
    sv.UnitProblem(sv.losses.siglip(2, bias=-2), 1, dim=2),
    sv.UnitProblem(sv.losses.clip(2), "1/2", dim=3),
    sv.UnitProblem(sv.losses.cross_entropy((1, 1)), 1, "sphere:3/2", dim=3),
    sv.collapsed_problem(sv.Problem("supcon", (3, 2, 2), dim=2)),
    sv.collapsed_problem(sv.Problem("decoupled", (3, 3, 3), dim=2)),
]


@pytest.mark.parametrize("given", NODES, ids=str)
def test_every_local_minimum_of_a_loss_on_nodes_is_global(given):
    found = landscape(given, starts=8, jobs=1)
    assert (found.verdict, found.trust) == ("PROVED", "interval") and found.settled == pytest.approx(1)
    answer = verify_text(canonical(found.certificate))
    assert (answer.word, answer.type) == ("VERIFIED", "UnitLandscape"), answer
    assert found.to_json()["dim"] == given.dim


def test_a_spurious_minimum_of_pairs_refutes():
    found = landscape(sv.UnitProblem(sv.losses.siglip(2, bias=-2), "1/5", dim=2), starts=16, jobs=1)
    assert (found.verdict, found.trust) == ("REFUTED", "ball")
    assert verify_text(canonical(found.certificate)).type == "SpuriousMinimum"


def test_minima_that_are_not_strict_leave_pairs_in_the_plane_undecided(monkeypatch):
    """x1 = x2 orthogonal to y1 = y2: minima of value 4 log 2 that no reason leaves out and no certificate of a strict one holds (N21)."""
    monkeypatch.setattr(subdivision, "TRUNK", 500)
    monkeypatch.setattr(subdivision, "SLICE", 1_000)
    monkeypatch.setattr(module, "HOPELESS", 2.0**-3)
    found = landscape(sv.UnitProblem(sv.losses.clip(2), 1, dim=2), starts=8, jobs=1)
    assert found.verdict == "UNDECIDED" and "resists" in found.reason and found.search is not None


def test_below_the_rank_of_the_optimum_the_least_point_of_classes_resists(monkeypatch):
    monkeypatch.setattr(subdivision, "TRUNK", 500)
    monkeypatch.setattr(subdivision, "SLICE", 1_000)
    monkeypatch.setattr(module, "HOPELESS", 2.0**-6)
    found = landscape(sv.collapsed_problem(sv.Problem("supcon", (2, 2, 2, 2), dim=2, temperature="1/2")), starts=8, jobs=1)
    assert found.verdict == "UNDECIDED" and "fewer dimensions than the optimum needs" in found.reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (sv.UnitProblem(sv.losses.clip(2), 1), "dimension"),
        (sv.UnitProblem(sv.losses.clip(2), 1, "ball", dim=2), "spheres alone"),
        (sv.UnitProblem(sv.losses.clip(2), "free:1/2,1", dim=2), "a given temperature"),
        (sv.UnitProblem(sv.losses.siglip(2, bias="free"), 1, dim=2), "without free scalars"),
        (sv.UnitProblem(sv.losses.mse((1, 1)), 1, dim=2), "sums of log"),
        (sv.UnitProblem(sv.losses.uniformity(3), 1, dim=2), "no anchor"),
        (sv.UnitProblem(sv.losses.clip(64), 1, dim=2), "2 to 10 nodes"),
    ],
    ids=str,
)
def test_what_is_no_landscape_on_nodes_is_refused(given, reason):
    with pytest.raises(InputError, match=reason):
        landscape(given, starts=4, jobs=1)


def test_nodes_have_one_temperature():
    with pytest.raises(InputError, match="one temperature"):
        landscape(NODES[0], tau_upper=2)
