"""L2, L3, L4, theorems of this project: spurious minima on the sphere with d > k at every temperature from 0 to just below a fold."""

from collections.abc import Iterator
from fractions import Fraction

from scverify.certify.arrangement import Arrangement, spurious_family
from scverify.conjecture.theorem import Decision, Step, Theorem, certified
from scverify.model.classes import Classes
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


def family(points: Arrangement, loss: Loss, highest: Fraction) -> Decision:
    branch = spurious_family(points, loss, highest)
    if branch.stopped:
        return Decision(None, f"proved up to tau = {float(branch.upper):.6f} only: {branch.stopped}")
    excess = float(branch.excess or 0)
    evidence = f"{len(branch.steps)} ranges of tau, the first from 0 on; excess at least {excess:.3f}"
    return Decision(True, evidence, {"branch.json": branch.certificate})


def theorem(number: str, points: Arrangement, highest: Fraction, fold: str) -> Theorem:
    """The statement of one family."""
    sizes, dim = ", ".join(map(str, points.classes.sizes)), points.dim

    def steps(loss: Loss) -> Iterator[Step]:
        says = f"for every tau in (0, {highest}] a strict local minimum modulo rotations that is not global, one smooth family"
        yield certified(says, lambda: family(points, loss, highest))

    return Theorem(
        id=number,
        title=f"sizes {sizes} in dimension {dim} > k: a spurious minimum at every temperature up to {float(highest)}",
        latex=rf"(n_1, n_2) = ({sizes}),\ d = {dim},\ \|h_i\| = 1:\ "
        rf"\forall \tau \in (0, {float(highest)}]\ \exists \text{{ a strict local minimum that is not global}}",
        source="theorem of this project (MATH 8, N18)",
        question="landscape",
        improves="single counterexamples: one family proves every temperature down to 0",
        hypotheses=("sphere", f"sizes {sizes}", f"d = {dim}", f"0 < tau <= {float(highest)}"),
        assumed=(),
        could_go_wrong=(f"{fold}; above it nothing is claimed", "other sizes need their own certificate"),
        steps=steps,
    )


L2 = theorem("L2", FOUR_AND_TWO, Fraction(784, 10_000), "a search sees the family end in a fold near tau = 0.07852")
L3 = theorem(
    "L3",
    FIVE_AND_TWO,
    Fraction(1453, 10_000),
    "N18-folds certifies a fold at tau = 0.1453156074; that its curve is this family is seen, not proved",
)
L4 = theorem(
    "L4",
    SEVEN_AND_TWO,
    Fraction(1554, 10_000),
    "N18-folds certifies a fold at tau = 0.1554280840; that its curve is this family is seen, not proved",
)
