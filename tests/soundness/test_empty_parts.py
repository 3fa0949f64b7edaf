"""Certificates of something false whose witness, or problem, leaves empty what a theorem speaks of."""

import pytest

from scverify.kernel.certificate import digest
from scverify.kernel.claims import claim_of
from scverify.kernel.verify import verify_data
from scverify.symbolic.losses import supcon_row
from scverify.symbolic.printers import to_kernel

ROW = to_kernel(supcon_row.expression)
SPHERE = {"kind": "sphere", "rho": "1", "nonnegative": False}


def word(claim, witness):
    version = claim_of(claim["type"]).version(claim, witness)
    parts = {"format": "scverify-certificate", "version": version, "claim": claim, "witness": witness, "precision": 128}
    return verify_data({**parts, "digest": digest(claim)}).word


def rows(*entries):
    return {"bits": 0, "rows": [list(row) for row in entries]}


def test_a_block_without_columns_has_no_singular_values():
    """<x, w> + <y, w> on spheres has one minimiser, x = y = -w."""
    seen = {"formula": 0, "weight": "1", "c": [["1", [1]]], "q": []}
    problem = {"tau": "1", "scale": "1", "kinds": [{"name": "a", "constraint": SPHERE}], "nodes": [0, 0, 0], "formulas": [ROW]}
    problem["rows"] = [{"anchor": 0, **seen}, {"anchor": 2, **seen}]
    half = 777472127993  # 2^40/sqrt 2
    lower = {
        "rows": [{"form": "gibbs", "bits": 0, "row": [0, 1, 0, 0]}] * 2,
        "factor": {"bits": 40, "rows": [[half, 0], [half] * 2, [0, half]]},
    }
    lower["spreads"] = [rows([])] * 3
    blocks = [{"rows": [[k]], "columns": [], "frame": {"bits": 0, "rows": []}, "least": "1000000"} for k in (0, 1)]
    witness = {
        "first": [0],
        "shared": [1],
        "upper": {"means": rows([1], [-1], [1]), "spreads": [rows([])] * 3},
        "lower": lower,
        "blocks": blocks,
    }
    assert word({"type": "SeveralUnitMinimizers", "problem": problem, "distance": "1000"}, witness) == "REJECTED"


@pytest.mark.parametrize("weight", ["0", "1"])
def test_a_loss_without_rows_moves_nothing(weight):
    """One node on the sphere has one Gram matrix, whatever its rows are."""
    row = {"anchor": "a", "formula": ROW, "weight": weight, "c": {"self": "1"}, "q": {}}
    problem = {
        "tau": "1",
        "scale": "1",
        "kinds": [{"name": "a", "constraint": SPHERE}],
        "units": [{"multiplicity": 1, "copies": [1]}],
        "rows": [row],
    }
    witness = {"point": {"means": rows([1]), "spreads": [rows([])]}, "frames": {"means": rows([1]), "spreads": [rows([1])]}}
    assert word({"type": "SeveralUnitMinimizers", "problem": problem, "distance": "1"}, witness) == "REJECTED"


@pytest.mark.parametrize("on_nodes", [True, False], ids=["nodes", "units"])
def test_nodes_that_are_said_to_be_fixed_are_not_free(on_nodes):
    """The loss -|y|^2 of a fixed node is constant, and has no saddle."""
    kinds = [{"name": "image", "constraint": SPHERE}, {"name": "text", "constraint": {"kind": "fixed"}}]
    problem = {"tau": "1", "scale": "1", "kinds": kinds}
    formula, row = ["sum", ["mul", "-1", "q", "s"]], {"weight": "1"}
    if on_nodes:
        row |= {"anchor": 1, "formula": 0, "c": [], "q": [["1", [1]]]}
        problem |= {"nodes": [0, 1], "formulas": [formula], "rows": [row]}
    else:
        row |= {"anchor": "text", "formula": formula, "c": {}, "q": {"self": "1"}}
        problem |= {"units": [{"multiplicity": 1, "copies": [1, 1]}], "rows": [row]}
    value = {"lower": "-1/1000", "upper": "1/1000"}
    claim = {"type": "StrictSaddle", "problem": problem, "dim": 2, "embeddings": rows([1, 0]), "radius": "1/1000", "value": value}
    assert word(claim, {"multipliers": rows([0], [0]), "active": [0], "gauge": [0]}) == "REJECTED"
