import sympy

import scverify as sv


def test_an_inequality_says_its_verdict_and_its_point():
    x = sympy.Symbol("x")
    proved, refuted = (sv.prove_inequality(relation, {x: (0, 1)}) for relation in (x + 1 > 0, x > 2))
    assert str(proved).startswith("PROVED") and set(proved.certificates) == {"inequality.json"}
    assert repr(refuted).startswith("<InequalityResult: REFUTED: ") and "it fails at x = " in refuted._repr_html_()
    assert "point" in refuted.to_json() and "point" not in proved.to_json()
