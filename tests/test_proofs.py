"""The proofs: every statement has its verdict, its certificates are verified elsewhere, and a broken formula turns the right ones red."""

import json
import os
import re
import sys
from dataclasses import replace
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType

import pytest
from sympy import Integer, exp, log

from scverify.cli import main
from scverify.conjecture.class_rows import ClassRow
from scverify.conjecture.proof import prove
from scverify.conjecture.theorem import load_theorems
from scverify.errors import InputError
from scverify.kernel.verify import verify_data
from scverify.symbolic.losses import Loss, n_own, supcon_rule
from scverify.symbolic.row import RowFormula, a, c, q, row_sum, s, tau

FOLDER = Path(__file__).resolve().parents[1] / "proofs"
STATEMENTS = {statement.id: statement for statement in load_theorems(FOLDER)[0]}
THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"
EXPECTED = {
    **dict.fromkeys(["T1", "T2", "T3", "T4", "T5", "T6", "T8", "T9", "T11", "T12", "L1"], ("PROVED", "symbolic")),
    **dict.fromkeys(["T7-attraction", "T7-high", "T7-next", "T7-ball", "T7-warm"], ("PROVED", "symbolic")),
    **dict.fromkeys(
        ["N1", "N2", "N3", "N5", "N6", "N7", "N8", "N9", "N10", "N12", "N13", "N15", "N16", "N17", "N19", "N20"], ("PROVED", "symbolic")
    ),
    "T7-sphere": ("REFUTED", "ball"),
    "N10-only-if": ("REFUTED", "symbolic"),
    "N11": ("REFUTED", "ball"),
    "N18": ("REFUTED", "ball"),
    "N21": ("REFUTED", "ball"),
    "N14": ("UNDECIDED", "none"),
    **dict.fromkeys(["T10", "N4"], ("PROVED", "ball")),
    **dict.fromkeys(["L2", "L3", "L4", "N18-folds"], ("PROVED", "ball")),
}
# each of a hundred ranges and more: they take longer than all other statements together
FAMILIES = {"L2", "L3", "L4", "N18-folds"}


@pytest.mark.parametrize("name", EXPECTED if THOROUGH else [name for name in EXPECTED if name not in FAMILIES])
def test_every_statement_has_its_verdict(name):
    proof = prove(STATEMENTS[name], thorough=THOROUGH)
    assert (proof.verdict, proof.trust) == EXPECTED[name], [(step.step.says, step.decision.found) for step in proof.failures]
    assert proof.as_expected and json.loads(json.dumps(proof.to_json()))["verdict"] == proof.verdict
    assert all(verify_data(data).word == "VERIFIED" for data in proof.certificates.values())
    evaluated = [step for step in proof.done if step.step.stated is not None and step.decision.points == 0]
    assert {str(step.step.stated.left.is_commutative) for step in evaluated} <= {"False"}, "only products of matrices have no value"


def test_the_table_of_expectations_is_complete():
    assert set(STATEMENTS) == set(EXPECTED)


def test_theorems_of_coq_that_a_statement_names_exist():
    sources = {file.stem: file.read_text(encoding="utf-8") for file in (FOLDER / "coq").glob("*.v")}
    named = [formal.split(":")[0].split(".") for statement in STATEMENTS.values() for formal in statement.formal]
    assert len(named) >= 6
    for module, theorem in named:
        assert re.search(rf"^(Theorem|Lemma) {theorem}\b", sources[module], re.MULTILINE), theorem


def test_minority_classes_merge_between_two_neighbouring_ratios():
    [step] = [step for step in prove(STATEMENTS["T10"]).done if "merged at the next" in step.step.says]
    assert step.decision.found == "apart at R = 131, merged at R = 132"


