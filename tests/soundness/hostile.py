"""Files of less than a megabyte that ask for years of work or for all memory, or are built to break a reader: none may be VERIFIED."""

import base64
import json
import zlib

from scverify.kernel.landscapes.reasons import SPLIT
from tests.kernel.kept import kept
from tests.soundness.controls import sealed

LONG = "1" + "0" * 400
RATE = ["pow", "tau", -1]


def changed(name, edit):
    data = kept(name)
    edit(data["claim"], data["witness"])
    return json.dumps(sealed(data))


def in_problem(name, **fields):
    return changed(name, lambda claim, witness: claim["problem"].update(fields))


def in_rule(**entries):
    return changed("sphere-upper", lambda claim, witness: claim["problem"]["coefficients"].update(entries))


def nested(head, depth, inner, *more):
    """An expression so deep; as text, because no writer of JSON goes so far down."""
    return f'["{head}",' * depth + json.dumps(inner) + "".join(more) + "]" * depth


def replaced(text, old, new):
    assert old in text
    return text.replace(old, new)


def upper_of(sizes, groups, precision=128):
    """A point of many classes on one line."""

    def edit(claim, witness):
        claim["problem"]["sizes"], claim["upper"] = sizes, "1000000000"
        signs = [[1 - 2 * (i % 2)] for i in range(len(groups) if groups else sum(sizes))]
        witness.update({"upper": {"means": {"bits": 0, "rows": signs}, "spread": {"bits": 0, "rows": [[0]] * len(signs)}}})
        witness.update({"level": "groups", "groups": groups} if groups else {"level": "samples"})
        if not groups:
            del witness["groups"]

    return replaced(changed("sphere-upper", edit), f'"precision": {kept("sphere-upper")["precision"]}', f'"precision": {precision}')


def orbit_of(sizes, precision=128):
    """Two antipodal classes in one dimension, all of it critical."""
    n = sum(sizes)

    def edit(claim, witness):
        for field in ("excess",):
            claim.pop(field, None)
        claim["problem"].update(sizes=sizes, dim=1, tau="1/2")
        claim.update(type="CriticalOrbit", radius="1/1000", value={"lower": "0", "upper": "1000000"})
        claim["embeddings"] = {"bits": 0, "rows": [[1] * sizes[0] + [-1] * (n - sizes[0])]}
        witness.clear()
        witness.update(multipliers={"bits": 0, "rows": [[1]] * n}, active=list(range(n)), gauge=[0])

    return replaced(changed("criticalorbit", edit), f'"precision": {kept("criticalorbit")["precision"]}', f'"precision": {precision}')


def tree(boxes, numbers):
    return {"boxes": boxes, "tree": base64.b64encode(zlib.compress(numbers, 9)).decode("ascii")}


def landscape(edit):
    return changed("landscape", edit)


def with_trees(*trees):
    return landscape(lambda claim, witness: witness.update(trees=list(trees)))


def inequality(expression, nodes, variables=1):
    names = [f"x{i}" for i in range(variables)]

    def edit(claim, witness):
        claim.update(expression=expression, variables=[{"name": name, "lower": "0", "upper": "1"} for name in names])
        witness.update(tree=nodes)

    return changed("inequality-tree", edit)


def powers(depth, inner):
    return inner if depth == 0 else ["pow", powers(depth - 1, inner), 16]


def exponentials(depth, inner):
    return inner if depth == 0 else ["exp", exponentials(depth - 1, inner)]


def many_facts():
    def edit(claim, witness):
        fact = json.loads(orbit_of([40, 40]))
        claim["facts"] = [{**fact["claim"], "radius": f"1/{1000 + i}"} for i in range(64)]
        witness["facts"] = [fact["witness"]] * 64

    return changed("counterexample", edit)


def many_tubes(claim, witness):
    witness["tubes"] = [witness["tubes"][0]] * 900
    claim["tau"]["upper"] = "1"


def large_branch(claim, witness):
    claim["problem"].update(sizes=[500, 500])
    witness.update(active=list(range(1_000)), symmetries=[], ties=[])


def many_symmetries(claim, witness):
    witness["symmetries"] = [{"samples": list(range(6)), "axes": [0, 1, 2], "signs": [1, 1, 1]}] * 8_000


def many_points(claim, witness):
    claim["points"], witness["points"] = claim["points"] * 300, witness["points"] * 300
    witness["trees"][0]["boxes"] += 1


ROW = ["log", ["sum", ["mul", "c", ["exp", ["mul", RATE, "s"]]]]]
SINE = ["exp", ["mul", "x0", ["exp", ["mul", "x0", ["log", ["add", "2", ["pow", "x0", 2]]]]]]]
QUADRATIC = {"order": 2, "point": ["1/2"] * 64}
WIDE = ["add", *(["exp", ["mul", f"x{i}", f"x{63 - i}"]] for i in range(64))]


def halvings(count):
    return with_trees(tree(count, bytes([SPLIT + 1]) * count))


def halvings_and_leaves(count):
    return with_trees(tree(2 * count + 4, bytes([SPLIT + 1]) * count + bytes([1]) * (count + 4)))


