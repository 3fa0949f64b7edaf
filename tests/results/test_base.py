from fractions import Fraction

import pytest

import scverify as sv
from scverify.conjecture.proof import Proofs, prove
from scverify.conjecture.theorem import Theorem, fact, left_open
from scverify.results.base import known, subject_of

PROOF = prove(Theorem("X", "true and open", "x = x", "here", ("x real",), (), (), lambda _: [fact("one", lambda: True), left_open("two")]))
SMALL = sv.Problem(sv.supcon, sv.Classes((2, 2)), dim=2, temperature=Fraction(1, 2))


@pytest.fixture(scope="module")
def results():
    import sympy

    points = sv.critical_points(SMALL, starts=4)
    x = sympy.Symbol("x")

    @sv.conjecture(classes=[(2, 2)])
    def collapse(problem):
        return sv.exact(True, "so it is")

    return [
        sv.optimum(SMALL),
        points,
        points[0],
        sv.landscape(SMALL, starts=4, jobs=1, budget=0.001),
        sv.threshold(SMALL, "spurious minimum", ("1/2", "1"), starts=2),
        sv.prove_inequality(x**2 + 1 > 0, {x: (0, 1)}),
        sv.check(collapse, budget=100_000),
        sv.crosscheck(SMALL),
        PROOF,
        Proofs((PROOF,)),
    ]


def test_every_result_has_a_short_line_a_text_a_page_and_a_json_object_without_null(results):
    for result in results:
        assert repr(result).startswith(f"<{type(result).__name__}: ") and "\n" not in repr(result) and len(repr(result)) < 300
        assert str(result) == result.text() and all(len(line) <= 80 for line in str(result).splitlines() if " " in line.strip())
        assert len(result._repr_html_()) < 6000 and result._repr_html_().count("<table>") == result._repr_html_().count("</table>")
        assert result.latex().count("{") - result.latex().count(r"\{") == result.latex().count("}") - result.latex().count(r"\}")
        assert isinstance(result.to_json(), dict) and not holds_none(result.to_json()), type(result)


def holds_none(told):
    parts = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return told is None or any(map(holds_none, parts))


def test_what_is_not_known_has_no_key():
    assert known(a=None, b=0) == {"b": 0}


def test_a_subject_pins_its_problem():
    assert subject_of("optimum", SMALL) != subject_of("optimum", SMALL.replace(temperature="1/3"))
    assert subject_of("optimum", SMALL).about == subject_of("landscape", SMALL).about