FROM_CONVEXITY = set(EXPECTED) - {"T2", "N14", "N7", "N21"}  # N7 and N21 are about another row
DESIGNS = {"N10", "N10-only-if"}
FROM_COLLAPSE = FROM_CONVEXITY - {"T1", "T7-high", "T7-next", "N11"}
FROM_LEMMA, FROM_SLOPES = {"N2", "N13", "N17", "N20", "T7-ball", "T7-warm"}, {"N3", "N4", "N15"}
CROSS_ENTROPY = {"N5", "N9"}  # with coefficients of its own
BY_RULE = {"T8", "T9", "T10", "T12", "L1", "N1", "N6", "N8", "N12", "N19"} | FROM_LEMMA | FROM_SLOPES
FROM_VALUES = {"T7-attraction", "T7-sphere", "T8", "T9", "T10", "T12", "L1", "N1", "N6", "N8", "N12", "N19"} | FROM_LEMMA | DESIGNS
FROM_VALUES |= CROSS_ENTROPY | FAMILIES | {"N18"}
LOG, PULL = log(row_sum(c[a] * exp(s[a] / tau))), row_sum(q[a] * s[a] / tau)
BROKEN = {
    "sign of the logarithm": (-LOG - PULL, {}, FROM_CONVEXITY),
    "sign of the pull": (LOG + PULL, {}, FROM_COLLAPSE | {"N11"}),
    "factor 2 in the pull": (LOG - 2 * PULL, {}, FROM_VALUES | {"N11"}),
    "1/tau missing in the exponential": (log(row_sum(c[a] * exp(s[a]))) - PULL, {}, FROM_COLLAPSE | {"T1"}),
    "1/tau missing everywhere": (log(row_sum(c[a] * exp(s[a]))) - row_sum(q[a] * s[a]), {}, FROM_VALUES | FROM_SLOPES | {"T1", "N16"}),
    "factor 2 in the weight": (LOG - PULL, {"weight": Integer(2)}, BY_RULE),
    "factor 2 in the negatives": (LOG - PULL, {"negative_c": Integer(2)}, BY_RULE | FAMILIES | {"N16", "N18"}),
    "the anchor among its positives": (LOG - PULL, {"positive_q": 1 / n_own}, FROM_COLLAPSE - DESIGNS - CROSS_ENTROPY),
    "positives left out of the sum": (LOG - PULL, {"positive_c": Integer(0)}, FROM_COLLAPSE - DESIGNS - CROSS_ENTROPY - {"T4"}),
}


@pytest.mark.parametrize("name", BROKEN if THOROUGH else ["sign of the logarithm", "1/tau missing everywhere"])
def test_a_broken_formula_turns_the_right_statements_red_and_no_others(name):
    expression, coefficients, red = BROKEN[name]
    loss = Loss("broken", RowFormula("broken", expression), replace(supcon_rule, **coefficients))
    left_out = set() if THOROUGH else FAMILIES
    assert {key for key, statement in STATEMENTS.items() if key not in left_out and is_red(statement, loss)} == red - left_out


def is_red(statement, loss):
    """Whether a step or an instance does not hold, the first one found; a statement that expects no proof has its verdict."""
    if statement.expect == "UNDECIDED":
        return not prove(statement, loss).as_expected

    def fails(step):
        return bool(prove(replace(statement, steps=lambda loss: [step], instances=lambda loss, thorough: ()), loss).failures)

    try:
        return any(fails(step) for step in chain(statement.steps(loss), statement.instances(loss, False)))
    except InputError:
        return True


