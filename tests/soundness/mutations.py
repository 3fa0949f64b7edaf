"""Random changes of a certificate: of any leaf or subtree, one to three at a time."""

import copy
from fractions import Fraction

from hypothesis import strategies as st

from tests.soundness.controls import sealed

PARTS = (
    ("claim", "problem"),
    ("claim", "problem", "coefficients"),
    ("claim", "problem", "formula"),
    ("claim",),
    ("witness", "lower"),
    ("witness", "upper"),
    ("witness",),
    (),
)
WORDS = (
    *("s", "c", "q", "tau", "add", "mul", "pow", "exp", "log", "sqrt", "sum", "n_own", "n_other", "k"),
    *("sphere", "ball", "ridge", "samples", "groups", "classes", "rule", "gibbs", "tangent", "mean", "ignore", "error"),
)
ANYTHING = (None, True, False, 0, 1, -1, "0", "1", 0.5, "0.5", "nan", [], {}, [[0]], 10**30)
KEYS = {"dim": 1, "groups": [[0], [1], [2]], "rank": 2, "p": [], "rho": "1", "weight": "1/10", "note": None}


@st.composite
def mutants(draw, certificate, donors):
    """The certificate with one to three changes and the digest of its claim as it then stands."""
    result = copy.deepcopy(certificate)
    for _ in range(draw(st.integers(1, 3))):
        _mutate(draw, result, donors)
    return sealed(result) if "claim" in result else result


def _mutate(draw, certificate, donors):
    path = list(draw(st.sampled_from([part for part in PARTS if _holds(certificate, part)])))
    node = _at(certificate, path)
    while isinstance(node, (dict, list)) and len(node) > 0 and (not path or draw(st.integers(0, 3)) > 0):
        path.append(draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node)))))
        node = node[path[-1]]
    if not path:
        certificate["note"] = 1
        return
    _at(certificate, path[:-1])[path[-1]] = _changed(draw, node, path, donors)
    if draw(st.integers(0, 15)) == 0:
        parent = _at(certificate, path[:-1])
        del parent[path[-1]]


def _holds(certificate, path):
    try:
        _at(certificate, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _at(node, path):
    for step in path:
        node = node[step]
    return node


def _changed(draw, node, path, donors):
    """Something else in place of a node."""
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return copy.deepcopy(draw(st.sampled_from(ANYTHING)))
    donor = draw(st.sampled_from(donors))
    if kind == 1 and _holds(donor, path):
        return copy.deepcopy(_at(donor, path))
    if isinstance(node, dict):
        return _changed_object(draw, node)
    if isinstance(node, list):
        return _changed_array(draw, node)
    if isinstance(node, bool):
        return draw(st.sampled_from([not node, int(node)]))
    if isinstance(node, int):
        return draw(_integers(node))
    return draw(_texts(node)) if isinstance(node, str) else node


def _changed_object(draw, node):
    result = copy.deepcopy(node)
    key = draw(st.sampled_from(sorted(KEYS)))
    names = sorted(node)
    match draw(st.integers(0, 2)):
        case 0:
            result[key] = copy.deepcopy(KEYS[key])
        case 1 if names:
            del result[draw(st.sampled_from(names))]
        case _ if names:
            result[draw(st.sampled_from(names))] = copy.deepcopy(node[draw(st.sampled_from(names))])
    return result


def _changed_array(draw, node):
    result = copy.deepcopy(node)
    if not node:
        return [0]
    i, j = (draw(st.integers(0, len(node) - 1)) for _ in range(2))
    match draw(st.integers(0, 4)):
        case 0:
            result[i], result[j] = result[j], result[i]
        case 1:
            del result[i]
        case 2:
            result.insert(i, copy.deepcopy(node[j]))
        case 3:
            result[i] = copy.deepcopy(node[j])
        case _:
            result.reverse()
    return result


def _integers(node):
    near = [node + 1, node - 1, -node, 2 * node, 0, bool(node), str(node), float(node % 1000)]
    return st.sampled_from([*near, node + (1 << max(0, node.bit_length() - 9)), node + (1 << max(0, node.bit_length() - 40))])


def _texts(node):
    try:
        value = Fraction(node)
    except ValueError:
        return st.sampled_from([*WORDS, node.upper(), ""])
    factors = [Fraction(101, 100), Fraction(99, 100), Fraction(2), Fraction(1, 2), Fraction(-1), Fraction(1, 10**6)]
    shifts = [Fraction(1), Fraction(-1), Fraction(1, 100), Fraction(-1, 100), Fraction(-1, 10**20), Fraction(1, 10**20)]
    numbers = [str(x) for x in (*(value * f for f in factors), *(value + f for f in shifts), Fraction(0), Fraction(1))]
    return st.sampled_from([*numbers, f"{node}/1", f" {node}", f"{float(value)}", *WORDS[:6]])
