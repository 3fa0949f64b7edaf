"""Losses as tables of coefficients by sample, which only the level of samples takes."""

from fractions import Fraction

from scverify.symbolic.losses import Loss, SampleTable, supcon_row


def disjoint_batches(labels, batches):
    """SupCon summed over disjoint batches of samples; a sample in none has weight 0, and sees itself, so that its row is finite."""
    n = len(labels)
    weight, q = [Fraction(0)] * n, [[Fraction(0)] * n for _ in range(n)]
    c = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    for batch in batches:
        for i in batch:
            positives = [j for j in batch if j != i and labels[j] == labels[i]]
            weight[i] = Fraction(1)
            for j in batch:
                c[i][j] = Fraction(int(j != i))
            for j in positives:
                q[i][j] = Fraction(1, len(positives))
    return Loss("disjoint_batches", supcon_row, SampleTable(tuple(weight), tuple(map(tuple, c)), tuple(map(tuple, q))))