LEMMA, WARM_STEPS = "scverify/conjecture/pair_lemma.py", "scverify/conjecture/warm.py"
FEW_STEPS = "scverify/conjecture/few_points.py"
CHANGED = [
    (LEMMA, "distance * (2 * q - p_ij - p_ji)", "distance * (q - p_ij - p_ji)", {"N2", "N13", "N17", "N20", "T7-ball", "T7-warm"}),
    (LEMMA, "paired = -2 * (first * t_i + second * t_j)", "paired = 2 * (first * t_i + second * t_j)", {"N2", "N13", "N20", "T7-ball"}),
    (LEMMA, "entry / z - entry / (z + more)", "entry / (z + more) - entry / z", {"N13", "N20", "T7-ball"}),
    (LEMMA, "2 - sum(1 - x for x in negatives)", "1 - sum(1 - x for x in negatives)", {"N13", "N20", "T7-ball"}),
    (LEMMA, "1 / (1 + (SIZE - 2 + excess) + more)", "1 / (1 + (SIZE - 3 + excess) + more)", {"N13", "N20", "T7-ball"}),
    (FEW_STEPS, "2 * (own - between))", "own - between)", {"N20", "T7-ball"}),
    (FEW_STEPS, "1 - (SIZE - 2) * (1 / (SIZE - 1)", "1 - (SIZE - 3) * (1 / (SIZE - 1)", {"N20", "T7-ball"}),
    (FEW_STEPS, "sigma * (first * second) ** 2", "sigma * (first * second) ** 3", {"N20", "T7-ball"}),
    (FEW_STEPS, "dimensions - (fewest - 1)", "dimensions - fewest", {"N20", "T7-ball"}),
    ("proofs/t29_few_points.py", '((4, 2), 3, "1/20")', '((4, 2), 2, "1/20")', {"N20"}),
    ("proofs/t29_few_points.py", '((4, 2), 2, "3")', '((4, 2), 3, "3")', {"N20"}),
    ("proofs/t05_uniqueness.py", "least - (least - gap)", "least - (least + gap)", {"T5"}),
    ("proofs/t12_nonnegative.py", "(first * second + second * first) / 2", "(first * second - 2 * second * first) / 2", {"T12"}),
    ("proofs/t07_landscape.py", "reduced(inverse * h * s,", "reduced(inverse * s * h,", {"T7-high", "T7-next"}),
    ("proofs/t07_landscape.py", "nonnegative=True) / tau", "nonnegative=True) - tau", {"T7-attraction"}),
    ("proofs/t15_pair_lemma.py", "shares - (2 / (SIZE - 1) + weight * tau)", "shares - (2 / (SIZE - 1) - weight * tau)", {"N2"}),
    ("proofs/t15_pair_lemma.py", "distance / tau * (2 / (SIZE - 1)", "distance / tau * (1 / (SIZE - 1)", {"N2"}),
    (WARM_STEPS, "-(s1 * g1 + s2 * g2) + c11", "(s1 * g1 + s2 * g2) + c11", {"N17", "T7-warm"}),
    (WARM_STEPS, "2 * (mean - largest) / tau", "(mean - largest) / tau", {"N17", "T7-warm"}),
    (WARM_STEPS, "(2 * directions * tau)  # q - P", "(directions * tau)  # q - P", {"N17", "T7-warm"}),
    ("proofs/t18_every_dimension.py", "exp(-1 / tau) * seen", "exp(-2 / tau) * seen", {"N1", "N12"}),
    (
        "proofs/t18_every_dimension.py",
        "log(size - 1 + spread + exp(-mean / tau) * others)",
        "log(size + spread + exp(-mean / tau) * others)",
        {"N1"},
    ),
    ("proofs/t18_every_dimension.py", 'row.slope(OWN), "< 0")', 'row.slope(OWN), "> 0")', {"N12"}),
    ("proofs/t18_every_dimension.py", "row.value.subs(OWN, 1), out.value", "row.value.subs(OWN, 0), out.value", {"N12"}),
    ("proofs/t19_merging.py", "2 * KAPPA * MINOR * Z_MAJOR", "KAPPA * MINOR * Z_MAJOR", {"N3"}),
    ("proofs/t19_merging.py", "E = exp(-2 / tau)", "E = exp(-1 / tau)", {"N3"}),
    ("proofs/t19_merging.py", "return major * e * (z_minor + z_major) >= 2", "return major * e * (z_minor + z_major) >= 3", {"N3"}),
    ("proofs/t19_merging.py", "exp((2 * C - 1 - A) / tau)", "exp((2 * C + 1 - A) / tau)", {"N4"}),
    ("proofs/t19_merging.py", "(y1 + y2) ** 2 / (4 * y1 * y2)", "(y1 + y2) ** 2 / (2 * y1 * y2)", {"N4"}),
    ("proofs/t19_merging.py", '"131.664319349")', '"131.6643193482")', {"N4"}),
    ("proofs/t20_ridge.py", "(weight - 2 * n / ((n - 1) * tau)) / 2", "(weight - n / ((n - 1) * tau)) / 2", {"N6"}),
    ("proofs/t20_ridge.py", "factor * 2 * n / ((n - 1) * temperature)", "factor * n / ((n - 1) * temperature)", {"N6"}),
    ("proofs/t13_rank_one.py", "e = 2 * tau * z1 * z2 * a1 * a2 * w /", "e = tau * z1 * z2 * a1 * a2 * w /", {"N15"}),
    ("proofs/t13_rank_one.py", "square * log(1 + below)", "square * log(1 / (1 + below))", {"N15"}),
    ("proofs/t21_one_dimension.py", "(2 * (n - 1)) / (1 + margin)", "(n - 1) / (1 + margin)", {"N19"}),
    ("proofs/t22_batches.py", "blocks = pairs * (N - 1) / (B - 1)", "blocks = pairs * N / (B - 1)", {"N10", "N10-only-if"}),
    ("proofs/t22_batches.py", "N**2 - N / 2 * (2 * N", "N - N / 2 * (2 * N", {"N10", "N10-only-if"}),
    ("proofs/t22_batches.py", "(2, 3, 6), (2, 4, 5))", "(2, 3, 6), (2, 4, 6))", {"N10-only-if"}),
    ("proofs/t22_batches.py", "1 + 2 * (-arb(7) / 6)", "1 + 2 * (arb(7) / 6)", {"N10", "N10-only-if"}),
    ("proofs/t23_soft_targets.py", "Fraction(152, 10)", "Fraction(153, 10)", {"N11"}),
    ("proofs/t23_soft_targets.py", "Fraction(1, 100), Fraction", "Fraction(3, 5), Fraction", {"N11"}),
    ("proofs/t21_one_dimension.py", "second - mean**2", "second + mean**2", {"N19"}),
    ("proofs/t24_siglip.py", "PART * (N - 2) / (N - 1)}", "PART * (N - 1) / (N - 1)}", {"N7"}),
    ("proofs/t24_siglip.py", "2 * exp(2 * inverse) - (N - 2)", "2 * exp(2 * inverse) + (N - 2)", {"N7"}),
    ("proofs/t24_siglip.py", "grown - (N - 3)", "grown - (N - 2)", {"N7"}),
    ("proofs/t24_siglip.py", "Fraction(55, 100), SIMPLEX", "Fraction(56, 100), SIMPLEX", {"N7"}),
    ("proofs/t25_cross_entropy.py", "gamma = SIZE * (own - other - 1)", "gamma = SIZE * (own - other + 1)", {"N5"}),
    ("proofs/t25_cross_entropy.py", "(Fraction(199, 100), False)", "(Fraction(2), False)", {"N5"}),
    ("proofs/t25_cross_entropy.py", "K**3 - K * total)", "K**3 + K * total)", {"N9"}),
    ("proofs/t25_cross_entropy.py", "ratio - other / own", "ratio - own / other", {"N9"}),
    ("proofs/t25_cross_entropy.py", "Fraction(223, 100), False", "Fraction(222, 100), False", {"N9"}),
    ("proofs/t26_twin_views.py", "at - alpha\n", "at + alpha\n", {"N8"}),
    ("proofs/t26_twin_views.py", "- (M - 1) * (1 - E)", "- M * (1 - E)", {"N8"}),
    ("proofs/t26_twin_views.py", "Fraction(27, 100), False", "Fraction(26, 100), False", {"N8"}),
    ("proofs/t30_sigmoid_minima.py", "(0, -60, 0, -60, 149", "(0, -60, 0, 60, 149", {"N21"}),
    ("proofs/t30_sigmoid_minima.py", "0, 66.4218215)", "0, 86.4218215)", {"N21"}),
    ("proofs/t30_sigmoid_minima.py", "BIAS = Fraction(1, 10), Fraction(-5)", "BIAS = Fraction(1), Fraction(-5)", {"N21"}),
    ("proofs/t28_folds.py", "Fraction(2182, 10_000)", "Fraction(2180, 10_000)", {"N18"}),
    ("proofs/t28_folds.py", "[1.0, -1.0]", "[1.0, 1.0]", {"N18"}),
    ("proofs/t28_folds.py", "Fraction(1962, 10_000)", "Fraction(2192, 10_000)", {"N18"}),
    ("proofs/t14_all_small_temperatures.py", "WIDTH = Fraction(1, 10**10)", "WIDTH = Fraction(1, 10**11)", {"N18-folds"}),
    ("proofs/t14_all_small_temperatures.py", "and upper <= ENDS[name]", "and upper > ENDS[name]", {"N18-folds"}),
    ("proofs/t14_all_small_temperatures.py", '"z 0 -b"', '"z 0 b"', {"L2", "N18-folds"}),
    ("proofs/t14_all_small_temperatures.py", "0.0785216977", "0.0785216979", {"L2", "N18-folds"}),
    ("proofs/t14_all_small_temperatures.py", '"x 0 -a", "1 0 0"', '"x 0 a", "1 0 0"', {"L3", "N18-folds"}),
    ("proofs/t27_step_limit.py", "-(KAPPA - 2) / (KAPPA - 1))", "-KAPPA / (KAPPA - 1))", {"N16"}),
    ("proofs/t27_step_limit.py", "/ y1 - k / y2) + 2 + g", "/ y1 - k / y2) + g", {"N16"}),
    ("proofs/t27_step_limit.py", '"0.20505036059"', '"0.205050360591"', {"N16"}),
    ("proofs/t27_step_limit.py", "(3, 20_000, Fraction(1, 5), 5)", "(3, 20_000, Fraction(1, 5), 3)", {"N16"}),
]


