"""Proofs of inequalities on boxes (MATH 4.7): floats look for counterexamples and for the points of least margin, the kernel decides."""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from flint import ctx, fmpq
from numpy.typing import NDArray

from scverify.certify.claims import Data, certificate
from scverify.certify.dyadics import fraction, text
from scverify.errors import InputError, must_be
from scverify.kernel.inequalities.claims import Inequality, Region, fails, leaf_bound, read_inequality
from scverify.kernel.inequalities.enclosure import ExactInterval
from scverify.model.exact import Rational, exact_rational, whole
from scverify.results.inequality import InequalityResult
from scverify.symbolic.printers import to_scalar

PRECISION = 96  # enough that corners are exact to far below any gap of a box
_BUDGET = 20_000  # boxes, about ten seconds
_STARTS = 12  # of a local search for a point at which it fails
_CORNERS = 64  # of a box of six variables; more say little
_DEEPEST = 80  # halvings: a box of size 2^-80 is not going to be decided
_ORDERS = (3, 4)  # of derivatives at a point that touches 0, after the second
_NOISE = 10  # decimals at which two candidates count as equally low
_KEPT = 12  # candidates of the search
TreeNode = int | str | dict[str, Any]


def prove_inequality(
    relation: sympy.Rel, box: Mapping[sympy.Symbol, tuple[Rational, Rational]], budget: int = _BUDGET, seed: int = 0
) -> InequalityResult:
    """Decide a SymPy inequality (>, >=, <, <=) between real expressions on a closed box with rational ends.

    Expressions may use + - * /, powers, exp, log, sqrt, Abs, Max, Min and hyperbolic functions of any number of variables. Equality at
    rational points does no harm for >= and <=; along curves or at irrational points it is, and the answer is UNDECIDED. budget: the most
    boxes. Raises InputError for anything else, and for a box that contradicts the assumptions of a symbol.

    >>> x = sympy.Symbol("x")
    >>> prove_inequality(sympy.exp(x) >= 1 + x, {x: (0, 1)}).verdict
    'PROVED'
    """
    started = time.perf_counter()
    whole(budget, "budget", 1), whole(seed, "seed", 0)
    must_be(box, Mapping, "box", "a range (a, b) for every variable, as a dict")
    margin, strict = _margin(relation)
    names = sorted(box, key=str)
    claim = _claim(margin, strict, names, box)
    said = f"{relation} for " + ", ".join(f"{entry['name']} in [{entry['lower']}, {entry['upper']}]" for entry in claim["variables"])
    with ctx.workprec(PRECISION):
        search = _Search(read_inequality(claim), margin, names, seed)
        found = search.failure()
        tree = None if found is not None else search.tree(budget)
        found = search.found if tree is None and found is None else found
    seconds = time.perf_counter() - started
    if found is not None:
        point = {str(name): fraction(x) for name, x in zip(names, found, strict=True)}
        claim = {**claim, "type": "InequalityFails", "point": [text(x) for x in point.values()]}
        reason = "it fails at " + ", ".join(f"{name} = {x}" for name, x in point.items())
        return InequalityResult(said, "REFUTED", reason, point, search.boxes, 0, seconds, certificate(claim, {}, PRECISION))
    if tree is None:
        return InequalityResult(said, "UNDECIDED", search.stuck, None, search.boxes, 0, seconds, None)
    leaves = sum(not _is_cut(node) for node in tree)
    proof = certificate({**claim, "type": "Inequality"}, {"tree": tree}, PRECISION)
    return InequalityResult(said, "PROVED", f"proved on {leaves} boxes that cover it", None, search.boxes, leaves, seconds, proof)


def _is_cut(node: TreeNode) -> bool:
    return type(node) is int or (isinstance(node, dict) and "cut" in node)


def _margin(relation: sympy.Rel) -> tuple[sympy.Expr, bool]:
    """The expression that is to be positive (strict) or not negative."""
    if not isinstance(relation, (sympy.StrictGreaterThan, sympy.GreaterThan, sympy.StrictLessThan, sympy.LessThan)):
        decided = isinstance(relation, (bool, sympy.logic.boolalg.BooleanAtom))
        raise InputError(
            f"{relation!r}, which SymPy decided by itself" if decided else f"{relation!r}",
            "an inequality >, >=, < or <= between expressions",
            "use symbols without assumptions, symbols('x y')" if decided else "write it as an inequality",
        )
    return relation.gts - relation.lts, isinstance(relation, (sympy.StrictGreaterThan, sympy.StrictLessThan))


