"""The one door: it answers every text with one of three words, and raises its precision only as far as it says."""

import json

import pytest

from scverify.kernel import verify
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import Answer, verify_data, verify_text
from tests.kernel.kept import answer_to, kept


def test_a_text_and_its_data_have_one_answer():
    data = kept("sphere")
    assert verify_text(json.dumps(data, indent=2)) == verify_data(data) == verify_text(canonical(data))
    assert verify_data(data).type == "Optimum"
    assert str(verify_data(data)).startswith("VERIFIED: checked in ball arithmetic of 144 bits\nThe loss supcon")
    assert str(Answer("REJECTED", "so", "")) == "REJECTED: so"


def test_the_precision_is_raised_while_balls_are_too_wide():
    data = kept("spurious-point")
    assert verify_data({**data, "precision": 16}).reason == "checked in ball arithmetic of 128 bits"
    undecided = verify_data({**kept("undecided-small-box"), "precision": 16})
    assert undecided.word == "UNDECIDED" and "within balls of 128 bits" in undecided.reason


@pytest.mark.parametrize("path", ["witness", "lower", "upper", "p"])
@pytest.mark.parametrize("junk", [None, 1, [], [[]], "x", {"rows": None, "bits": 1}, {"rows": [[None]], "bits": 1}])
def test_a_witness_of_another_shape_is_rejected(path, junk):
    data = kept("sphere")
    holder = {"witness": data, "lower": data["witness"], "upper": data["witness"], "p": data["witness"]["lower"]}[path]
    holder[path] = junk
    assert verify_data(data).word == "REJECTED"


def test_what_an_undecided_or_rejected_claim_says_is_still_said():
    assert "has a loss of at least" in answer_to(kept("sphere"), lambda claim, _: claim.update(upper="100", lower="99")).claim
    assert answer_to(kept("sphere"), lambda claim, _: claim["problem"].update(sizes=None)).claim == ""


@pytest.mark.parametrize(
    ("error", "word", "reason"),
    [(MemoryError, "UNDECIDED", "the memory is exhausted"), (RecursionError, "REJECTED", "malformed: nested too deeply")],
)
def test_what_the_machine_cannot_bear_is_answered(monkeypatch, error, word, reason):
    def failing(claim):
        raise error

    monkeypatch.setattr(verify, "digest", failing)
    answer = verify_data(kept("sphere"))
    assert (answer.word, answer.reason) == (word, reason) and not answer
