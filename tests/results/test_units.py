"""How an optimum on units is said."""

import json

import pytest

from scverify.certify.units import unit_optimum
from scverify.model.constraints import Ridge
from scverify.model.named import cross_entropy
from scverify.model.units import UnitProblem


@pytest.fixture(scope="module")
def found():
    return unit_optimum(UnitProblem(cross_entropy((6, 4, 4)), 1, Ridge("1/2")))


def test_it_speaks_of_units_and_not_of_classes(found):
    assert repr(found).startswith("<UnitOptimum: cross_entropy, 3 classes of weight vector and features")
    assert "own weight" in str(found) and "2 × feature × 4" in str(found)
    assert all(len(line) <= 80 for line in str(found).splitlines())


def test_json_has_the_bounds_and_no_null(found):
    document = found.to_json()
    assert "null" not in json.dumps(document, allow_nan=False)
    assert float(document["lower"]) <= float(document["upper"]) and document["loss"] == "cross_entropy"


def test_it_is_saved_and_belongs_together(found, tmp_path):
    found.save(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"optimum.json", "minimizers.json", "scverify.manifest"}