def _claim(margin: sympy.Expr, strict: bool, names: list[sympy.Symbol], box: Mapping[sympy.Symbol, tuple[Rational, Rational]]) -> Data:
    if missing := sorted(map(str, margin.free_symbols - set(names))):
        raise InputError(f"no range for {', '.join(missing)}", "a range (a, b) for every variable", "add it to the box")
    if inexact := margin.atoms(sympy.Float):
        raise InputError(f"the float {min(inexact, key=str)}", "exact numbers", "write it as Rational('1/10')")
    variables = []
    for name in names:
        low, high = (exact_rational(end, f"the range of {name}") for end in box[name])
        _check_range(name, low, high)
        variables.append({"name": str(name), "lower": text(low), "upper": text(high)})
    return {"type": "Inequality", "expression": to_scalar(margin), "variables": variables, "strict": strict}


def _check_range(name: sympy.Symbol, low: Fraction, high: Fraction) -> None:
    """SymPy may have simplified by the assumptions of a symbol: its range must keep them."""
    if low > high:
        raise InputError(f"{name} from {low} to {high}", "a lower end and then an upper end", "exchange them")
    broken = (
        (name.is_integer, "integer"),
        (name.is_positive and low <= 0, "positive"),
        (name.is_nonnegative and low < 0, "nonnegative"),
        (name.is_negative and high >= 0, "negative"),
        (name.is_nonpositive and high > 0, "nonpositive"),
        (name.is_nonzero and low <= 0 <= high, "nonzero"),
    )
    for contradicted, assumption in broken:
        if contradicted:
            raise InputError(
                f"{name} in [{low}, {high}], assumed {assumption}", "a range within the assumption", "use a symbol without assumptions"
            )


class _Search:
    """The maker's side: candidates in floats, boxes in the kernel's own arithmetic."""

    def __init__(self, inequality: Inequality, margin: sympy.Expr, names: list[sympy.Symbol], seed: int) -> None:
        self.inequality, self.formula = inequality, inequality.formula
        self.boxes, self.stuck, self.found = 0, "", None
        self._lowest = _least_points(margin, names, inequality.region, seed)
        self._touched = [point for point in self._lowest if self._value(point).exact == 0]

    boxes: int
    stuck: str
    found: tuple[fmpq, ...] | None

    def failure(self) -> tuple[fmpq, ...] | None:
        """A rational point at which the kernel shows the inequality to fail."""
        return next((point for point in self._lowest if self._fails_at(point)), None)

    def _value(self, point: tuple[fmpq, ...]) -> ExactInterval:
        value: ExactInterval = self.formula.value([ExactInterval.of(x) for x in point])
        return value

    def _fails_at(self, point: tuple[fmpq, ...]) -> bool:
        return fails(self.inequality, self._value(point))

    def tree(self, budget: int) -> list[TreeNode] | None:
        """The subdivision, root first; None where a point of failure is `found`, or the search is `stuck`."""
        tree: list[TreeNode] = []
        waiting = [(self.inequality.region, 0)]
        while waiting:
            region, depth = waiting.pop()
            self.boxes += 1
            leaf = self._leaf(region)
            if leaf is not None:
                tree.append(leaf)
                continue
            if self._fails_at(region.middle()):
                self.found = region.middle()
                return None
            if self.boxes >= budget or depth >= _DEEPEST or not region.lower:
                self.stuck = self._reason(region, budget)
                return None
            index, at = self._cut(region)
            tree.append(index if at is None else {"cut": index, "at": str(at)})
            waiting += [(part, depth + 1) for part in reversed(region.parts(index, at))]
        return tree

    def _leaf(self, region: Region) -> TreeNode | None:
        return next((leaf for leaf in self._leaves(region) if self.inequality.proved_by(leaf_bound(self.formula, region, leaf))), None)

    def _cut(self, region: Region) -> tuple[int, fmpq | None]:
        """Where to cut a box: at a point of equality that lies inside, otherwise in the middle of the most important variable."""
        for point in self._touched:
            if region.holds(point):
                for i, x in enumerate(point):
                    if region.lower[i] < x < region.upper[i]:
                        return i, x
        return self._widest(region), None

    def _leaves(self, region: Region) -> Iterator[TreeNode]:
        yield from ("direct", "mean", "monotone")
        for point in self._lowest:
            if point and region.holds(point):
                written = [str(x) for x in point]
                for order in (2, *(_ORDERS if len(point) == 1 and point in self._touched else ())):
                    yield {"order": order, "point": written}

    def _widest(self, region: Region) -> int:
        """The variable along which the expression may change most."""
        _, gradient = self.formula.value_and_gradient(region.box())
        widths = [float(fraction(high - low)) for low, high in zip(region.lower, region.upper, strict=True)]
        slopes = [float(abs(slope).upper) if slope.defined else float("inf") for slope in gradient]
        scale = max((slope for slope in slopes if np.isfinite(slope)), default=1.0) or 1.0
        return int(np.argmax([width * (slope if np.isfinite(slope) else 10 * scale) for width, slope in zip(widths, slopes, strict=True)]))

    def _reason(self, region: Region, budget: int) -> str:
        ends = ", ".join(f"[{float(fraction(a)):.6g}, {float(fraction(b)):.6g}]" for a, b in zip(region.lower, region.upper, strict=True))
        why = f"the budget of {budget} boxes is spent" if self.boxes >= budget else "the margin there is too small, or zero"
        return f"undecided near {ends}: {why}"


