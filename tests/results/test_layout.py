import pytest

from scverify.results.layout import Account, Table, as_html, as_latex, as_text

POINTS = Table(
    header=("", "kind", "value", "excess", "rank", "inertia (−, 0, +)", "trust"),
    rows=[
        ("0", "global minimum", "4.39445", "", "1", "0, 3, 9", "ball"),
        ("1", "spurious minimum", "17.63305", "13.2386", "3", "0, 3, 9", "ball"),
    ],
    words=("kind",),
)
ACCOUNT = Account(
    heading="Critical points: supcon, sizes 4,2, tau = 1/20, sphere, d = 3; 200 starts, seed 0",
    facts=[("value", "17.633053088 ± 1.2e-30"), ("trust", "ball: no float and no solver is trusted")],
    tables=[POINTS],
    notes=["a search may miss orbits: what is not listed is not proved absent"],
)
SNAPSHOTS = {
    40: """\
Critical points: supcon, sizes 4,2, tau
= 1/20, sphere, d = 3; 200 starts, seed
0
value  17.633053088 ± 1.2e-30
trust  ball: no float and no solver is
       trusted

   kind                 value   excess
0  global minimum     4.39445
1  spurious minimum  17.63305  13.2386
(too wide for 40 columns, not shown:
rank, inertia (−, 0, +), trust; see
--json)

a search may miss orbits: what is not
listed is not proved absent""",
    80: """\
Critical points: supcon, sizes 4,2, tau = 1/20, sphere, d = 3; 200 starts, seed
0
value  17.633053088 ± 1.2e-30
trust  ball: no float and no solver is trusted

   kind                 value   excess  rank  inertia (−, 0, +)  trust
0  global minimum     4.39445              1            0, 3, 9   ball
1  spurious minimum  17.63305  13.2386     3            0, 3, 9   ball

a search may miss orbits: what is not listed is not proved absent""",
}
SNAPSHOTS[120] = SNAPSHOTS[200] = SNAPSHOTS[80].replace("seed\n0", "seed 0")


@pytest.mark.parametrize("width", SNAPSHOTS)
def test_an_account_on_screens_of_four_widths(width):
    assert as_text(ACCOUNT, width) == SNAPSHOTS[width]


@pytest.mark.parametrize("width", [1, 20, 39])
def test_a_tiny_terminal_is_served_as_one_of_40_columns(width):
    assert as_text(ACCOUNT, width).replace("40 columns", "") == SNAPSHOTS[40].replace("40 columns", "")


def test_a_cell_that_is_wider_than_the_screen_is_shown_whole():
    table = Table(header=("", "value"), rows=[("0", "1." + "2" * 60)])
    shown = as_text(Account(heading="x", tables=[table]), 40)
    assert "1." + "2" * 60 in shown or "not shown: value" in " ".join(shown.split())


def test_a_long_cell_of_words_is_broken_between_words_and_its_column_stays():
    rows = [("one", "a formula of many words that no screen of forty columns holds", "1.25"), ("two", "short", "2.5")]
    shown = as_text(Account(heading="x", tables=[Table(header=("", "formula", "value"), rows=rows, words=("formula",))]), 40).splitlines()
    assert max(map(len, shown)) <= 40 and shown[3].startswith("one  a formula of many") and shown[3].endswith("1.25")
    assert shown[4].startswith("     ") and shown[-1].split() == ["two", "short", "2.5"]


def test_html_is_escaped():
    page = as_html(
        Account(heading="<a>", facts=[("<b>", "<c>")], tables=[Table(header=("<d>",), rows=[("<e>",)], title="<f>")], notes=["<g>"])
    )
    assert all(f"<{letter}>" not in page.replace("<b>&lt;a&gt;</b>", "") and f"&lt;{letter}&gt;" in page for letter in "abcdefg")


def test_latex_has_a_tabular_of_facts_and_one_per_table_and_no_character_that_breaks_it():
    shown = as_latex(ACCOUNT)
    assert shown.count(r"\begin{tabular}") == shown.count(r"\end{tabular}") == 2
    assert r"value & 17.633053088 $\pm$ 1.2e-30 \\" in shown and r"\begin{tabular}{rlrrrrr}" in shown
    assert r"inertia ($-$, 0, +)" in shown and shown.isascii()
    assert as_latex(Account(heading="50% of x_1 & {y}", code="a_b")) == (
        "\\paragraph{50\\% of x\\_1 \\& \\{y\\}}\n\n\\begin{verbatim}a_b\\end{verbatim}"
    )
