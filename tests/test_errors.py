"""Errors: one tree, an exit code for each, and messages that fit a line."""

import pickle

import pytest

from scverify import errors
from scverify.errors import InputError, InternalError, ScverifyError, must_be

CODES = {
    "ScverifyError": 5,
    "NotVerified": 1,
    "InputError": 2,
    "BelowRank": 2,
    "MissingTool": 3,
    "Undecided": 4,
    "OutOfResources": 5,
    "InternalError": 5,
}


def test_every_error_is_of_the_tree_and_only_a_refusal_ends_with_1():
    tree = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert {name: kind.exit_code for name, kind in tree.items() if not issubclass(kind, Warning)} == CODES
    assert all(issubclass(tree[name], ScverifyError) for name in CODES)
    assert issubclass(InputError, ValueError)


def test_a_wrong_input_is_told_with_what_is_allowed_and_what_to_do():
    assert str(InputError("tau 0", "> 0", "give another")) == "tau 0; allowed: > 0; give another"


def test_a_long_input_is_shortened_with_its_length():
    long = "7" * 100_000
    told = str(InputError(long, "less", "shorten it"))
    assert len(told) < 400 and "(100000 characters)" in told and told.endswith("; allowed: less; shorten it")
    assert str(InputError("7" * 400, "less", "shorten it")).startswith("7" * 400 + ";")


def test_arguments_of_another_type_are_named_with_it():
    must_be(1, (int, str), "size", "a whole number")
    with pytest.raises(InputError, match=r"^size 'two' \(str\); allowed: a whole number; give a whole number$"):
        must_be("two", int, "size", "a whole number")
    with pytest.raises(InputError, match=r"^size len \(builtin_function_or_method\)"):
        must_be(len, int, "size", "a whole number")


def test_a_fault_of_our_own_asks_for_a_report():
    assert "internal error (KeyError: 3)" in str(InternalError("KeyError: 3")) and "--debug" in str(InternalError("x"))


def test_the_operating_system_is_heard_without_its_number(tmp_path):
    with pytest.raises(FileNotFoundError) as absent:
        (tmp_path / "absent").read_text()
    assert errors.plainly(absent.value) == "No such file or directory"
    assert errors.plainly(ValueError("of shape 3")) == "of shape 3"


@pytest.mark.parametrize("error", [InputError("a", "b", "c"), InternalError("x"), errors.Undecided("open")])
def test_an_error_of_a_worker_reaches_the_process_that_asked(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
