"""When two embeddings are one: equal Gram matrices up to relabelling samples within a class and interchangeable classes (MATH 1, T2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from scverify.model.level import interchangeable
from scverify.model.points import AnyProblem, written_nodes
from scverify.model.units import UnitProblem
from scverify.symbolic.losses import SampleTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Relabellings:
    """The relabellings of the samples that change no coefficient: `labels` (n,) gives each sample's class, `kinds` its class's group.

    Where coefficients depend on samples every sample is its own class and its own group: nothing is relabelled. On units `labels` gives the
    unit, and `kinds` the type of unit and the kind of node: units of a type may change places, and copies of a node.
    """

    labels: tuple[int, ...]
    kinds: tuple[int, ...]

    @classmethod
    def of(cls, problem: AnyProblem) -> Relabellings:
        """The relabellings of a problem."""
        if isinstance(problem, UnitProblem):
            nodes = written_nodes(problem)
            number = {key: place for place, key in enumerate(sorted({(node.type, node.kind) for node in nodes}))}
            return cls(tuple(node.unit for node in nodes), tuple(number[node.type, node.kind] for node in nodes))
        if isinstance(problem.loss.coefficients, SampleTable):
            own = tuple(range(problem.classes.n))
            return cls(own, own)
        labels = tuple(int(label) for label in problem.classes.labels)
        group = {label: kind for kind, classes in enumerate(interchangeable(problem)) for label in classes}
        return cls(labels, tuple(group[label] for label in labels))

    def signature(self, gram: Floats) -> Floats:
        """Numbers that no relabelling changes, each by at most the largest change of an entry of the Gram matrix (n, n)."""
        labels, kinds = np.array(self.labels), np.array(self.kinds)
        same = labels[:, None] == labels
        parts = [np.linalg.eigvalsh(gram) / len(gram)]
        for one, two in combinations_with_replacement(sorted(set(self.kinds)), 2):
            pair = (kinds[:, None] == one) & (kinds == two)
            diagonal = pair & np.eye(len(gram), dtype=bool)
            for entries in (diagonal, pair & same & ~diagonal, pair & ~same):
                parts.append(np.sort(gram[entries]))
        return np.concatenate(parts)

    def match(self, gram: Floats, other: Floats, tolerance: float) -> bool:
        """Whether a relabelling takes every entry of one Gram matrix within `tolerance` of the other's.

        Samples get their images in turn, with a step back where none is left.
        """
        rows = self._rows(gram)[:, None] - self._rows(other)
        likely = (np.abs(rows).max(axis=2) <= tolerance) & (np.array(self.kinds)[:, None] == self.kinds)
        twins = self._twins(other, tolerance)
        images: list[int] = []
        tried = [0]
        while len(images) < len(gram):
            image = next(
                (j for j in self._free_images(images, tried[-1], likely, twins) if _agrees(gram, other, images, j, tolerance)), None
            )
            if image is not None:
                images.append(image)
                tried.append(0)
                continue
            tried.pop()
            if not images:
                return False
            tried[-1] = images.pop() + 1
        return True

    def _rows(self, gram: Floats) -> Floats:
        """For each sample its square, and its similarities to its class and to each group of other classes, in order; (n, n)."""
        labels, kinds = np.array(self.labels), np.array(self.kinds)
        rows = []
        for sample, row in enumerate(gram):
            mine = labels == labels[sample]
            own = np.delete(row[mine], np.count_nonzero(mine[:sample]))
            parts = [np.sort(row[~mine & (kinds == kind)]) for kind in sorted(set(self.kinds))]
            rows.append(np.concatenate([row[sample : sample + 1], np.sort(own), *parts]))
        # samples of different groups differ in the lengths of these parts and are never compared
        return np.array(rows)

    def _twins(self, gram: Floats, tolerance: float) -> list[int]:
        """For each sample the first one of its class with the same similarities to all the others."""
        twins = list(range(len(gram)))
        for sample in twins[1:]:
            for first in range(sample):
                rest = np.delete(np.arange(len(gram)), [first, sample])
                apart = np.abs(gram[first, rest] - gram[sample, rest]).max(initial=abs(gram[first, first] - gram[sample, sample]))
                alike = self.labels[first] == self.labels[sample] and self.kinds[first] == self.kinds[sample]
                if alike and apart <= tolerance:
                    twins[sample] = twins[first]
                    break
        return twins

    def _free_images(self, images: list[int], least: int, likely: NDArray[np.bool_], twins: list[int]) -> Iterator[int]:
        """The samples from `least` on that the next sample may go to once those before it went to `images`; of twins the first."""
        sample = len(images)
        met: set[int] = set()
        for image in range(len(twins)):
            if image in images or twins[image] in met:
                continue
            met.add(twins[image])
            together = all((self.labels[i] == self.labels[sample]) == (self.labels[j] == self.labels[image]) for i, j in enumerate(images))
            if image >= least and likely[sample, image] and together:
                yield image


def _agrees(gram: Floats, other: Floats, images: list[int], image: int, tolerance: float) -> bool:
    """Whether the image of the next sample has the same similarities to the images so far, and the same square."""
    seen = other[image, [*images, image]]
    return bool(np.all(np.abs(seen - gram[len(images), : len(images) + 1]) <= tolerance))
