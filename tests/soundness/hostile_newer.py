"""Hostile files of the claims that version 2 brought: the rank-one form, units and stated nodes, complete lists, thresholds, rays."""

import copy
import json
from functools import cache

from scverify.certify.listing import all_critical_points
from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.model.constraints import Ridge
from scverify.model.named import clip
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.unbounded import UnboundedBelow
from tests.soundness.controls import sealed
from tests.soundness.test_forged_thresholds import CONTROLS

LARGE = 10**300


@cache
def rank_one():
    return optimum(Problem("supcon", range(2, 42), temperature="1/2")).certificate


@cache
def units():
    return unit_optimum(UnitProblem(clip(5), "1/2")).certificate


@cache
def complete_list():
    return all_critical_points(Problem("supcon", (2, 2), dim=3, temperature=2), jobs=1).certificate


@cache
def ray():
    try:
        optimum(Problem("decoupled", (2, 2), constraint=Ridge("1/10")))
    except UnboundedBelow as found:
        return found.result.certificate


@cache
def threshold(name):
    return CONTROLS[name]()[1]


def edited(data, edit, precision=None):
    data = copy.deepcopy(data)
    edit(data["claim"], data["witness"])
    return json.dumps(sealed({**data, "precision": precision or data["precision"]}))


def unchanged(claim, witness):
    """Only the precision is another."""


def classes(k):
    def edit(claim, witness):
        claim["problem"]["sizes"] = list(range(2, k + 2))
        claim.update(lower="0", upper="1000000000")
        witness.update(groups=[[i] for i in range(k)], centre={name: {"bits": 0, "rows": [[1] * k]} for name in ("v", "Z")})

    return edit


def runs(claim, witness):
    claim["problem"]["sizes"] = {"runs": [[2 + i, 10_000_000] for i in range(3_000)]}
    witness.update(groups="sizes", centre={name: {"bits": 0, "rows": [[1] * 3_000]} for name in ("v", "Z")})


def in_units(**fields):
    return lambda: edited(units(), lambda claim, witness: claim["problem"].update(fields))


def in_row(**fields):
    return lambda: edited(units(), lambda claim, witness: claim["problem"]["rows"][0].update(fields))


def nodes(count):
    """Every node a unit of its own, each the anchor of a row."""

    def edit(claim, witness):
        given = claim["problem"]
        rows = [
            {"anchor": i, "formula": 0, "weight": "1", "c": [["1", [(i + 1) % count]]], "q": [["1", [(i + 1) % count]]]}
            for i in range(count)
        ]
        claim["problem"] = {
            **{name: given[name] for name in ("tau", "scale", "kinds")},
            "nodes": [i % 2 for i in range(count)],
            "formulas": [given["rows"][0]["formula"]],
            "rows": rows,
        }
        witness["upper"] = {"means": {"bits": 0, "rows": [[1]] * count}, "spreads": [{"bits": 0, "rows": [[], []]}] * count}

    return edit


def ranks(count, dim):
    def edit(claim, witness):
        claim["problem"].update(dim=dim)
        claim["ranks"], witness["ranks"] = [claim["ranks"][0]] * count, [witness["ranks"][0]] * count

    return edit


def wide_ray(claim, witness):
    claim["problem"]["constraint"]["weight"] = "100"  # too heavy to be unbounded
    witness["ray"]["means"]["rows"] = [[1] * 100_000 for _ in witness["ray"]["means"]["rows"]]


FILES = {
    "a rank-one form of high precision": lambda: edited(rank_one(), unchanged, 1 << 20),
    "a rank-one form of twenty thousand classes": lambda: edited(rank_one(), classes(19_999), 1_024),
    "runs of thirty billion classes": lambda: edited(rank_one(), runs),
    "a rank-one form of a million bits": lambda: edited(rank_one(), lambda c, w: w["centre"]["v"].update(bits=1 << 20)),
    "five thousand types of units": in_units(units=[{"multiplicity": 2, "copies": [1, 1]}] * 5_000),
    "three thousand rows on units": lambda: edited(units(), lambda c, w: c["problem"].update(rows=c["problem"]["rows"] * 1_500)),
    "units without number": in_units(units=[{"multiplicity": LARGE, "copies": [1, 1]}]),
    "copies without number": in_units(units=[{"multiplicity": 5, "copies": [1 << 39, 1 << 39]}]),
    "a tower of powers on units": in_row(weight=["pow", ["pow", ["pow", "3", 16], 16], 16]),
    "a rule of a hundred thousand terms on units": in_row(weight=["add", *["1"] * 100_000]),
    "a formula of a hundred thousand terms on units": in_row(formula=["add", *["tau"] * 100_000]),
    "three thousand nodes": lambda: edited(units(), nodes(3_000)),
    "two thousand nodes of high precision": lambda: edited(units(), nodes(2_000), 1 << 20),
    "a list of three hundred ranks": lambda: edited(complete_list(), ranks(300, 301)),
    "a list in a million dimensions": lambda: edited(complete_list(), ranks(2, 1 << 20)),
    "a list of ten samples in nine dimensions": lambda: edited(
        complete_list(), lambda c, w: (ranks(8, 9)(c, w), c["problem"].update(sizes=[5, 5]))
    ),
    "a merging of classes without number": lambda: edited(threshold("Merged"), lambda c, w: c.update(major=str(LARGE), minor=str(LARGE))),
    "a merging at a temperature of many digits": lambda: edited(threshold("Merged"), lambda c, w: c.update(tau=f"1/{LARGE}"), 1 << 20),
    "a merging in the limit of many classes": lambda: edited(threshold("NeverMerged"), lambda c, w: c.update(classes=1 << 39), 1 << 20),
    "a simplex of many samples": lambda: edited(
        threshold("SimplexNotOptimal"), lambda c, w: (c.update(type="SimplexOptimal"), c["problem"].update(sizes=[1 << 39] * 3)), 1 << 20
    ),
    "a ray in a hundred thousand dimensions": lambda: edited(ray(), wide_ray, 1 << 20),
}
