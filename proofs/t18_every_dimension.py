"""N1 and N12, theorems of this project: collapse in every dimension, and the "in" form has the minimum of the "out" form."""

from collections.abc import Iterator, Sequence
from itertools import product

from flint import arb
from sympy import Integer, Symbol, exp, log, symbols

from scverify.conjecture.arguments import OWN, collapse, convex_rows, rule_of
from scverify.conjecture.class_rows import ClassRow, Seen, class_size
from scverify.conjecture.configurations import Configuration, at_configurations
from scverify.conjecture.elementary import exponential_above_tangent, logarithm_below_tangent
from scverify.conjecture.theorem import Step, Theorem, identity, sign
from scverify.symbolic.losses import Loss, n_own, supcon_in
from scverify.symbolic.row import tau

ONE, TWO = symbols("x y", real=True)
N, M1, M2 = class_size("c"), class_size("d"), class_size("e")


def class_loss(loss: Loss) -> Iterator[Step]:
    """The row of a class at collapse: f(B) = sum n_c log((n_c - 1) + sum n_d e^{(s_cd - 1)/tau})."""
    yield identity("every row has weight 1", rule_of(loss).weight.subs(n_own, N), Integer(1), r"w_i = 1")
    row = ClassRow(loss, N, OWN, (Seen(1, M1, ONE), Seen(1, M2, TWO)))
    seen = M1 * exp(ONE / tau) + M2 * exp(TWO / tau)
    yield identity(
        "the row at collapse, two other classes: log((n_c - 1) + e^{-1/tau} X), X the sum of e^{s/tau} over the negatives",
        row.value.subs(OWN, 1),
        log((N - 1) + exp(-1 / tau) * seen),
    )
    mean = Symbol("b", real=True)
    yield identity("the row where all positives have similarity b", row.value.subs(OWN, mean), log((N - 1) + exp(-mean / tau) * seen))


def averaged(loss: Loss) -> Iterator[Step]:
    """A row is at least log((n_c - 1) + e^{-1/tau} X), with equality only where every positive has similarity 1."""
    yield from convex_rows(loss)
    yield from exponential_above_tangent()
    size, mean, others = class_size("c"), Symbol("b", real=True), Symbol("X", positive=True)
    spread = Symbol("J", nonnegative=True)  # sum of e^{(s - b)/tau} over the positives, minus n_c - 1
    full = log((size - 1 + spread) * exp(mean / tau) + others) - mean / tau
    yield identity(
        "row i: with b the mean of its positives, sum e^{s/tau} = e^{b/tau}(n_c - 1 + J), J = sum of e^v - 1 - v >= 0 at v = (s - b)/tau",
        full,
        log(size - 1 + spread + exp(-mean / tau) * others),
    )
    least = size - 1 + exp(-mean / tau) * others
    yield identity("which exceeds log((n_c - 1) + e^{-b/tau} X)", log(least + spread) - log(least), log((least + spread) / least))
    yield sign("by log(1 + J/...) >= 0", log(1 + spread / Symbol("A", positive=True)), ">= 0")
    yield from collapse(loss)  # strict: the row falls as b rises to 1


def representatives() -> Iterator[Step]:
    """Representatives r(c) of the classes, drawn uniformly and independently: the expected class loss is at most the sum."""
    yield from logarithm_below_tangent()
    draws, total, own = Symbol("K", integer=True, positive=True), *symbols("U A", positive=True)
    yield identity(
        "mean of log w <= log of the mean of w: K outcomes of total U, by log(w/mean) <= w/mean - 1, whose mean is 0",
        (total / (total / draws) - draws) / draws,
        Integer(0),
    )
    yield identity(
        "over r(d) the mean of n_d e^{s/tau} is E, the sum of e^{s/tau} over the class d: the mean of the argument is (n_c - "
        "1) + e^{-1/tau} X_i",
        (M1 * own + M1 * total) / M1,
        own + total,
    )
    rows = Symbol("R", real=True)
    yield identity("over r(c) the mean of n_c times row r(c) is R, the sum of the rows over the class c", N * rows / N, rows)


