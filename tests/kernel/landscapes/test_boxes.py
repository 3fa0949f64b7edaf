"""Boxes: they cover every configuration up to rotation, and halving or sharing them out loses nothing."""

import numpy as np
import pytest

from scverify.kernel.landscapes.boxes import faces_of, share, taken, whole_domain


@pytest.mark.parametrize(("n", "d"), [(3, 2), (4, 3), (5, 4), (3, 4)])
def test_the_domain_holds_a_rotated_copy_of_every_configuration(n, d):
    rng = np.random.default_rng(2)
    domain = whole_domain(n, d, (1.0, 1.0))
    count = np.prod([len(faces_of(i, d)) for i in range(n)])
    assert len(domain) == count
    for trial in range(60):
        h = rng.standard_normal((d, n))
        if trial % 3 == 0:  # rank-deficient: all in a plane, or two equal or opposite
            h[2:] = 0
            h[:, 1] = h[:, 0] * (1 if trial % 2 else -1)
        h /= np.linalg.norm(h, axis=0)
        r = np.linalg.qr(h)[1]
        r *= np.where(np.diag(r[:, : len(r)]) < 0, -1.0, 1.0)[:, None]
        r = np.vstack([r, np.zeros((d - len(r), n))])
        faces, y = [], []
        for i in range(n):
            axis = int(np.argmax(np.abs(r[:, i])))
            faces.append(2 * axis + int(r[axis, i] < 0))
            y += list(np.delete(r[:, i], axis) / abs(r[axis, i]))
        y = np.array(y)
        fits = (
            (faces == domain.faces.T).all(axis=1)
            & (y + 1e-9 >= domain.low[:-1].T).all(axis=1)
            & (y - 1e-9 <= domain.high[:-1].T).all(axis=1)
        )
        assert fits.any(), (trial, r)


def test_halves_cover_a_box_and_batches_lose_none():
    domain = whole_domain(4, 3, (1.0, 2.0))
    axis = np.arange(len(domain)) % len(domain.low)
    halves = domain.halves(axis)
    first, second = halves[slice(0, len(domain))], halves[slice(len(domain), None)]
    for place in range(len(domain)):
        assert first.high[axis[place], place] == second.low[axis[place], place]
        others = [row for row in range(len(domain.low)) if row != axis[place]]
        for part in (first, second):
            assert (part.low[others, place] == domain.low[others, place]).all() and (
                part.high[others, place] == domain.high[others, place]
            ).all()
    stack = [domain, halves]
    found = []
    while stack:
        found.append(taken(stack, 17))
    assert sum(map(len, found)) == 3 * len(domain) and all(len(batch) == 17 for batch in found[:-1])
    assert sum(len(share([domain, halves], number, 5)) for number in range(5)) == 3 * len(domain)
