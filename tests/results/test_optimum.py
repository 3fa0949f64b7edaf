import dataclasses
from fractions import Fraction

import pytest

import scverify as sv


def certified(sizes, **options):
    return sv.optimum(sv.Problem(sv.supcon, sv.Classes(sizes), temperature="1/2", **options))


@pytest.fixture(scope="module")
def optimum():
    return certified((4, 3, 3))


def test_equal_classes_share_a_row(optimum):
    assert [optimum.label(node) for node in range(len(optimum.members))] == ["1 × 4", "2 × 3"]
    assert optimum.similarity(0, 0) == ""
    assert optimum.similarity(1, 1) == f"{optimum.gram[1, 2]:.4f}"
    assert optimum.similarity(0, 1) == f"{optimum.gram[0, 1]:.4f}"


def test_text_says_what_is_proved_and_what_is_not(optimum):
    said = str(optimum)
    low, high = optimum.to_json()["lower"], optimum.to_json()["upper"]
    assert low in said and high in said and f"{optimum.gram[0, 1]:.4f}" in said
    open_radius = str(dataclasses.replace(optimum, radius=None, radius_reason="too flat"))
    assert open_radius.count("no radius: too flat") == 1 and "not proved" in open_radius and "not proved" not in said
    assert "not claimed (only 1 to 2)" in str(dataclasses.replace(optimum, rank=None, rank_reason="only 1 to 2"))
    assert "a gap below 1e-99 was asked" in str(dataclasses.replace(optimum, shortfall="a gap below 1e-99 was asked"))


def test_no_number_is_cut_where_there_are_many_groups():
    said = certified(range(2, 14)).text(width=100)
    table = said[said.index("Gram matrix") :]
    assert table.count("1 × 2") == table.count("1 × 13") == 2 and "1 × 7" not in table
    assert "…" in table and all("…" not in word or word == "…" for word in table.split())


def test_json_leaves_out_what_is_not_known(optimum):
    told = dataclasses.replace(optimum, radius=None, rank=None).to_json()
    assert not {"radius", "rank"} & set(told) and None not in told.values()
    assert Fraction(told["lower"]) <= optimum.lower and optimum.upper <= Fraction(told["upper"])
    assert Fraction(told["upper"]) - Fraction(told["lower"]) <= Fraction(told["gap"])
    assert [[float(entry) for entry in row] for row in told["gram"]] == optimum.gram.tolist()


def test_a_ridge_has_no_multipliers_to_explain():
    assert "λ" not in str(certified((3, 2), constraint=sv.Ridge("1/10")))


def test_notebooks_get_html_and_latex(optimum):
    page = dataclasses.replace(optimum, status="<&>")._repr_html_()
    assert "&lt;&amp;&gt;" in page and page.count("<table>") == page.count("</table>") == 2
    formula = optimum._repr_latex_()
    assert formula.startswith(r"$\displaystyle ") and r"\begin{pmatrix}" in formula and formula.endswith("$")
    assert r"\begin{pmatrix}" not in certified(range(2, 11))._repr_latex_()


def test_a_line_is_enough_for_a_repr(optimum):
    assert repr(optimum).startswith("<Optimum: supcon") and "\n" not in repr(optimum) and len(repr(optimum)) < 200
