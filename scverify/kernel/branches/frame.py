"""The equations of a critical point over a range of temperatures, in the coordinates of a symmetry (MATH 4.4, 8).

Coordinates, in this order: one for each orbit of entries of H, one multiplier for each orbit of active norms, one for each orbit of
entries of Omega, one difference x for each free tie, and tau. A small coordinate y stands for entries tau y of H. Equations: those of
`orbit`, one per orbit, with the loss times tau where its rows are functions of s/tau; and G_ij - G_im = tau x_ij for each free tie (i, j)
with reference m. They are smooth down to tau = 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flint import arb, arb_mat

from ..balls import checked_finite
from ..certificate import integer, items, require
from ..formula import Row
from ..level import Level
from ..points.orbit import Layout, Orbit, State, afford_layout, gram_of, jacobian, orbit_equations, read_layout
from ..points.slopes import Matrix, Slopes, symmetrised, with_multipliers
from .symmetry import alike_rows, orbits_of_entries, orbits_of_samples, orbits_of_turns, read_symmetries
from .temperature import RowModel, RowSlopes, Temperatures, row_model, row_slopes, row_value
from .ties import Stretched, Tie, Ties, read_ties

Coordinates = list[arb]


@dataclass(frozen=True)
class Frame:
    """What all points of a branch share: the level, the gauge, the orbits under its symmetries, the small coordinates, and the ties."""

    level: Level
    layout: Layout
    model: RowModel
    entries: list[dict[tuple[int, int], int]]
    norms: list[dict[int, int]]
    turns: list[dict[tuple[int, int], int]]
    gauge: list[int]
    small: list[int]
    ties: Ties
    rows: list[tuple[int, list[int]]]

    @property
    def size(self) -> int:
        """Number of equations; there is one coordinate more, and tau is the last."""
        return len(self.entries) + len(self.norms) + len(self.turns) + len(self.ties.free)

    @property
    def first_turn(self) -> int:
        """The place of the first entry of Omega."""
        return len(self.entries) + len(self.norms)

    @property
    def first_tie(self) -> int:
        """The place of the first difference x."""
        return self.first_turn + len(self.turns)

    @cached_property
    def places(self) -> list[int]:
        """The first place of each orbit of entries and of norms among the equations of all of H."""
        layout = self.layout
        entries = [a * layout.n + i for a, i in (next(iter(orbit)) for orbit in self.entries)]
        return [*entries, *(layout.r * layout.n + layout.active.index(next(iter(orbit))) for orbit in self.norms)]

    @cached_property
    def spread(self) -> arb_mat:
        """From the coordinates of H, the multipliers and Omega to those of all of H: signs at the places of each orbit."""
        layout = self.layout
        first = layout.r * layout.n + len(layout.active)
        columns = [{a * layout.n + i: sign for (a, i), sign in orbit.items()} for orbit in self.entries]
        columns += [dict.fromkeys((layout.r * layout.n + layout.active.index(i) for i in orbit), 1) for orbit in self.norms]
        columns += [{first + layout.pairs.index(pair): sign for pair, sign in orbit.items()} for orbit in self.turns]
        return arb_mat(layout.size, len(columns), [arb(column.get(place, 0)) for place in range(layout.size) for column in columns])

    def stretched(self, at: Coordinates) -> Stretched:
        """H in two parts, the small coordinates apart from the others."""
        r, n = self.layout.r, self.layout.n
        base, slope = ([[arb(0)] * n for _ in range(r)] for _ in range(2))
        for k, (x, orbit) in enumerate(zip(at, self.entries, strict=False)):
            part = slope if k in self.small else base
            for (a, i), sign in orbit.items():
                part[a][i] = sign * x
        return Stretched(base, slope, at[-1])

    def tied(self, at: Coordinates) -> list[arb]:
        """x of every tie: coordinates where it is free, and what the coordinates make it where it follows."""
        stretched = self.stretched(at)
        return [*at[self.first_tie : self.size], *(stretched.quotient(tie) for tie in self.ties.following)]

    def state(self, at: Coordinates) -> State:
        """H, multipliers and Omega from the coordinates."""
        layout, h = self.layout, self.stretched(at).h
        multipliers = [arb(0)] * layout.n
        for x, norm in zip(at[len(self.entries) :], self.norms, strict=False):
            for i in norm:
                multipliers[i] = x
        omega = dict.fromkeys(layout.pairs, arb(0))
        for x, turn in zip(at[self.first_turn :], self.turns, strict=False):
            omega.update({pair: sign * x for pair, sign in turn.items()})
        return State(h, multipliers, list(omega.values()))


def read_frame(level: Level, data: dict[str, Any], rank: int) -> Frame:
    """The frame of a witness; Rejected where its parts do not fit together."""
    layout = read_layout([level.constraint] * level.nodes, level.dim, data, rank)
    afford_layout(layout)
    symmetries = read_symmetries(data["symmetries"], level, rank)
    entries = orbits_of_entries(symmetries, rank, layout.n)
    turns = orbits_of_turns(symmetries, rank)
    kept = all(g.samples[i] in layout.active for g in symmetries for i in layout.active)
    require(kept, "a symmetry moves an active norm to an inactive one")
    gauge = [k for k, orbit in enumerate(entries) if any(place in orbit for place in layout.gauge)]
    require(len(gauge) == len(turns), "the gauge does not fit the symmetries")
    norms = orbits_of_samples(symmetries, layout.active)
    model = row_model(level.formula)
    small = [integer(k, "a small coordinate", 0, len(entries) - 1) for k in items(data.get("small", []), "small coordinates")]
    require(len(set(small)) == len(small), "a coordinate is small twice")
    ties = read_ties(data["ties"], symmetries, layout.n, entries, small)
    require(not ties.reference or model.rate is not None, "ties need a log-sum-exp row of s/tau")
    return Frame(level, layout, model, entries, norms, turns, gauge, small, ties, alike_rows(symmetries, layout.n))


@dataclass(frozen=True)
class LossSlopes:
    """The gradient and its changes at one enclosure: along similarities, along each tie, along tau; and the curvature of each row."""

    gradient: Matrix
    hessians: list[Matrix]
    by_tie: list[Matrix]
    by_temperature: Matrix
    curvature: list[Matrix]


def loss_slopes(frame: Frame, at: Coordinates, temperatures: Temperatures) -> LossSlopes:
    """Slopes of the loss (times tau where its rows are scaled) at an enclosure of the coordinates over a range."""
    level, n = frame.level, frame.layout.n
    rows = _rows(frame, at, temperatures)
    weighted = [[[w * x for x in line] for line in row.by_similarity] for w, row in zip(level.weight, rows, strict=True)]
    bent = [[[w * x for x in line] for line in row.curvature] for w, row in zip(level.weight, rows, strict=True)]
    by_tie = []
    for tie in range(len(frame.ties.free) + len(frame.ties.following)):
        change = [[arb(0)] * n for _ in range(n)]
        for (i, j), place in frame.ties.place.items():
            if place == tie:
                change[i] = [x + level.weight[i] * y for x, y in zip(change[i], rows[i].by_tie[j], strict=True)]
        by_tie.append(symmetrised(change))
    gradient = symmetrised([[w * x for x in row.gradient] for w, row in zip(level.weight, rows, strict=True)])
    drift = symmetrised([[w * x for x in row.by_temperature] for w, row in zip(level.weight, rows, strict=True)])
    ridge = level.constraint.weight / 2
    for i in range(n):
        gradient[i][i] += ridge * (temperatures.ball if frame.model.scaled else 1)
        drift[i][i] += ridge if frame.model.scaled else 0
    return LossSlopes(gradient, weighted, by_tie, drift, bent)


def _rows(frame: Frame, at: Coordinates, temperatures: Temperatures) -> list[RowSlopes]:
    gram = gram_of(frame.layout, frame.state(at))
    n, values = frame.layout.n, frame.tied(at)
    zeros = [[arb(0)] * n for _ in range(n)]
    silent = RowSlopes(zeros[0], zeros, dict.fromkeys(range(n), zeros[0]), zeros[0], zeros)
    rows = []
    for i, (first, move) in enumerate(frame.rows):
        if frame.level.weight[i] == 0:
            rows.append(silent)
        elif first != i:
            rows.append(rows[first].moved(move))
        else:
            tied = frame.ties.of_row(i, values)
            rows.append(row_slopes(frame.model, frame_row(frame, gram, i), temperatures, frame.ties.reference.get(i), tied))
    return rows


def frame_row(frame: Frame, gram: Matrix, i: int) -> Row:
    """Row i of n entries, exact coefficients: its own entry, last in the level's layout, stands in place i."""
    c, q = ([*table[i][:i], table[i][-1], *table[i][i + 1 : -1]] for table in (frame.level.c, frame.level.q))
    return Row(gram[i], c, q, None)


