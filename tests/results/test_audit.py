"""How an audit is said."""

import json
from fractions import Fraction

import numpy as np
import pytest

from scverify.audit import audit
from scverify.results.audit import outward
from tests.test_audit import spread_out


@pytest.fixture(scope="module")
def found():
    h, label = spread_out((6, 5, 4, 3, 3, 2), 3)
    return audit(h, label, temperature="7/100")


def test_it_is_one_line_and_a_readable_page(found):
    assert repr(found).startswith("<Audit: not critical: loss ") and "\n" not in repr(found)
    assert all(len(line) <= 80 for line in str(found).splitlines())
    for name in ("loss", "floor", "excess", "gradient", "curvature", "NC1", "NC2", "Classes that are spread the most"):
        assert name in str(found)


def test_a_notebook_gets_html_without_a_network(found):
    page = found._repr_html_()
    assert page.count("<table>") == page.count("</table>") and "http" not in page


def test_json_has_no_null_and_no_infinity(found):
    document = json.dumps(found.to_json(), allow_nan=False)
    assert "null" not in document


def test_bounds_in_the_sentence_are_rounded_to_the_safe_side(found):
    import re

    [excess, *_] = re.findall(r"at most ([0-9.e+-]+) above", found.sentence)
    assert float(excess) >= found.excess.upper
    [gradient] = re.findall(r"at least ([0-9.e+-]+)\.", found.sentence)
    assert float(gradient) <= found.gradient.lower


def test_many_classes_are_compared_by_their_worst(found):
    assert len(found.pairs(nearest=True)) <= 5
    differences = [x for _, _, x in found.pairs(nearest=True)]
    assert differences == sorted(differences, reverse=True) and np.all(np.array(differences) > 0)


def test_the_excess_and_the_floor_hold_exactly(found):
    value, floor, excess = found.value, found.floor, found.excess
    assert Fraction(excess.lower) <= Fraction(value.lower) - Fraction(floor.upper)
    assert Fraction(excess.upper) >= Fraction(value.upper) - Fraction(floor.lower)
    said = found.to_json()["floor"]
    assert Fraction(said["lower"]) <= floor.lower and floor.upper <= Fraction(said["upper"])


@pytest.mark.parametrize("number", [Fraction(1, 3), Fraction(2, 3), Fraction(-1, 10), Fraction(1, 10), Fraction(1, 4)])
def test_ends_are_rounded_away_from_the_interval(number):
    lower, upper = outward(number, number)
    assert Fraction(lower) <= number <= Fraction(upper)
    assert upper <= np.nextafter(lower, np.inf) and (lower == upper) == (Fraction(float(number)) == number)


def test_classes_have_their_measures_one_by_one(found):
    classes = found.to_json()["classes"]
    assert [each["size"] for each in classes] == [6, 5, 4, 3, 3, 2]
    assert all({"name", "within", "nc1", "nc2", "nc4"} <= set(each) for each in classes) and "nc3" not in classes[0]
    assert found.to_json()["collapse"]["procrustes"] == found.geometry.aligned


def test_a_classifier_brings_a_third_measure():
    h, label = spread_out((4, 4, 3), 3)
    found = audit(h, label, temperature="1/2", classifier=np.eye(3))
    assert "NC3" in str(found) and all("nc3" in each for each in found.to_json()["classes"])
