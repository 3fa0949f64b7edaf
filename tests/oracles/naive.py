"""Supervised contrastive loss by plain loops, straight from its definition (Khosla et al. 2020, the "out" form). NumPy only."""

import numpy as np


def anchors_of(labels):
    """Samples that have a positive."""
    return [i for i in range(len(labels)) if sum(labels[j] == labels[i] for j in range(len(labels))) > 1]


def loss_of_gram(gram, labels, tau):
    """sum_i 1/(n_y - 1) sum_{j != i, y_j = y_i} log sum_{a != i} exp((G_ia - G_ij)/tau); samples without a positive are not anchors."""
    total = 0.0
    for i in anchors_of(labels):
        positives = [j for j in range(len(labels)) if j != i and labels[j] == labels[i]]
        for j in positives:
            exponents = [(gram[i, a] - gram[i, j]) / tau for a in range(len(labels)) if a != i]
            largest = max(exponents)
            total += (largest + np.log(sum(np.exp(x - largest) for x in exponents))) / len(positives)
    return total


def gradient_of_gram(gram, labels, tau):
    """d loss / d G_ij with every entry of G free, shape (n, n)."""
    n = len(labels)
    slopes = np.zeros((n, n))
    for i in anchors_of(labels):
        positives = [j for j in range(n) if j != i and labels[j] == labels[i]]
        for j in positives:
            others = [a for a in range(n) if a != i]
            largest = max(gram[i, a] for a in others)
            shares = {a: np.exp((gram[i, a] - largest) / tau) for a in others}
            for a in others:
                slopes[i, a] += shares[a] / sum(shares.values()) / tau / len(positives)
            slopes[i, j] -= 1 / tau / len(positives)
    return slopes


def loss(embeddings, labels, tau):
    """The loss at H (d, n), one column a sample."""
    return loss_of_gram(embeddings.T @ embeddings, labels, tau)


def gradient(embeddings, labels, tau):
    """The gradient by H, shape (d, n): entry (r, j) moves G_ij and G_ji for every i."""
    d, n = embeddings.shape
    slopes = gradient_of_gram(embeddings.T @ embeddings, labels, tau)
    result = np.zeros((d, n))
    for r in range(d):
        for j in range(n):
            for i in range(n):
                result[r, j] += (slopes[i, j] + slopes[j, i]) * embeddings[r, i]
    return result
