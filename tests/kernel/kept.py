"""Certificates of earlier releases as the kernel's tests take them apart."""

import json
from pathlib import Path

from scverify.kernel.certificate import digest
from scverify.kernel.level import level_of
from scverify.kernel.points.nodes import point_level
from scverify.kernel.problem import read_problem
from scverify.kernel.verify import verify_data

FOLDER = Path(__file__).parents[1] / "soundness" / "version1"


def kept(name):
    """A certificate by the name of its file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))


def level_in(certificate, name="samples", groups=None):
    """The level of a certificate's problem."""
    return level_of(read_problem(certificate["claim"]["problem"]), name, groups)


def points_in(certificate):
    """The nodes and rows of a certificate's problem, as claims about critical points read them."""
    return point_level(level_in(certificate))


def answer_to(certificate, edit):
    """The kernel's answer after an edit of claim and witness, resealed."""
    edit(certificate["claim"], certificate["witness"])
    return verify_data({**certificate, "digest": digest(certificate["claim"])})
