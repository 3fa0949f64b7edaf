"""When two embeddings are one: equal Gram matrices up to relabelling samples within a class and interchangeable classes (MATH 1, T2)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from scverify.model.problem import Problem
from scverify.model.reduction import interchangeable
from scverify.symbolic.losses import SampleTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Relabellings:
    """The relabellings of the samples that change no coefficient: `labels` (n,) gives each sample's class, `kinds` its class's group.

    Where coefficients depend on samples every sample is its own class and its own group: nothing is relabelled.
    """

    labels: tuple[int, ...]
    kinds: tuple[int, ...]

    @classmethod
    def of(cls, problem: Problem) -> Relabellings:
        """The relabellings of a problem."""
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
        """Whether a relabelling takes every entry of one Gram matrix within `tolerance` of the other's."""
        images: list[int] = []
        tried = [0]
        while len(images) < len(gram):
            image = self._next_image(images, tried[-1], gram, other, tolerance)
            if image is not None:
                images.append(image)
                tried.append(0)
                continue
            tried.pop()
            if not images:
                return False
            tried[-1] = images.pop() + 1
        return True

    def _next_image(self, images: list[int], first: int, gram: Floats, other: Floats, tolerance: float) -> int | None:
        """The first sample from `first` on that the next sample may be taken to, once the samples before it went to `images`."""
        sample = len(images)
        for image in range(first, len(gram)):
            if image in images or self.kinds[image] != self.kinds[sample]:
                continue
            if any((self.labels[i] == self.labels[sample]) != (self.labels[j] == self.labels[image]) for i, j in enumerate(images)):
                continue
            before = np.append(other[image, images], other[image, image])
            if np.all(np.abs(before - gram[sample, : sample + 1]) <= tolerance):
                return image
        return None
