"""Problems on units as users state them."""

from fractions import Fraction

import pytest

from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
from scverify.model.fixed import Fixed
from scverify.model.named import clip
from scverify.model.units import UnitProblem, parse_constraints


def test_one_constraint_serves_all_kinds_or_each_has_its_own():
    assert UnitProblem(clip(3)).constraints == (Sphere(), Sphere())
    mixed = UnitProblem(clip(3), 1, {"text": Ball(), "image": Ridge(2)})
    assert mixed.constraints == (Ridge(2), Ball()) and "image ridge:2" in str(mixed)
    assert "image sphere, H >= 0, text ball" in str(UnitProblem(clip(3), 1, {"text": "ball", "image": NonNegative()}))


def test_constraints_by_kind_are_read_from_a_text():
    kinds = ("image", "text")
    assert parse_constraints("ball:2", kinds) == {"image": Ball(2), "text": Ball(2)}
    assert parse_constraints("text=ridge:1/2,image=sphere", kinds, nonnegative=True) == {
        "text": NonNegative(Ridge("1/2")),
        "image": NonNegative(Sphere()),
    }
    assert parse_constraints("image=fixed:simplex,text=sphere", kinds, nonnegative=True)["image"] == Fixed()
    for text in ("image=sphere,image=ball", "image=cube,text=ball", "image,text=ball"):
        with pytest.raises(InputError):
            parse_constraints(text, kinds)


def test_the_data_are_exact_and_the_level_is_the_kernels():
    problem = UnitProblem(clip(3), "7/100", reduction="mean")
    assert problem.data["tau"] == "7/100" and problem.data["scale"] == "1/6"
    assert [row.anchor for row in problem.level.rows] == [0, 1]
    assert problem.formulas == [clip(3).rows[0].formula] * 2
    assert problem.temperature == Fraction(7, 100)
