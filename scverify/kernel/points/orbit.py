"""Critical points of the loss over embeddings, one O(d)-orbit each: existence, value and type (MATH 2, 4.4, 4.5).

Unknowns of the gauge-fixed system: H (r x n) of full rank r, a multiplier for each active norm, Omega antisymmetric (r x r).
Equations: H S + Omega H = 0; (|h_i|^2 - rho_i^2)/2 = 0 for active norms; H[a, j_b] = 0 for a > b in the r gauge columns j_0, ..., j_{r-1}.
At a zero H S H^T + Omega H H^T = 0, so Omega M is symmetric for M = H H^T > 0, i.e. Omega M + M Omega = 0, and Omega = 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import arb, arb_mat

from ..balls import least_eigenvalue_of_gram
from ..certificate import Dyadic, Unresolved, dyadic, integer, items, rational, require
from ..krawczyk import image, near_inverse, require_inside
from ..limits import afford
from ..problem import StatedConstraint
from .nodes import PointLevel
from .slopes import Matrix, Slopes, first_slopes, slopes_at, value_at, with_multipliers


class Layout(NamedTuple):
    """Which unknowns the system has: r rows, n columns, active norms and r gauge columns."""

    r: int
    n: int
    active: list[int]
    columns: list[int]

    @property
    def gauge(self) -> list[tuple[int, int]]:
        """The entries (a, j_b), a > b, of H that are zero."""
        return [(a, self.columns[b]) for b in range(self.r) for a in range(b + 1, self.r)]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The entries of Omega above the diagonal."""
        return [(a, b) for a in range(self.r) for b in range(a + 1, self.r)]

    @property
    def size(self) -> int:
        """Number of unknowns and of equations."""
        return self.r * self.n + len(self.active) + len(self.pairs)


class State(NamedTuple):
    """An enclosure of the unknowns: H as rows, the multipliers of all norms (0 where inactive), Omega's entries above the diagonal."""

    h: Matrix
    multipliers: list[arb]
    omega: list[arb]


class Orbit(NamedTuple):
    """A proved critical orbit of rank r: enclosures of its gauge-fixed point, its value and its S."""

    layout: Layout
    state: State
    value: arb
    s: Matrix
    slopes: Slopes


def prove_orbit(level: PointLevel, claim: dict[str, Any], witness: Any) -> Orbit:
    """One and only one zero of the gauge-fixed system lies in the box of the claim (Krawczyk), and it is a critical point of rank r."""
    require(level.dim is not None, "a critical point needs the dimension of its problem")
    require(not any(norm.nonnegative for norm in level.norms), "critical points under H >= 0 are not supported")
    table = items(claim["embeddings"].get("rows"), "embeddings") if isinstance(claim["embeddings"], dict) else []
    centre = dyadic(claim["embeddings"], "embeddings", len(table), len(level.norms))
    layout = read_layout(level.norms, level.dim, witness, len(table))
    multipliers = dyadic(witness["multipliers"], "multipliers", len(level.norms), 1)
    afford_layout(layout)
    radius = rational(claim["radius"], "radius")
    require(radius > 0, "the radius is not positive")
    state = _centre(layout, centre, multipliers)
    if layout.r:  # H = 0 is critical wherever it is feasible
        if any(norm.kind == "ball" for norm in level.norms):
            from .active import check_active_set

            check_active_set(level, layout, moved(layout, state, [arb(0, arb(radius))] * layout.size))
        state = sole_zero(level, layout, state, arb(radius))
        check_hypotheses(level.norms, layout, state)
    gram = gram_of(layout, state)
    slopes = slopes_at(level, gram)
    return Orbit(layout, state, value_at(level, gram), with_multipliers(slopes.matrix, state.multipliers), slopes)


