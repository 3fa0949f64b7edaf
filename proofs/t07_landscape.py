"""T7: for d > k, is every local minimum global? For each constraint apart.

On the sphere it is false at low temperature, and open where every positive attracts; on the ball it is open. It is true for d >= n, and for
d = n - 1 with three classes or more.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import log, sqrt

import numpy as np
from scipy.optimize import minimize
from sympy import Rational, exp, symbols

from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.conjecture.arguments import attraction, convex_rows, repulsion
from scverify.conjecture.proof import Decision, Statement, Step, certified, fact, identity, left_open, sign
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.results.decimals import at_least
from scverify.search.objective import Objective
from scverify.symbolic.losses import Loss

SIZES, DIMENSION, TEMPERATURE = Classes((4, 2)), 3, Fraction(1, 20)


def geometry(x: float, z: float) -> np.ndarray:
    """Four positives in two antipodal-looking pairs, +-sqrt(1-x^2) e1 + x u and +-sqrt(1-z^2) e2 + z u; both negatives at -u."""
    x, z = np.clip((x, z), -0.99, 0.99)
    a, b = sqrt(1 - x * x), sqrt(1 - z * z)
    return np.array([[a, -a, 0, 0, 0, 0], [0, 0, b, -b, 0, 0], [x, x, z, z, -1, -1]])


def explicit_point(loss: Loss) -> np.ndarray:
    """The embeddings of that shape with the least loss near the limit of small tau (MATH 8, with b = 2 negatives)."""
    problem = Problem(loss, SIZES, dim=DIMENSION, temperature=TEMPERATURE)
    objective = Objective.floats(sample_level(problem))

    def value(point: np.ndarray) -> float:
        embeddings = geometry(*point)
        return float(objective.value(objective.similarities(embeddings.T, np.zeros(embeddings.shape[1]))))

    start = [float(TEMPERATURE) * log(2 + 3 * sqrt(2)) / (1 + 1 / sqrt(2)), 1 / sqrt(2)]
    return geometry(*minimize(value, start, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-15, "maxiter": 2000}).x)


def spurious(loss: Loss) -> Decision:
    problem = Problem(loss, SIZES, dim=DIMENSION, temperature=TEMPERATURE, constraint=Sphere())
    point = certify_point(problem, explicit_point(loss), better=Better.of_optimum(optimum(problem).certificate))
    excess = "" if point.excess is None else f", at least {at_least(point.excess, 8)} above the optimum"
    return Decision(point.kind == "spurious minimum", point.kind + excess, dict(point.certificates))


def sphere_steps(loss: Loss) -> Iterator[Step]:
    yield fact(f"d = {DIMENSION} > k = {SIZES.k}", lambda: SIZES.k < DIMENSION)
    yield certified(
        f"sizes {SIZES}, tau = {TEMPERATURE}: a strict local minimum modulo rotations that is not global", lambda: spurious(loss)
    )


def ball_steps(loss: Loss) -> Iterator[Step]:
    problem = Problem(loss, SIZES, dim=DIMENSION, temperature=TEMPERATURE, constraint=Ball())
    yield fact(
        "the spurious minimum of the sphere is not even critical on the ball: a multiplier is negative (decided in balls)",
        lambda: certify_point(problem, explicit_point(loss)).kind == "not critical",
    )
    yield left_open("for d > k every local minimum on the ball is global")


def attraction_steps(loss: Loss) -> Iterator[Step]:
    yield from attraction(loss)
    yield repulsion(loss)


def warm_steps(loss: Loss) -> Iterator[Step]:
    yield from attraction(loss)
    n, largest = SIZES.n, max(SIZES.sizes)
    yield sign(
        f"the spurious minimum of sizes {SIZES}, tau = {TEMPERATURE} says nothing here: the condition fails there",
        exp(-2 / Rational(str(TEMPERATURE))) - Rational(largest - 2, n - 2),
        "< 0",
    )
    yield left_open("where every positive attracts and d > k, every local minimum on the sphere is global")


def next_steps(loss: Loss) -> Iterator[Step]:
    yield from high_steps(loss)
    sigma, x, y, z = symbols("sigma v_i v_j v_l", real=True)
    yield identity(
        "three samples of three classes: the product of the entries of S = sigma vv' between them, each positive, so sigma > 0 and S >= 0",
        (sigma * x * y) * (sigma * y * z) * (sigma * z * x),
        sigma**3 * (x * y * z) ** 2,
    )


def high_steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    yield repulsion(loss)  # the entries of S between classes are positive: S is not 0


SPHERE = Statement(
    id="T7-sphere",
    title="for d > k every local minimum is global (sphere)",
    latex=r"d > k \Rightarrow \text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| = 1 \text{ is global}",
    source="source paper's abstract, read for the sphere; counterexample of this project",
    hypotheses=("sphere", "d > k", "any temperature"),
    assumed=(),
    could_go_wrong=("this refutes the statement at one instance; at higher temperatures and for d >= max n_c nothing is refuted",),
    steps=sphere_steps,
    refutes=True,
    expect="REFUTED",
)
ATTRACTION = Statement(
    id="T7-attraction",
    title="above a temperature every positive attracts, and every negative repels",
    latex=r"e^{-2/\tau} \ge \frac{n_c - 2}{n - 2} \Rightarrow p_{ij} \le \frac{1}{n_c - 1} \Rightarrow \partial L / \partial G_{ij} \le 0 "
    r"\ (y_i = y_j), \qquad \partial L / \partial G_{ij} > 0 \ (y_i \ne y_j)",
    source="condition of MATH 8; the source paper has a sufficient condition on the temperature, which we have not seen",
    hypotheses=(
        "sphere or ball of radius 1",
        "exp(-2/tau) >= (n_c - 2)/(n - 2) for the anchor's class",
        "every class has at least two samples",
    ),
    assumed=("exp(g/tau) >= 1 for g >= 0",),
    could_go_wrong=("it is sufficient; that it is necessary for attraction everywhere, or for a benign landscape, is not claimed",),
    steps=attraction_steps,
)
WARM = Statement(
    id="T7-warm",
    title="where every positive attracts and d > k, every local minimum is global (sphere)",
    latex=r"d > k,\ e^{-2/\tau} \ge \max_c \frac{n_c - 2}{n - 2} \Rightarrow \text{every local minimum on } \|h_i\| = 1 \text{ is global}",
    source="the source paper's abstract with the condition of MATH 8",
    hypotheses=("sphere", "d > k", "exp(-2/tau) >= (n_c - 2)/(n - 2) for every class"),
    assumed=(),
    could_go_wrong=("searches find no counterexample; that is no proof",),
    steps=warm_steps,
    expect="UNDECIDED",
)
BALL = Statement(
    id="T7-ball",
    title="for d > k every local minimum is global (ball)",
    latex=r"d > k \Rightarrow \text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| \le 1 \text{ is global}",
    source="source paper's abstract, read for the ball",
    hypotheses=("ball", "d > k", "any temperature"),
    assumed=(),
    could_go_wrong=("searches find no counterexample; that is no proof",),
    steps=ball_steps,
    expect="UNDECIDED",
)
HIGH = Statement(
    id="T7-high",
    title="for d >= n every local minimum is global, at every temperature",
    latex=r"d \ge n:\ HS = 0,\ S_{ij} > 0 \ (y_i \ne y_j) \Rightarrow \mathrm{rank}\, H < n \le d "
    r"\Rightarrow (\text{second order: } S \succeq 0) \Rightarrow \text{global}",
    source="argument of this project (MATH 8)",
    hypotheses=("sphere or ball", "d >= n", "k >= 2, every class has at least two samples"),
    assumed=(
        "HS = 0 with rank H = n would give S = 0",
        "at a local minimum of rank below d, a direction zv' with z orthogonal to H has curvature 2 v'Sv: S >= 0 (MATH 4.5)",
        "S >= 0 and HS = 0 make a critical point global for a convex loss (MATH 4.1)",
    ),
    could_go_wrong=("between k and n dimensions the argument is silent",),
    steps=high_steps,
)
NEXT = Statement(
    id="T7-next",
    title="for d = n - 1 and three classes or more every local minimum is global, at every temperature",
    latex=r"d = n - 1,\ k \ge 3:\ \mathrm{rank}\, H = d \Rightarrow S = \sigma vv^{\mathsf T},\ \sigma > 0 \Rightarrow S \succeq 0 "
    r"\Rightarrow \text{global}; \qquad \mathrm{rank}\, H < d \Rightarrow (\text{second order: } S \succeq 0) \Rightarrow \text{global}",
    source="argument of this project (MATH 8)",
    hypotheses=("sphere or ball", "d = n - 1", "k >= 3, every class has at least two samples"),
    assumed=(
        "HS = 0 with rank H = n - 1 leaves S of rank one, S = sigma vv' (S is symmetric and not 0)",
        "at a local minimum of rank below d, a direction zv' with z orthogonal to H has curvature 2 v'Sv: S >= 0 (MATH 4.5)",
        "S >= 0 and HS = 0 make a critical point global for a convex loss (MATH 4.1)",
    ),
    could_go_wrong=("with two classes the sign of sigma is open: there is no third sample to compare",),
    steps=next_steps,
)
