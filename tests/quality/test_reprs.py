"""What a notebook or a debugger shows of an object without being asked: one short line."""

import numpy as np
import pytest
import sympy

import scverify as sv

P = sv.Problem(sv.supcon, (4, 2), dim=3, temperature="1/20")
PAIRS = sv.losses.clip(pairs=5)
X = sympy.Symbol("x", real=True)


def holds(_):
    """Always."""
    return True


def unbounded():
    with pytest.raises(sv.UnboundedBelow) as found:
        sv.optimum(sv.Problem("decoupled", (2, 2), constraint="ridge:1/10"))
    return found.value.result


STATED = sv.conjecture(classes=[(2, 2)])(holds)
OBJECTS = {
    "problem": lambda: P,
    "loss": lambda: sv.supcon,
    "classes": lambda: sv.Classes(range(2, 2_000)),
    "loss on units": lambda: PAIRS,
    "problem on units": lambda: sv.UnitProblem(PAIRS),
    "optimum": lambda: sv.optimum(P),
    "points": lambda: sv.critical_points(P, starts=8),
    "point": lambda: sv.critical_points(P, starts=8)[0],
    "landscape": lambda: sv.landscape(P.replace(dim=6)),
    "threshold": lambda: sv.threshold(P, tau=("1/20", "1/19"), points=sv.critical_points(P, starts=8).points[:0], starts=4),
    "conjecture": lambda: STATED,
    "verdict": lambda: sv.check(STATED, budget=100_000),
    "crosscheck": lambda: sv.crosscheck(P),
    "optimum on units": lambda: sv.unit_optimum(sv.UnitProblem(PAIRS)),
    "audit": lambda: sv.audit(np.repeat(np.eye(3), 4, axis=0), np.repeat(np.arange(3), 4), temperature="1/2"),
    "inequality": lambda: sv.prove_inequality(sympy.exp(X) - X > 0, {X: (0, 1)}),
    "unbounded": unbounded,
    "enclosure": lambda: sv.optimum_facts(P).value,
    "truth": lambda: sv.optimum_facts(P).value <= 3,
}
WIDTH, NOTEBOOK = 200, 4_000


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_says_itself_in_a_short_line(name):
    found = OBJECTS[name]()
    shown = repr(found)
    assert "\n" not in shown and len(shown) <= WIDTH and " at 0x" not in shown
    assert len(repr([found, found])) <= 2 * WIDTH + 10
    if hasattr(found, "_repr_html_"):
        assert len(found._repr_html_()) <= NOTEBOOK and str(found).strip()
