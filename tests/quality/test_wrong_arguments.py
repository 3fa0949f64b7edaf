"""Every argument of every public function, given what it cannot be: an answer or one line that says what is allowed, never a crash."""

import shutil
import warnings
from fractions import Fraction

import numpy as np
import pytest
import sympy

import scverify as sv

X = sympy.Symbol("x", real=True)
PROBLEM = sv.Problem(sv.supcon, (2, 2), 2, "1/2")
EMBEDDINGS = np.array([[1.0, 1, -1, -1], [0, 0, 0, 0]])
ROOMY = PROBLEM.replace(dim=4)
STEP = sv.Problem(sv.supcon, sv.Classes.step(k=4, n_min=3, ratio=2), None, "1/2")
LOW = sv.Problem(sv.supcon, (2, 2, 2), 1, "1/2")
PAIRS = sv.losses.clip(pairs=3)
OPTIMUM = sv.optimum(PROBLEM)


def held_to(seconds, bytes):
    """A check within limits."""
    return sv.verify(OPTIMUM, sv.Limits(seconds, bytes))


def holds(_):
    return True


STATED = sv.conjecture(classes=[(2, 2)])(holds)
STARTS = {"problem": PROBLEM, "starts": 1, "seed": 0}
# each with arguments that are right; those that take long to refuse nothing are left out (budgets, callbacks that are called)
RIGHT = {
    sv.Ball: {"rho": 1},
    sv.Classes: {"sizes": (2, 2)},
    sv.Classes.balanced: {"k": 2, "size": 2},
    sv.Classes.from_labels: {"labels": [0, 0, 1, 1]},
    sv.Classes.long_tailed: {"k": 2, "n_max": 4, "ratio": 2},
    sv.Classes.named: {"name": "cifar10-lt"},
    sv.Classes.pareto: {"k": 3, "n_max": 8, "n_min": 2, "shape": 3},
    sv.Classes.step: {"k": 2, "n_min": 2, "ratio": 2},
    sv.Fixed: {"own": 1, "others": 0},
    sv.Loss: {"name": "x", "formula": sv.supcon.formula, "coefficients": sv.supcon.coefficients},
    sv.NonNegative: {"inner": sv.Sphere()},
    sv.Problem: {
        "loss": sv.supcon,
        "classes": (2, 2),
        "dim": 2,
        "temperature": 1,
        "constraint": "sphere",
        "reduction": "sum",
        "singletons": "error",
    },
    sv.Ridge: {"weight": 1},
    sv.RowFormula: {"name": "x", "expression": sv.supcon.formula.expression},
    sv.Sphere: {"rho": 1},
    sv.UnitProblem: {"loss": PAIRS, "temperature": 1, "constraint": "sphere", "reduction": "sum"},
    sv.all_critical_points: {"problem": None, "jobs": 1, "budget": 1, "progress": None, "search": None, "keep": None},
    sv.all_equal: {"values": [1, 2]},
    sv.all_of: {"truths": [True]},
    sv.audit: {
        "embeddings": np.eye(4),
        "labels": [0, 0, 1, 1],
        "loss": "supcon",
        "temperature": 1,
        "seed": 0,
        "classifier": None,
        "rho": 1,
        "normalise": False,
        "reduction": "sum",
        "singletons": "error",
    },
    sv.bounded_optimum: {"problem": LOW, "starts": 1, "seed": 0},
    sv.sweep: {"problems": [PROBLEM], "question": "optimum", "out": "swept", "starts": 1, "executor": None, "progress": None},
    sv.bracket: {"problem": STEP, "kind": "merged", "over": "ratio", "between": ("2", "200"), "digits": 6},
    sv.certify_point: {"problem": PROBLEM, "embeddings": EMBEDDINGS.T},
    sv.check: {"conjecture": STATED, "budget": 1, "seed": 0, "jobs": 1, "database": None, "search": None, "keep": None, "progress": None},
    sv.collapsed_problem: {"problem": PROBLEM},
    sv.conjecture: {
        "classes": [(2, 2)],
        "temperature": 1,
        "dim": None,
        "constraint": None,
        "loss": "supcon",
        "proof": (),
        "expect": None,
    },
    sv.critical_points: {**STARTS, "progress": None, "search": None, "keep": None},
    sv.crosscheck: {"problem": None, "seed": 0},
    sv.exact: {"condition": True, "evidence": "x"},
    sv.excess: {"point": None},
    sv.for_all_critical_points: {**STARTS, "predicate": holds},
    sv.for_all_minima: {**STARTS, "predicate": holds},
    sv.for_all_spurious_minima: {**STARTS, "predicate": holds},
    sv.gram: {"embeddings": EMBEDDINGS},
    sv.implies: {"condition": True, "conclusion": True},
    sv.landscape: {
        "problem": ROOMY,
        "tau_upper": None,
        "jobs": 1,
        "budget": 1,
        "starts": 1,
        "seed": 0,
        "progress": None,
        "search": None,
        "keep": None,
    },
    sv.least_value: STARTS,
    sv.load: {"folder": "absent"},
    sv.load_conjectures: {"reference": "absent"},
    sv.load_loss: {"reference": "supcon"},
    sv.losses.clip: {"pairs": 3},
    sv.losses.cosface: {"sizes": (2, 2), "margin": 1},
    sv.losses.mini_batches: {"batches": [[0, 1], [2, 3]], "pairs": None, "labels": [0, 0, 1, 1]},
    sv.losses.multi_label: {"labels": [[0], [1]]},
    sv.losses.on_units: {"loss": sv.supcon, "sizes": (2, 2)},
    sv.losses.rescaled: {"loss": PAIRS, "factor": 2},
    sv.losses.soft_supcon: {"targets": [[1, 0], [0, 1]]},
    sv.losses.y_aware: {"kernel": [[1, 0], [0, 1]], "views": 2},
    held_to: {"seconds": 1, "bytes": 1 << 30},
    OPTIMUM.label: {"node": 0},
    OPTIMUM.similarity: {"node": 0, "other": 1},
    OPTIMUM.text: {"width": 80},
    sv.identity: {"says": "x", "left": X, "right": X},
    sv.sign: {"says": "x", "expression": X, "wanted": "> 0"},
    sv.losses.cross_entropy: {"sizes": (2, 2), "smoothing": 0},
    sv.losses.mnrl: {"pairs": 3},
    sv.losses.siglip: {"pairs": 3, "bias": 1},
    sv.optimum: {"problem": PROBLEM, "digits": None, "solver": "auto", "max_precision": 64},
    sv.optimum_facts: {"problem": PROBLEM},
    sv.orthogonal_frame: {"k": 2},
    sv.procrustes: {"first": EMBEDDINGS, "second": EMBEDDINGS},
    sv.prove_inequality: {"relation": X + 1 > 0, "box": {X: (0, 1)}, "budget": 200, "seed": 0},
    sv.simplex_etf: {"k": 3},
    sv.suite: {"loss": "nonsense", "profile": "fast", "budget": 1, "seed": 0, "jobs": 1, "progress": None},
    sv.threshold: {
        "problem": PROBLEM,
        "kind": "spurious minimum",
        "tau": ("1/3", "1/2"),
        "starts": 2,
        "seed": 0,
        "points": (),
        "progress": None,
        "search": None,
        "keep": None,
    },
    sv.unit_optimum: {"problem": sv.UnitProblem(PAIRS), "max_precision": 256},
    sv.prove: {"theorem": sv.theorem("X", "x", "x")(lambda loss: []), "loss": sv.supcon, "thorough": False, "progress": None},
    sv.verify: {"certificate": None, "limits": None},
}


