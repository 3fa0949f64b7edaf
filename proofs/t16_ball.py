"""N13, a theorem of this project: on the ball the first-order conditions alone make the samples of a class coincide."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np

from scverify.certify.orbit import certify_point
from scverify.conjecture.elementary import RISES
from scverify.conjecture.pair_lemma import class_of_two, first_order, least_sum, pair_lemma, twins_and_mass, warm_share
from scverify.conjecture.theorem import Decision, Step, Theorem, certified
from scverify.model.classes import Classes
from scverify.model.constraints import Ball
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss


def steps(loss: Loss) -> Iterator[Step]:
    yield from pair_lemma(loss)
    yield from first_order()
    yield from first_order(sphere=True)
    yield from least_sum()
    yield from twins_and_mass()
    yield from class_of_two()
    yield from warm_share(loss)


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    for sizes, tau in (((2, 2), Fraction(1, 10)), ((3, 2), Fraction(1, 2)), ((4, 2), Fraction(1, 20)), ((4, 2), Fraction(3)))[
        : 4 if thorough else 2
    ]:
        yield certified(
            f"sizes {Classes(sizes)}, tau = {tau}, d = 3: two collapsed antipodal classes are a global minimum of the ball",
            lambda sizes=sizes, tau=tau: antipodal(loss, sizes, tau),
        )


def antipodal(loss: Loss, sizes: tuple[int, ...], tau: Fraction) -> Decision:
    problem = Problem(loss, Classes(sizes), dim=3, temperature=tau, constraint=Ball())
    embeddings = np.zeros((3, sum(sizes)))
    embeddings[0] = np.repeat([1.0, -1.0], sizes)
    point = certify_point(problem, embeddings)
    names = "-".join(map(str, sizes)) + f"-tau-{tau}".replace("/", "_")
    return Decision(point.kind == "global minimum", point.kind, {f"{names}-{name}": data for name, data in point.certificates.items()})


N13 = Theorem(
    id="N13",
    title="ball: first-order points are collapsed within classes, at every temperature",
    latex=r"g_i = -2\lambda_i h_i,\ \lambda_i \ge 0,\ \lambda_i(1 - \|h_i\|) = 0:\quad "
    r"\|h_i\| = 1\ (y_i = c) \ \text{ or }\ n_c = 2 \ \text{ or }\ e^{-2/\tau} \ge \tfrac{n_c - 2}{n - 2} "
    r"\ \Rightarrow\ h_i = h_j \ (y_i = y_j = c)",
    source="Theorem B of this project (MATH N13)",
    question="landscape",
    improves="T7 read for the ball: collapse at every temperature, from the first order alone where norms are active",
    hypotheses=(
        "ball of radius 1, any dimension, any tau > 0, k >= 2, every class has at least two samples",
        "a first-order point (Karush, Kuhn, Tucker)",
        "of the class c: all its norms are 1, or it has two samples, or exp(-2/tau) >= (n_c - 2)/(n - 2)",
        "also: a point of the sphere with all multipliers >= 0",
    ),
    assumed=(),
    could_go_wrong=(
        "a class of three or more with an interior sample, below that temperature: N14, open",
        "on the sphere multipliers may be negative: T7-sphere",
    ),
    steps=steps,
    formal=(
        "Ball.N13_full_norms_collapse: all norms 1",
        "Ball.N13_sphere_collapse: the sphere with multipliers >= 0",
        "Ball.N13_pairs_collapse: classes of two",
        "Ball.N13_warm_collapse: above the temperature",
        "Gradient.gradient_derivative: the gradient that the steps start from",
        RISES,
    ),
    instances=instances,
)
