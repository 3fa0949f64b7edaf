"""The table of reasons: numbers that stand in certificates never change, and each statement is served by reasons that prove it."""

import pytest

from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, EVERY_POINT, LISTED, NO_ROOT, REASONS, SPLIT, STATEMENTS, decision_of

NAMES = (
    "is_copy has_gradient is_positive is_of_low_rank is_sided has_negative_curvature has_no_root is_listed has_bent_sample is_collapsing"
)


def test_numbers_and_names_are_those_of_every_certificate_that_was_written():
    assert " ".join(reason.name for reason in REASONS) == NAMES
    assert [reason.number for reason in REASONS] == list(range(len(REASONS)))
    assert (NO_ROOT, LISTED, SPLIT) == (6, 7, 16) and len(REASONS) <= SPLIT


def test_a_test_bears_the_name_of_its_reason_and_stands_in_the_file_of_its_family():
    for reason in REASONS:
        if reason.number != LISTED:
            decision = decision_of(reason.number)
            assert (decision.__name__, decision.__module__.rpartition(".")[2]) == (reason.name, reason.family)
    with pytest.raises(LookupError, match="is_listed"):
        decision_of(LISTED)


def test_a_list_is_complete_only_by_reasons_that_leave_no_critical_point_of_full_rank():
    no_minimum_only = {"is_positive", "is_sided", "has_negative_curvature", "has_bent_sample"}
    assert not no_minimum_only & {REASONS[number].name for number in STATEMENTS[EVERY_POINT]}
    assert LISTED not in STATEMENTS[EVERY_MINIMUM] and set(STATEMENTS) == {EVERY_MINIMUM, EVERY_POINT}
