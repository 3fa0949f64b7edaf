"""Grids of problems: every combination of what a file states, and each wrong key named."""

from decimal import Decimal
from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.constraints import Ball, Sphere
from scverify.model.grid import grid, read_grid
from scverify.model.named import siglip
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem


def problems_of(stated):
    return [point.problem for point in grid(stated)]


def test_every_combination_is_a_problem_and_the_last_key_changes_fastest():
    problems = problems_of({"sizes": [[4, 2], [3, 3]], "tau": ["1/2", 1], "constraint": ["sphere", "ball"], "dim": 3})
    assert [(p.constraint, p.classes.sizes, p.temperature) for p in problems[:3]] == [
        (Sphere(), (4, 2), Fraction(1, 2)),
        (Sphere(), (4, 2), 1),
        (Sphere(), (3, 3), Fraction(1, 2)),
    ]
    assert len(problems) == 8 and problems[-1].constraint == Ball() and {p.dim for p in problems} == {3}


def test_a_profile_goes_over_its_ratios():
    problems = problems_of({"profile": {"name": "step", "k": 4, "n_min": 3}, "ratio": [2, 10], "tau": "1/2"})
    assert [p.classes.sizes for p in problems] == [(6, 6, 3, 3), (30, 30, 3, 3)]


def test_several_profiles_are_told_apart_by_their_places():
    profiles = [{"name": "step", "k": k, "n_min": 3} for k in (4, 6)]
    points = grid({"profile": profiles, "ratio": [2, 10], "tau": "1/2"})
    assert [(point.place["k"], point.place["ratio"]) for point in points] == [("4", "2"), ("4", "10"), ("6", "2"), ("6", "10")]
    assert [len(point.problem.classes.sizes) for point in points] == [4, 4, 6, 6]


def test_the_parameters_of_a_loss_are_values_too():
    points = grid({"loss": "siglip", "pairs": 5, "bias": [-1, "1/2"], "logit_scale": [2, 4]})
    assert [(p.place["bias"], p.place["logit_scale"]) for p in points] == [("-1", "2"), ("-1", "4"), ("1/2", "2"), ("1/2", "4")]
    assert [p.problem.temperature for p in points] == [Fraction(1, 2), Fraction(1, 4)] * 2
    other = UnitProblem(siglip(pairs=5, bias="1/2"), "1/4")
    assert points[-1].problem.data == other.data != points[0].problem.data


def test_losses_with_parameters_stand_on_classes_and_tables_are_one_value():
    on_sizes = grid({"loss": "label_smoothing", "smoothing": [Decimal("0.1"), "1/5"], "sizes": [3, 3], "tau": 1})
    assert [p.place["smoothing"] for p in on_sizes] == ["0.1", "1/5"] and all(isinstance(p.problem, UnitProblem) for p in on_sizes)
    [soft] = grid({"loss": "soft_supcon", "targets": [["9/10", "1/10"], ["1/10", "9/10"]], "sizes": [3, 3], "tau": 1})
    assert isinstance(soft.problem, Problem) and soft.problem.loss.name == "soft_supcon"


def test_a_decimal_in_a_file_is_exact_and_other_keys_are_handed_on(tmp_path):
    file = tmp_path / "grid.toml"
    file.write_text('question = "merged"\nsizes = [4, 2]\ntau = 0.1\n')
    problems, other = read_grid(file)
    assert problems[0].problem.temperature == Fraction(1, 10)
    assert other == {"question": "merged"}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"sizes": [4, 2]}, "without tau"),
        ({"sizes": [4, 2], "tau": 1, "logit_scale": 1}, "both tau and logit_scale"),
        ({"sizes": [4, 2], "logit_scale": 0}, "logit_scale"),
        ({"sizes": [4, 2], "tau": 1, "pairs": 3}, "pairs with the loss supcon"),
        ({"sizes": [4, 2], "tau": 1, "loss": "siglip", "pairs": 3}, "siglip with class sizes"),
        ({"tau": 1, "loss": "cross_entropy"}, "cross_entropy without class sizes"),
        ({"tau": 1, "loss": "siglip", "pairs": 3, "dim": 2}, "dim"),
        ({"tau": 1, "loss": "siglip", "pairs": 3, "ignore_singletons": True}, "ignore_singletons"),
        ({"tau": 1, "loss": "siglip"}, "pairs"),
        ({"tau": 1, "loss": "siglip", "pairs": "many"}, "pairs 'many'"),
        ({"tau": 1, "loss": "siglip", "pairs": 3, "bias": "low"}, "low"),
        ({"tau": 1}, "neither sizes nor"),
        ({"tau": 1, "sizes": [4, 2], "profile": {"name": "step"}}, "both sizes and"),
        ({"tau": 1, "sizes": [4, 2], "ratio": 2}, "ratio beside sizes"),
        ({"tau": 1, "sizes": 4}, "sizes 4"),
        ({"tau": 1, "profile": "step"}, "profile 'step'"),
        ({"tau": 1, "profile": {"name": "nosuch"}}, "nosuch"),
        ({"tau": [], "sizes": [4, 2]}, "0 problems"),
        ({"tau": list(range(1, 100_002)), "sizes": [4, 2]}, "100001 problems"),
        ({"tau": -1, "sizes": [4, 2]}, "temperature"),
        ({"tau": True, "sizes": [4, 2]}, "temperature"),
        ({"tau": 1, "sizes": [4, "x"]}, "x"),
        ({"tau": 1, "sizes": [4, 2], "dim": 0}, "dim"),
        ({"tau": 1, "sizes": [4, 2], "loss": 3}, "loss 3"),
        ({"tau": 1, "sizes": [4, 2], "loss": "nosuch"}, "nosuch"),
        ({"tau": 1, "sizes": [4, 2], "constraint": "cube"}, "cube"),
        ({"tau": 1, "sizes": [4, 2], "ignore_singletons": "no"}, "ignore_singletons"),
    ],
)
def test_what_cannot_be_meant_is_refused(stated, message):
    with pytest.raises(InputError, match=message):
        grid(stated)


def test_a_file_that_is_no_grid_is_refused(tmp_path):
    (tmp_path / "broken.toml").write_text("tau = [")
    (tmp_path / "latin.toml").write_bytes(b"tau = '\xe9'")
    for name in ("broken.toml", "latin.toml", "missing.toml"):
        with pytest.raises(InputError, match=name):
            read_grid(tmp_path / name)
