"""Published class counts, against what is published about them."""

from scverify.model.classes import Classes
from scverify.model.published import IMAGENET_LT, PLACES_LT


def test_places_lt_has_its_published_numbers():
    assert (len(PLACES_LT), sum(PLACES_LT), max(PLACES_LT), min(PLACES_LT)) == (365, 62500, 4980, 5)
    assert list(PLACES_LT) == sorted(PLACES_LT, reverse=True)
    assert Classes.named("places-lt").sizes == PLACES_LT


def test_imagenet_lt_has_its_published_numbers_and_those_of_its_shape():
    assert (len(IMAGENET_LT), sum(IMAGENET_LT), max(IMAGENET_LT), min(IMAGENET_LT)) == (1000, 115846, 1280, 5)
    assert list(IMAGENET_LT) == sorted(IMAGENET_LT, reverse=True)
    assert (sum(n > 100 for n in IMAGENET_LT), sum(n < 20 for n in IMAGENET_LT)) == (385, 136)
    assert Classes.named("imagenet-lt-counts").sizes == IMAGENET_LT
    shape = Classes.named("imagenet-lt").sizes
    assert (len(shape), max(shape), min(shape)) == (1000, 1280, 5)
