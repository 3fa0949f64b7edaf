"""How brackets are told: both sides, whole sizes, exact decimals, and what they are saved as."""

import json
from fractions import Fraction

import pytest

from scverify.results.bracket import Bracket, Side, plain


def side(value, said):
    return Side(value=Fraction(value), said=said, certificate={"claim": {"type": said}})


FOUND = Bracket(
    about="supcon, 2 + 2 classes",
    kind="merged",
    over="ratio",
    lower=side("131.5", "apart"),
    upper=side("395/3", "merged"),
    closed_form="R = 1",
    integers=(side(394, "apart"), side(395, "merged")),
    note="wide",
)


def test_json_has_the_bracket_the_closed_form_and_the_whole_sizes():
    data = json.loads(json.dumps(FOUND.to_json()))
    assert data["bracket"] == {"lower": "131.5", "upper": "395/3"}
    assert data["integers"] == {"apart": 394, "merged": 395}
    assert (data["closed_form"], data["note"], data["trust"]) == ("R = 1", "wide", "ball")


def test_an_answer_at_both_ends_is_no_bracket():
    same = Bracket(about="x", kind="zero", over="tau", lower=side(1, "zero"), upper=side(2, "zero"))
    assert same.bracket is None
    assert [same.to_json()[key] for key in ("bracket", "closed_form", "integers")] == [None, None, None]
    assert "the same at both ends" in str(same) and "at both ends" in same.headline()


def test_text_and_files():
    assert "394 apart, 395 merged (proved)" in str(FOUND) and "between the two sides nothing is claimed" in str(FOUND)
    assert "between 131.5 and 395/3" in FOUND.headline()
    assert set(FOUND.certificates) == {"lower.json", "upper.json", "ratio-apart-394.json", "ratio-merged-395.json"}
    assert FOUND.subject().question == "threshold: merged over ratio"


@pytest.mark.parametrize(
    ("value", "text"), [("1/8", "0.125"), ("-3/20", "-0.15"), ("7", "7"), ("0", "0"), ("1/3", "1/3"), ("1200", "1200"), ("1/1000", "0.001")]
)
def test_exact_decimals(value, text):
    assert plain(Fraction(value)) == text
