"""What is counted while a conjecture is checked."""

from fractions import Fraction

import scverify as sv
from scverify.conjecture.tally import TALLY, Tally

SPURIOUS = sv.Problem(sv.supcon, sv.Classes((4, 2)), dim=3, temperature=Fraction(1, 20))


def test_work_is_counted_once_however_often_and_wherever_it_is_asked_for():
    tally = Tally()
    token = TALLY.set(tally)
    for _ in range(2):
        sv.for_all_critical_points(SPURIOUS, lambda point: ~point.is_local_minimum | point.is_global)
    TALLY.reset(token)
    points, certificates = tally.points, tally.certificates
    tally.add(tally)
    assert points > 0 and certificates >= 3 and (tally.points, tally.certificates) == (points, certificates)
