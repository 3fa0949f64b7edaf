"""The audit of embeddings, and how it is said: a sentence for a practitioner, the numbers, and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np

from scverify.errors import must_be
from scverify.model.geometry import ClassGeometry
from scverify.model.problem import Problem
from scverify.results.base import Data, Result, Subject, known, subject_of
from scverify.results.decimals import settled
from scverify.results.layout import Account, Table
from scverify.results.optimum import Optimum

Standing = Literal["at the floor", "total collapse", "near critical", "not critical"]
# shares of the way from the plateau of equal embeddings down to the floor, of the sphere's radius, of the steepest gradient
AT_THE_FLOOR = COLLAPSED = NEAR = 1e-3
_SADDLE = "Equal embeddings are a critical point and a saddle: no gradient leads away from them, and splitting the classes lowers the loss."
_ONE_DIMENSION = "In one dimension nothing leads away from there: an embedding can only be turned into its opposite."
PAIRS = 5


class Interval(NamedTuple):
    """Floats, rounded outward, between which a number lies."""

    lower: float
    upper: float


@dataclass(frozen=True)
class Bend:
    """The curvature d^2/dt^2 of the loss along a tangent direction of norm 1, the most negative that Lanczos finds, in floats.

    proved_sign: -1 or 1 where balls prove the sign of that direction's curvature, 0 where they were not asked or do not decide.
    """

    curvature: float
    proved_sign: int


@dataclass(frozen=True, repr=False)
class Audit(Result):
    """What is known of embeddings beside the certified floor of their labels.

    norms: the least and the greatest given. value: the loss, proved. floor: the certified optimum of the labels. plateau: the loss where
    all embeddings are equal. gradient: the norm of the Riemannian gradient, proved; steepest: a bound of it anywhere. spread: the largest
    distance of a unit embedding from the direction of their mean. bend: the most negative curvature that was found, None where the
    embeddings are too many. geometry: collapse measures, and the class means against the optimum.
    """

    problem: Problem
    names: tuple[str, ...]
    dim: int
    norms: tuple[float, float]
    value: Interval
    floor: Optimum
    plateau: float
    gradient: Interval
    steepest: float
    spread: float
    bend: Bend | None
    geometry: ClassGeometry = field(repr=False)

    @property
    def reach(self) -> float:
        """The share of the way from the plateau of equal embeddings to the floor that is still to go: 0 at the floor."""
        way = self.plateau - float(self.floor.upper)
        return self.excess.upper / way if way > 0 else 0.0

    @property
    def collapsed(self) -> bool:
        """Whether all embeddings point in one direction, to a thousandth of the radius."""
        return self.spread <= COLLAPSED

    @property
    def kind(self) -> Standing:
        """Where the embeddings stand; "not critical" has a proved gradient, the others follow from the numbers beside them."""
        if self.collapsed:
            return "total collapse"
        if self.reach <= AT_THE_FLOOR:
            return "at the floor"
        return "near critical" if self.gradient.upper <= NEAR * self.steepest else "not critical"

    @property
    def sentence(self) -> str:
        """The audit in words."""
        per_anchor = self.excess.upper / max(1, self.problem.anchors if self.problem.reduction == "sum" else 1)
        above = f"the loss lies at most {_above(self.excess.upper)} above the least possible, {_above(per_anchor)} per anchor"
        match self.kind:
            case "total collapse":
                return (
                    f"Total collapse: all embeddings point in one direction, and the loss is that of equal embeddings, {self.plateau:.6g}. "
                    f"{_SADDLE if self.dim > 1 else _ONE_DIMENSION}"
                )
            case "at the floor":
                return f"At the floor: {above}. No embeddings of these labels, in any dimension, do better than that."
            case "near critical":
                lower = "; a direction of negative curvature is proved: no local minimum is here" if self._bends_down else ""
                return f"Near a critical point, not at the floor: {above}; gradient at most {_above(self.gradient.upper)}{lower}."
        return f"Not at rest: {above}, and the gradient is at least {_below(self.gradient.lower)}. Training is not finished."

    @property
    def _bends_down(self) -> bool:
        return self.bend is not None and self.bend.proved_sign < 0

    def pairs(self, nearest: bool) -> list[tuple[str, str, float]]:
        """The pairs of classes whose means are farthest from the optimum: too close (nearest) or too far apart, with cosine differences."""
        must_be(nearest, bool, "nearest", "True or False")
        difference = self.geometry.difference
        if difference is None:
            return []
        rows, columns = np.triu_indices(len(difference), 1)
        values = difference[rows, columns] * (1 if nearest else -1)
        order = np.argsort(-values)[:PAIRS]
        return [(self.names[rows[i]], self.names[columns[i]], float(difference[rows[i], columns[i]])) for i in order if values[i] > 0]

    @property
    def certificates(self) -> dict[str, Data]:
        """The certificates of the floor."""
        return self.floor.certificates

    def subject(self) -> Subject:
        """What the certificates are about."""
        return subject_of("optimum", self.problem)

    def headline(self) -> str:
        """The kind, the loss and the floor."""
        return f"{self.kind}: loss {self.value.lower:.9g}, floor {float(self.floor.upper):.9g}; {self.problem}"

    def account(self) -> Account:
        """The sentence, the numbers, and the classes that lie farthest from the optimum."""
        geometry = self.geometry
        facts = [
            ("loss", f"{_between(self.value)} (proved)"),
            ("floor", f"{settled(self.floor.lower, self.floor.upper)} (certified for these labels)"),
            ("excess", f"{_between(self.excess)}: {100 * self.reach:.3g} % of the way from equal embeddings is still to go"),
            (
                "gradient",
                f"norm {_between(self.gradient)} (proved), {100 * self.gradient.upper / self.steepest:.2g} % of the steepest possible",
            ),
            ("curvature", self._curvature()),
            ("plateau", f"{self.plateau:.6g}, the loss of equal embeddings; farthest from their common direction: {self.spread:.3g}"),
            ("NC1", f"{geometry.variability:.3g}, variability within classes over that between them"),
            (
                "NC2",
                f"norms of class means differ by {geometry.equinorm:.3g}, their angles by {geometry.equiangle:.3g} (standard deviations)",
            ),
        ]
        if geometry.duality is not None:
            facts.append(("NC3", f"{geometry.duality:.3g}, the classifier's weights from the centred class means, both of norm 1"))
        facts.append(
            ("NC4", f"{100 * float(geometry.own @ geometry.sizes) / geometry.sizes.sum():.4g} % are nearest to the mean of their class")
        )
        if geometry.distance is not None:
            facts.append(("to optimum", f"{geometry.distance:.3g}: the class means' Gram matrix from the optimum's, relative (Frobenius)"))
            facts.append(("", f"{geometry.aligned:.3g}: the class means from the optimum's after the best rotation, relative (Procrustes)"))
        return Account(heading=self.sentence, facts=facts, tables=[*self._pair_tables(), self._class_table()])

    def to_json(self) -> Data:
        """The JSON object of the command line; what is not known is absent."""
        geometry = self.geometry
        collapse = known(
            variability=geometry.variability,
            equinorm=geometry.equinorm,
            equiangle=geometry.equiangle,
            distance_to_the_optimum=geometry.distance,
            procrustes=geometry.aligned,
            duality=geometry.duality,
        )
        return known(
            value=self.value._asdict(),
            floor=outward(self.floor.lower, self.floor.upper)._asdict(),
            excess=self.excess._asdict() | {"of_the_way": self.reach},
            gradient=self.gradient._asdict() | {"steepest": self.steepest},
            curvature=None if self.bend is None else {"found": self.bend.curvature, "proved_sign": self.bend.proved_sign},
            collapsed=self.collapsed,
            kind=self.kind,
            sentence=self.sentence,
            plateau=self.plateau,
            spread=self.spread,
            norms={"least": self.norms[0], "greatest": self.norms[1]},
            collapse=collapse,
            classes=[self._class_object(c) for c in range(len(self.names))],
            too_close=self._pairs_object(nearest=True),
            too_far=self._pairs_object(nearest=False),
        )

    def _class_object(self, c: int) -> Data:
        """The collapse measures of one class."""
        geometry = self.geometry
        return known(
            name=self.names[c],
            size=int(geometry.sizes[c]),
            within=float(geometry.within[c]),
            nc1=float(geometry.spread[c]),
            nc2=float(geometry.norms[c]),
            nc3=None if geometry.alignment is None else float(geometry.alignment[c]),
            nc4=float(geometry.own[c]),
        )

    def _pairs_object(self, nearest: bool) -> list[Data] | None:
        if self.geometry.difference is None:
            return None
        return [{"classes": [first, second], "cosine_minus_optimum": x} for first, second, x in self.pairs(nearest)]

    def _pair_tables(self) -> list[Table]:
        header = ("class", "and class", "cosine − optimum's")
        titles = {True: "Class means that are too close", False: "Class means that are too far apart"}
        rows = {nearest: [(a, b, f"{x:+.4f}") for a, b, x in self.pairs(nearest)] for nearest in titles}
        return [Table(header=header, rows=rows[nearest], title=titles[nearest], words=header[:2]) for nearest in titles if rows[nearest]]

    def _class_table(self) -> Table:
        """The classes that are the least collapsed."""
        geometry = self.geometry
        order = np.argsort(-geometry.within)[:PAIRS]
        header = ["class", "size", "NC1", "NC2", *([] if geometry.alignment is None else ["NC3"]), "NC4"]
        columns = [geometry.spread, geometry.norms, *([] if geometry.alignment is None else [geometry.alignment]), geometry.own]
        rows = [(self.names[c], str(geometry.sizes[c]), *(f"{column[c]:.3g}" for column in columns)) for c in order]
        title = "Classes that are spread the most" if len(self.names) > PAIRS else "Classes"
        return Table(header=header, rows=rows, title=title, words=("class",))

    def _curvature(self) -> str:
        if self.bend is None:
            return "not looked at: too many embeddings"
        proved = {-1: "negative, proved", 0: "sign not proved", 1: "positive, proved"}[self.bend.proved_sign]
        return f"{self.bend.curvature:.3g} along the direction of the most negative that was found ({proved})"

    @property
    def excess(self) -> Interval:
        """How far the loss lies above the floor, proved: the differences are exact, and rounded outward once."""
        lower = Fraction(self.value.lower) - self.floor.upper
        return outward(max(Fraction(0), lower), Fraction(self.value.upper) - self.floor.lower)


def outward(lower: Fraction, upper: Fraction) -> Interval:
    """The floats around two exact ends: an end that is a float stays, another is rounded away from the interval."""
    low, high = float(lower), float(upper)
    return Interval(
        low if Fraction(low) <= lower else float(np.nextafter(low, -np.inf)),
        high if Fraction(high) >= upper else float(np.nextafter(high, np.inf)),
    )


def _above(value: float) -> str:
    """Three digits, not below the value."""
    return f"{float(Context(prec=3, rounding=ROUND_CEILING).create_decimal_from_float(value)):g}"


def _below(value: float) -> str:
    """Three digits, not above the value."""
    return f"{float(Context(prec=3, rounding=ROUND_FLOOR).create_decimal_from_float(value)):g}"


def _between(interval: Interval) -> str:
    """An interval of floats, by the digits that are settled."""
    return settled(Fraction(interval.lower), Fraction(interval.upper))