def read_layout(norms: list[StatedConstraint], dim: int | None, witness: Any, r: int) -> Layout:
    """The layout of a witness; Rejected where it does not fit the problem."""
    n = len(norms)
    require(r <= (dim or 0), f"the point has rank {r}, the problem dimension {dim}")
    columns = [integer(j, "a gauge column", 0, n - 1) for j in items(witness["gauge"], "gauge", r)]
    require(len(set(columns)) == r, "a gauge column is named twice")
    active = [integer(i, "an active norm", 0, n - 1) for i in items(witness["active"], "active")]
    require(active == sorted(set(active)), "the active norms are not in ascending order")
    for i, norm in enumerate(norms):
        require(norm.kind != "sphere" or i in active, "on the sphere every norm is active")
        require(norm.kind != "ridge" or i not in active, "a ridge has no active norm")
    require(r > 0 or not active, "a norm is active at H = 0")
    return Layout(r, n, active, columns)


def afford_layout(layout: Layout) -> None:
    """Exceeded where the system of a layout is too large to be solved within the limits."""
    size = layout.size
    # the derivatives of n rows and the system's matrix, as balls; an elimination of that matrix, entry by entry
    afford(f"a critical point of {size} unknowns", seconds=5e-7 * size**3, size=100 * (layout.n**3 + 3 * size**2))


def _centre(layout: Layout, embeddings: Dyadic, multipliers: Dyadic) -> State:
    h = [[arb(embeddings.entry(a, i)) for i in range(layout.n)] for a in range(layout.r)]
    for a, j in layout.gauge:
        require(h[a][j] == 0, "the embeddings do not satisfy the gauge")
    values = [arb(multipliers.entry(i, 0)) if i in layout.active else arb(0) for i in range(layout.n)]
    return State(h, values, [arb(0)] * len(layout.pairs))


def sole_zero(level: PointLevel, layout: Layout, centre: State, radius: arb) -> State:
    """An enclosure of the one zero of the gauge-fixed system in the box centre +- radius (`krawczyk`).

    Nor has the system a zero whose H lies in the box while its multipliers or Omega do not. Let (H*, l*, W*) be the zero in the box and
    (H, l, W) another. For fixed H the system F is affine in (l, W), so
        F(H, l, W) - F(H*, l*, W*) = [F(H, l*, W*) - F(H*, l*, W*)] + [F(H, l, W) - F(H, l*, W*)].
    The first bracket is the mean of dF/dH over the segment from H* to H, at (l*, W*), times H - H*; it lies in the box. The second
    is dF/d(l, W), which depends on H alone, times (l - l*, W - W*). So the difference is A (H - H*, l - l*, W - W*) with every entry of A
    in the enclosure of the derivatives on the box, and such an A is invertible: the two zeros are one.
    """
    box = moved(layout, centre, [arb(0, radius)] * layout.size)
    values = orbit_equations(level.norms, layout, centre, first_slopes(level, gram_of(layout, centre)))
    inverse = near_inverse(jacobian(layout, centre, slopes_at(level, gram_of(layout, centre))))
    at_box = jacobian(layout, box, slopes_at(level, gram_of(layout, box)))
    within = image(inverse, values, at_box, [arb(0, radius)] * layout.size)
    require_inside(within, [radius] * layout.size)
    return moved(layout, centre, within)


def moved(layout: Layout, state: State, step: list[arb]) -> State:
    """The unknowns after a step."""
    r, n = layout.r, layout.n
    h = [[state.h[a][i] + step[a * n + i] for i in range(n)] for a in range(r)]
    multipliers = state.multipliers[:]
    for position, i in enumerate(layout.active):
        multipliers[i] = multipliers[i] + step[r * n + position]
    first = r * n + len(layout.active)
    return State(h, multipliers, [x + step[first + p] for p, x in enumerate(state.omega)])


def gram_of(layout: Layout, state: State) -> Matrix:
    """H^T H, symmetric entry by entry."""
    columns = arb_mat(layout.r, layout.n, [x for row in state.h for x in row])
    table: Matrix = (columns.transpose() * columns).tolist()
    return [[table[min(i, j)][max(i, j)] for j in range(layout.n)] for i in range(layout.n)]


def orbit_equations(norms: list[StatedConstraint], layout: Layout, state: State, gradient: Matrix) -> list[arb]:
    """The left-hand sides, from the norms and grad L(G): H S + Omega H, the active norms, the gauge entries."""
    s = with_multipliers(gradient, state.multipliers)
    h = arb_mat(state.h)
    stationary = (h * arb_mat(s) + _omega(layout, state) * h).entries()
    held = [(sum((row[i] * row[i] for row in state.h), arb(0)) - norms[i].bound) / 2 for i in layout.active]
    return [*stationary, *held, *(state.h[a][j] for a, j in layout.gauge)]


