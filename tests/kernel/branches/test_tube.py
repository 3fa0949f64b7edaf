"""Tubes: the one zero for each value of the parameter lies where Newton's method finds it, and what leaves a tube is not in it."""

import copy

import pytest
from flint import arb, ctx, fmpq

from scverify.certify.tubes import solved
from scverify.kernel.branches.claims import read_family
from scverify.kernel.branches.frame import frame_equations, read_frame
from scverify.kernel.branches.temperature import Temperatures
from scverify.kernel.branches.tube import begins_at, follows, holds, image_of, prove_curve, read_tube
from scverify.kernel.certificate import Rejected, Unresolved
from scverify.kernel.level import level_of
from tests.kernel.kept import kept

NAMES = ("branch-spurious", "branch-strict", "branch-saddle")


def first_tube(name, **changes):
    """Frame and first tube of a branch."""
    data = kept(name)
    level = level_of(read_family(data["claim"])[0], "samples", None)
    frame = read_frame(level, data["witness"], data["claim"]["rank"])
    return frame, read_tube(frame, {**data["witness"]["tubes"][0]["tube"], **changes})


@pytest.mark.parametrize("name", NAMES)
def test_newton_finds_its_zeros_in_the_tube(name):
    with ctx.workprec(96):
        frame, tube = first_tube(name)
        curve = prove_curve(frame, tube)
        for part in range(1, 5):
            tau = tube.start + (tube.end - tube.start) * fmpq(part, 4)
            near, enclosure = tube.line(tau, tau), curve.at(tau)
            found = solved(frame, [x.mid() for x in near[:-1]] + [arb(tau).mid()], tube.along)
            assert all(x.overlaps(arb(y, arb(2) ** -60)) for x, y in zip(enclosure, found, strict=True))
            assert all(whole.overlaps(x) for whole, x in zip(curve.all(), enclosure, strict=True))
            exact = Temperatures.between(tau, tau)
            assert all(x.contains(0) for x in frame_equations(frame, enclosure, exact))


@pytest.mark.parametrize("name", NAMES)
def test_points_of_the_curve_are_in_the_tube_and_others_are_not(name):
    with ctx.workprec(96):
        frame, tube = first_tube(name)
        curve = prove_curve(frame, tube)
        begins_at(tube, curve.at(tube.start))
        holds(tube, curve.at((tube.start + tube.end) / 2))
        for place in range(frame.size):
            off = list(curve.at(tube.start))
            off[place] += 3 * tube.radii[place]
            with pytest.raises(Unresolved, match="lie in the tube"):
                begins_at(tube, off)
        beyond = list(curve.at(tube.end))
        beyond[tube.along] += arb(1)
        with pytest.raises(Unresolved, match="between the ends"):
            holds(tube, beyond)
        with pytest.raises(Rejected, match="outside its tube"):
            curve.at(tube.end + 1)


def test_a_tube_follows_the_one_that_ends_where_it_starts():
    with ctx.workprec(96):
        frame, tube = first_tube("branch-spurious")
        curve = prove_curve(frame, tube)
        data = kept("branch-spurious")["witness"]["tubes"]
        follows(read_tube(frame, data[1]["tube"]), curve)
        off = copy.deepcopy(data[1]["tube"])
        off["centre"]["rows"][0][0] += 1 << (off["centre"]["bits"] - 4)
        with pytest.raises(Unresolved, match="lie in the tube"):
            follows(read_tube(frame, off), curve)
        widths = [max(x.rad() for x in point[:-1]) for point in curve.enclosures(tube.end, tube.end)]
        assert widths[-1] < widths[0] and max(x.rad() for x in curve.at(tube.end)[:-1]) == widths[-1]


def test_a_tube_too_wide_or_off_the_curve_is_not_mapped_into_itself():
    data = kept("branch-strict")["witness"]["tubes"][0]["tube"]
    wide, off = copy.deepcopy(data["radii"]), copy.deepcopy(data["centre"])
    wide["rows"] = [[x << 20 for x in row] for row in wide["rows"]]
    off["rows"][0][0] += 1 << (off["bits"] - 6)
    with ctx.workprec(96):
        for changes in ({"radii": wide}, {"centre": off}):
            frame, tube = first_tube("branch-strict", **changes)
            with pytest.raises(Unresolved):
                prove_curve(frame, tube)
        assert len(image_of(*first_tube("branch-strict")).deviation) == frame.size + 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": "1", "end": "0"}, "ends before it starts"),
        ({"start": "-1"}, "tau is negative"),
        ({"along": 0}, "tangent is not 1"),
        ({"end": "1/4"}, "the centre of a tube lies outside it"),
    ],
)
def test_a_tube_of_no_sense(change, reason):
    with pytest.raises(Rejected, match=reason):
        first_tube("branch-strict", **change)


def test_the_parameter_has_no_radius_and_the_others_have_one():
    radii = copy.deepcopy(kept("branch-strict")["witness"]["tubes"][0]["tube"]["radii"])
    for place in (0, -1):
        changed = copy.deepcopy(radii)
        changed["rows"][0][place] = 1 if place else 0
        with pytest.raises(Rejected, match="the radii are not positive"):
            first_tube("branch-strict", radii=changed)


def test_a_tube_along_an_entry_of_h_needs_positive_temperatures():
    fold = kept("threshold-branch-000")["claim"]["fold"]["tube"]
    _, tube = first_tube("threshold-branch-000", **fold)
    at = tube.line(tube.start, tube.end)
    assert tube.temperatures(at, tube.start, tube.end).lower > 0
    with pytest.raises(Unresolved, match="tau may not be positive"):
        tube.temperatures([*at[:-1], arb(0, 1)], tube.start, tube.end)