def loss_value(frame: Frame, at: Coordinates, temperatures: Temperatures) -> arb:
    """The loss (times tau where its rows are scaled)."""
    gram = gram_of(frame.layout, frame.state(at))
    scale = temperatures.ball if frame.model.scaled else arb(1)
    value, values = arb(0), frame.tied(at)
    for i in range(frame.layout.n):
        value += frame.level.constraint.weight * scale * gram[i][i] / 2
        if frame.level.weight[i] != 0:
            tied = frame.ties.of_row(i, values)
            value += frame.level.weight[i] * row_value(
                frame.model, frame_row(frame, gram, i), temperatures, frame.ties.reference.get(i), tied
            )
    return checked_finite(value, "the value")


def frame_equations(frame: Frame, at: Coordinates, temperatures: Temperatures) -> list[arb]:
    """The left-hand sides, one for each coordinate but tau."""
    layout, state = frame.layout, frame.state(at)
    every = orbit_equations([frame.level.constraint] * layout.n, layout, state, loss_slopes(frame, at, temperatures).gradient)
    picked = [every[row] for row in frame.places]
    gram = gram_of(layout, state)
    gauge = [at[k] for k in frame.gauge]
    tied = [
        gram[tie.row][tie.other] - gram[tie.row][tie.reference] - temperatures.ball * x
        for tie, x in zip(frame.ties.free, at[frame.first_tie : frame.size], strict=True)
    ]
    return [*picked, *gauge, *tied]


