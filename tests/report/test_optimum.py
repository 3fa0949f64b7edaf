import dataclasses
from fractions import Fraction

import pytest
from scverify.report.optimum import html, json_object, latex, nodes, text

import scverify as sv


def certified(sizes, **options):
    return sv.optimum(sv.Problem(sv.supcon, sv.Classes(sizes), temperature="1/2", **options))


@pytest.fixture(scope="module")
def optimum():
    return certified((4, 3, 3))


def test_equal_classes_share_a_row(optimum):
    assert [(node.label, node.members) for node in nodes(optimum)] == [("1 × 4", (0,)), ("2 × 3", (1, 2))]
    one, two = nodes(optimum)
    assert one.similarity(optimum.gram, one) == ""
    assert two.similarity(optimum.gram, two) == f"{optimum.gram[1, 2]:.4f}"
    assert one.similarity(optimum.gram, two) == f"{optimum.gram[0, 1]:.4f}"


def test_text_tells_what_is_proved_and_what_is_not(optimum):
    told = text(optimum)
    low, high = json_object(optimum)["lower"], json_object(optimum)["upper"]
    assert low in told and high in told and f"{optimum.gram[0, 1]:.4f}" in told
    assert text(dataclasses.replace(optimum, radius=None, radius_reason="too flat")).count("no radius: too flat") == 1
    assert "not claimed (only 1 to 2)" in text(dataclasses.replace(optimum, rank=None, rank_reason="only 1 to 2"))
    assert "a gap below 1e-99 was asked" in text(dataclasses.replace(optimum, shortfall="a gap below 1e-99 was asked"))


def test_no_number_is_cut_where_there_are_many_groups():
    told = text(certified(range(2, 14)), width=100)
    table = told[told.index("Gram matrix") :]
    assert table.count("1 × 2") == table.count("1 × 13") == 2 and "1 × 7" not in table
    assert "…" in table and all("…" not in word or word == "…" for word in table.split())


def test_json_leaves_out_what_is_not_known(optimum):
    told = json_object(dataclasses.replace(optimum, radius=None, rank=None))
    assert not {"radius", "rank"} & set(told) and None not in told.values()
    assert Fraction(told["lower"]) <= optimum.lower and optimum.upper <= Fraction(told["upper"])
    assert Fraction(told["upper"]) - Fraction(told["lower"]) <= Fraction(told["gap"])
    assert [[float(entry) for entry in row] for row in told["gram"]] == optimum.gram.tolist()


def test_a_ridge_has_no_multipliers_to_explain():
    told = text(certified((3, 2), constraint=sv.Ridge("1/10")))
    assert "λ" not in told


def test_notebooks_get_html_and_latex(optimum):
    page = html(dataclasses.replace(optimum, status="<&>"))
    assert "&lt;&amp;&gt;" in page and page.count("<table>") == page.count("</table>") == 2
    assert latex(optimum).startswith(r"$\displaystyle ") and r"\begin{pmatrix}" in latex(optimum) and latex(optimum).endswith("$")
    assert r"\begin{pmatrix}" not in latex(certified(range(2, 11)))
