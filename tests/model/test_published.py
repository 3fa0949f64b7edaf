"""Published class counts, against what is published about them."""

from scverify.model.classes import Classes
from scverify.model.published import PLACES_LT


def test_places_lt_has_its_published_numbers():
    assert (len(PLACES_LT), sum(PLACES_LT), max(PLACES_LT), min(PLACES_LT)) == (365, 62500, 4980, 5)
    assert list(PLACES_LT) == sorted(PLACES_LT, reverse=True)
    assert Classes.named("places-lt").sizes == PLACES_LT
