"""Steps that several statements share, stated for any loss with a rule and a log-sum-exp row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from flint import arb, fmpq_mat
from sympy import Expr, Integer, Sum, Symbol, exp, symbols

from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.elementary import above_tangents
from scverify.conjecture.formulas import Formula, in_balls
from scverify.conjecture.terms import Assignment, Term, letters, term
from scverify.conjecture.theorem import Decision, Step, fact, identity, sign
from scverify.errors import InputError
from scverify.symbolic.calculus import variance_identity
from scverify.symbolic.compiled import evaluators
from scverify.symbolic.losses import CoefficientRule, Loss, n_other, n_own
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau

OWN, CROSS = symbols("beta x", real=True)


@dataclass(frozen=True)
class _Curvature:
    """v'Hv of one row of any length."""

    loss: Loss
    formula: Expr
    name: str = r"v^{\mathsf T} \nabla^2 \ell\, v"

    @property
    def letters(self) -> set[Symbol]:
        return {tau}

    def measured(self, assignment: Assignment) -> arb:
        at, c_row, q_row, v = (
            np.array(row, dtype=object) for row in (assignment.row.s, assignment.row.c, assignment.row.q, assignment.row.v)
        )
        product = evaluators(self.loss.formula).hessian_product(at, c_row, q_row, assignment.letters[tau], v)
        value: arb = (v * product).sum()
        return value


def convex_rows(loss: Loss) -> Iterator[Step]:
    """v'Hv is kappa^2 times the variance of v under the row's probabilities: a sum of squares with non-negative weights."""
    found = variance_identity(loss.formula)
    yield Step(
        "identity",
        "for every row length, the Hessian's quadratic form is kappa^2 times the variance of v under the row's probabilities p",
        r"v^{\mathsf T} \nabla^2 \ell\, v = \kappa^2 \sum_a p_a (v_a - \textstyle\sum_b p_b v_b)^2",
        lambda: Decision(found.holds or None, "both differences reduce to 0" if found.holds else "a difference is left over"),
        Formula(term(_Curvature(loss, found.quadratic)), "=", found.spread),
    )
    yield sign("no probability is negative (some coefficient of the row is positive)", found.probability, ">= 0", weighted=True)
    yield from above_tangents()


def admissible(loss: Loss) -> Iterator[Step]:
    """The coefficients that the arguments suppose: none is negative, for any class sizes."""
    rule = rule_of(loss)
    sizes = {n_own: class_size("c"), n_other: class_size("d")}
    for name in ("weight", "positive_c", "positive_q", "negative_c", "negative_q"):
        yield sign(f"the coefficient {name} is not negative", getattr(rule, name).subs(sizes), ">= 0")


def general_row(loss: Loss) -> ClassRow:
    """The row of a class that sees one other class at similarity x, and any number of further samples."""
    return ClassRow(loss, class_size("c"), OWN, (Seen(1, class_size("d"), CROSS),), rest=True)


@dataclass(frozen=True)
class _Pull:
    """The derivative of a row of any length by the similarity x to one more sample, with coefficients c and q."""

    loss: Loss
    more_c: Expr
    more_q: Expr
    name: str = r"\partial_x \ell"

    @property
    def formula(self) -> Expr:
        def with_one_more(body: Expr, limits: tuple[Expr, ...]) -> Expr:
            return body.xreplace({s[a]: CROSS, c[a]: self.more_c, q[a]: self.more_q}) + Sum(body, limits)

        return self.loss.formula.expression.replace(Sum, with_one_more).diff(CROSS)

    @property
    def letters(self) -> set[Symbol]:
        return {tau, CROSS} | letters(self.more_c) | letters(self.more_q)

    def measured(self, assignment: Assignment) -> arb:
        row, more = assignment.row, (CROSS, self.more_c, self.more_q)
        longer = ([*kept, in_balls(x, assignment)] for kept, x in zip((row.s, row.c, row.q), more, strict=True))
        at, c_row, q_row = (np.array(entries, dtype=object) for entries in longer)
        _, gradient = evaluators(self.loss.formula).value_and_gradient(at, c_row, q_row, assignment.letters[tau])
        value: arb = gradient[-1]
        return value


