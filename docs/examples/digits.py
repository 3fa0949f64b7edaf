"""Train a small network on scikit-learn's digits with supervised contrast, and audit it over epochs: the loss falls to its certified floor.

python docs/examples/digits.py          (needs scikit-learn: pip install "scverify[examples]")
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

import scverify as sv

Floats = NDArray[np.float64]
TEMPERATURE = "1/5"
WIDTH, DIMENSION, RATE = 256, 16, 3e-3


def batch(samples: int) -> tuple[Floats, NDArray[np.int64]]:
    """The first images with their labels: 64 pixels each, scaled to [0, 1]."""
    pixels, labels = load_digits(return_X_y=True)
    return pixels[:samples] / 16, labels[:samples]


def embedded(weights: list[Floats], pixels: Floats) -> tuple[Floats, Floats, Floats]:
    """Hidden activations, norms before normalisation, and unit embeddings (n, d)."""
    hidden = np.maximum(pixels @ weights[0] + weights[1], 0)
    raw = hidden @ weights[2]
    norms = np.linalg.norm(raw, axis=1, keepdims=True) + 1e-12
    return hidden, norms, raw / norms


def pull(embeddings: Floats, labels: NDArray[np.int64], tau: float) -> Floats:
    """The gradient of the loss (mean over anchors) by the embeddings: (D + D') H, D the softmax of each anchor less its targets."""
    logits = embeddings @ embeddings.T / tau
    np.fill_diagonal(logits, -np.inf)
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax /= softmax.sum(axis=1, keepdims=True)
    positives = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    slopes = (softmax - positives / positives.sum(axis=1, keepdims=True)) / (tau * len(labels))
    return (slopes + slopes.T) @ embeddings


def trained(pixels: Floats, labels: NDArray[np.int64], steps: list[int], seed: int = 0) -> Iterator[tuple[int, Floats]]:
    """Embeddings of a network of two layers after so many steps of Adam on the whole batch."""
    draws, tau = np.random.default_rng(seed), float(Fraction(TEMPERATURE))
    weights = [
        draws.standard_normal((pixels.shape[1], WIDTH)) * (2 / pixels.shape[1]) ** 0.5,
        np.zeros(WIDTH),
        draws.standard_normal((WIDTH, DIMENSION)) / WIDTH**0.5,
    ]
    means, squares = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    for step in range(max(steps) + 1):
        hidden, norms, unit = embedded(weights, pixels)
        if step in steps:
            yield step, unit
        gradient = pull(unit, labels, tau)
        by_raw = (gradient - (gradient * unit).sum(axis=1, keepdims=True) * unit) / norms
        by_hidden = (by_raw @ weights[2].T) * (hidden > 0)
        for place, slope in enumerate((pixels.T @ by_hidden, by_hidden.sum(axis=0), hidden.T @ by_raw)):
            means[place] = 0.9 * means[place] + 0.1 * slope
            squares[place] = 0.999 * squares[place] + 0.001 * slope**2
            corrected = means[place] / (1 - 0.9 ** (step + 1)), squares[place] / (1 - 0.999 ** (step + 1))
            weights[place] = weights[place] - RATE * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)


def main() -> None:
    """Print the audit of the embeddings before, during and after the training."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--samples", type=int, default=400)
    options.add_argument("--steps", type=int, nargs="+", default=[0, 10, 30, 100, 300, 1000])
    given = options.parse_args()
    pixels, labels = batch(given.samples)
    print("step      loss            certified floor  of the way left  verdict")
    for step, embeddings in trained(pixels, labels, given.steps):
        found = sv.audit(embeddings, labels, temperature=TEMPERATURE, reduction="mean", normalise=True)
        floor = float(found.floor.lower)
        print(f"{step:<8}  {found.value.upper:<14.9f}  {floor:<15.9f}  {100 * found.reach:<13.4f} %  {found.kind}", flush=True)


if __name__ == "__main__":
    main()