def _omega(layout: Layout, state: State) -> arb_mat:
    matrix = arb_mat(layout.r, layout.r)
    for x, (a, b) in zip(state.omega, layout.pairs, strict=True):
        matrix[a, b], matrix[b, a] = x, -x
    return matrix


def jacobian(layout: Layout, state: State, slopes: Slopes) -> arb_mat:
    """The derivative of the equations in (H, multipliers, Omega)."""
    r, n = layout.r, layout.n
    omega, block = _omega(layout, state), half_hessian(state, slopes)
    result = arb_mat(layout.size, layout.size)
    for row in range(r * n):
        for column in range(r * n):
            result[row, column] = block[row][column]
    for a in range(r):
        for b in range(r):
            for i in range(n):
                result[a * n + i, b * n + i] += omega[a, b]
    for position, i in enumerate(layout.active):
        for a in range(r):
            result[a * n + i, r * n + position] = state.h[a][i]
            result[r * n + position, a * n + i] = state.h[a][i]
    first = r * n + len(layout.active)
    for position, (a, b) in enumerate(layout.pairs):
        for i in range(n):
            result[a * n + i, first + position] = state.h[b][i]
            result[b * n + i, first + position] = -state.h[a][i]
    for position, (a, j) in enumerate(layout.gauge):
        result[first + position, a * n + j] = arb(1)
    return result


def half_hessian(state: State, slopes: Slopes) -> Matrix:
    """The matrix of <S, U^T U> + D^2 L[G', G']/2, G' = H^T U + U^T H, in the entries of U; it is the derivative of H S in H.

    With C_k the weighted Hessian of row k and h_a the rows of H, along U = e_b e_j^T row i of the similarities moves by d_i = h_bi e_j, and
    row j by h_b besides; D moves by C_i d_i, and H S by H (D' + D'^T)/2. So the entry (a, i), (b, j) is d_ab S_ij +
    [sum_k h_ak h_bk C_k,ij + h_aj (C_j h_b)_i + h_bi (C_i^T h_a)_j + d_ij h_a^T C_j h_b]/2, for tables C_k that need not be symmetric.
    """
    h, r, n = state.h, len(state.h), len(state.h[0])
    s, columns = with_multipliers(slopes.matrix, state.multipliers), arb_mat(h).transpose()
    tables = [arb_mat(c) for c in slopes.hessians]
    along = [(c * columns).tolist() for c in tables]  # along[j][i][b] = (C_j h_b)_i
    across = [(c.transpose() * columns).tolist() for c in tables]
    within = [(columns.transpose() * c * columns).tolist() for c in tables]
    pairs = [(a, b) for a in range(r) for b in range(r)]
    products = arb_mat(len(pairs), n, [h[a][k] * h[b][k] for a, b in pairs for k in range(n)])
    sums = (products * arb_mat(n, n * n, [x for c in slopes.hessians for row in c for x in row])).tolist()
    rows: Matrix = [[arb(0)] * (r * n) for _ in range(r * n)]
    for (a, b), shared in zip(pairs, sums, strict=True):
        for i in range(n):
            for j in range(n):
                moved = shared[i * n + j] + h[a][j] * along[j][i][b] + h[b][i] * across[i][j][a] + (within[j][a][b] if i == j else 0)
                rows[a * n + i][b * n + j] = moved / 2 + (s[i][j] if a == b else 0)
    return rows


def check_hypotheses(norms: list[StatedConstraint], layout: Layout, state: State) -> None:
    """Full rank; a gauge that meets the orbit in one point up to signs; norms inside the ball where they are not active."""
    if not least_eigenvalue_of_gram(arb_mat(state.h).transpose()) > 0:
        raise Unresolved("the point's rank is not certain")
    for b, j in enumerate(layout.columns):
        if state.h[b][j].contains(0):
            raise Unresolved("the gauge may be degenerate")
    if any(norm.kind == "ball" for norm in norms):
        from .active import check_inside

        check_inside(norms, layout, state)
