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
    return -sum(np.log(share) for share in shares) / len(shares)


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


def softmax_loss(logits, target):
    """-sum of target times log softmax, its entries by plain exponentials."""
    total = sum(np.exp(value) for value in logits)
    return -sum(t * np.log(np.exp(value) / total) for t, value in zip(target, logits, strict=True))


def cross_entropy(weights, features, targets, tau):
    """One softmax per feature."""
    return sum(softmax_loss([w @ h / tau for w in weights], target) for h, target in zip(features, targets, strict=True))


def mse(weights, features, labels, tau):
    """Half the squared distance of the logits to a one-hot vector."""
    return sum(0.5 * sum((w @ h / tau - (c == y)) ** 2 for c, w in enumerate(weights)) for h, y in zip(features, labels, strict=True))


def cosface(weights, features, labels, margin, tau):
    """A softmax whose label pays a margin."""
    total = 0.0
    for h, y in zip(features, labels, strict=True):
        logits = [(w @ h - (margin if c == y else 0)) / tau for c, w in enumerate(weights)]
        total += softmax_loss(logits, [float(c == y) for c in range(len(weights))])
    return total


def sincere(x, labels, tau):
    """Each positive alone beside the negatives."""
    return ntxent(x, labels, tau)


def nscl(x, labels, twin, tau):
    """The twin view against samples of other classes, which alone are outcomes."""
    total = 0.0
    for i in range(len(x)):
        total += np.log(sum(np.exp(x[i] @ x[n] / tau) for n in range(len(x)) if labels[n] != labels[i])) - x[i] @ x[twin[i]] / tau
    return total


def soft_contrast(x, targets, tau):
    """All other samples are outcomes, with a target each."""
    total = 0.0
    for i in range(len(x)):
        others = [j for j in range(len(x)) if j != i]
        total += softmax_loss([x[i] @ x[j] / tau for j in others], [targets[i][j] for j in others])
    return total


def mnrl(queries, documents, negatives, tau):
    """Queries among all documents and all hard negatives; documents[i] is that of query i."""
    total = 0.0
    for i, query in enumerate(queries):
        seen = [*documents, *negatives]
        total += np.log(sum(np.exp(query @ other / tau) for other in seen)) - query @ documents[i] / tau
    return total


def supervised(x, labels, row):
    """A loss of classes: row(similarities to positives, similarities to negatives, labels of the negatives, own label) for each anchor."""
    total = 0.0
    for i in range(len(x)):
        negatives = [j for j in range(len(x)) if labels[j] != labels[i]]
        positives = [x[i] @ x[j] for j in range(len(x)) if labels[j] == labels[i] and j != i]
        total += row(positives, [x[i] @ x[j] for j in negatives], [labels[j] for j in negatives], labels[i])
    return total
