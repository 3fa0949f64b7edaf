"""LogitsMerged, LogitsApart: whether equal classes coincide at the optimum of cross-entropy under ridges (MATH N5). Exact arithmetic alone.

The loss is the sum over samples of log sum_c e^{<w_c - w_y, h>/tau}, plus half the ridges times the squared norms of all weights w_c and
features h. Two or more classes of m samples, whatever the others, coincide at every optimum exactly where m <= tau^2 w_W w_H.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from ..certificate import fields, integer, rational, require
from ..claims import EXACT, Claim, Data
from ..problem import MAX_COUNT
from ..words import number


def margin(claim: Data) -> fmpq:
    """tau^2 w_W w_H - m."""
    fields(claim, "type samples tau ridge_of_weights ridge_of_features")
    m = integer(claim["samples"], "the samples of a class", 1, MAX_COUNT)
    tau, weights, features = (rational(claim[name], name) for name in ("tau", "ridge_of_weights", "ridge_of_features"))
    require(tau > 0, "tau is not positive")
    require(weights > 0 and features > 0, "a ridge is not positive")
    return tau * tau * weights * features - m


def check_logits_merged(claim: Data, witness: Any) -> tuple[str, ...]:
    """m <= tau^2 w_W w_H."""
    fields(witness, "")
    require(margin(claim) >= 0, "the classes are apart")
    return (EXACT,)


def check_logits_apart(claim: Data, witness: Any) -> tuple[str, ...]:
    """m > tau^2 w_W w_H."""
    fields(witness, "")
    require(margin(claim) < 0, "the classes coincide")
    return (EXACT,)


def _said(claim: Data, verdict: str) -> str:
    ridges = f"{number(claim['ridge_of_weights'])} on weights and {number(claim['ridge_of_features'])} on features"
    return (
        f"Cross-entropy summed over samples, logits <w, h>/tau with tau = {number(claim['tau'])}, ridges {ridges}, as many dimensions as "
        f"classes or more: two or more classes of {claim['samples']} samples, whatever the others, {verdict} at every optimum."
    )


CLAIMS = {
    "LogitsMerged": Claim(check_logits_merged, lambda claim: _said(claim, "coincide")),
    "LogitsApart": Claim(check_logits_apart, lambda claim: _said(claim, "do not coincide")),
}
