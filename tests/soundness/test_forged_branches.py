"""One corrupted certificate for each hypothesis about a branch, beside the uncorrupted control."""

import copy
from fractions import Fraction

import pytest
from flint import ctx

from scverify.certify.branch import Guide, follow, guide_of_point
from scverify.certify.fold import with_fold
from scverify.certify.points import critical_points
from scverify.certify.tubes import tube_around
from scverify.kernel.branches.claims import _check_fold, read_family
from scverify.kernel.branches.frame import read_frame
from scverify.kernel.branches.tube import prove_curve, read_tube
from scverify.kernel.certificate import Rejected, digest
from scverify.kernel.level import level_of
from scverify.kernel.verify import verify_data
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.kernel.kept import answer_to, kept
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


# every sample but the first on its own: they span the tangent directions in the plane modulo rotations
ONE_BY_ONE = {"turns": [{"axes": [0, 1], "samples": [str(int(i == k)) for i in range(4)], "lift": 1} for k in range(1, 4)]}


def test_directions_prove_a_minimum_and_no_saddle():
    """Both crosses are curves of critical points along which the turns span; only below the threshold are the curvatures positive."""
    minima = answer_to(kept("branch-strict"), lambda claim, witness: witness.update(directions=ONE_BY_ONE))
    saddles = answer_to(
        kept("branch-saddle"), lambda claim, witness: (claim.update(type="StrictBranch"), witness.update(directions=ONE_BY_ONE))
    )
    assert minima.word == "VERIFIED"
    assert (saddles.word, saddles.reason) == ("REJECTED", "a tangent direction has negative curvature")


def test_minima_claimed_to_be_saddles_are_rejected():
    answer = answer_to(kept("branch-strict"), lambda claim, witness: claim.update(type="SaddleBranch"))
    assert (answer.word, answer.reason) == ("REJECTED", "no direction of negative curvature is proved")


def test_minima_of_the_plane_are_saddles_in_space():
    """The crosses below the threshold: positive curvature in their own plane, negative across it."""
    space = kept("branch-strict")
    answer = answer_to(space, lambda claim, witness: claim["problem"].update(dim=3))
    assert (answer.word, answer.reason) == ("REJECTED", "a normal direction has negative curvature")
    assert answer_to(space, lambda claim, witness: claim.update(type="SaddleBranch")).word == "VERIFIED"


def frame_of(certificate):
    claim, witness = certificate["claim"], certificate["witness"]
    return read_frame(level_of(read_family(claim)[0], "samples", None), witness, claim["rank"])


def test_a_tube_along_an_entry_of_h_says_nothing_of_a_range_of_temperatures():
    """Its minima have tau near 0.11 where the entry goes through the claimed range."""
    branch, start, end = kept("threshold-branch-000"), Fraction(36, 100), Fraction(721, 2000)
    with ctx.workprec(branch["precision"]):
        frame = frame_of(branch)
        along, curve = tube_around(frame, read_tube(frame, tube(branch["witness"])).centre, 5, start, end)
        assert curve.all()[-1] < curve.tube.start / 3

    def claimed(claim, witness):
        claim.update(type="StrictBranch", tau={"lower": str(start), "upper": str(end)})
        for data, name in ((claim, "excess"), (claim, "fold"), (witness, "better")):
            data.pop(name)
        witness["tubes"] = [{"tube": along}]

    answer = answer_to(branch, claimed)
    assert (answer.word, answer.reason) == ("REJECTED", "a tube of a branch does not run along tau")


def with_equal_samples(claim, witness):
    """The coordinates of a branch on which samples 3 and 4 are equal, in the frame of that symmetry: one of each orbit."""
    witness["symmetries"] = [{"axes": [0, 1], "samples": [0, 1, 2, 4, 3], "signs": [1, 1]}]
    ties = [(0, 2, [1, 3]), (1, 2, [0, 3]), (2, 0, [1, 3]), (3, 4, [0, 1])]
    witness["ties"] = [{"row": row, "reference": reference, "entries": entries} for row, reference, entries in ties]
    kept_places = [*(0, 1, 2, 3, 5, 6, 7, 8), *(10, 11, 12, 13), 15, *(16, 17, 19, 20, 22, 23, 25, 26), 29]
    for data in [*(entry["tube"] for entry in witness["tubes"]), claim["fold"]["tube"]]:
        data["along"] = kept_places.index(data["along"])
        for name in ("centre", "tangent", "radii"):
            data[name]["rows"][0] = [data[name]["rows"][0][k] for k in kept_places]


def test_a_symmetric_branch_has_no_fold():
    """Its tube holds symmetric points alone: others may be critical beyond the fold. The branch without its fold is as good as before."""
    branch = kept("threshold-branch-000")
    answer = answer_to(branch, with_equal_samples)
    assert (answer.word, answer.reason) == ("REJECTED", "a fold is stated without symmetries")
    assert answer_to(branch, lambda claim, witness: claim.pop("fold")).word == "VERIFIED"


def test_a_fold_on_the_ball_is_not_read():
    """Its equations hold on the sphere: a point inside the ball may be critical beyond the fold."""
    branch = kept("threshold-branch-000")
    branch["claim"]["problem"]["constraint"]["kind"] = "ball"
    with ctx.workprec(branch["precision"]):
        frame = frame_of(branch)
        last = prove_curve(frame, read_tube(frame, tube(branch["witness"], -1)))
        with pytest.raises(Rejected, match="a fold on the ball is not supported"):
            _check_fold(frame, last, branch["claim"]["fold"])