def changed_statements(tmp_path, monkeypatch, file, old, new):
    """The statements of the proof files that a changed source reaches."""
    root = FOLDER.parent
    source = (root / file).read_text(encoding="utf-8")
    assert source.count(old) >= 1, old
    name = file.removesuffix(".py").replace("/", ".")
    reached = [Path(file).name] if file.startswith("proofs/") else [x.name for x in sorted(FOLDER.glob("t*.py"))]
    if file.startswith("scverify/"):
        module = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(source.replace(old, new), vars(module))
        for other in {LEMMA, WARM_STEPS, FEW_STEPS} - {file}:
            monkeypatch.delitem(sys.modules, other.removesuffix(".py").replace("/", "."), raising=False)
        users = {LEMMA: ("pair_lemma", "warm ", "few_points"), WARM_STEPS: ("conjecture.warm ",), FEW_STEPS: ("conjecture.few_points",)}[
            file
        ]
        reached = [x for x in reached if any(user in (FOLDER / x).read_text(encoding="utf-8") for user in users)]
    for proof in reached:
        text = (FOLDER / proof).read_text(encoding="utf-8")
        (tmp_path / proof).write_text(text.replace(old, new) if file.startswith("proofs/") else text, encoding="utf-8")
    return load_theorems(tmp_path)[0]


