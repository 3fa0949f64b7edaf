"""Valid certificates on tiny instances, one for each kind of hypothesis: every forgery starts from one of them."""

import copy
from fractions import Fraction

import sympy

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import digest
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable, Loss, SampleTable, spectral, supcon, supcon_row, supcon_rule, two_tower
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau

_PULL = row_sum(q[a] * s[a] / tau)
_SOFTPLUS = sympy.log(1 + row_sum(c[a] * sympy.exp(s[a] / tau))) - _PULL
_LOGISTIC = row_sum(c[a] * sympy.log(1 + sympy.exp(s[a] / tau))) - 2 * _PULL
_EXPONENTIAL = row_sum(c[a] * sympy.exp(s[a] / tau)) + row_sum(q[a] * sympy.exp(-s[a] / tau))


def _table(*rows):
    return tuple(tuple(map(Fraction, row)) for row in rows)


def _all_ones(n):
    return _table(*[[1] * n] * n)


def _loss(name, expression):
    return Loss(name, RowFormula(name, expression), supcon_rule)


_ONES = (Fraction(1),) * 3
_SWAP = ClassTable(
    (Fraction(1), Fraction(1), Fraction(2)), _table((1, 2, 1), (2, 1, 1), (1, 1, 1)), _table((1, 0, 0), (0, 1, 0), (0, 0, 1))
)
_LONE = ClassTable(_ONES, _all_ones(3), _table(("1/2", 0, 0), (0, 1, 0), (0, 0, 0)))
_ATTRACT = ClassTable(_ONES, _all_ones(3), _table((1, 0, 0), (0, 1, 1), (0, 1, 1)))
_OWN = SampleTable((Fraction(1),) * 4, _all_ones(4), _table(*[[0] * 4] * 4))
_SIZES = Classes((3, 2, 2))

PROBLEMS = {
    "sphere": Problem(supcon, _SIZES, temperature="1/2"),
    "mean": Problem(supcon, _SIZES, temperature="1/2", reduction="mean", dim=2),
    "grouped": Problem(supcon, Classes((4, 2, 2, 2)), temperature="1/2"),
    "ball": Problem(supcon, _SIZES, temperature="1/2", constraint=Ball()),
    "ridge": Problem(supcon, _SIZES, temperature="1/2", constraint=Ridge("1/10")),
    "nonnegative": Problem(supcon, _SIZES, temperature="1/2", constraint=NonNegative()),
    "nonnegative ridge": Problem(supcon, _SIZES, temperature="1/2", constraint=NonNegative(Ridge("1/10"))),
    "singletons": Problem(supcon, Classes((3, 2, 1)), temperature="1/2", singletons="ignore"),
    "singletons in a table": Problem(Loss("lone", supcon_row, _LONE), Classes((3, 2, 1)), reduction="mean", singletons="ignore"),
    "class table": Problem(Loss("swap", supcon_row, _SWAP), Classes((2, 2, 2))),
    "attracted": Problem(Loss("attracted", supcon_row, _ATTRACT), Classes((2, 2, 2)), constraint=NonNegative()),
    "two towers": Problem(two_tower(2), Classes((2, 2))),
    "own entries": Problem(Loss("own entries", supcon_row, _OWN), Classes((2, 2))),
    "spectral": Problem(spectral, _SIZES, constraint=Ball("1/2")),
    "softplus": Problem(_loss("softplus", _SOFTPLUS), Classes((2, 2))),
    "logistic": Problem(_loss("logistic", _LOGISTIC), Classes((2, 3)), constraint=Ball()),
    "traced ridge": Problem(spectral, Classes((2, 2)), constraint=Ridge(1)),
    "exponential ridge": Problem(_loss("exponential", _EXPONENTIAL), Classes((2, 2)), constraint=Ridge("1/10")),
}
UNIQUE = ("sphere", "mean", "grouped", "nonnegative", "singletons", "class table", "attracted")
NAMES = (*PROBLEMS, *(f"{name}, unique" for name in UNIQUE))


def make():
    """Every control by name."""
    result = {}
    for name, problem in PROBLEMS.items():
        certificates = optimum(problem).certificates
        result[name] = certificates["optimum.json"]
        if name in UNIQUE:
            result[f"{name}, unique"] = certificates["uniqueness.json"]
    return result


def sealed(certificate):
    """The certificate with the digest of its claim as it now stands."""
    return {**certificate, "digest": digest(certificate["claim"])}


def loosened(certificate):
    """The same certificate with a weaker claim, so that small changes of its problem stay within what it proves."""
    result = copy.deepcopy(certificate)
    claim = result["claim"]
    for side, slack in (("lower", Fraction(-1, 8)), ("upper", Fraction(1, 8)), ("radius", Fraction(1, 100))):
        if side in claim:
            claim[side] = str(Fraction(claim[side]) + slack)
    return sealed(result)
