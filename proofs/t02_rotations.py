"""T2: the loss is invariant under rotations, and equal Gram matrices mean equal embeddings up to a rotation."""

from scverify.conjecture.arguments import rotation_invariance
from scverify.conjecture.theorem import Theorem

T2 = Theorem(
    id="T2",
    title="the loss sees embeddings up to rotation only",
    latex=r"L(QH) = L(H) \quad (Q^{\mathsf T} Q = 1), \qquad A^{\mathsf T}A = B^{\mathsf T}B \iff B = QA \text{ for some } Q \in O(d)",
    source="classical (orthogonal Procrustes)",
    question="uniqueness",
    hypotheses=("A and B have the same shape (d, n)",),
    assumed=(
        "matrices are modelled by symbols that do not commute: transposes and the inverse of AA' are given by their rules",
        "where A has rank r < d: the same computation in an r-dimensional subspace, and an isometry of subspaces extends to O(d)",
    ),
    could_go_wrong=("a loss that looks at norms or single coordinates of embeddings is not invariant",),
    steps=rotation_invariance,
)
