"""Sweeps: the same certificates by whatever executor, nothing asked twice, nothing lost."""

import json
import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import scverify as sv
from scverify.errors import InputError
from scverify.sweep import POINTS, ROWS, sweep

TAUS = ("1/4", "1/2", "1")


def problems(**given):
    return [sv.Problem(sv.supcon, sv.Classes((6, 6, 3, 3)), temperature=tau, **given) for tau in TAUS]


def certificates(folder):
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.json")}


class Eager(Executor):
    """Runs everything at once; counts."""

    def __init__(self):
        self.count = 0

    def submit(self, function, /, *arguments, **named):
        self.count += 1
        future = Future()
        future.set_result(function(*arguments, **named))
        return future


def test_any_executor_gives_the_same_certificates_and_they_verify(tmp_path):
    here = sweep(problems(), "optimum", out=tmp_path / "here")
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        there = sweep(problems(), "optimum", out=tmp_path / "there", executor=pool)
    assert certificates(tmp_path / "here") == certificates(tmp_path / "there") != {}
    assert here.words == there.words == {"rank 3": 3}
    for folder in (tmp_path / "here" / POINTS).iterdir():
        if folder.is_dir():
            assert sv.verify(folder)


def test_a_point_that_is_on_disk_is_not_asked_again(tmp_path):
    first = sweep(problems()[:1], "merged", out=tmp_path)
    eager = Eager()
    second = sweep(problems(), "merged", out=tmp_path, executor=eager)
    assert (len(first.rows), eager.count, len(second.rows)) == (1, 2, 3)
    assert [row["tau"] for row in second.rows] == list(TAUS)
    assert [json.loads(line) for line in (tmp_path / ROWS).read_text().splitlines()] == list(second.rows)


def test_an_interrupt_keeps_what_is_answered(tmp_path):
    def interrupt(done, total):
        raise KeyboardInterrupt

    stopped = sweep(problems(), "merged", out=tmp_path, progress=interrupt)
    assert stopped.interrupted and len(stopped.rows) == 1
    finished = sweep(problems(), "merged", out=tmp_path)
    assert not finished.interrupted and len(finished.rows) == 3


def test_a_problem_that_cannot_be_asked_has_a_row_with_the_reason(tmp_path):
    found = sweep([sv.Problem(sv.supcon, (4, 2), temperature=1)], "points", out=tmp_path, starts=3)
    assert found.words == {"refused": 1}
    assert "dim" in found.rows[0]["reason"]


def test_points_say_whether_a_spurious_minimum_is_certified(tmp_path):
    asked = [sv.Problem(sv.supcon, (2, 2), dim=2, temperature=tau) for tau in ("1/2", "1")]
    found = sweep(asked, "points", out=tmp_path, starts=4)
    assert found.words == {"none found": 2}


def test_a_small_landscape_says_that_there_is_no_spurious_minimum(tmp_path):
    asked = [sv.Problem(sv.supcon, sizes, dim=3, temperature=tau) for sizes, tau in (((2, 2), "1/2"), ((4, 2), "1/20"), ((4, 2), "1/2"))]
    found = sweep(asked, "spurious", out=tmp_path, starts=8, budget=10**5)
    assert [row["word"] for row in found.rows] == ["none (proved)", "spurious minimum", "none found"]
    assert sv.verify(tmp_path / POINTS / found.rows[0]["point"])


def test_losses_with_nodes_of_their_own_are_answered_and_shown_at_their_places(tmp_path):
    asked = [sv.UnitProblem(sv.losses.siglip(pairs=5, bias=bias), "1/4") for bias in (0, -4)]
    found = sweep(asked, "simplex", out=tmp_path, places=[{"bias": "0"}, {"bias": "-4"}])
    assert [(row["place"]["bias"], row["word"]) for row in found.rows] == [("0", "not a simplex"), ("-4", "simplex")]
    assert sv.verify(tmp_path / POINTS / found.rows[1]["point"])
    optimum = sweep(asked[1:], "optimum", out=tmp_path / "optimum").rows[0]
    assert optimum["word"] == "rank 4" and optimum["loss"] == "siglip"
    refused = sweep(asked[:1], "zero", out=tmp_path / "zero").rows[0]
    assert refused["word"] == "refused" and "zero of siglip" in refused["reason"]


