import dataclasses

import pytest

import scverify as sv
from scverify.results.landscape import Listing

PROBLEM = sv.Problem(sv.supcon, sv.Classes((2, 2)), dim=2, temperature="1/2")


@pytest.fixture(scope="module")
def landscape():
    return sv.landscape(PROBLEM, starts=4, jobs=1)


def test_a_proved_landscape_says_how_its_boxes_were_settled(landscape):
    assert landscape.verdict == "PROVED" and "settled because" in str(landscape) and "100 % of all" in str(landscape)
    assert set(landscape.certificates) == {"landscape.json"} and landscape.subject().question == "landscape"
    assert len(landscape._repr_html_()) < 3000


def test_an_open_landscape_says_why(landscape):
    told = dataclasses.replace(landscape, verdict="UNDECIDED", reason="out of budget", certificate=None)
    assert "out of budget" in str(told) and told.certificates == {} and told.to_json()["reason"] == "out of budget"


def test_a_listing_counts_the_copies_of_its_points(landscape):
    points = landscape.points[:1]
    found = Listing(
        problem=PROBLEM,
        claim="every critical point is listed",
        verdict="PROVED",
        trust="interval",
        reason="",
        boxes=7,
        points=points,
        copies=(4,),
        euler=0,
        interrupted=False,
        seconds=1.0,
        certificate={"claim": {}},
        inertias={"point-000-inertia.json": {}},
        search=None,
    )
    assert set(found.certificates) == {"complete-list.json", "point-000-inertia.json"}
    assert dataclasses.replace(found, certificate=None).certificates == {}
    assert found.to_json()["points"][0]["copies"] == 4 and "Euler number" in str(found)
    assert points[0].kind in str(found)
