"""The certificate of a counterexample: its facts, each once, and words that nothing checks."""

import pytest

import scverify as sv
from scverify.certify.counterexample import counterexample
from scverify.errors import InputError


@pytest.fixture(scope="module")
def facts():
    return [sv.optimum(sv.Problem(sv.supcon, sv.Classes(sizes), temperature="1/2")).certificate for sizes in ((2, 2), (3, 2))]


def test_facts_that_do_not_bear_on_a_statement_are_told_as_facts_alone():
    fact = sv.optimum(sv.Problem(sv.supcon, sv.Classes((2, 2)), temperature="1/2")).certificate
    answer = sv.verify(counterexample("the moon is made of cheese", [fact]))
    assert answer.word == "VERIFIED"
    assert answer.claim.startswith("Checked is each of these facts and nothing else: (1) The loss ")
    assert answer.claim.endswith("'the moon is made of cheese'; whether they contradict it is not checked.")


def test_each_fact_stands_once_at_the_highest_precision(facts):
    first, second = facts
    joined = counterexample("both", [first, second | {"precision": first["precision"] + 64}, first])
    assert joined["claim"]["facts"] == [first["claim"], second["claim"]]
    assert joined["witness"]["facts"] == [first["witness"], second["witness"]]
    assert joined["precision"] == first["precision"] + 64


def test_a_statement_is_kept_on_one_line(facts):
    joined = counterexample("two\nlines\x1b[31m", facts[:1])
    assert joined["claim"]["statement"] == "two lines [31m" and sv.verify(joined).word == "VERIFIED"


def test_words_alone_are_no_counterexample():
    with pytest.raises(InputError, match="without certified facts"):
        counterexample("believe me", [])