def best_representatives(at: Configuration) -> Sequence[arb]:
    """The loss minus the least loss among all choices of representatives."""
    members = [[i for i, label in enumerate(at.labels) if label == c] for c in range(at.problem.classes.k)]
    values = [at.collapsed(chosen).value for chosen in product(*members)]
    return [max((at.value - value for value in values), key=float)]


def steps(loss: Loss) -> Iterator[Step]:
    yield from class_loss(loss)
    yield from averaged(loss)
    yield from representatives()
    yield at_configurations(
        "some choice of representatives is no worse, at random embeddings on the sphere in 1 to 4 dimensions",
        loss,
        best_representatives,
        sphere=True,
    )


N1 = Theorem(
    id="N1",
    title="within-class collapse at every global minimiser, in every dimension (sphere)",
    latex=r"\forall d \ge 1:\quad L(H) \ge \sum_i \log\bigl(n_{y_i} - 1 + e^{-1/\tau} X_i\bigr) \ge \mathbb E_r\, f(B_r),\qquad "
    r"y_i = y_j \Rightarrow h_i = h_j \text{ at every global minimiser}",
    source="theorem of this project (MATH N1); the source paper's T4 needs d at least the rank of the optimum",
    question="collapse",
    improves="T4, which needs as many dimensions as the rank of the optimum",
    hypotheses=("sphere of radius 1, also with H >= 0, any d >= 1, any tau > 0", "k >= 2, every class has at least two samples"),
    assumed=(),
    could_go_wrong=("on the ball a sample may be inside, and the bound by similarity 1 is not reached",),
    steps=steps,
    formal=(
        "Minimisers.N1_collapse_in_every_dimension: all of it on the sphere",
        "Minimisers.N1_collapse_nonnegative: with H >= 0",
    ),
)


def in_form_steps(loss: Loss) -> Iterator[Step]:
    in_form = Loss("in form of " + loss.name, supcon_in.formula, loss.coefficients)
    yield from class_loss(loss)
    row, out = (ClassRow(form, N, OWN, (Seen(1, M1, ONE), Seen(1, M2, TWO))) for form in (in_form, loss))
    seen, mean = M1 * exp(ONE / tau) + M2 * exp(TWO / tau), Symbol("b", real=True)
    yield identity(
        "positives enter the 'in' row by the sum of e^(s/tau) alone, as if each had b with e^(b/tau) their mean, b <= 1; the row is then",
        row.value.subs(OWN, mean),
        log((N - 1) + exp(-mean / tau) * seen),
    )
    yield sign("it falls strictly as b rises to 1", row.slope(OWN), "< 0")
    yield identity("at collapse both forms agree", row.value.subs(OWN, 1), out.value.subs(OWN, 1))
    yield from representatives()
    yield at_configurations("some choice of representatives is no worse, at random embeddings", in_form, best_representatives, sphere=True)


N12 = Theorem(
    id="N12",
    title="the 'in' form has the minimum and the minimisers of the 'out' form (sphere)",
    latex=r"\forall d \ge 1:\quad \min_{\|h_i\| = 1} L_{\mathrm{in}} = \min_{\|h_i\| = 1} L_{\mathrm{out}}, \qquad "
    r"\ell_{\mathrm{in}} = \log \sum_{a \ne i} e^{s_a/\tau} - \log \frac{1}{n_c - 1} \sum_{\text{positives}} e^{s_a/\tau}",
    source="theorem of this project (MATH N12); both forms are those of Khosla et al. 2020",
    question="collapse",
    improves="separate treatment of the two forms of supervised contrast",
    hypotheses=("sphere of radius 1, any d >= 1, any tau > 0", "k >= 2, every class has at least two samples"),
    assumed=(),
    could_go_wrong=("the 'in' form is not convex in G: its other critical points are not those of the 'out' form",),
    steps=in_form_steps,
    formal=(
        "Minimisers.N12_same_minimisers: the minimisers",
        "Minimisers.N12_same_bounds: the minimum",
    ),
)
