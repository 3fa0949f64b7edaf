"""Optima as the tests of certify use them: made once per session, and every certificate decided by the kernel from its canonical text."""

from functools import cache

from scverify.certify.optimum import optimum
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon


def assert_verified(certificates):
    """Each of the certificates is VERIFIED from its text, and the kernel says what it claims."""
    assert certificates
    for name, certificate in certificates.items():
        answer = verify_text(canonical(certificate))
        assert answer.word == "VERIFIED", f"{name}: {answer}"
        assert answer.type == certificate["claim"]["type"] and answer.claim


@cache
def certified(problem, digits=None, solver="auto"):
    """The optimum of a problem, its certificates verified."""
    result = optimum(problem, digits, solver)
    assert_verified(result.certificates)
    assert result.lower <= result.upper and result.trust == "ball"
    claim = result.certificate["claim"]
    assert (claim["lower"], claim["upper"]) == (str(result.lower), str(result.upper))
    return result


def problem(sizes, tau, constraint=None, **more):
    """A supcon problem."""
    return Problem(supcon, sizes if isinstance(sizes, Classes) else Classes(sizes), temperature=tau, constraint=constraint, **more)


INSTANCES = {
    "7,3,3,2,2": problem((7, 3, 3, 2, 2), "37/100"),
    "5,4,3,2": problem((5, 4, 3, 2), "1/10"),
    "9,2,2": problem((9, 2, 2), "3/4"),
    "6,6,2,2": problem((6, 6, 2, 2), "1/2"),
    "30,11,4,2": problem((30, 11, 4, 2), "1/5"),
    "cifar10-lt": problem(Classes.named("cifar10-lt"), "1/10"),
}
MERGED = problem((600, 600, 3, 3), "1/2")
