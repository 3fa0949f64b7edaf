"""T7: for d > k, is every local minimum global? For each constraint apart.

On the sphere it is false at low temperature and true above another one. On the ball it is true where all norms are 1, for classes of two,
and where every positive attracts; what is left of the ball is open (N14). For d >= n, and for d = n - 1 with three classes or more, it is
true on both.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import log, sqrt

import numpy as np
from scipy.optimize import minimize
from sympy import Integer, Rational, Symbol, exp, symbols

from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better, certify_point
from scverify.conjecture.arguments import attraction, collapse, reduced, repulsion
from scverify.conjecture.elementary import RISES, exponential_above_tangent
from scverify.conjecture.few_points import few_points
from scverify.conjecture.globality import collapsed_of_full_rank, global_where_positive, second_order
from scverify.conjecture.pair_lemma import class_of_two, first_order, least_sum, pair_lemma, twins_and_mass, warm_share
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, fact, identity, left_open, sign
from scverify.conjecture.warm import theorem_w
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, Sphere
from scverify.model.level import sample_level
from scverify.model.problem import Problem
from scverify.results.decimals import rounded_down
from scverify.search.objective import Objective
from scverify.symbolic.losses import Loss
from scverify.symbolic.row import tau

SIZES, DIMENSION, TEMPERATURE = Classes((4, 2)), 3, Fraction(1, 20)
READ = (
    "read of the source paper: its abstract (all local minima are global) and public summaries of it (benign for d > k); "
    "not read: its full text, where norms may be at most 1 or a temperature be asked for"
)


RANK_DEFICIENT = (
    "Landscape.N13_ball_rank_deficient: a local minimum of the ball of rank less than d is global",
    "SecondOrder.N13_sphere_rank_deficient: the same on the sphere",
)


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
    excess = "" if point.excess is None else f", at least {rounded_down(point.excess, 8)} above the optimum"
    return Decision(point.kind == "spurious minimum", point.kind + excess, dict(point.certificates))


def sphere_steps(loss: Loss) -> Iterator[Step]:
    yield fact(f"d = {DIMENSION} > k = {SIZES.k}", lambda: SIZES.k < DIMENSION)
    yield certified(
        f"sizes {SIZES}, tau = {TEMPERATURE}: a strict local minimum modulo rotations that is not global", lambda: spurious(loss)
    )


def ball_steps(loss: Loss) -> Iterator[Step]:
    yield from pair_lemma(loss)
    yield from first_order()
    yield from least_sum()
    yield from twins_and_mass()
    yield from class_of_two()
    yield from warm_share(loss)
    yield from second_order()
    yield from global_where_positive(loss)
    yield from collapsed_of_full_rank(loss)
    yield from collapse(loss)
    yield from few_points(loss)


def ball_instances(loss: Loss, thorough: bool) -> Iterator[Step]:
    yield fact(
        "the spurious minimum of the sphere is not even critical on the ball: a multiplier is negative (decided in balls)",
        lambda: (
            certify_point(Problem(loss, SIZES, dim=DIMENSION, temperature=TEMPERATURE, constraint=Ball()), explicit_point(loss)).kind
            == "not critical"
        ),
    )


def interior_steps(loss: Loss) -> Iterator[Step]:
    yield from pair_lemma(loss)
    yield from first_order()
    yield from least_sum()
    yield left_open(
        "rank H = d, and a class of three or more whose sample of least Z has norm < 1 and a coincident twin, and is less "
        "similar to itself than to every "
        "positive that differs from it: excluded by the conditions of the other classes, or not"
    )


def attraction_steps(loss: Loss) -> Iterator[Step]:
    yield from exponential_above_tangent()
    yield sign("e^(g/tau) >= 1 + g/tau >= 1 for g >= 0", Symbol("g", nonnegative=True) / tau, ">= 0")
    yield from attraction(loss)
    yield repulsion(loss)


def warm_steps(loss: Loss) -> Iterator[Step]:
    yield from theorem_w(loss)
    yield from second_order()
    yield from global_where_positive(loss)
    yield sign(
        f"the spurious minimum of sizes {SIZES}, tau = {TEMPERATURE} says nothing here: there even 1/(n_c - 1) < P",
        1 / Rational(max(SIZES.sizes) - 1) - exp(2 / Rational(str(TEMPERATURE))) / (SIZES.n - 2 + exp(2 / Rational(str(TEMPERATURE)))),
        "< 0",
    )


def next_steps(loss: Loss) -> Iterator[Step]:
    yield from high_steps(loss)
    sigma, x, y, z = symbols("sigma v_i v_j v_l", real=True)
    yield identity(
        "three samples of three classes: the product of the entries of S = sigma vv' between them, each positive, so sigma > 0 and S >= 0",
        (sigma * x * y) * (sigma * y * z) * (sigma * z * x),
        sigma**3 * (x * y * z) ** 2,
    )


def high_steps(loss: Loss) -> Iterator[Step]:
    yield from second_order()
    yield from global_where_positive(loss)
    inverse, h, s = symbols("H^{-1} H S", commutative=False)
    yield identity("HS = 0 with rank H = n (a left inverse) would give S = 0", reduced(inverse * h * s, ((inverse * h, Integer(1)),)), s)
    yield repulsion(loss)  # the entries of S between classes are positive: S is not 0


SPHERE = Theorem(
    id="T7-sphere",
    title="for d > k every local minimum is global (sphere)",
    latex=r"d > k \Rightarrow \text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| = 1 \text{ is global}",
    source=f"{READ}; the counterexample is this project's",
    question="landscape",
    improves="the summaries' 'd > k', where no constraint is named",
    hypotheses=("sphere", "d > k", "any temperature"),
    assumed=(),
    could_go_wrong=("this refutes the statement at one instance; at temperatures above 9/(50 d) no other dimension is refuted",),
    steps=sphere_steps,
    formal=("Spurious.T7_fails_on_the_sphere: refuted in every dimension, by the cross-polytope at every tau <= 9/(50 d)",),
    refutes=True,
    expect="REFUTED",
)
ATTRACTION = Theorem(
    id="T7-attraction",
    title="above a temperature every positive attracts, and every negative repels",
    latex=r"e^{-2/\tau} \ge \frac{n_c - 2}{n - 2} \Rightarrow p_{ij} \le \frac{1}{n_c - 1} \Rightarrow \partial L / \partial G_{ij} \le 0 "
    r"\ (y_i = y_j), \qquad \partial L / \partial G_{ij} > 0 \ (y_i \ne y_j)",
    source="condition of MATH 8; the source paper has a sufficient condition on the temperature, which we have not seen",
    question="landscape",
    hypotheses=(
        "sphere or ball of radius 1",
        "exp(-2/tau) >= (n_c - 2)/(n - 2) for the anchor's class",
        "every class has at least two samples",
    ),
    assumed=(),
    could_go_wrong=("it is sufficient; that it is necessary for attraction everywhere, or for a benign landscape, is not claimed",),
    steps=attraction_steps,
    formal=(RISES,),
)
WARM = Theorem(
    id="T7-warm",
    title="above a temperature and for d > k, every local minimum is global (sphere)",
    latex=r"P = \frac{e^{2/\tau}}{n - 2 + e^{2/\tau}},\ d > k,\ 2(d-1)\tau\Bigl(\frac{1}{n_c - 1} - P\Bigr) > 1 + (n-1)P\ \forall c "
    r"\Rightarrow \text{every local minimum on } \|h_i\| = 1 \text{ is global}",
    source="Theorem W of this project (MATH N17); the source paper has a condition on the temperature, which we have not seen",
    question="landscape",
    improves="the summaries' 'd > k': on the sphere with a temperature",
    hypotheses=(
        "sphere of radius 1, d > k >= 2, every class has at least two samples",
        "2(d - 1) tau (1/(n_c - 1) - P) > 1 + (n - 1)P for every class",
    ),
    assumed=(),
    could_go_wrong=(
        "where every positive attracts (T7-attraction) but this condition fails, nothing is claimed: searches find no counterexample",
    ),
    steps=warm_steps,
    formal=("Gradient.gradient_derivative: the gradient that the pair lemma starts from", RISES),
)
BALL = Theorem(
    id="T7-ball",
    title="for d > k every local minimum is global (ball): active norms, classes of two, warm, or few points",
    latex=r"\|h_i\| = 1\ \forall i \ \text{ or }\ n_c = 2\ \forall c \ \text{ or }\ e^{-2/\tau} \ge \max_c \tfrac{n_c - 2}{n - 2} "
    r"\ \text{ or }\ d \ge n - k - 1:\quad "
    r"\text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| \le 1 \text{ is global}",
    source=f"{READ}; Theorem B and few points of this project (MATH N13, N20)",
    question="landscape",
    improves="the summaries' 'd > k', with what is needed beside it",
    hypotheses=(
        "ball of radius 1, any tau > 0, every class has at least two samples",
        "d >= k - 1 for k >= 3, d >= 2 for k = 2 (so d > k)",
        "every class has norms 1 at the local minimum, or it has two samples, or exp(-2/tau) >= (n_c - 2)/(n - 2); or d >= n - k - 1 (N20)",
        "also: a local minimum of the sphere with all multipliers >= 0",
    ),
    assumed=("a matrix of d rows, d + 1 columns and rank d has a null space of one dimension (few points alone)",),
    could_go_wrong=(
        "a local minimum with an interior sample of a class of three or more, below that temperature, d < n - k - 1: N14, open",
    ),
    steps=ball_steps,
    formal=(
        "Landscape.N13_full_norms_global: all norms 1, d >= k",
        "Landscape.N13_pairs_global: classes of two, d >= k",
        "Landscape.N13_warm_global: above the temperature, d >= k",
        "FewPoints.N20_few_points_global: d > n - k",
        "Landscape.ball_minimum_is_stationary: a local minimum of the ball is a first-order point",
        "Landscape.N13_ball_rank_deficient: a local minimum of rank less than d is global",
        "Gradient.gradient_derivative: the gradient that the pair lemma starts from",
        RISES,
    ),
    instances=ball_instances,
)
INTERIOR = Theorem(
    id="N14",
    title="ball: what stays open, interior samples of classes of three or more at low temperature",
    latex=r"d > k \Rightarrow \text{every local minimum of } L(H^{\mathsf T}H) \text{ on } \|h_i\| \le 1 \text{ is global}",
    source=f"{READ}; the remainder of Theorem B and of few points (MATH N14)",
    question="landscape",
    hypotheses=("ball of radius 1, d > k, any tau > 0", "none of the four conditions of T7-ball, so d < n - k - 1"),
    assumed=(),
    could_go_wrong=("searches find no counterexample; that is not a proof",),
    steps=interior_steps,
    expect="UNDECIDED",
)
HIGH = Theorem(
    id="T7-high",
    title="for d >= n every local minimum is global, at every temperature",
    latex=r"d \ge n:\ HS = 0,\ S_{ij} > 0 \ (y_i \ne y_j) \Rightarrow \mathrm{rank}\, H < n \le d "
    r"\Rightarrow (\text{second order: } S \succeq 0) \Rightarrow \text{global}",
    source="argument of this project (MATH 8)",
    question="landscape",
    improves="d > k: with d >= n no temperature is needed",
    hypotheses=("sphere or ball", "d >= n", "k >= 2, every class has at least two samples"),
    assumed=(),
    could_go_wrong=("between k and n dimensions the argument is silent",),
    steps=high_steps,
    formal=RANK_DEFICIENT,
)
NEXT = Theorem(
    id="T7-next",
    title="for d = n - 1 and three classes or more every local minimum is global, at every temperature",
    latex=r"d = n - 1,\ k \ge 3:\ \mathrm{rank}\, H = d \Rightarrow S = \sigma vv^{\mathsf T},\ \sigma > 0 \Rightarrow S \succeq 0 "
    r"\Rightarrow \text{global}; \qquad \mathrm{rank}\, H < d \Rightarrow (\text{second order: } S \succeq 0) \Rightarrow \text{global}",
    source="argument of this project (MATH 8)",
    question="landscape",
    improves="T7-high by one dimension; on the ball N20 needs n - k - 1 only",
    hypotheses=("sphere or ball", "d = n - 1", "k >= 3, every class has at least two samples"),
    assumed=(
        "a matrix of n columns and rank n - 1 has a null space of one dimension: HS = 0 leaves S = sigma vv' (S is symmetric and not 0)",
    ),
    could_go_wrong=("with two classes the sign of sigma is open: there is no third sample to compare",),
    steps=next_steps,
    formal=RANK_DEFICIENT,
)