def repulsion(loss: Loss) -> Step:
    """A row rises with the similarity to any sample of another class, wherever the samples are."""
    return sign(
        "every row rises strictly with the similarity x to a sample of another class, wherever the samples are",
        pull(loss, positive=False),
        "> 0",
    )


def pull(loss: Loss, positive: bool) -> Term:
    """The derivative of a row by the similarity x to one more sample, of the anchor's class (of n_c samples) or of another (of n_d)."""
    rule, own, other = rule_of(loss), class_size("c"), class_size("d")
    if positive:
        return entry_slope(loss, rule.positive_c.subs(n_own, own), rule.positive_q.subs({n_own: own, n_other: own}))
    return entry_slope(loss, *(entry.subs({n_own: own, n_other: other}) for entry in (rule.negative_c, rule.negative_q)))


def entry_slope(loss: Loss, more_c: Expr, more_q: Expr) -> Term:
    """The derivative of a row of any length by the similarity x to one more node, of these coefficients."""
    return term(_Pull(loss, more_c, more_q))


def attraction(loss: Loss) -> Iterator[Step]:
    """A row does not rise with the similarity to a sample of its class where exp(-2/tau) >= (n_c - 2)/(n - 2) (MATH 8)."""
    size, excess, gap = class_size("c"), Symbol("e", nonnegative=True), Symbol("g", nonnegative=True)
    others = exp(-CROSS / tau) * row_sum(c[a] * exp(s[a] / tau))
    yield identity(
        "the slope of a row in the similarity x to one sample of its class, the other samples in the sum",
        pull(loss, positive=True),
        (1 / (1 + others) - 1 / (size - 1)) / tau,
    )
    yield identity(
        "each of the n - 2 others adds at least e^{-2/tau}, as s - x = g - 2 with g >= 0",
        exp((gap - 2) / tau),
        exp(-2 / tau) * exp(gap / tau),
    )
    yield sign(
        "so by the hypothesis they add n_c - 2 + e with e >= 0, and the slope is not positive",
        (1 / (1 + size - 2 + excess) - 1 / (size - 1)) / tau,
        "<= 0",
    )


def rule_of(loss: Loss) -> CoefficientRule:
    """The rule of a loss. Raises InputError where its coefficients are a table."""
    rule = loss.coefficients
    if not isinstance(rule, CoefficientRule):
        raise InputError(f"loss {loss.name}", "a loss whose coefficients follow a rule", "its classes cannot stay letters")
    return rule


def strictly_convex(loss: Loss) -> Iterator[Step]:
    """On the sphere, in the similarities of different classes: the variance vanishes for constant v only, and v is 0 at the self entry."""
    yield from convex_rows(loss)
    rule, own = loss.coefficients, class_size("c")
    if isinstance(rule, CoefficientRule):
        sizes = {n_own: own, n_other: class_size("d")}
        yield sign("the self entry is an outcome of positive probability", (own - 1) * rule.positive_c.subs(sizes), "> 0")
        yield sign("so is every other class", rule.negative_c.subs(sizes), "> 0")


def rotation_invariance(loss: Loss) -> Iterator[Step]:
    """The loss sees H through H'H alone, and an orthogonal Q drops out of it; equal Gram matrices differ by such a Q."""
    yield fact("the row depends on the embeddings through the similarities s alone", lambda: sees_similarities_alone(loss.formula))
    h, ht, q_, qt = symbols("H H^T Q Q^T", commutative=False)
    yield identity(
        "Q drops out of (QH)'(QH) as Q'Q = 1",
        (ht * qt * q_ * h).subs(qt * q_, 1),
        ht * h,
        r"(QH)^{\mathsf T} QH = H^{\mathsf T} Q^{\mathsf T} Q H = H^{\mathsf T} H",
    )
    a, at, b, bt, inverse = symbols("A A^T B B^T (AA^T)^{-1}", commutative=False)
    gram_rules = ((bt * b, at * a), (inverse * a * at, 1), (a * at * inverse, 1))
    first = reduced(inverse * a * bt * b * at * inverse * a * at, gram_rules)
    yield identity(
        "A'A = B'B and A of full row rank: Q = B A'(AA')^{-1} has Q'Q = 1 (here multiplied by AA')",
        first,
        a * at,
        r"Q^{\mathsf T} Q A A^{\mathsf T} "
        r"= (AA^{\mathsf T})^{-1} A B^{\mathsf T} B A^{\mathsf T} (AA^{\mathsf T})^{-1} A A^{\mathsf T} = AA^{\mathsf T}",
    )
    gap = at * a - 2 * bt * b * at * inverse * a + at * inverse * a * bt * b * at * inverse * a
    yield identity(
        "and QA = B: (QA - B)'(QA - B) = 0",
        reduced(gap, gram_rules),
        Integer(0),
        r"A^{\mathsf T} A - 2 B^{\mathsf T} Q A + A^{\mathsf T} Q^{\mathsf T} Q A = 0",
    )
    yield fact("for rational matrices Q and A, computed exactly: (QA)'(QA) = A'A, and B A'(AA')^{-1} is Q for B = QA", rotates_exactly)


