"""Losses by plain loops over explicit vectors, sample by sample: a second route that shares nothing with the package."""

import numpy as np


def simplex(m):
    """Unit vectors of the simplex, one per row."""
    vertices = np.eye(m) - 1 / m
    return vertices / np.linalg.norm(vertices, axis=1, keepdims=True)


def configuration(found):
    """The feasible point of an optimum on units written out: (type, vectors of its nodes) for every unit of every type."""
    level, witness = found.problem.level, found.certificate["witness"]["upper"]

    def array(data):
        return np.array([[x / 2 ** data["bits"] for x in row] for row in data["rows"]]).reshape(len(data["rows"]), -1)

    means, units = array(witness["means"]), []
    blocks = [(level.multiplicity[t * level.kinds], array(entry)) for t, entry in enumerate(witness["spreads"])]
    widths = [m * roots.shape[1] for m, roots in blocks]
    for t, (m, roots) in enumerate(blocks):
        for p in range(m):
            vectors = []
            for k in range(level.kinds):
                spread = np.kron(roots[k], simplex(m)[p]) if m > 1 else np.zeros(0)
                parts = [np.zeros(width) for width in widths]
                parts[t][: len(spread)] = spread
                vectors.append(np.concatenate([means[t * level.kinds + k], *parts]))
            units.append((t, vectors))
    for t, vectors in units:
        for k in range(level.kinds):
            norm = level.constraint[t * level.kinds + k]
            length, radius = np.linalg.norm(vectors[k]), np.sqrt(float(norm.bound))
            if norm.kind == "sphere" or (norm.kind == "ball" and length > radius):
                vectors[k] = vectors[k] * radius / length
    return units


def on_spheres(generator, count, dim=4):
    """Random unit vectors."""
    points = generator.standard_normal((count, dim))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def in_turn(x, positives, negatives, tau, i, together=False):
    """A row of anchor i: the mean over its positives of -log of their share, each beside the negatives (together: beside all positives)."""
    attract = [np.exp(x[i] @ x[p] / tau) for p in positives]
    repel = sum(np.exp(x[i] @ x[n] / tau) for n in negatives)
    shares = [e / ((sum(attract) if together else e) + repel) for e in attract]
    return -np.mean(np.log(shares))


def ntxent(x, image, tau):
    """Each view against each other view of its image, alone beside the views of other images."""
    total = 0.0
    for i in range(len(x)):
        positives = [p for p in range(len(x)) if image[p] == image[i] and p != i]
        total += in_turn(x, positives, [n for n in range(len(x)) if image[n] != image[i]], tau, i)
    return total


def dhel(first, second, tau):
    """Negatives of a view among views of its own kind."""
    total = 0.0
    for mine, other in ((first, second), (second, first)):
        for i in range(len(mine)):
            total += np.log(sum(np.exp(mine[i] @ mine[j] / tau) for j in range(len(mine)) if j != i)) - mine[i] @ other[i] / tau
    return total


def uniformity(x, tau):
    """One logarithm over all ordered pairs."""
    return np.log(sum(np.exp(x[i] @ x[j] / tau) for i in range(len(x)) for j in range(len(x)) if i != j))


def clip(images, texts, batches, tau):
    """Both directions of contrast in each batch of pairs."""
    total = 0.0
    for batch in batches:
        for anchors, others in ((images, texts), (texts, images)):
            for i in batch:
                logits = {j: anchors[i] @ others[j] / tau for j in batch}
                total += np.log(sum(np.exp(value) for value in logits.values())) - logits[i]
    return total


def supcon(x, labels, batches, tau):
    """The out form in each batch of samples."""
    total = 0.0
    for batch in batches:
        for i in batch:
            positives = [j for j in batch if j != i and labels[j] == labels[i]]
            total += in_turn(x, positives, [j for j in batch if labels[j] != labels[i]], tau, i, together=True)
    return total
