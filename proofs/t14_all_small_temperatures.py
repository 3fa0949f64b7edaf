"""L2, L3, L4, N18-folds, of this project: families of spurious minima on the sphere with d > k from temperature 0 on, and their ends."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from scverify.certify.arrangement import Arrangement, spurious_family
from scverify.certify.branch import Branch
from scverify.certify.optimum import optimum
from scverify.certify.orbit import Better
from scverify.certify.symmetric import turned_back
from scverify.conjecture.theorem import Decision, Step, Theorem, certified
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import Loss

# axes u, e1, e2; two pairs of the larger class, x near 0 and z near 1/sqrt(2), and both samples of the smaller one at -u
FOUR_AND_TWO = Arrangement(
    classes=Classes((4, 2)),
    points=("x a 0", "x -a 0", "z 0 b", "z 0 -b", "-1 0 0", "-1 0 0"),
    near={"x": 0.02, "a": 1, "z": 0.7, "b": 0.7},
)
# axes u, e1, e2, ...; a pair on each e_i, all at the height x above it, one sample at u, and the smaller class at -u
FIVE_AND_TWO = Arrangement(
    classes=Classes((5, 2)),
    points=("x a 0", "x -a 0", "x 0 a", "x 0 -a", "1 0 0", "-1 0 0", "-1 0 0"),
    near={"x": 0.02, "a": 1},
)
SEVEN_AND_TWO = Arrangement(
    classes=Classes((7, 2)),
    points=("x a 0 0", "x -a 0 0", "x 0 a 0", "x 0 -a 0", "x 0 0 a", "x 0 0 -a", "1 0 0 0", "-1 0 0 0", "-1 0 0 0"),
    near={"x": 0.02, "a": 1},
)
ENDS = {"L2": Fraction("0.0785216977"), "L3": Fraction("0.1453156074"), "L4": Fraction("0.1554280840")}
FAMILIES = {"L2": FOUR_AND_TWO, "L3": FIVE_AND_TWO, "L4": SEVEN_AND_TWO}
WIDTH = Fraction(1, 10**10)  # of the brackets of the folds
WAY = Fraction(1, 10**9)  # of temperature, that the family and the curve without symmetries have in common


@lru_cache
def family(name: str, loss: Loss) -> Branch:
    """The family of a statement, as far as it is proved."""
    return spurious_family(FAMILIES[name], loss, ENDS[name])


def every_temperature(name: str, loss: Loss) -> Decision:
    """Whether the family consists of minima that are not global up to its end."""
    branch = family(name, loss)
    if branch.stopped:
        return Decision(None, f"proved up to tau = {float(branch.upper):.11f} only: {branch.stopped}")
    excess = float(branch.excess or 0)
    evidence = f"{len(branch.steps)} ranges of tau, the first from 0 on; excess at least {excess:.3f}"
    return Decision(True, evidence, {"branch.json": branch.certificate})


def theorem(name: str, title: str) -> Theorem:
    """The statement of one family."""
    points, highest = FAMILIES[name], ENDS[name]
    sizes, dim = ", ".join(map(str, points.classes.sizes)), points.dim

    def steps(loss: Loss) -> Iterator[Step]:
        says = f"for every tau in (0, {float(highest)}] a strict local minimum modulo rotations that is not global, one smooth family"
        yield certified(says, lambda: every_temperature(name, loss))

    return Theorem(
        id=name,
        title=f"sizes {sizes} in dimension {dim} > k: {title}",
        latex=rf"(n_1, n_2) = ({sizes}),\ d = {dim},\ \|h_i\| = 1:\ "
        rf"\forall \tau \in (0, {float(highest)}]\ \exists \text{{ a strict local minimum that is not global}}",
        source="theorem of this project (MATH 8, N18)",
        question="landscape",
        improves="single counterexamples: one family proves every temperature down to 0",
        hypotheses=("sphere", f"sizes {sizes}", f"d = {dim}", f"0 < tau <= {float(highest)}"),
        assumed=(),
        could_go_wrong=(
            "at the next digit its curve turns back (N18-folds); above it nothing is claimed",
            "other sizes need their own certificate",
        ),
        steps=steps,
    )


L2, L3, L4 = (theorem(name, f"a spurious minimum at every temperature up to {float(end)}") for name, end in ENDS.items())


def turns_back(name: str, loss: Loss) -> Decision:
    """Whether the family's curve has its highest temperature within WIDTH above what is proved."""
    problem = Problem(loss, FAMILIES[name].classes, dim=FAMILIES[name].dim, temperature=ENDS[name])
    better = Better.of_optimum(optimum(problem).certificate).witness
    branch = turned_back(family(name, loss), problem, lambda _: better, WAY)
    if branch is None or branch.fold is None:
        return Decision(None, "no fold is proved")
    lower, upper = branch.fold.lower, branch.fold.upper
    found = f"tau* in [{float(lower)}, {float(upper)}]; near the curve nothing critical up to {float(branch.fold.beyond):.6f}"
    return Decision(ENDS[name] <= lower and upper <= ENDS[name] + WIDTH, found, {f"fold-{name}.json": branch.certificate})


def ends(loss: Loss) -> Iterator[Step]:
    for name in ENDS:
        sizes, dim = ", ".join(map(str, FAMILIES[name].classes.sizes)), FAMILIES[name].dim
        yield certified(
            f"sizes {sizes}, d = {dim}: the curve through the minima of {name} goes on without its symmetries and turns back in "
            f"[{float(ENDS[name])}, {float(ENDS[name] + WIDTH)}]",
            lambda name=name: turns_back(name, loss),
        )


N18_FOLDS = Theorem(
    id="N18-folds",
    title="three curves of spurious minima turn back in folds, in brackets of width 1e-10",
    latex=r"(n_1, n_2, d) = (4, 2, 3):\ \tau^* \in [0.0785216977, 0.0785216978], \qquad "
    r"(5, 2, 3):\ \tau^* \in [0.1453156074, 0.1453156075], \qquad "
    r"(7, 2, 4):\ \tau^* \in [0.1554280840, 0.1554280841]",
    source="theorem of this project (MATH N18)",
    question="landscape",
    improves="L2, L3 and L4: up to the lower ends of these brackets their families are proved, from 0 on",
    hypotheses=("sphere", "sizes and dimensions of L2, L3 and L4", "the curves of these families"),
    assumed=(),
    could_go_wrong=(
        "minima outside the stated tube around the curve may exist at higher temperatures",
        "that a point of L2 (L3, L4) lies in the tube of the fold's certificate is decided here, by the kernel's functions: "
        "`scverify verify` decides the two certificates and not that they meet",
    ),
    steps=ends,
)
