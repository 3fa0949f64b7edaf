"""Certified optima of supervised contrastive losses with unconstrained features.

The public names, and nothing else. Each is imported when it is first used, so that `import scverify` stays quick.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scverify.audit import audit
    from scverify.certify.dimension.bounded import bounded_optimum
    from scverify.certify.inequality import prove_inequality
    from scverify.certify.landscape import landscape
    from scverify.certify.listing import all_critical_points
    from scverify.certify.optimum import optimum
    from scverify.certify.orbit import certify_point
    from scverify.certify.points import critical_points
    from scverify.certify.threshold import threshold
    from scverify.certify.thresholds.bracket import bracket
    from scverify.certify.units import unit_optimum
    from scverify.conjecture import strategies
    from scverify.conjecture.enclosure import Enclosure, all_equal
    from scverify.conjecture.facts import (
        excess,
        for_all_critical_points,
        for_all_minima,
        for_all_spurious_minima,
        least_value,
    )
    from scverify.conjecture.falsify import check
    from scverify.conjecture.optimum_facts import optimum_facts
    from scverify.conjecture.proof import Proof, prove
    from scverify.conjecture.standard import suite
    from scverify.conjecture.statement import Conjecture, conjecture, load_conjectures
    from scverify.conjecture.theorem import Decision, Step, Theorem, certified, fact, identity, sign, theorem
    from scverify.conjecture.truth import Truth, all_of, exact, implies
    from scverify.conjecture.verdict import Verdict
    from scverify.crosscheck import crosscheck
    from scverify.errors import BelowRank, InputError, MissingTool, NotVerified, ScverifyError, Undecided
    from scverify.kernel.limits import Limits
    from scverify.model import named as losses
    from scverify.model.classes import Classes
    from scverify.model.collapsed import collapsed_problem
    from scverify.model.constraints import Ball, NonNegative, Ridge, Sphere
    from scverify.model.fixed import Fixed
    from scverify.model.geometry import gram, orthogonal_frame, procrustes, simplex_etf
    from scverify.model.problem import Problem
    from scverify.model.units import UnitProblem
    from scverify.results.audit import Audit
    from scverify.results.bounded import BoundedOptimum
    from scverify.results.bracket import Bracket
    from scverify.results.files import load
    from scverify.results.inequality import InequalityResult
    from scverify.results.landscape import Landscape, Listing
    from scverify.results.optimum import Optimum
    from scverify.results.points import CriticalPoint, CriticalPoints
    from scverify.results.sweep import Sweep
    from scverify.results.threshold import Threshold
    from scverify.results.unbounded import Unbounded, UnboundedBelow
    from scverify.results.units import UnitOptimum
    from scverify.results.verification import Verification
    from scverify.sweep import sweep
    from scverify.symbolic.losses import Loss, load_loss, supcon
    from scverify.symbolic.row import RowFormula
    from scverify.verification import verify

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Ball",
    "BelowRank",
    "BoundedOptimum",
    "Bracket",
    "Classes",
    "Conjecture",
    "CriticalPoint",
    "CriticalPoints",
    "Decision",
    "Enclosure",
    "Fixed",
    "InequalityResult",
    "InputError",
    "Landscape",
    "Limits",
    "Listing",
    "Loss",
    "MissingTool",
    "NonNegative",
    "NotVerified",
    "Optimum",
    "Problem",
    "Proof",
    "Ridge",
    "RowFormula",
    "ScverifyError",
    "Sphere",
    "Step",
    "Sweep",
    "Theorem",
    "Threshold",
    "Truth",
    "Unbounded",
    "UnboundedBelow",
    "Undecided",
    "UnitOptimum",
    "UnitProblem",
    "Verdict",
    "Verification",
    "all_critical_points",
    "all_equal",
    "all_of",
    "audit",
    "bounded_optimum",
    "bracket",
    "certified",
    "certify_point",
    "check",
    "collapsed_problem",
    "conjecture",
    "critical_points",
    "crosscheck",
    "exact",
    "excess",
    "fact",
    "for_all_critical_points",
    "for_all_minima",
    "for_all_spurious_minima",
    "gram",
    "identity",
    "implies",
    "landscape",
    "least_value",
    "load",
    "load_conjectures",
    "load_loss",
    "losses",
    "optimum",
    "optimum_facts",
    "orthogonal_frame",
    "procrustes",
    "prove",
    "prove_inequality",
    "sign",
    "simplex_etf",
    "strategies",
    "suite",
    "supcon",
    "sweep",
    "theorem",
    "threshold",
    "unit_optimum",
    "verify",
]

_HOMES = {
    "conjecture.truth": ("Truth", "all_of", "exact", "implies"),
    "conjecture.enclosure": ("Enclosure", "all_equal"),
    "conjecture.facts": ("excess", "for_all_critical_points", "for_all_minima", "for_all_spurious_minima", "least_value"),
    "conjecture.optimum_facts": ("optimum_facts",),
    "conjecture.statement": ("Conjecture", "conjecture", "load_conjectures"),
    "conjecture.falsify": ("check",),
    "conjecture.standard": ("suite",),
    "conjecture.theorem": ("Decision", "Step", "Theorem", "certified", "fact", "identity", "sign", "theorem"),
    "conjecture.proof": ("Proof", "prove"),
    "conjecture.verdict": ("Verdict",),
    "errors": ("BelowRank", "InputError", "MissingTool", "NotVerified", "ScverifyError", "Undecided"),
    "symbolic.row": ("RowFormula",),
    "symbolic.losses": ("Loss", "load_loss", "supcon"),
    "model.classes": ("Classes",),
    "model.collapsed": ("collapsed_problem",),
    "model.constraints": ("Ball", "NonNegative", "Ridge", "Sphere"),
    "model.problem": ("Problem",),
    "certify.dimension.bounded": ("bounded_optimum",),
    "certify.inequality": ("prove_inequality",),
    "certify.landscape": ("landscape",),
    "certify.listing": ("all_critical_points",),
    "certify.optimum": ("optimum",),
    "certify.orbit": ("certify_point",),
    "certify.threshold": ("threshold",),
    "certify.thresholds.bracket": ("bracket",),
    "certify.points": ("critical_points",),
    "model.geometry": ("gram", "orthogonal_frame", "procrustes", "simplex_etf"),
    "results.files": ("load",),
    "results.optimum": ("Optimum",),
    "results.points": ("CriticalPoint", "CriticalPoints"),
    "results.verification": ("Verification",),
    "results.landscape": ("Landscape", "Listing"),
    "results.threshold": ("Threshold",),
    "results.units": ("UnitOptimum",),
    "model.fixed": ("Fixed",),
    "model.units": ("UnitProblem",),
    "certify.units": ("unit_optimum",),
    "results.inequality": ("InequalityResult",),
    "results.unbounded": ("Unbounded", "UnboundedBelow"),
    "audit": ("audit",),
    "results.audit": ("Audit",),
    "results.bounded": ("BoundedOptimum",),
    "results.bracket": ("Bracket",),
    "results.sweep": ("Sweep",),
    "sweep": ("sweep",),
    "crosscheck": ("crosscheck",),
    "kernel.limits": ("Limits",),
    "verification": ("verify",),
}
_MODULES = {"losses": "model.named", "strategies": "conjecture.strategies"}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"{__name__}.{_MODULES[name]}")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps a public name from being replaced by the submodule of the same name when that one is imported (crosscheck)."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