def _least_points(margin: sympy.Expr, names: list[sympy.Symbol], region: Region, seed: int) -> list[tuple[fmpq, ...]]:
    """Rational points of the box where the margin is small: corners, the centre, minima in floats, and simple rationals near those."""
    from scipy.optimize import minimize

    ends = [(float(fraction(low)), float(fraction(high))) for low, high in zip(region.lower, region.upper, strict=True)]
    value = _in_floats(margin, names)
    corners = list(itertools.islice(itertools.product(*zip(region.lower, region.upper, strict=True)), _CORNERS))
    points = [region.middle(), *corners]
    if names:
        low, high = np.array(ends).T
        starts = [*np.random.default_rng(seed).uniform(low, high, (_STARTS, len(names))), (low + high) / 2]
        minima = [minimize(value, start, method="L-BFGS-B", bounds=ends, options={"ftol": 1e-15, "gtol": 1e-12}).x for start in starts]
        points += [near for x in minima for near in _rationals_near(x, region)]
    floats = {point: np.array([float(fraction(x)) for x in point]) for point in points}
    ranked = sorted(floats, key=lambda point: (round(value(floats[point]), _NOISE), max((x.height_bits() for x in point), default=0)))
    return _spread_out(ranked, floats, np.array([high - low for low, high in ends]))


def _spread_out(
    ranked: list[tuple[fmpq, ...]], floats: Mapping[tuple[fmpq, ...], NDArray[np.float64]], widths: NDArray[np.float64]
) -> list[tuple[fmpq, ...]]:
    """The best points, at most two of those that lie close together."""
    kept: list[tuple[fmpq, ...]] = []
    for point in ranked:
        near = sum(bool(np.all(abs(floats[point] - floats[other]) <= 1e-3 * widths)) for other in kept)
        if near < 2 and len(kept) < _KEPT:
            kept.append(point)
    return kept


def _in_floats(margin: sympy.Expr, names: list[sympy.Symbol]) -> Callable[[NDArray[np.float64]], float]:
    """The margin in floats; huge where it has no value."""
    function = sympy.lambdify(names, margin, modules="numpy")

    def value(x: NDArray[np.float64]) -> float:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                result = float(function(*x))
            except (TypeError, ValueError, ArithmeticError):
                return 1e300
        return result if np.isfinite(result) else 1e300

    return value


def _rationals_near(x: NDArray[np.float64], region: Region) -> Iterator[tuple[fmpq, ...]]:
    """The float itself and simple fractions near it, moved into the box."""
    for denominator in (12, 1000, 2**60):
        near = (Fraction(float(v)).limit_denominator(denominator) for v in x)
        exact = (fmpq(v.numerator, v.denominator) for v in near)
        yield tuple(min(max(v, low), high) for v, low, high in zip(exact, region.lower, region.upper, strict=True))
