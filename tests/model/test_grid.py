"""Grids of problems: every combination of what a file states, and each wrong key named."""

from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.constraints import Ball, Sphere
from scverify.model.grid import grid, read_grid


def test_every_combination_is_a_problem_and_the_last_key_changes_fastest():
    problems = grid({"sizes": [[4, 2], [3, 3]], "tau": ["1/2", 1], "constraint": ["sphere", "ball"], "dim": 3})
    assert [(p.constraint, p.classes.sizes, p.temperature) for p in problems[:3]] == [
        (Sphere(), (4, 2), Fraction(1, 2)),
        (Sphere(), (4, 2), 1),
        (Sphere(), (3, 3), Fraction(1, 2)),
    ]
    assert len(problems) == 8 and problems[-1].constraint == Ball() and {p.dim for p in problems} == {3}


def test_a_profile_goes_over_its_ratios():
    problems = grid({"profile": {"name": "step", "k": 4, "n_min": 3}, "ratio": [2, 10], "tau": "1/2"})
    assert [p.classes.sizes for p in problems] == [(6, 6, 3, 3), (30, 30, 3, 3)]


def test_a_decimal_in_a_file_is_exact_and_other_keys_are_handed_on(tmp_path):
    file = tmp_path / "grid.toml"
    file.write_text('question = "merged"\nsizes = [4, 2]\ntau = 0.1\n')
    problems, other = read_grid(file)
    assert problems[0].temperature == Fraction(1, 10)
    assert other == {"question": "merged"}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"sizes": [4, 2]}, "without tau"),
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