def rotates_exactly() -> bool:
    """The two claims on matrices for one orthogonal Q, by Cayley's formula (1 - K)^{-1}(1 + K) from an antisymmetric K, and one A."""
    one, k = (fmpq_mat(3, 3, entries) for entries in ([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 1, -2, -1, 0, 3, 2, -3, 0]))
    q_, h = (one - k).inv() * (one + k), fmpq_mat(3, 5, [1, -2, 3, 0, 5, 7, 1, 0, -4, 2, 3, 3, -1, 6, 0])
    moved = q_ * h
    again = moved * h.transpose() * (h * h.transpose()).inv()
    return bool(q_ != one and moved.transpose() * moved == h.transpose() * h and again == q_)


def reduced(expression: Expr, rules: tuple[tuple[Expr, Expr], ...]) -> Expr:
    """The expression with products rewritten by rules, over and over, until nothing changes."""
    previous = None
    while previous != expression:
        previous = expression
        for left, right in rules:
            expression = expression.expand().subs(left, right)
    return expression.expand()


def sees_similarities_alone(formula: RowFormula) -> bool:
    """Whether it has no symbol but s, c, q, tau, the index and the row length."""
    return {str(x) for x in formula.expression.free_symbols} <= {"s", "c", "q", "tau", "a", "m", "s[a]", "c[a]", "q[a]"}


def collapse(loss: Loss) -> Iterator[Step]:
    """(R1) and (R3), strict: averaging over a class and then raising its similarity lowers the loss unless the class has collapsed."""
    yield fact("coefficients depend on classes alone and equal similarities merge (R1)", lambda: merges(loss))
    yield sign(
        "the row of a class falls strictly as its within-class similarity rises, at every point (R3)", general_row(loss).slope(OWN), "< 0"
    )
    yield from averaging()


def averaging() -> Iterator[Step]:
    """The averaged and the raised Gram matrix are feasible: means over permutations of a class, then the similarity up to the square."""
    x, xt, p, pt, g = symbols("x x^T P P^T G", commutative=False)
    yield identity("a permutation P: x'(PGP')x = (P'x)'G(P'x)", xt * (p * g * pt) * x, (xt * p) * g * (pt * x))
    first, second, third = symbols("Q_1 Q_2 Q_3", nonnegative=True)
    yield sign("so the mean over permutations of G >= 0 is >= 0, three of them written out", (first + second + third) / 3, ">= 0")
    size, apart = class_size("c"), Symbol("D", nonnegative=True)
    square, within = symbols("g b", real=True)
    yield identity(
        "it keeps the sum of squared norms; mean square g and mean similarity b differ by D/2, D the mean squared distance",
        (square - 2 * (square - apart / 2) + square) / 2,
        apart / 2,
    )
    raised, averaged = size**2 * square, size * square + size * (size - 1) * within
    yield identity(
        "class level: raising b to g adds n(n - 1)(g - b) to the sum over the class, and nothing else",
        raised - averaged,
        size * (size - 1) * (square - within),
    )
    yield sign("a non-negative diagonal: the class matrix stays >= 0", size * (size - 1) * apart / 2, ">= 0")


def merges(loss: Loss) -> bool:
    """Whether a loss has coefficients by class and a row that is linear in them."""
    return isinstance(loss.coefficients, CoefficientRule) and loss.formula.is_additive
