"""Every exception of scverify, one tree; each knows the exit code that the command line gives it."""

from __future__ import annotations


class ScverifyError(Exception):
    """Root of the tree. A message says what was given, what is allowed and what to do."""

    exit_code = 1


class NotVerified(ScverifyError):
    """A certificate was rejected, or a claim refuted."""

    exit_code = 1


class InputError(ScverifyError, ValueError):
    """The input cannot be used as it stands."""

    exit_code = 2

    def __init__(self, given: str, allowed: str, remedy: str) -> None:
        """One line: what was given, what is allowed, what to do."""
        super().__init__(f"{given}; allowed: {allowed}; {remedy}")


class MissingTool(ScverifyError):
    """A solver, a licence or a program that was asked for is not there."""

    exit_code = 3


class Undecided(ScverifyError):
    """The question could not be decided within the precision or the budget."""

    exit_code = 4


class InexactInput(UserWarning):
    """A float was given where an exact number is meant: it was taken at its binary value."""
