"""What all claims say alike: the problem in full, in one line that cannot disguise itself."""

import tracemalloc

import pytest
from flint import fmpq

from scverify.kernel.claims import claim_of
from scverify.kernel.verify import verify_data
from scverify.kernel.words import about, counted, number, pinned, printable, shown, sum_of, tally
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


def test_two_long_lists_are_never_said_alike():
    twelve = [2] * 12
    assert counted(twelve) == ", ".join(["2"] * 12)
    assert counted([*twelve, 3]) != counted([*twelve, 1000])
    assert counted([*twelve, 3, 4]) != counted([*twelve, 4, 3])
    assert "13 numbers, sum 1024, SHA-256 d4c04216" in counted([*twelve, 1000])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1/3", "1/3"),
        ("-12345678901", "-12345678901"),
        ("12345678901/1000000", "12345678901/1000000 (about 12345.678901)"),
        ("1/18446744073709551616", "1/18446744073709551616 (about 5.42101086242752e-20)"),
        ("no number at all", "no number at all"),
        (None, "None"),
    ],
)
def test_a_long_fraction_has_a_decimal_beside_it(text, said):
    assert number(text) == said


def test_a_number_of_many_digits_is_pinned():
    one, other = f"1{'0' * 5000}1", f"1{'0' * 5000}2"
    assert "about 1.00000000000000e+5001" in number(one) and number(one) != number(other)


def test_what_is_long_is_pinned_by_its_count_its_sum_and_its_digest():
    assert pinned(["a", 1], "a table") == '["a",1]'
    assert pinned([1] * 400, "a table").startswith("a table of 400 numbers, sum 400, SHA-256 ")
    assert number("x" * 400).startswith("text of 0 numbers, sum 0, SHA-256 ")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "0 numbers, sum 0,"),
        ([["1/2", "1/3"], ["-1/7"]], "3 numbers, sum 29/42,"),
        ({"bits": 3, "rows": [[8, -4], [1, 0]]}, "4 numbers, sum 5/8,"),
        ([{"radius": "1/4", "embeddings": {"bits": 1, "rows": [[1]]}, "kind": "sphere", "strict": True}], "2 numbers, sum 3/4,"),
        (["c", "x1", "1.5", "", None, "٣"], "0 numbers, sum 0,"),
    ],
)
def test_all_numbers_of_what_is_not_shown_count(data, said):
    assert tally(data).startswith(f"{said} SHA-256 ")


def test_the_sum_of_many_fractions_takes_few_long_steps(monkeypatch):
    long = []
    monkeypatch.setattr("scverify.kernel.words.total", lambda values: long.append(len(str(sum(values, fmpq(0))))) or sum(values, fmpq(0)))
    terms = [fmpq(1, n) for n in range(1000, 2000)]
    assert sum_of(terms) == sum(terms, fmpq(0)) and sum(size > 100 for size in long) < 100


def test_the_sum_of_a_matrix_takes_its_long_unit_once():
    tracemalloc.start()
    try:
        assert tally({"bits": 1 << 17, "rows": [[1] * 20_000]}).startswith("20000 numbers, sum a rational of SHA-256 ")
        assert tracemalloc.get_traced_memory()[1] < 1 << 24
    finally:
        tracemalloc.stop()


def test_a_sum_is_shown_however_long_it_is():
    primes = [fmpq(1, 10**400 + n) for n in range(1, 800, 2)]
    assert tally([str(x) for x in primes]).startswith("400 numbers, sum a rational of SHA-256 ")
    assert shown(fmpq(1, 10**2_000_000 + 1)).endswith("(about 1.00000000000000e-2000000)")


CHANGES = {
    "sphere": [("problem", "sizes", [3, 2, 3]), ("lower", "1"), ("problem", "tau", "1/3")],
    "sphere-unique": [("gram", "bits", 1), ("radius", "1"), ("groups", [[0], [2, 1]])],
    "spurious-point": [("embeddings", "bits", 1), ("radius", "1"), ("value", "lower", "1"), ("excess", "1")],
    "threshold-branch-000": [("fold", "tube", "along", 1), ("fold", "beyond", "1"), ("excess", "1"), ("tau", "lower", "1/100")],
    "list-landscape-rank-2": [("points", [])],
    "class-table": [("problem", "coefficients", "weight", ["1", "1", "1"])],
    "inequality-tree": [("strict", False), ("expression", "x")],
}


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in CHANGES.items() for path in paths])
def test_another_claim_has_other_words(name, path):
    data = kept(name)
    say = claim_of(data["claim"]["type"]).said
    before = say(data["claim"])
    *steps, last, value = path
    holder = data["claim"]
    for step in steps:
        holder = holder[step]
    holder[last] = value
    after = say(data["claim"])
    assert before and after and before != after


def test_multipliers_of_a_fold_are_said_to_be_those_of_tau_times_the_loss():
    claim = kept("threshold-branch-000")["claim"]
    assert "multipliers of tau times the loss" in claim_of(claim["type"]).said(claim)
