"""Every class of results: a line, a text of 80 columns, HTML for a notebook, and JSON without null and of one shape."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import sympy

import scverify as sv
from scverify.cli.environment import Environment, Package, Solver
from scverify.conjecture.proof import Proofs
from scverify.conjecture.verdict import Suite

P = sv.Problem("supcon", (4, 2), dim=3, temperature="1/20")
FLAT = sv.Problem("supcon", (2, 2), dim=2, temperature="1/5")
STEP = sv.Problem("supcon", sv.Classes.step(k=4, n_min=3, ratio=2), temperature="1/2")
LOSSES = sv.losses
PAIRS = sv.UnitProblem(LOSSES.clip(5))
X = sympy.Symbol("x", real=True)
THEOREM = sv.theorem("M1", "a square is not negative", "x^2")(lambda loss: [sv.sign("x^2", X**2, ">= 0")])
EMBEDDINGS = np.repeat(np.eye(3), 4, axis=0)
SOME = sv.conjecture(classes=[(2, 2)])(lambda problem: sv.exact(True, "so it is"))
NONE = sv.conjecture(classes=[(2, 2)])(lambda problem: sv.exact(False, "so it is"))


def unbounded():
    with pytest.raises(sv.UnboundedBelow) as found:
        sv.optimum(sv.Problem("decoupled", (2, 2), constraint="ridge:1/10"))
    return found.value.result


def swept(*problems, folder):
    return sv.sweep(problems, "merged", out=folder)


# of each class several that differ in what is known and in how much there is to tell
RESULTS = {
    "Optimum": [
        lambda folder: sv.optimum(P),
        lambda folder: sv.optimum(sv.Problem("supcon", (3, 2), temperature="1/1000")),
        lambda folder: sv.optimum(sv.Problem("spectral", (3, 2), temperature="1/2")),
        lambda folder: sv.optimum(sv.Problem("supcon", sv.Classes.named("cifar100-lt"), temperature="1/10")),
    ],
    "UnitOptimum": [
        lambda folder: sv.unit_optimum(PAIRS),
        lambda folder: sv.unit_optimum(sv.UnitProblem(LOSSES.siglip(5, bias="free"))),
        lambda folder: sv.unit_optimum(sv.UnitProblem(LOSSES.clip(5), "free:1/10,1")),
        lambda folder: sv.unit_optimum(sv.UnitProblem(LOSSES.mini_batches([[0, 1], [2, 3]], 4))),
    ],
    "BoundedOptimum": [lambda folder: sv.bounded_optimum(sv.Problem("supcon", (2, 2, 2), dim=1, temperature="1/2"), starts=2)],
    "Unbounded": [lambda folder: unbounded()],
    "CriticalPoints": [lambda folder: sv.critical_points(P, starts=8), lambda folder: sv.critical_points(FLAT, starts=1)],
    "CriticalPoint": [lambda folder: sv.critical_points(P, starts=8)[0]],
    "Landscape": [lambda folder: sv.landscape(P.replace(dim=6)), lambda folder: sv.landscape(FLAT, starts=8)],
    "Listing": [lambda folder: sv.all_critical_points(FLAT, budget=1)],
    "Threshold": [
        lambda folder: sv.threshold(FLAT, tau=("1/3", "1/2"), starts=2),
        lambda folder: sv.threshold(FLAT, "strict minimum", tau=("1/2", "3/5"), starts=4),
    ],
    "Bracket": [
        lambda folder: sv.bracket(STEP, "merged", "ratio", ("50", "200"), 6),
        lambda folder: sv.bracket(STEP, "merged", "ratio", ("2", "3"), 6),
        lambda folder: sv.bracket(sv.UnitProblem(LOSSES.cross_entropy((3, 3)), 1, "ridge:1"), "merged", "ridge", ("1/100", "10"), 12),
        lambda folder: sv.bracket(sv.UnitProblem(LOSSES.siglip(5)), "simplex", "tau", ("1/100", "10"), 12),
    ],
    "Sweep": [
        lambda folder: swept(folder=folder / "none"),
        lambda folder: swept(STEP, folder=folder / "one"),
        lambda folder: swept(STEP, STEP.replace(temperature="1"), folder=folder / "two"),
    ],
    "Audit": [lambda folder: sv.audit(EMBEDDINGS, np.repeat(np.arange(3), 4), temperature="1/2")],
    "Crosscheck": [lambda folder: sv.crosscheck(FLAT)],
    "InequalityResult": [
        lambda folder: sv.prove_inequality(sympy.exp(X) - X > 0, {X: (0, 1)}),
        lambda folder: sv.prove_inequality(X > 0, {X: (-1, 1)}),
    ],
    "Verdict": [lambda folder: sv.check(SOME, budget=100_000), lambda folder: sv.check(NONE, budget=100_000)],
    "Suite": [
        lambda folder: Suite(loss="supcon", profile="fast", verdicts=(sv.check(SOME, budget=100_000), sv.check(NONE, budget=100_000)))
    ],
    "Proof": [lambda folder: sv.prove(THEOREM)],
    "Proofs": [lambda folder: Proofs(()), lambda folder: Proofs((sv.prove(THEOREM),)), lambda folder: Proofs((sv.prove(THEOREM),) * 3)],
    "Verification": [
        lambda folder: sv.verify(sv.optimum(P)),
        lambda folder: sv.verify({"claim": {}}),
        lambda folder: sv.verify(sv.optimum(P).certificate),
    ],
    "Environment": [
        lambda folder: Environment(
            python="3.11", scverify="0", packages=(Package("a", ">1", None, None),), solvers=(Solver("b", False, "c"),), coq="d"
        )
    ],
}
# answers on problems of their own, of which all is said elsewhere
WIDTH, NOTEBOOK = 200, 8_000


def test_every_class_of_results_is_looked_at():
    files = Path(sv.__file__).parent.rglob("*.py")
    stated = {name for file in files for name in re.findall(r"^class (\w+)\(Result\)", file.read_text(), re.MULTILINE)}
    assert stated == set(RESULTS) and len(stated) >= 20


@pytest.fixture(scope="module", params=RESULTS)
def found(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, [make(folder) for make in RESULTS[request.param]]


def test_it_says_itself_in_a_line_a_text_and_a_notebook(found):
    name, results = found
    for result in results:
        shown = repr(result)
        assert type(result).__name__ == name and shown.startswith(f"<{name}: ")
        assert "\n" not in shown and len(shown) <= WIDTH and " at 0x" not in shown
        code = result.account().code
        words = max(map(len, str(result).split()))
        assert max(map(len, str(result).removesuffix(code).splitlines())) <= max(80, words + 40)
        html = result._repr_html_()
        assert html.startswith("<p>") and len(html) <= NOTEBOOK and html.count("<table>") == html.count("</table>")
    assert len(repr(results)) <= (WIDTH + 2) * len(results) + 2


def test_its_json_has_no_null_and_one_shape(found):
    _, results = found
    kinds = {}
    for result in results:
        document = json.loads(json.dumps(result.to_json(), allow_nan=False))
        assert not list(nulls(document))
        for key, value in document.items():
            assert kinds.setdefault(key, type(value)) is type(value), key


def nulls(data):
    if data is None:
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nulls(part)


@pytest.mark.parametrize(
    "part",
    [THEOREM, sv.fact("1 < 2", lambda: True), sv.Decision(True, "found", {"x.json": {"long": "x" * 999}})],
    ids=["theorem", "step", "decision"],
)
def test_what_proofs_are_made_of_says_itself_in_a_line(part):
    assert "\n" not in repr(part) and len(repr(part)) <= WIDTH and " at 0x" not in repr(part)
