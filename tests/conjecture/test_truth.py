from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scverify.conjecture.truth import TRUSTS, Truth, all_of, any_of, exact, implies, weakest

VALUES = (True, False, None)
ends = st.fractions(-3, 3, max_denominator=4)
truths = st.builds(
    Truth, st.sampled_from(VALUES), st.just(("said",)), st.sampled_from(TRUSTS), st.just(()), st.floats(-1, 1, allow_nan=False)
)


def kleene_and(a, b):
    return False if False in (a, b) else None if None in (a, b) else True


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_the_tables_are_kleenes(a, b):
    left, right = Truth(a), Truth(b)
    negated = {True: False, False: True, None: None}
    assert (left & right).value is kleene_and(a, b)
    assert (left | right).value is negated[kleene_and(negated[a], negated[b])]
    assert (~left).value is negated[a]
    assert implies(left, right).value is (~left | right).value


def test_an_unknown_truth_has_no_bool_and_says_what_to_use():
    with pytest.raises(TypeError, match=r"& \| ~ and implies"):
        bool(Truth(None, ("balls overlap",)))
    with pytest.raises(TypeError):
        _ = Truth(None) and Truth(True)
    assert Truth(True) and not Truth(False)


@given(st.lists(truths, min_size=1, max_size=4))
def test_the_weakest_counts_unless_one_false_is_enough(parts):
    together = all_of(parts)
    false = [part for part in parts if part.value is False]
    if false:
        assert together.trust == min((part.trust for part in false), key=TRUSTS.index)
    elif together.value:
        assert together.trust == weakest(*(part.trust for part in parts))
    assert together.margin == min(part.margin for part in parts)


@given(truths, truths)
def test_de_morgan(a, b):
    assert (~(a & b)).value is (~a | ~b).value
    assert any_of([a, b]).margin == max(a.margin, b.margin)


def test_a_refuted_implication_keeps_both_halves():
    minimum = Truth(True, ("a strict minimum",), "ball", ({"digest": "1"},))
    not_global = Truth(False, ("another point is better",), "float", ({"digest": "2"},))
    refuted = implies(minimum, not_global)
    assert refuted.value is False
    assert refuted.trust == "float"
    assert set(refuted.evidence) == {"a strict minimum", "another point is better"}
    assert len(refuted.certificates) == 2


def test_a_plain_bool_is_float_evidence_and_an_exact_fact_is_not():
    assert (exact(True, "k is 2") & True).trust == "float"
    assert (exact(True, "k is 2") & exact(True, "n is 4")).trust == "symbolic"
