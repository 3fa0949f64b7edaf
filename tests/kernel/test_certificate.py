"""Reading certificates: exact numbers only, one text for one value, and exactly the expected keys."""

import hashlib
import json

import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from scverify.kernel.certificate import (
    Rejected,
    Unresolved,
    at_most,
    canonical,
    digest,
    dyadic,
    fields,
    integer,
    items,
    rational,
    read,
    require,
    total,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=4))
def test_the_canonical_text_reads_back_and_is_one(data):
    text = canonical(data)
    assert read(text) == data and text.isascii()
    shuffled = dict(reversed(data.items()))
    assert canonical(shuffled) == text and digest(shuffled) == digest(data)
    assert digest(data) == hashlib.sha256(text.encode()).hexdigest()
    assert read(json.dumps(data, indent=3, ensure_ascii=False)) == data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        '"x"',
        '{"a": 0.5}',
        '{"a": 1e3}',
        '{"a": NaN}',
        '{"a": [-Infinity]}',
        '{"a": 1, "a": 1}',
        '{"b": {"a": 1, "a": 2}}',
        '{"a": 1} {"b": 2}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:20] or "empty",
)
def test_what_is_refused_on_reading(text):
    with pytest.raises(Rejected):
        read(text)


def test_fields():
    assert fields({"a": 1, "b": 2}, "a", "b c") == {"a": 1, "b": 2}
    for data, message in (
        ({"b": 1}, "missing: a"),
        ({"a": 1, "d": 2}, "unknown: d"),
        ([("a", 1)], "an object with a"),
        (None, "an object"),
    ):
        with pytest.raises(Rejected, match=message):
            fields(data, "a", "b c")


@given(st.fractions())
def test_rationals_in_lowest_terms(value):
    assert rational(str(value), "x") == fmpq(value.numerator, value.denominator)


@pytest.mark.parametrize(
    "data", ["2/4", "1/1", "-0", "0/5", "01", "1/-2", "1/0", "1.5", "+1", " 1", "1 ", "1\n", "", "a", "١", 1, 1.0, None, ["1"]]
)
def test_other_ways_to_write_a_rational(data):
    with pytest.raises(Rejected, match="x "):
        rational(data, "x")


def test_integers_have_a_range_and_are_no_booleans():
    assert integer(3, "x", 0, 3) == 3
    for data in (True, 3.0, "3", None, -1, 4):
        with pytest.raises(Rejected, match="x "):
            integer(data, "x", 0, 3)


def test_arrays_have_a_length():
    assert items([1, 2], "x", 2) == [1, 2]
    for data, length in ((({"a": 1}), None), ("ab", 2), ([1], 2), ((1, 2), 2)):
        with pytest.raises(Rejected, match="x "):
            items(data, "x", length)


def test_dyadic_matrices_are_exact():
    found = dyadic({"bits": 3, "rows": [[1, -2, 16], [0, 5, 7]]}, "x", 2)
    assert found.entry(0, 1) == fmpq(-1, 4) and found.entry(1, 2) == fmpq(7, 8) and found.unit == fmpq(1, 8)
    assert found.balls()[0, 2] == 2 and found.rows()[1] == [0, 5, 7]
    assert dyadic({"bits": 0, "rows": [[]]}, "x", 1).numerators.ncols() == 0


@pytest.mark.parametrize(
    "data",
    [
        {"bits": 3, "rows": [[1]]},
        {"bits": 3, "rows": [[1, 2], [3]]},
        {"bits": 3, "rows": [[1, True], [2, 3]]},
        {"bits": 3, "rows": [[1, 0.5], [2, 3]]},
        {"bits": 3, "rows": [[1, "2"], [2, 3]]},
        {"bits": -1, "rows": [[1, 2], [2, 3]]},
        {"bits": 3, "rows": "ab"},
        {"bits": 3},
        {"bits": 3, "rows": [[1, 2], [2, 3]], "note": ""},
        [[1, 2], [2, 3]],
    ],
    ids=json.dumps,
)
def test_what_is_no_dyadic_matrix(data):
    with pytest.raises(Rejected):
        dyadic(data, "x", 2, 2)


def test_comparisons_fail_closed():
    at_most(fmpq(1, 4), fmpq(1, 4), "no")
    at_most(arb(1, 0.1), arb(2), "no")
    with pytest.raises(Rejected, match="no"):
        at_most(arb(3, 0.1), arb(2), "no")
    for left in (arb(2, 0.1), arb("nan"), arb(0, "inf")):
        with pytest.raises(Unresolved, match="no"):
            at_most(left, arb(2), "no")
    for condition in (False, None, 0, 1, "yes"):
        with pytest.raises(Rejected, match="no"):
            require(condition, "no")
    require(True, "no")
    assert total([]) == 0 and total([fmpq(1, 2), fmpq(1, 2)]) == 1