FILES = {
    "a tower of powers in a rule": lambda: in_rule(weight=["mul", *[powers(3, "3")] * 40]),
    "a rule of thousands of terms": lambda: in_rule(negative_c=["add", *["n_own"] * 20_000]),
    "a rule without end": lambda: replaced(in_rule(weight="7"), '"weight": "7"', '"weight": ' + nested("add", 20_000, "1")),
    "an exponent of many digits": lambda: in_rule(weight=["pow", "2", int(LONG)]),
    "a power of many digits": lambda: in_rule(weight=powers(2, LONG)),
    "a temperature of many digits": lambda: in_problem("sphere", tau="1" * 100_000),
    "a bound of many digits": lambda: changed("sphere-lower", lambda claim, witness: claim.update(lower="9" * 900_000)),
    "eight thousand classes": lambda: upper_of([2 + i for i in range(8_000)], [[i] for i in range(8_000)]),
    "twenty thousand classes": lambda: upper_of([2 + i for i in range(20_000)], [[i] for i in range(20_000)]),
    "forty thousand classes": lambda: upper_of([2] * 40_000, [[i] for i in range(40_000)]),
    "three thousand samples of high precision": lambda: upper_of([1_500, 1_500], None, 1 << 20),
    "an orbit of sixty samples": lambda: orbit_of([30, 30]),
    "an orbit of a thousand samples": lambda: orbit_of([500, 500]),
    "an orbit of high precision": lambda: orbit_of([15, 15], 1 << 20),
    "an optimum of high precision": lambda: replaced(
        changed("sphere", lambda c, w: c.update(upper=c["lower"])), '"precision": 144', '"precision": 1048576'
    ),
    "a formula of a hundred thousand terms": lambda: in_problem("sphere", formula=["add", *[ROW] * 10_000]),
    "a product of fifty thousand factors": lambda: in_problem("softplus", formula=["mul", *["tau"] * 50_000, ROW]),
    "a formula without end": lambda: replaced(
        in_problem("sphere", formula="7"), '"formula": "7"', '"formula": ' + nested("exp", 50_000, "tau")
    ),
    "a tower of exponentials in a row": lambda: in_problem("softplus", formula=["sum", exponentials(38, "s")]),
    "a tower of powers in a row": lambda: in_problem("spectral", formula=["sum", ["mul", "c", powers(30, "s")]]),
    "a hundred thousand orderings": lambda: landscape(lambda claim, witness: witness.update(orderings=[[0, 1]] * 100_000)),
    "two to the twenty-eight halvings": lambda: halvings(1 << 28),
    "halvings, then as many leaves": lambda: halvings_and_leaves(1 << 26),
    "a tree of zeros that unpacks to more than it says": lambda: with_trees(tree(1 << 10, bytes(1 << 28))),
    "one axis halved for ever": lambda: with_trees(tree(400_000, (bytes([SPLIT + 1, 1]) * 200_000))),
    "a hundred thousand branches": lambda: with_trees(*[tree(1, b"\x01")] * 10_000),
    "ten interchangeable samples": lambda: changed("landscape", lambda claim, witness: claim["problem"].update(sizes=[10], dim=2)),
    "ten samples in nine dimensions": lambda: changed("landscape", lambda claim, witness: claim["problem"].update(sizes=[5, 5], dim=9)),
    "a list of hundreds of points": lambda: changed("list-landscape-rank-2", many_points),
    "a leaf of order six": lambda: inequality(["add", *[SINE] * 200], [{"order": 6, "point": ["1/2"]}]),
    "a leaf of order six of a page": lambda: inequality(["add", *[SINE] * 2_000], [{"order": 6, "point": ["1/2"]}]),
    "a hundred thousand leaves": lambda: inequality(["add", *[SINE] * 100], [0] * 50_000 + ["mean"] * 50_001),
    "an expression of a megabyte": lambda: inequality(["add", *["x0"] * 160_000], ["direct"]),
    "a tower of exponentials": lambda: inequality(["add", "-1", exponentials(50, "x0")], ["mean"]),
    "a tower of powers": lambda: inequality(["add", "1", ["mul", "-1", powers(50, "3/2")]], ["direct"]),
    "sixty-four variables": lambda: inequality(WIDE, [QUADRATIC], 64),
    "sixty-four heavy facts": many_facts,
    "nine hundred tubes": lambda: changed("branch-strict", many_tubes),
    "a branch of a thousand samples": lambda: changed("branch-strict", large_branch),
    "thousands of symmetries": lambda: changed("branch-spurious", many_symmetries),
    "a factor of many columns": lambda: changed(
        "sphere-lower", lambda claim, witness: witness["lower"]["factor"].update(rows=[[1] * 100_000] * 2)
    ),
    "a unit of a million bits": lambda: changed("sphere-lower", lambda claim, witness: witness["lower"]["factor"].update(bits=1 << 20)),
    "a million dimensions": lambda: in_problem("spurious-inertia", dim=1_000_000),
    "arrays without end": lambda: "{" + '"a":' + "[" * 400_000,
    "an integer of a megabyte": lambda: replaced(changed("sphere", lambda c, w: None), '"precision": 144', '"precision": ' + "9" * 900_000),
    "a megabyte of blanks": lambda: "{" + " " * 900_000,
}
