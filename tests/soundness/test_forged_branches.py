"""One corrupted certificate for each hypothesis about a branch, beside the uncorrupted control."""

import copy
from fractions import Fraction

import pytest

from scverify.certify.branch import Guide, follow, guide_of_point
from scverify.certify.fold import with_fold
from scverify.certify.points import critical_points
from scverify.kernel.certificate import digest
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.soundness.branches import cross, folded, small_branch


@pytest.fixture(scope="module")
def control():
    return small_branch().certificate


def forged(certificate, edit):
    copied = copy.deepcopy(certificate)
    edit(copied["claim"], copied["witness"])
    copied["digest"] = digest(copied["claim"])
    return verify_data(copied)


def test_the_control_is_verified(control):
    answer = verify_data(control)
    assert answer.word == "VERIFIED"
    assert "every tau in (0, 1/128]" in answer.claim
    assert len(control["witness"]["tubes"]) > 2


def tube(witness, number=0):
    return witness["tubes"][number]["tube"]


def scale(matrix, factor):
    matrix["rows"] = [[x * factor // 1000 for x in row] for row in matrix["rows"]]


def shifted(matrix, place, by):
    matrix["rows"][0][place] += by


def turn(witness, number):
    return witness["directions"]["turns"][number]


REJECTED = {
    "a gap between two tubes": lambda claim, witness: witness["tubes"].pop(1),
    "the first tube left out": lambda claim, witness: witness["tubes"].pop(0),
    "the last tube left out": lambda claim, witness: witness["tubes"].pop(),
    "no tube": lambda claim, witness: witness["tubes"].clear(),
    "tubes exchanged": lambda claim, witness: witness["tubes"].reverse(),
    "a tube cut short": lambda claim, witness: tube(witness, 1).update(end=tube(witness, 1)["start"]),
    "a range that begins later than the claim": lambda claim, witness: tube(witness).update(start="1/10000"),
    "a higher temperature": lambda claim, witness: claim["tau"].update(upper="1/127"),
    "an empty range": lambda claim, witness: claim["tau"].update(lower="1/128", upper="0"),
    "a temperature of the problem's own": lambda claim, witness: claim["problem"].update(tau="1/128"),
    "other sizes": lambda claim, witness: claim["problem"].update(sizes=[3, 3]),
    "more samples": lambda claim, witness: claim["problem"].update(sizes=[4, 3]),
    "the ball": lambda claim, witness: claim["problem"]["constraint"].update(kind="ball"),
    "another dimension": lambda claim, witness: claim["problem"].update(dim=4),
    "no dimension": lambda claim, witness: claim["problem"].pop("dim"),
    "another rank": lambda claim, witness: claim.update(rank=2),
    "the excess raised": lambda claim, witness: claim.update(excess="1000"),
    "an excess of nothing": lambda claim, witness: claim.update(excess="0"),
    "no better point": lambda claim, witness: witness["better"].clear(),
    "a saddle claimed": lambda claim, witness: (
        claim.update(type="SaddleBranch"),
        claim.pop("excess"),
        witness.pop("better"),
        [entry.pop("better") for entry in witness["tubes"]],
    ),
    "a symmetry across the classes": lambda claim, witness: witness["symmetries"][2].update(samples=[0, 1, 2, 4, 3, 5]),
    "a symmetry without its reflection": lambda claim, witness: witness["symmetries"][0].update(signs=[1, 1, 1]),
    "samples that are not a permutation": lambda claim, witness: witness["symmetries"][0].update(samples=[1, 1, 2, 3, 4, 5]),
    "a sign of nothing": lambda claim, witness: witness["symmetries"][0].update(signs=[1, 0, 1]),
    "a tie left out": lambda claim, witness: witness["ties"].pop(),
    "an entry tied twice": lambda claim, witness: witness["ties"][1].update(entries=[3, 3]),
    "a row with two references": lambda claim, witness: witness["ties"].append({"row": 1, "reference": 4, "entries": []}),
    "a direction left out": lambda claim, witness: witness["directions"]["turns"].pop(3),
    "a direction more": lambda claim, witness: witness["directions"]["turns"].append(turn(witness, 0)),
    "a direction whose curvature falls said to grow": lambda claim, witness: turn(witness, 0).update(lift=-1),
    "no small coordinate": lambda claim, witness: witness["small"].clear(),
    "a small coordinate twice": lambda claim, witness: witness["small"].append(0),
    "a small coordinate beyond the entries of H": lambda claim, witness: witness.update(small=[5]),
    "a turn with one axis": lambda claim, witness: turn(witness, 0).update(axes=[0, 0]),
    "a negative radius": lambda claim, witness: scale(tube(witness)["radii"], -1000),
    "a parameter with a radius": lambda claim, witness: shifted(tube(witness)["radii"], -1, 1),
    "a tube along another coordinate": lambda claim, witness: tube(witness).update(along=0),
    "a centre outside its tube": lambda claim, witness: shifted(tube(witness)["centre"], -1, 2**64),
    "another multiplier": lambda claim, witness: witness["active"].pop(),
}


def reflect(claim, witness):
    """From the second tube on the mirror image in e1: as good a family, but another one."""
    for entry in witness["tubes"][1:]:
        for name in ("centre", "tangent"):
            entry["tube"][name]["rows"][0][3] *= -1


NOT_VERIFIED = {
    "another small coordinate": lambda claim, witness: witness.update(small=[1]),
    "a small coordinate more": lambda claim, witness: witness["small"].append(1),
    "a jump to the mirror image": reflect,
    "the better point made worse": lambda claim, witness: witness["better"][0]["upper"]["means"].update(rows=[[1], [1]]),
    "a tube too thin": lambda claim, witness: scale(tube(witness)["radii"], 1),
    "a tube too wide": lambda claim, witness: scale(tube(witness)["radii"], 10**9),
    "a centre beside the curve": lambda claim, witness: shifted(tube(witness)["centre"], 1, 2**60),
    "another slope": lambda claim, witness: shifted(tube(witness)["tangent"], 1, 2**66),
    "a direction twice, another left out": lambda claim, witness: turn(witness, 1).update(turn(witness, 0)),
    "a curvature that stays said to fall": lambda claim, witness: turn(witness, 6).update(lift=1),
    "the tie of another entry": lambda claim, witness: witness["ties"][0].update(entries=[1]),
    "another reference": lambda claim, witness: witness["ties"][0].update(reference=1, entries=[2]),
    "another gauge": lambda claim, witness: witness.update(gauge=[0, 4, 2]),
    "no directions": lambda claim, witness: witness.pop("directions"),
}


@pytest.mark.parametrize("edit", REJECTED.values(), ids=REJECTED)
def test_a_forged_branch_is_rejected(control, edit):
    assert forged(control, edit).word == "REJECTED"


@pytest.mark.parametrize("edit", NOT_VERIFIED.values(), ids=NOT_VERIFIED)
def test_a_branch_that_proves_too_little_is_not_verified(control, edit):
    assert forged(control, edit).word != "VERIFIED"


@pytest.fixture(scope="module")
def fold():
    """Sizes 3, 2 in the plane: spurious minima up to a fold near 0.11031."""
    return folded()[0].certificates["branch-000.json"]


@pytest.fixture(scope="module")
def saddles():
    """Sizes 2, 2 in the plane: saddles above 0.2525."""
    guide, start = guide_of_point(cross("27/100"))
    return follow(guide, "SaddleBranch", start, Fraction(27, 100), Fraction(11, 40), lambda tau: None).certificate


def test_the_controls_of_the_endings_are_verified(fold, saddles):
    assert [verify_data(data).word for data in (fold, saddles)] == ["VERIFIED", "VERIFIED"]


def test_a_fold_says_its_tube_in_entries_of_h_and_not_in_small_coordinates():
    """As good a proof that the curve turns back, but the claim's tube would be read wrongly."""
    plane = Problem(supcon, Classes((3, 2)), dim=2, temperature="1103/10000")
    point = next(x for x in critical_points(plane, starts=15).points if x.kind == "spurious minimum")
    guide, start = guide_of_point(point)
    stretched = Guide.of(plane, point.rank, {**guide.data, "small": [0]})
    start[0] = (start[0] / start[-1]).mid()
    branch = follow(stretched, "StrictBranch", start, plane.temperature, Fraction(112, 1000), lambda tau: None, finest=Fraction(1, 2**11))
    answer = verify_data(with_fold(branch).certificate)
    assert (answer.word, answer.reason) == ("REJECTED", "a fold is stated without small coordinates")


def last_tube_left_out(claim, witness):
    claim["tau"]["upper"] = witness["tubes"].pop()["tube"]["start"]


FOLDS = {
    "a lower maximum": lambda claim, witness: claim["fold"].update(upper=claim["fold"]["lower"]),
    "a maximum below the branch": lambda claim, witness: claim["fold"].update(lower="11/100"),
    "a maximum too high": lambda claim, witness: claim["fold"].update(lower="1104/10000", upper="1106/10000"),
    "a window too wide": lambda claim, witness: claim["fold"].update(beyond="1"),
    "no window": lambda claim, witness: claim["fold"].update(beyond=claim["fold"]["upper"]),
    "a tube along tau": lambda claim, witness: claim["fold"].update(tube=witness["tubes"][-1]["tube"]),
    "a tube cut at one end": lambda claim, witness: claim["fold"]["tube"].update(start=middle(claim["fold"]["tube"])),
    "a tube moved": lambda claim, witness: shifted(claim["fold"]["tube"]["centre"], 0, 2**58),
    "a tube that is thinner": lambda claim, witness: scale(claim["fold"]["tube"]["radii"], 1),
    "a branch that ends before it": lambda claim, witness: [last_tube_left_out(claim, witness) for _ in range(len(witness["tubes"]) - 1)],
    "another problem": lambda claim, witness: claim["problem"].update(sizes=[4, 2]),
}


def middle(tube):
    return str(Fraction(tube["centre"]["rows"][0][tube["along"]], 2 ** tube["centre"]["bits"]))


@pytest.mark.parametrize("edit", FOLDS.values(), ids=FOLDS)
def test_a_forged_fold_is_not_verified(fold, edit):
    assert forged(fold, edit).word != "VERIFIED"


def test_saddles_claimed_to_be_minima_are_rejected(saddles):
    answer = forged(saddles, lambda claim, witness: claim.update(type="StrictBranch"))
    assert (answer.word, answer.reason) == ("REJECTED", "a tangent direction has negative curvature")