def test_another_budget_is_another_question_where_it_matters(tmp_path):
    asked = [sv.Problem(sv.supcon, (2, 2), dim=2, temperature=1)]
    names = {
        sweep(asked, question, out=tmp_path, budget=budget).rows[0]["point"] for question in ("landscape", "points") for budget in (60, 9)
    }
    assert len(names) == 3


@pytest.mark.parametrize("question", ["simplex", "zero"])
def test_kinds_of_the_optimum_are_decided_with_a_certificate(question, tmp_path):
    given = {"constraint": sv.Ridge("1/10")} if question == "zero" else {}
    found = sweep([sv.Problem(sv.supcon, (3, 3, 3), temperature=1, **given)], question, out=tmp_path)
    assert found.words in ({"simplex": 1}, {"not zero": 1})
    assert sv.verify(tmp_path / POINTS / found.rows[0]["point"])


def test_a_damaged_row_is_named_and_kept(tmp_path):
    found = sweep(problems()[:1], "merged", out=tmp_path)
    file = tmp_path / POINTS / f"{found.rows[0]['point']}.row"
    file.write_text('{"point": 3}')
    with pytest.raises(InputError, match="remove it"):
        sweep(problems()[:1], "merged", out=tmp_path)
    assert file.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"question": "taste"}, "taste"),
        ({"problems": ["x"]}, "problem"),
        ({"starts": 0}, "starts"),
        ({"budget": 0}, "budget"),
        ({"places": [{}]}, "1 places of 3"),
        ({"executor": 2}, "executor"),
        ({"executor": ThreadPoolExecutor(1)}, "threads as executor"),
        ({"out": 3}, "out"),
    ],
)
def test_arguments_that_cannot_be_meant_are_refused(given, message, tmp_path):
    with pytest.raises(InputError, match=message):
        sweep(**{"problems": problems(), "out": tmp_path / "new", **given})
    assert not (tmp_path / "new").exists()


def test_many_quick_points_go_together_and_each_is_kept(tmp_path):
    asked = [sv.Problem(sv.supcon, sv.Classes((3, 2)), temperature=f"1/{place}") for place in range(1, 41)]
    eager, told = Eager(), []
    found = sweep(asked, "optimum", out=tmp_path, executor=eager, progress=lambda done, total: told.append((done, total)))
    assert eager.count == 20 and len(found.rows) == 40 and told == [(done, 40) for done in range(1, 41)]


def test_points_that_take_long_go_one_by_one(tmp_path):
    asked = [sv.Problem(sv.supcon, sv.Classes((2, 2)), dim=4, temperature=f"1/{place}") for place in range(1, 41)]
    eager = Eager()
    assert sweep(asked, "landscape", out=tmp_path, executor=eager).words == {"PROVED": 40}
    assert eager.count == 40


def test_another_dimension_is_another_point(tmp_path):
    asked = [sv.UnitProblem(sv.losses.clip(pairs=3), "1/2", dim=dim) for dim in (1, 2, None)]
    found = sweep(asked, "optimum", out=tmp_path)
    assert [row["word"] for row in found.rows] == ["refused", "rank 2", "rank 2"]
    assert "the first refusal: " in str(found) and "rank of the optimum" in str(found)


def test_rows_hold_no_matrices(tmp_path):
    [row] = sv.sweep([sv.Problem("supcon", (4, 3, 2), temperature=1)], out=tmp_path).rows
    assert row["answer"].keys() >= {"lower", "upper", "rank"} and row["answer"].keys().isdisjoint({"gram", "groups", "similarities"})
