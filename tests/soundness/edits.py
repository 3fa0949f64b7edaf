"""Edits of certificates, to be combined into forgeries; a path is written with dots, "claim.problem.sizes.0"."""

import copy

from tests.soundness.controls import sealed


def _step(text):
    return int(text) if text.isdigit() else text


def _parent(certificate, path):
    *steps, last = map(_step, path.split("."))
    for step in steps:
        certificate = certificate[step]
    return certificate, last


def at(certificate, path):
    parent, last = _parent(certificate, path)
    return parent[last]


def put(path, value):
    """Another value at a path: a constant, or a function of what stands there."""

    def edit(certificate):
        parent, last = _parent(certificate, path)
        parent[last] = value(parent[last]) if callable(value) else copy.deepcopy(value)

    return edit


def drop(path):
    def edit(certificate):
        parent, last = _parent(certificate, path)
        del parent[last]

    return edit


def all_of(*edits):
    def edit(certificate):
        for part in edits:
            part(certificate)

    return edit


def forged(certificate, *edits):
    """The certificate after the edits, with the digest of its claim as it then stands."""
    result = copy.deepcopy(certificate)
    all_of(*edits)(result)
    return sealed(result)
