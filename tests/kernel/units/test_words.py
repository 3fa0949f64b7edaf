"""Problems on units in words: plain ones, and no two problems have the same."""

import copy
import json

import pytest

from scverify.kernel.certificate import Rejected
from scverify.kernel.units.words import unit_subject
from scverify.model.batches import mini_batches
from scverify.model.named import clip, mnrl, siglip
from scverify.model.sums import on_units, weighted_sum
from scverify.model.targets import mixup
from scverify.model.units import UnitProblem
from scverify.model.views import ntxent, uniformity
from scverify.model.weights import cross_entropy, label_smoothing, mse
from scverify.symbolic.losses import supcon

LOSSES = {
    "clip": clip(3),
    "hard negatives": mnrl(3, hard=2, repeats=2),
    "siglip": siglip(3, "ridge:1/3"),
    "cross-entropy": cross_entropy((4, 3, 2)),
    "smoothing": label_smoothing((4, 3, 2)),
    "squares": mse((4, 3, 2)),
    "views": ntxent(3),
    "one row": uniformity(5),
    "choices": mini_batches("all:2", 4),
    "batches": mini_batches([[0, 1], [2, 3]], 4),
    "mixup": mixup(2),
    "sum": weighted_sum((2, on_units(supcon, (3, 3))), (1, cross_entropy((3, 3)))),
}
SAID = {
    "clip": ["The loss clip (each image: ", "on 3 units, each of 1 image, 1 text;", "tau = 1/2"],
    "hard negatives": ["q = 1/2 for each document of its unit, 0 for others", "each of 2 query, 2 document, 4 negative"],
    "siglip": [
        "The loss siglip",
        "the scalar bias added",
        "the scalar bias of all entries free, the loss including 1/3/2 times its square",
    ],
    "cross-entropy": ["on 3 units, 1 of each of 3 types, each of 1 weight, feature by type 4, 3, 2"],
    "smoothing": ["Each feature pays log(sum(c*exp(s/tau))) - sum(q*s/tau), ", "14/15 for each weight of its unit"],
    "squares": ["Each feature pays 1/2*sum(c*s^2/tau^2) + 1/2*sum(q*(s/tau - 1)^2)"],
    "one row": ["one row for all anchors together"],
    "choices": ["1 for each text of the chosen units, 0 for others", "once for every choice of 1 of the other units"],
    "batches": ["Rows pay log(sum(c*exp(s/tau))) - sum(q*s/tau): node 0 with c = 1 for {4, 5}, 0 for others, q = 1 for {4}"],
    "sum": ["1/(-1 + n_own) for each other copy of it", "weight 2"],
}


def stated(name):
    return UnitProblem(LOSSES[name], "1/2").data


@pytest.mark.parametrize("name", SAID)
def test_units_kinds_and_rows_are_said_plainly(name):
    words = unit_subject(stated(name))
    assert all(part in words for part in SAID[name]), words
    assert '"' not in words and "[" not in words


def changed(data):
    """Copies of a problem with one leaf changed, one part left out, or two parts of a list exchanged."""
    if isinstance(data, dict):
        for key, part in data.items():
            yield {name: value for name, value in data.items() if name != key}
            yield from ({**data, key: other} for other in changed(part))
    elif isinstance(data, list):
        for place, part in enumerate(data):
            yield [*data[:place], *data[place + 1 :]]
            yield from ([*data[:place], other, *data[place + 1 :]] for other in changed(part))
    elif isinstance(data, int) and not isinstance(data, bool):
        yield data + 1
    elif isinstance(data, str):
        yield from {"1", "2", "c", "q", "s", "text", "ball", "ridge"} - {data}


@pytest.mark.parametrize("name", LOSSES)
def test_a_problem_that_differs_in_anything_has_other_words(name):
    data = stated(name)
    seen = {unit_subject(data): data}
    for other in changed(copy.deepcopy(data)):
        try:
            words = unit_subject(other)
        except Rejected:
            continue
        assert words not in seen or _alike(seen[words], other), (words, other)
        seen[words] = other


def _alike(one, other):
    """Whether two problems differ only in what changes no value: coefficients of 0, or a rule's writing."""
    return _without_nothing(one) == _without_nothing(other)


def _without_nothing(data):
    if isinstance(data, dict):
        return {key: part for key, value in data.items() if (part := _without_nothing(value)) not in ("0", {}, [])}
    if isinstance(data, list) and data[:1] in (["mul"], ["add"]):
        unit = "1" if data[0] == "mul" else "0"
        parts = sorted((_without_nothing(x) for x in data[1:] if x != unit), key=str)
        return parts[0] if len(parts) == 1 else [data[0], *parts]
    return [_without_nothing(x) for x in data] if isinstance(data, list) else data


def test_many_rows_are_pinned():
    one, other = (UnitProblem(mini_batches([[0, 1], [2, 3], [4, last], [0, 2]], 7), 1).data for last in (5, 6))
    sums = "16 rows (weights of sum 16, 32 coefficients c of sum 32, 16 coefficients q of sum 16, SHA-256 "
    assert sums in unit_subject(one) and unit_subject(one) != unit_subject(other)


def test_a_rule_that_is_never_used_says_nothing_of_its_own():
    data = copy.deepcopy(stated("clip"))
    data["rows"][0]["q"]["copies"] = "1 for nobody; every loss is at least 99"
    with pytest.raises(Rejected):
        unit_subject(data)


@pytest.mark.parametrize("name", ["nothing", "rank", "value"])
def test_whatever_a_stranger_calls_a_scalar_is_said_to_be_one(name):
    named = json.loads(json.dumps(stated("siglip")).replace('"bias"', f'"{name}"'))
    words = unit_subject(named)
    assert words.count(name) == words.count(f"the scalar {name}") == 2
