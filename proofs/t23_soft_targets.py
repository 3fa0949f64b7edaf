"""N11, of this project: under imbalance the optimum with soft targets need not be a simplex."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from flint import arb, fmpq
from sympy import Expr, Integer, Rational, Sum, Symbol, symbols

from scverify.certify.inequality import prove_inequality
from scverify.certify.optimum import optimum
from scverify.conjecture.arguments import convex_rows
from scverify.conjecture.theorem import Decision, Step, Theorem, certified, identity
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import ClassTable, Loss
from scverify.symbolic.row import a, c, q, s, tau

SIZES, EPSILON, BOUND = (6, 2, 2), Fraction(1, 100), Fraction(152, 10)
ANGLE = Symbol("b", real=True)


def targets(epsilon: Fraction) -> tuple[tuple[Fraction, ...], ...]:
    """Row y: weight 1 for each positive and epsilon for each negative, divided by their total."""
    n = sum(SIZES)
    totals = [size - 1 + epsilon * (n - size) for size in SIZES]
    return tuple(tuple((1 if y == z else epsilon) / totals[y] for z in range(len(SIZES))) for y in range(len(SIZES)))


def soft(loss: Loss, epsilon: Fraction) -> Loss:
    """The loss's row with these targets."""
    ones = tuple(Fraction(1) for _ in SIZES)
    return Loss(f"soft {loss.name}", loss.formula, ClassTable(ones, (ones,) * len(SIZES), targets(epsilon)))


def equiangular(loss: Loss) -> Expr:
    """The loss where classes are collapsed and all similarities between them are b, at tau = 1."""
    total, n = Integer(0), sum(SIZES)
    for y, (size, row) in enumerate(zip(SIZES, targets(EPSILON), strict=True)):
        other = next(z for z in range(len(SIZES)) if z != y)
        own, across = Rational(str(row[y])), Rational(str(row[other]))

        def merged(body: Expr, limits: Expr, size: int = size, own: Rational = own, across: Rational = across) -> Expr:
            positives = (size - 1) * body.xreplace({s[a]: Integer(1), c[a]: Integer(1), q[a]: own})
            return positives + (n - size) * body.xreplace({s[a]: ANGLE, c[a]: Integer(1), q[a]: across})

        total += size * loss.formula.expression.replace(Sum, merged).subs(tau, 1)
    return total


def below(loss: Loss) -> Decision:
    found = optimum(Problem(soft(loss, EPSILON), Classes(SIZES), temperature=1))
    evidence = f"the optimum is at most {float(found.upper):.8f}"
    return Decision(found.upper < BOUND, evidence, {"soft-optimum.json": found.certificates["optimum.json"]})


def above(loss: Loss) -> Decision:
    found = prove_inequality(equiangular(loss) > Rational(str(BOUND)), {ANGLE: (Fraction(-1, 2), Fraction(1))})
    certificates = {} if found.certificate is None else {"equiangular.json": found.certificate}
    return Decision(found.verdict == "PROVED", found.reason, certificates)


def steps(loss: Loss) -> Iterator[Step]:
    yield from convex_rows(loss)
    k, x = symbols("k b", real=True)
    yield identity(
        "equiangular vectors of k classes: the Gram matrix has the eigenvalue 1 + (k - 1)b, so b >= -1/(k - 1), here -1/2",
        1 + (k - 1) * x,
        1 - x + k * x,
    )
    yield certified(
        f"sizes {Classes(SIZES)}, tau = 1, epsilon = {EPSILON}: every equiangular point, -1/2 <= b <= 1, exceeds {float(BOUND)}",
        lambda: above(loss),
    )
    yield certified(f"and the optimum is below {float(BOUND)}", lambda: below(loss))


def instances(loss: Loss, thorough: bool) -> Iterable[Step]:
    yield certified(
        "epsilon = 3/5, where 1 + tau log epsilon >= -1/(k - 1): the optimum is the sum of the targets' entropies, at b = 1 + "
        "tau log epsilon",
        lambda: at_entropies(loss, Fraction(3, 5)),
    )


def at_entropies(loss: Loss, epsilon: Fraction) -> Decision:
    """Every row reaches its own minimum, the entropy of its targets, where the classes are equiangular at 1 + log epsilon."""
    found = optimum(Problem(soft(loss, epsilon), Classes(SIZES), temperature=1))
    entropies = arb(0)
    for y, (size, row) in enumerate(zip(SIZES, targets(epsilon), strict=True)):
        for z, other in enumerate(SIZES):
            share = arb(fmpq(row[z].numerator, row[z].denominator))
            entropies -= size * (other - (y == z)) * share * share.log()
    gap = max(abs(arb(fmpq(x.numerator, x.denominator)) - entropies) for x in (found.lower, found.upper))
    return Decision(
        bool(gap < arb("1e-9")), f"optimum {float(found.upper):.9f}", {"soft-entropies.json": found.certificates["optimum.json"]}
    )


N11 = Theorem(
    id="N11",
    title="with soft targets the optimum is a simplex, whatever the class sizes",
    latex=r"q_{ij} \propto 1 \ (y_i = y_j),\ \varepsilon \ (y_i \ne y_j) \Rightarrow B^\star_{cc'} = b \text{ for all } c \ne c'",
    source="the wording was read in public summaries (an abstract, a README); no full text was read, and its hypotheses may exclude this "
    "case: refuted is the wording as it stands in the formula, and no paper; the certificates are this project's",
    question="uniqueness",
    improves="the simplex for soft targets in balanced classes",
    hypotheses=("soft targets epsilon, normalised in each row; sphere of radius 1, any class sizes, tau > 0",),
    assumed=("an equiangular optimum would be collapsed: a point with other similarities within classes is not equiangular",),
    could_go_wrong=("where 1 + tau log epsilon >= -1/(k - 1) the statement holds: every row reaches its minimum at one equiangular point",),
    steps=steps,
    instances=instances,
    refutes=True,
    expect="REFUTED",
)
