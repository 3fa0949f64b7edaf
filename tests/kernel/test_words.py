"""What all claims say alike: the problem in full, in one line that cannot disguise itself."""

import pytest

from scverify.kernel.verify import verify_data
from scverify.kernel.words import about, printable
from tests.kernel.kept import kept


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("sphere", ("class sizes 3, 2, 2", "tau = 1/2", "columns of squared norm 1")),
        ("ball", ("columns of squared norm at most 1",)),
        ("ridge", ("any H, the loss including 1/10/2 times the squared norm",)),
        ("nonnegative", ("H >= 0",)),
        ("mean", ("the sum of the rows divided by 7", "in dimension 2")),
        ("singletons", ("classes of one sample are not anchors",)),
    ],
)
def test_words_say_every_part_of_the_problem(name, parts):
    said = verify_data(kept(name)).claim
    assert all(part in said for part in parts), said


def test_a_sentence_about_a_problem():
    assert about(kept("sphere")["claim"], "it is so").endswith(": it is so.")


def test_letters_that_do_not_show_are_escaped():
    assert printable("a\nb\x1b[2Kc\ud800\u202e") == "a\\nb\\x1b[2Kc\\ud800\\u202e"
