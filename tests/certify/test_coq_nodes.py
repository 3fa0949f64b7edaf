"""Losses on nodes for Coq: bounds that agree with the kernel's, data that are the problem's, and forgeries that Coq refuses."""

import dataclasses
import json
import os
import shutil
from fractions import Fraction

import pytest
from click.testing import CliRunner

from scverify.certify import coq_judge
from scverify.certify.coq_judge import NODES, PROBLEM, coq_text, judge, read_coq, write_coq
from scverify.certify.coq_nodes import node_certificate, states
from scverify.cli import main
from scverify.errors import Undecided
from scverify.kernel.certificate import canonical
from tests.certify.for_coq import CLASSES, UNITS, compiled, edited, on_nodes, proved, words
from tests.certify.test_coq_judge import needs_coq

NAMES = [*UNITS, *CLASSES]
THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"


@pytest.fixture(scope="module")
def library(request, tmp_path_factory):
    """What the theorem on nodes needs of the library; the whole takes several times as long."""
    return compiled(request.config, tmp_path_factory.mktemp("library"), NODES.library)


def bounds(certificate):
    return Fraction(certificate.lower_num, certificate.lower_den), Fraction(certificate.upper_num, certificate.upper_den)


@pytest.mark.parametrize("name", NAMES)
def test_bounds_meet_those_of_the_kernel(name):
    made = node_certificate(on_nodes(name))
    lower, upper = bounds(made)
    claim = on_nodes(name)["claim"]
    assert max(lower, Fraction(claim["lower"])) <= min(upper, Fraction(claim["upper"])) and upper - lower < abs(upper) / 10**12
    assert states(made) and read_coq(coq_text(made), made.problem) == made


def forgeries(good):
    digit = 10**20
    yield "lower bound above the optimum", {"lower_num": good.upper_num + 1, "lower_den": good.upper_den}
    yield "upper bound below the optimum", {"upper_num": good.lower_num - 1, "upper_den": good.lower_den}
    yield "a digit of p", {"p": edited(good.p, 0, 1, digit)}
    yield "two digits of p, the sum kept", {"p": edited(edited(good.p, 0, 1, digit), 0, 0, -digit)}
    yield "a negative p", {"p": edited(edited(good.p, 0, 1, -good.p[0][1] - 1), 0, 0, good.p[0][1] + 1)}
    yield "a logarithm too small", {"log_p": edited(good.log_p, 0, 1, -digit)}
    yield "a digit of the factor", {"factor": edited(good.factor, 0, 0, digit)}
    yield "a vector turned", {"points": edited(good.points, 1, 0, good.scale // 2)}
    yield "a low factor too high", {"lows": [good.highs[0] + 1, *good.lows[1:]]}
    yield "a high factor too low", {"highs": [good.lows[0] - 1, *good.highs[1:]]}
    yield "an exponential too small", {"exponentials": edited(good.exponentials, 0, 1, -digit)}
    yield "a logarithm of a term too small", {"logs": [good.logs[0] - digit, *good.logs[1:]]}
    yield "a negative weight", {"weights": [-good.weights[0], *good.weights[1:]]}
    yield "another weight", {"weights": [2 * good.weights[0], *good.weights[1:]]}
    yield "a node that is none", {"outcomes": [edited(good.outcomes[0], 0, 1, good.nodes), *good.outcomes[1:]]}
    yield "another slope", {"outcomes": [edited(good.outcomes[0], 1, 3, good.unit), *good.outcomes[1:]]}
    yield "another shift", {"outcomes": [edited(good.outcomes[0], 1, 4, good.unit), *good.outcomes[1:]]}
    if good.affine:
        yield "another affine slope", {"affine": edited(good.affine, 0, 2, good.unit)}
        yield "an affine entry outside", {"affine": edited(good.affine, 0, 0, good.nodes)}
    yield "another constant", {"constant": good.constant + good.unit}
    yield "another radius", {"norms": edited(good.norms, 0, 1, good.unit)}
    yield "a negative scale", {"scale": -good.scale}
    yield "a negative unit", {"unit": -good.unit}
    yield "a negative denominator", {"lower_num": -good.lower_num, "lower_den": -good.lower_den}


# what says the same of the problem: on no sphere the radius and the factors are others' part
HARMLESS = {"cross_entropy": {"another radius"}, "supcon under a ridge": {"another radius"}}


@needs_coq
@pytest.mark.parametrize("name", NAMES if THOROUGH else ["siglip"])
def test_coq_accepts_the_true_certificate_and_refuses_every_forgery(library, name):
    good = node_certificate(on_nodes(name))
    listed = [(says, edit) for says, edit in forgeries(good) if says not in HARMLESS.get(name, ())]
    found = words(library, [good, *(dataclasses.replace(good, **edit) for _, edit in listed)], "check_nodes")
    expected = {"the true certificate": "true"} | {says: "false" for says, _ in listed}
    assert dict(zip(expected, found, strict=True)) == expected


@needs_coq
def test_the_theorem_is_proved_for_the_true_data_and_not_for_forged_ones(library):
    good = node_certificate(on_nodes("siglip"))
    assert proved(library, [good])
    assert not proved(library, [good, dataclasses.replace(good, p=edited(good.p, 0, 1, 10**20))])


@needs_coq
def test_a_loss_on_nodes_on_the_command_line(tmp_path, monkeypatch, library):
    def compile_library(build, names, allowed):
        assert names == NODES.library
        for name in names:
            shutil.copy(library / f"{name}.vo", build)

    monkeypatch.setattr(coq_judge, "compile_library", compile_library)
    file, out = tmp_path / "optimum.json", tmp_path / "coq"
    file.write_text(canonical(on_nodes("clip")), encoding="utf-8")
    exported = CliRunner().invoke(main, ["export", "--coq", str(file), "--out", str(out)])
    assert exported.exit_code == 0, exported.output
    answer = judge(out)
    assert answer.word == "VERIFIED" and "Written out on 4 nodes" in answer.claim and "on 2 units" in answer.claim


def test_data_of_another_problem_are_rejected(tmp_path):
    write_coq(tmp_path, node_certificate(on_nodes("clip")))
    stated = json.loads((tmp_path / PROBLEM).read_text())
    for edit in ({"tau": "1/3"}, {"scale": "1/2"}, {"tau": "x"}, {"kinds": []}, {}):
        (tmp_path / PROBLEM).write_text(canonical(stated | edit) if edit else "[]")
        answer = judge(tmp_path)
        assert answer.word == "REJECTED" and PROBLEM in answer.reason
    (tmp_path / PROBLEM).unlink()
    assert judge(tmp_path).word == "REJECTED", "without its problem the file says nothing that can be stated"


def test_a_point_too_coarse_for_a_ridge_is_undecided():
    certificate = on_nodes("cross_entropy")
    upper = certificate["witness"]["upper"]
    far = {**upper, "means": {**upper["means"], "rows": [[x // 3 for x in row] for row in upper["means"]["rows"]]}}
    with pytest.raises(Undecided):
        node_certificate(certificate | {"witness": certificate["witness"] | {"upper": far}})
