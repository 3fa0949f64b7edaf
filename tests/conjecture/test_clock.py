"""A time limit that ends a long computation, and gives the alarm around it back. Limits of a thousandth end at once; nothing is timed."""

import contextlib
import signal
import threading
import time

import pytest

from scverify.conjecture.clock import OutOfTime, time_limit

FOR_EVER = 20.0
AT_ONCE = 1e-3


def test_what_takes_too_long_is_ended():
    with pytest.raises(OutOfTime), time_limit(AT_ONCE):
        time.sleep(FOR_EVER)


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_no_time_left_ends_at_once(seconds):
    with pytest.raises(OutOfTime), time_limit(seconds):
        time.sleep(FOR_EVER)


def test_what_is_quick_is_not_disturbed_and_leaves_no_alarm():
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(FOR_EVER):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_it_rings_again_where_the_first_ring_was_swallowed():
    with pytest.raises(OutOfTime), time_limit(AT_ONCE):
        with contextlib.suppress(OutOfTime):
            time.sleep(FOR_EVER)
        time.sleep(FOR_EVER)


def test_the_alarm_around_it_is_set_again():
    with time_limit(FOR_EVER):
        with time_limit(FOR_EVER / 2):
            assert signal.getitimer(signal.ITIMER_REAL)[0] <= FOR_EVER / 2
        left, again = signal.getitimer(signal.ITIMER_REAL)
        assert left > FOR_EVER / 2
        assert again > 0


def test_the_limit_around_it_still_holds():
    with pytest.raises(OutOfTime), time_limit(AT_ONCE), time_limit(FOR_EVER):
        time.sleep(FOR_EVER)
        raise AssertionError("the outer limit was lost")


def test_an_exception_inside_leaves_no_alarm():
    with pytest.raises(KeyError), time_limit(FOR_EVER):
        raise KeyError
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_another_thread_is_not_limited():
    done = []

    def work():
        with time_limit(-1.0):
            done.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [(0.0, 0.0)]


def test_it_is_no_exception_that_code_between_may_handle():
    assert not issubclass(OutOfTime, Exception)
