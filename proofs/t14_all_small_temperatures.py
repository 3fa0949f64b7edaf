"""L2, a theorem of this project: sizes 4, 2 in dimension 3 on the sphere have a spurious minimum at every temperature up to 0.0784."""

from collections.abc import Iterator
from fractions import Fraction

from scverify.certify.arrangement import Arrangement, spurious_family
from scverify.conjecture.theorem import Decision, Step, Theorem, certified
from scverify.model.classes import Classes
from scverify.symbolic.losses import Loss

HIGHEST = Fraction(784, 10_000)
# axes u, e1, e2; two pairs of the larger class, x near 0 and z near 1/sqrt(2), and both samples of the smaller one at -u
POINTS = Arrangement(
    classes=Classes((4, 2)),
    points=("x a 0", "x -a 0", "z 0 b", "z 0 -b", "-1 0 0", "-1 0 0"),
    near={"x": 0.02, "a": 1, "z": 0.7, "b": 0.7},
)


def family(loss: Loss) -> Decision:
    branch = spurious_family(POINTS, loss, HIGHEST)
    if branch.stopped:
        return Decision(None, f"proved up to tau = {float(branch.upper):.6f} only: {branch.stopped}")
    excess = float(branch.excess or 0)
    evidence = f"{len(branch.steps)} ranges of tau, the first from 0 on; excess at least {excess:.3f}"
    return Decision(True, evidence, {"branch.json": branch.certificate})


def steps(loss: Loss) -> Iterator[Step]:
    says = f"for every tau in (0, {HIGHEST}] a strict local minimum modulo rotations that is not global, one smooth family"
    yield certified(says, lambda: family(loss))


L2 = Theorem(
    id="L2",
    title="sizes 4, 2 in dimension 3 > k: a spurious minimum at every temperature up to 0.0784",
    latex=r"(n_1, n_2) = (4, 2),\ d = 3,\ \|h_i\| = 1:\ "
    r"\forall \tau \in (0, 0.0784]\ \exists \text{ a strict local minimum that is not global}",
    source="theorem of this project (MATH 8)",
    question="landscape",
    improves="single counterexamples: one family proves every temperature down to 0",
    hypotheses=("sphere", "sizes 4 and 2", "d = 3", "0 < tau <= 0.0784"),
    assumed=(),
    could_go_wrong=("the family ends in a fold near tau = 0.07852; above it nothing is claimed", "other sizes need their own certificate"),
    steps=steps,
)