@pytest.mark.parametrize("change", CHANGED if THOROUGH else CHANGED[:2], ids=lambda change: change[1])
def test_a_changed_sign_or_constant_turns_exactly_the_statements_red_that_rest_on_it(tmp_path, monkeypatch, change):
    *at, red = change
    assert {statement.id for statement in changed_statements(tmp_path, monkeypatch, *at) if not prove(statement).as_expected} == red


def test_backgrounds_are_tuples_of_sentences():
    for statement in STATEMENTS.values():
        for part in (statement.hypotheses, statement.assumed, statement.could_go_wrong, statement.formal):
            assert isinstance(part, tuple), statement.id


def test_a_class_row_that_is_not_the_loss_is_found_at_random_points(monkeypatch):
    """Signs survive a miscounted anchor; the compiled loss does not agree with it."""
    merged = ClassRow._merged

    def miscounted(self, body, limits):
        return merged(self, body, limits).subs(self.size - 1, self.size)

    monkeypatch.setattr(ClassRow, "_merged", miscounted)
    proof = prove(STATEMENTS["T4"])
    assert proof.verdict == "UNDECIDED"
    [failed] = proof.failures
    assert "falls strictly" in failed.step.says and failed.decision.found.startswith("it fails at ")


def test_the_command_prints_saves_and_exits_with_0(tmp_path, capsys):
    page, saved = tmp_path / "proofs.html", tmp_path / "certificates"
    arguments = ["prove", str(FOLDER), "T8", "T7-sphere", "--quick", "--html", str(page), "--save", str(saved)]
    assert main.main(arguments, standalone_mode=False) == 0
    assert "REFUTED" in capsys.readouterr().out
    assert "T7-sphere" in page.read_text(encoding="utf-8")
    assert main.main(["verify", str(saved)], standalone_mode=False) == 0
    assert main.main(["prove", str(FOLDER), "T9", "--latex"], standalone_mode=False) == 0
    assert r"\begin{enumerate}" in capsys.readouterr().out
    assert main.main(["prove", str(FOLDER), "T9", "--json"], standalone_mode=False) == 0
    assert json.loads(capsys.readouterr().out)["statements"][0]["verdict"] == "PROVED"


def test_open_questions_are_told_with_what_was_tried(capsys):
    assert main.main(["prove", str(FOLDER), "--open", "--json"], standalone_mode=False) == 0
    told = json.loads(capsys.readouterr().out)["open"]
    assert {
        "cold_ball_is_benign",
        "sphere_is_benign_above_the_cross_polytope",
        "so_it_is_with_one_dimension_more",
        "rank_is_that_of_different_classes",
        "sigmoid_pairs_are_benign",
    } <= {each["reference"].split("::")[1] for each in told}
    assert all(each["tried"].startswith("Tried: ") for each in told)
    assert main.main(["prove", str(FOLDER), "--open"], standalone_mode=False) == 0
    assert "scverify check " in capsys.readouterr().out
    assert main.main(["prove", str(FOLDER / "coq"), "--open"], standalone_mode=False) == 2
    assert "no open questions" in capsys.readouterr().err