class Odd:
    """No argument at all."""

    def __init__(self, *_):
        pass


WRONG = [
    *(None, 0, -1, 10**12, 2.5, float("nan"), True, 1j, Fraction(1, 3)),
    *("", "x", b"x", [], {}, [None], ["x"], [(0,)], {"a": 1}, {1, 2}),
    *(Odd(), Odd, np.array([1.0, float("nan")]), np.array("x"), 10**400, "1e999", "a\0b", "\ud800"),
]


@pytest.mark.parametrize("function", RIGHT, ids=lambda function: function.__qualname__)
def test_no_argument_makes_it_crash(function, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in RIGHT[function]:
        for wrong in WRONG:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    function(**{**RIGHT[function], name: wrong})
                    for kept in tmp_path.iterdir():  # some are right, as 2 starts are
                        shutil.rmtree(kept)
                except sv.ScverifyError as refusal:
                    assert "internal" not in str(refusal) and "\n" not in str(refusal), (name, wrong)
                except Exception as crash:
                    raise AssertionError(f"{function.__qualname__}({name}={wrong!r})") from crash
                assert not list(tmp_path.iterdir()), (name, wrong)


@pytest.mark.parametrize(
    "function", [sv.sweep, sv.bracket, sv.threshold, sv.audit, sv.bounded_optimum], ids=lambda function: function.__name__
)
def test_what_is_right_is_answered(function, monkeypatch, tmp_path):
    """So that each wrong argument above is the only one."""
    monkeypatch.chdir(tmp_path)
    assert isinstance(function(**RIGHT[function]).to_json(), dict)


@pytest.mark.parametrize("wrong", [3, "x", [], {}])
@pytest.mark.parametrize(
    "call",
    [
        lambda wrong: sv.critical_points(PROBLEM, 1, progress=wrong),
        lambda wrong: sv.landscape(ROOMY, progress=wrong),
        lambda wrong: sv.all_critical_points(PROBLEM, progress=wrong),
        lambda wrong: sv.threshold(PROBLEM, progress=wrong),
        lambda wrong: sv.sweep([PROBLEM], out="swept", progress=wrong),
        lambda wrong: sv.check(STATED, progress=wrong),
        lambda wrong: sv.suite("supcon", progress=wrong),
        lambda wrong: sv.prove(RIGHT[sv.prove]["theorem"], progress=wrong),
    ],
)
def test_what_is_to_be_called_is_a_function(call, wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(sv.InputError, match="progress"):
        call(wrong)
    assert not list(tmp_path.iterdir())


def test_every_public_function_is_among_them():
    results = {name for name in sv.__all__ if isinstance(getattr(sv, name), type) and hasattr(getattr(sv, name), "account")}
    raised = {name for name in sv.__all__ if isinstance(getattr(sv, name), type) and issubclass(getattr(sv, name), Exception)}
    # made by scverify itself
    parts = {"Conjecture", "Enclosure", "Truth", "Limits", "losses", "strategies", "supcon"}
    # for those who write proofs: what a step raises, the proof reports as not decided
    parts |= {"Decision", "Step", "Theorem", "certified", "fact", "theorem"}
    tried = {function.__qualname__ for function in RIGHT}
    assert set(sv.__all__) - results - raised - parts <= tried
