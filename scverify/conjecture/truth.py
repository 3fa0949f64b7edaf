"""Three-valued truth with its evidence: TRUE, FALSE, or UNKNOWN, how it is known, and the certificates behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from scverify.certify.claims import Data
from scverify.errors import InputError, must_be

Trust = Literal["symbolic", "ball", "interval", "multiprecision", "float"]
TRUSTS: tuple[Trust, ...] = ("symbolic", "ball", "interval", "multiprecision", "float")
PROVING: tuple[Trust, ...] = TRUSTS[:3]


def weakest(*trusts: Trust) -> Trust:
    """The weakest of these; "symbolic" for none."""
    return max(trusts, key=TRUSTS.index, default="symbolic")


@dataclass(frozen=True, eq=False, repr=False)
class Truth:
    """TRUE (value True), FALSE (False) or UNKNOWN (None), with its evidence in words, the weakest trust it rests on, and certificates.

    margin: a float that says how far it is from turning: positive for TRUE, negative for FALSE. It steers a search and decides nothing.
    Combine with ``&``, ``|``, ``~`` and ``implies``; a Truth that is UNKNOWN has no bool().

    >>> (~exact(3 > 2, "3 > 2")).value
    False
    """

    value: bool | None
    evidence: tuple[str, ...] = ()
    trust: Trust = "float"
    certificates: tuple[Data, ...] = ()
    margin: float = 0.0

    def __repr__(self) -> str:
        return f"<Truth: {self.word} ({self.trust}): {'; '.join(self.evidence):.100}>"

    @property
    def word(self) -> str:
        """TRUE, FALSE or UNKNOWN."""
        return {True: "TRUE", False: "FALSE", None: "UNKNOWN"}[self.value]

    @property
    def is_proof(self) -> bool:
        """Whether it is decided, and by more than floats."""
        return self.value is not None and self.trust in PROVING

    def __bool__(self) -> bool:
        if self.value is None:
            raise TypeError(f"an UNKNOWN truth has no bool(): combine truths with & | ~ and implies ({'; '.join(self.evidence)})")
        return self.value

    def __str__(self) -> str:
        return f"{self.word} ({self.trust}): {'; '.join(self.evidence) or 'no evidence given'}"

    def __invert__(self) -> Truth:
        return replace(self, value=None if self.value is None else not self.value, margin=-self.margin)

    def __and__(self, other: Truth | bool) -> Truth:
        return all_of([self, other])

    def __or__(self, other: Truth | bool) -> Truth:
        return any_of([self, other])

    __rand__ = __and__
    __ror__ = __or__


def exact(condition: bool, evidence: str) -> Truth:
    """A fact decided by exact arithmetic on whole numbers, such as a condition on class sizes.

    >>> exact(len({5, 4}) > 1, "the sizes are not all equal").value
    True
    """
    must_be(condition, (bool, np.bool_), "condition", "True or False")
    return Truth(bool(condition), (evidence,), "symbolic", (), 1.0 if condition else -1.0)


def unknown(reason: str, trust: Trust = "float", margin: float = 0.0) -> Truth:
    """UNKNOWN, and why."""
    return Truth(None, (reason,), trust, (), margin)


def as_truth(given: Truth | bool) -> Truth:
    """A truth as it is; a plain bool counts as float evidence, because nobody knows how it was computed (see `exact`).

    Raises InputError for anything else: a statement that returns nothing has most likely forgotten its `return`.
    """
    if isinstance(given, Truth):
        return given
    if given is None:
        raise InputError("a statement that returns None", "a Truth or a bool", "add the forgotten `return`")
    if not isinstance(given, bool | np.bool_):
        raise InputError(f"a statement that returns a {type(given).__name__}", "a Truth or a bool", "compare it with something")
    return Truth(bool(given), ("a plain bool",), "float", (), 1.0 if given else -1.0)


def all_of(truths: Iterable[Truth | bool]) -> Truth:
    """FALSE where one is FALSE (the best trusted of those stands for it), TRUE where all are TRUE, UNKNOWN otherwise.

    Of nothing: TRUE, with trust float, because nobody knows why there is nothing.

    >>> all_of([exact(True, "1 = 1"), exact(False, "1 = 2")]).value
    False
    """
    must_be(truths, Iterable, "truths", "a list of truths")
    parts = [as_truth(part) for part in truths] or [Truth(True, ("nothing to decide",), "float", (), 1.0)]
    margin = min(part.margin for part in parts)
    if false := [part for part in parts if part.value is False]:
        return replace(min(false, key=lambda part: (TRUSTS.index(part.trust), not part.certificates)), margin=margin)
    counted = [part for part in parts if part.value is None] or parts
    evidence = dict.fromkeys(line for part in counted for line in part.evidence)
    certificates = tuple(data for part in counted for data in part.certificates)
    value = True if counted is parts else None
    return Truth(value, tuple(evidence), weakest(*(part.trust for part in counted)), _once(certificates), margin)


def any_of(truths: Iterable[Truth | bool]) -> Truth:
    """TRUE where one is TRUE, FALSE where all are FALSE, UNKNOWN otherwise."""
    return ~all_of(~as_truth(part) for part in truths)


def implies(condition: Truth | bool, conclusion: Truth | bool) -> Truth:
    """~condition | conclusion; what makes it FALSE is both halves, and so are its evidence and its trust.

    >>> implies(exact(False, "balanced"), exact(False, "a simplex")).value
    True
    """
    return any_of([~as_truth(condition), conclusion])


def _once(certificates: Iterable[Data]) -> tuple[Data, ...]:
    """Each certificate once, by its digest."""
    return tuple({str(data["digest"]): data for data in certificates}.values())
