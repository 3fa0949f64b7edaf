"""Certificates of the rank-one form for the tests, made once."""

from functools import cache

from flint import arb

from scverify.certify.rank_one import rank_one_optimum
from scverify.model.classes import Classes
from scverify.model.constraints import Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import load_loss


def problem(sizes, tau="1/2", loss="supcon", **options):
    return Problem(load_loss(loss), Classes(sizes), temperature=tau, **options)


@cache
def made(sizes, tau="1/2", digits=None, loss="supcon", rho=1, reduction="sum"):
    """The optimum in the rank-one form, in float64 or to a number of digits."""
    goal = None if digits is None else arb(10) ** -digits
    return rank_one_optimum(problem(sizes, tau, loss, constraint=Sphere(rho), reduction=reduction), goal, 4096)