THEOREM = """
import scverify as sv

@sv.theorem("M{0}", "powers", "2 > 1")
def powers(loss):
    {1}
"""
GOOD = 'yield sv.fact("2 > 1", lambda: 2 > 1)'


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("def", "raises SyntaxError"),
        ("1 / 0", "raises ZeroDivisionError"),
        ("raise SystemExit(0)", "raises SystemExit"),
        ("x = 1", "no theorems in"),
        (THEOREM.format(2, 'yield sv.fact("it divides", lambda: 1 / 0)'), "M2: [fact] it divides: not decided: ZeroDivisionError"),
        (THEOREM.format(2, f"{GOOD}; 1 / 0"), "M2: [fact] the argument can be stated for this loss: not decided: ZeroDivisionError"),
        (THEOREM.format(2, "return 5"), "M2: [fact] the argument can be stated for this loss: not decided: TypeError"),
        (THEOREM.format(2, "yield 'a text'"), "is not a step"),
        (THEOREM.format(2, 'yield sv.certified("it is so", lambda: True)'), "M2: [certificate] it is so: not decided: AttributeError"),
    ],
    ids=lambda value: value[-30:],
)
def test_a_broken_file_is_one_line_and_the_others_are_proved(tmp_path, monkeypatch, capsys, text, fragment):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.py").write_text(THEOREM.format(1, GOOD))
    (tmp_path / "second.py").write_text(text)
    (tmp_path / "third.py").write_text(THEOREM.format(3, GOOD))
    assert main.main(["prove", ".", "--json"], standalone_mode=False) == 2
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 1 and fragment in shown.err
    told = json.loads(shown.out)
    assert {each["id"]: each["verdict"] for each in told["statements"]} | {"M2": "UNDECIDED"} == {
        "M1": "PROVED",
        "M2": "UNDECIDED",
        "M3": "PROVED",
    }
    assert [Path(each["file"]).name for each in told["broken"]] == ([] if "M2" in text else ["second.py"])


@pytest.mark.parametrize(("step", "code"), [("2 > 1", 0), ("2 < 1", 1)])
def test_what_was_found_decides_the_exit_code(tmp_path, step, code):
    (tmp_path / "mine.py").write_text(THEOREM.format(1, f'yield sv.fact("it is so", lambda: {step})'))
    assert main.main(["prove", str(tmp_path / "mine.py")], standalone_mode=False) == code


def test_a_question_that_is_not_decided_has_its_own_exit_code(tmp_path):
    (tmp_path / "mine.py").write_text(THEOREM.format(1, 'yield sv.certified("it is so", lambda: sv.Decision(None, "unknown"))'))
    assert main.main(["prove", str(tmp_path / "mine.py")], standalone_mode=False) == 4


def test_a_broken_file_of_open_questions_is_one_line(tmp_path, capsys):
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "first.py").write_text("import scverify as sv\n\nmine = sv.conjecture(classes=[(2, 2)])(lambda problem: True)\n")
    (tmp_path / "open" / "second.py").write_text("1 / 0")
    assert main.main(["prove", str(tmp_path), "--open", "--json"], standalone_mode=False) == 2
    shown = capsys.readouterr()
    assert len(json.loads(shown.out)["open"]) == 1 and shown.err.count("\n") == 1 and "second.py" in shown.err


def test_an_interrupted_command_tells_what_is_done(monkeypatch, capsys):
    def interrupted(loss):
        raise KeyboardInterrupt

    statements = [STATEMENTS["T9"], replace(STATEMENTS["T8"], steps=interrupted)]
    monkeypatch.setattr(import_module("scverify.conjecture.theorem"), "chosen_theorems", lambda targets: (statements, {}))
    assert main.main(["prove", "--json"], standalone_mode=False) == 130
    assert [told["id"] for told in json.loads(capsys.readouterr().out)["statements"]] == ["T9"]


def test_the_proof_shown_in_the_documentation_runs():
    [shown] = re.findall(r"^```python\n(.*?)^```$", (FOLDER.parent / "docs" / "proofs.md").read_text(), re.M | re.S)
    exec(shown, {})


def test_the_family_shown_in_the_documentation_is_proved():
    [shown] = re.findall(r"^```python\n(.*?)^```$", (FOLDER.parent / "docs" / "howto" / "family.md").read_text(), re.M | re.S)
    exec(shown, {})


def test_the_wheel_holds_the_proofs_where_an_installed_package_looks_for_them():
    """`shipped_proofs` and the judge in Coq look in scverify/proofs first."""
    import tomllib

    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {"proofs": "scverify/proofs"}
