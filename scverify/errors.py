"""Every exception of scverify, one tree; each knows the exit code that the command line gives it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any


class ScverifyError(Exception):
    """Root of the tree. A message says what was given, what is allowed and what to do."""

    exit_code = 5

    def __reduce__(self) -> tuple[Callable[..., ScverifyError], tuple[type[ScverifyError], tuple[Any, ...]], dict[str, Any]]:
        """An error that a worker raises reaches the process that asked, though it is built from parts of its message."""
        return _again, (type(self), self.args), vars(self)


def _again(kind: type[ScverifyError], args: tuple[Any, ...]) -> ScverifyError:
    error = kind.__new__(kind)
    error.args = args
    return error


class NotVerified(ScverifyError):
    """A certificate was rejected, or a claim refuted."""

    exit_code = 1


# what was given may be a number of a hundred thousand digits
_LONGEST = 400


class InputError(ScverifyError, ValueError):
    """The input cannot be used as it stands."""

    exit_code = 2

    def __init__(self, given: str, allowed: str, remedy: str) -> None:
        """One line: what was given, what is allowed, what to do."""
        super().__init__(f"{_shown(given)}; allowed: {allowed}; {remedy}")


def plainly(error: Exception) -> str:
    """What an error says; of one of the operating system's the words alone, without its number and the file."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


class BelowRank(InputError):
    """A dimension in which the relaxation is not tight; `bounded_optimum` answers there with an interval."""


def _shown(given: str) -> str:
    """What was given, of a length that fits a message."""
    return given if len(given) <= _LONGEST else f"{given[: _LONGEST // 2]} … {given[-20:]} ({len(given)} characters)"


class MissingTool(ScverifyError):
    """A solver, a licence or a program that was asked for is not there."""

    exit_code = 3


class Undecided(ScverifyError):
    """The question could not be decided within the precision or the budget."""

    exit_code = 4


class OutOfResources(ScverifyError):
    """Memory, disk or the reader of the output has gone."""

    exit_code = 5


class InternalError(ScverifyError):
    """A fault of scverify itself."""

    exit_code = 5

    def __init__(self, what: str) -> None:
        """One line: what happened, and that it should be reported."""
        super().__init__(
            f"internal error ({what}); allowed: nothing of the kind, it is a fault of scverify; "
            "please report it to the developers (CONTRIBUTING.md) with this command and what it prints with --debug"
        )


def must_be(value: object, kind: type | tuple[type, ...], name: str, allowed: str) -> None:
    """Raises InputError where an argument is of another type than the one that is asked for."""
    if not isinstance(value, kind) or (kind is Iterable and not _has_entries(value)):
        shown = value.__name__ if callable(value) and hasattr(value, "__name__") else repr(value)
        raise InputError(f"{name} {_shown(shown)} ({type(value).__name__})", allowed, f"give {allowed}")


def _has_entries(value: Any) -> bool:
    """Whether what says that it can be gone through can: an array without an axis cannot."""
    try:
        iter(value)
    except TypeError:
        return False
    return True


def must_be_callable(value: object, name: str) -> None:
    """Raises InputError where an argument that is to be called is not a function."""
    if not callable(value):
        raise InputError(f"{name} {_shown(repr(value))} ({type(value).__name__})", "a function", f"give {name} as a function")


def may_be_callable(value: object, name: str) -> None:
    """Raises InputError where an argument that is called, if it is given, is not a function."""
    if value is not None:
        must_be_callable(value, name)


def one_of(value: object, name: str, allowed: Collection[str]) -> str:
    """The value, which has to be one of a few words; raises InputError otherwise."""
    if not isinstance(value, str) or value not in allowed:
        raise InputError(f"{name} {_shown(repr(value))}", " or ".join(allowed), "choose one of these")
    return value


class InexactInput(UserWarning):
    """A float was given where an exact number is meant: it was taken at its binary value."""
