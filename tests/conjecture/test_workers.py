import multiprocessing
import os
import time

import pytest

from scverify.conjecture.workers import Workers


def process_of(question):
    return question, os.getpid()


def alive():
    return len(multiprocessing.active_children())


def test_without_processes_everything_is_computed_here():
    with Workers(process_of, 0) as workers:
        workers.expect([1, 2])
        assert workers.answer(1) == (1, os.getpid())


def test_what_is_expected_is_computed_elsewhere_and_what_is_not_here():
    before = alive()
    with Workers(process_of, 2) as workers:
        workers.expect(range(10))
        answers = [workers.answer(number) for number in (*range(10), 77)]
        assert alive() == before + 2
    assert alive() == before
    assert [number for number, _ in answers] == [*range(10), 77]
    assert answers[0][1] != os.getpid() == answers[-1][1]


def test_an_answer_that_is_under_way_is_waited_for_and_not_computed_twice():
    def slow(question):
        time.sleep(0.5)
        return os.getpid()

    with Workers(slow, 1) as workers:
        workers.expect(["long"])
        assert workers.answer("long") != os.getpid()


def test_what_raises_elsewhere_raises_here():
    def failing(question):
        raise ZeroDivisionError(question)

    with Workers(failing, 1) as workers:
        workers.expect([1, 2])
        for number in (1, 2, 3):
            with pytest.raises(ZeroDivisionError, match=str(number)):
                workers.answer(number)


def test_a_process_that_dies_leaves_its_question_to_this_one():
    here = os.getpid()

    def dying(question):
        if os.getpid() != here:
            os._exit(1)
        return question

    with Workers(dying, 2) as workers:
        workers.expect(range(5))
        assert [workers.answer(number) for number in range(5)] == list(range(5))
        assert workers.count == 0


def test_processes_that_work_are_killed_at_the_end():
    before = alive()
    with Workers(lambda question: time.sleep(3600), 2) as workers:
        workers.expect([1, 2])
        assert alive() == before + 2
    assert alive() == before