def frame_jacobian(frame: Frame, at: Coordinates, temperatures: Temperatures) -> arb_mat:
    """The derivative of the equations in all coordinates, tau last."""
    layout, state = frame.layout, frame.state(at)
    slopes = loss_slopes(frame, at, temperatures)
    full = jacobian(layout, state, Slopes(slopes.gradient, slopes.hessians))
    rows = frame.places
    result = arb_mat(frame.size, frame.size + 1)
    for y, line in enumerate((arb_mat([[full[row, x] for x in range(layout.size)] for row in rows]) * frame.spread).tolist()):
        for x, value in enumerate(line):
            result[y, x] = value
    h = arb_mat(state.h)
    turned = [(h * arb_mat(change)).entries() for change in (*slopes.by_tie, slopes.by_temperature)]
    for y, row in enumerate(rows[: len(frame.entries)]):
        for x in range(len(frame.ties.free)):
            result[y, frame.first_tie + x] = turned[x][row]
        result[y, frame.size] = turned[-1][row]
    _fill_ties(frame, at, temperatures, result)
    _stretch(frame, at, temperatures, result)
    _follow(frame, at, [[column[row] for row in rows[: len(frame.entries)]] for column in turned[len(frame.ties.free) : -1]], result)
    for y, k in enumerate(frame.gauge, len(rows)):
        result[y, k] = arb(1)
    return result


def _fill_ties(frame: Frame, at: Coordinates, temperatures: Temperatures, result: arb_mat) -> None:
    """The rows of G_ij - G_im - tau x, as if no coordinate were small."""
    h = frame.state(at).h
    for row, tie in enumerate(frame.ties.free, frame.first_tie):
        for k in range(len(frame.entries)):
            result[row, k] = tie_slope(frame, h, tie, k)
        result[row, row] = -temperatures.ball
        result[row, frame.size] = -at[row]


def _stretch(frame: Frame, at: Coordinates, temperatures: Temperatures, result: arb_mat) -> None:
    """From derivatives in entries of H to those in the small coordinates: an entry tau y moves by tau with y, and by y with tau."""
    for k in frame.small:
        for row in range(frame.size):
            slope = result[row, k]
            result[row, k] = temperatures.ball * slope
            result[row, frame.size] += at[k] * slope


def _follow(frame: Frame, at: Coordinates, by_tie: list[list[arb]], result: arb_mat) -> None:
    """Ties that follow move with the entries of H and with tau; by_tie: the derivatives of the first equations in each of them."""
    stretched = frame.stretched(at)
    for tie, column in zip(frame.ties.following, by_tie, strict=True):
        moves = [stretched.quotient_by(tie, _signs(frame, k), k in frame.small) for k in range(len(frame.entries))]
        for y, slope in enumerate(column):
            for k, move in enumerate(moves):
                result[y, k] += slope * move
            result[y, frame.size] += slope * stretched.quotient_by_tau(tie)


def _signs(frame: Frame, k: int) -> Matrix:
    """The derivative of H in the entries of orbit k."""
    signs = [[arb(0)] * frame.layout.n for _ in range(frame.layout.r)]
    for (a, i), sign in frame.entries[k].items():
        signs[a][i] = arb(sign)
    return signs


def tie_slope(frame: Frame, h: Matrix, tie: Tie, k: int) -> arb:
    """The derivative of G_ij - G_im of a tie in the entries of orbit k."""
    if not any(i in (tie.row, tie.other, tie.reference) for _, i in frame.entries[k]):
        return arb(0)
    moved = _signs(frame, k)
    return tie.difference(moved, h) + tie.difference(h, moved)


def orbit_at(frame: Frame, at: Coordinates, temperatures: Temperatures, from_below: bool) -> Orbit:
    """The critical points of an enclosure for the tests of inertia; `from_below`: with a Hessian that is nowhere above the true one.

    The curvature of scaled rows is a positive semidefinite matrix over tau, and 1/tau >= 1/(the range's upper end).
    """
    state = frame.state(at)
    slopes = loss_slopes(frame, at, temperatures)
    steepness = arb(1)
    if frame.model.scaled:
        steepness = 1 / (temperatures.upper if from_below else temperatures.ball)
    hessians = [[[steepness * x for x in line] for line in table] for table in slopes.curvature]
    s = with_multipliers(slopes.gradient, state.multipliers)
    return Orbit(frame.layout, state, loss_value(frame, at, temperatures), s, Slopes(slopes.gradient, hessians))
