"""The second judge: the Coq library compiles, rests on the real numbers alone, accepts a true certificate and refuses forged ones."""

import dataclasses
import json
import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from scverify.certify import coq_judge, optimum
from scverify.certify.coq import CoqCertificate, coq_certificate
from scverify.certify.coq_export import coq_export
from scverify.certify.coq_integers import BITS, half_terms
from scverify.certify.coq_judge import CLASSES, REALS, assumptions, coq_text, coqc, judge, read_coq, write_coq
from scverify.certify.coq_terms import loss_in_terms
from scverify.certify.optimum import optimum as certified_optimum
from scverify.cli import main
from scverify.errors import InputError, MissingTool
from scverify.kernel.certificate import canonical
from scverify.kernel.limits import Limits
from scverify.model.constraints import Ball, Ridge, Sphere
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from scverify.symbolic.printers import to_kernel
from tests.certify.for_coq import certified, compiled, edited, files, proved, words

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="no coqc on the PATH: apt-get install -y coq")
THEOREMS = {
    "Gibbs": ("Rows.gibbs", "Rows.tangent"),
    "P_n = P_k": ("Reduction.reduction", "Reduction.embeddings_bound"),
    "T1": ("Convexity.T1_row_convex", "Convexity.T1_node_loss_convex", "Convexity.T1_supcon_convex", "Convexity.T1_row_strictly_convex"),
    "T4": ("Minimisers.T4_collapsed_minimiser",),
    "T5": ("Minimisers.T5_unique_class_matrix", "Minimisers.T5_unique_gram_matrix"),
    "T7": (
        "Landscape.T7_many_dimensions",
        "Spurious.T7_cross_polytope_is_local_minimum",
        "Spurious.T7_fails_on_the_sphere",
        "Spurious.T7_octahedron_four_two",
    ),
    "T8": ("Optima.T8_balanced_simplex",),
    "T9": ("Optima.T9_two_classes",),
    "T12": ("Optima.T12_orthogonal_frame",),
    "calculus": ("Elementary.rises", "Elementary.rises_strictly", "Elementary.softplus_gibbs"),
    "gradient": ("Gradient.supcon_derivative", "Gradient.gradient_derivative"),
    "N1": ("Minimisers.N1_collapse_in_every_dimension", "Minimisers.N1_collapse_nonnegative"),
    "N2": ("PairLemma.N2_pair_lemma", "PairLemma.N2_ball", "PairLemma.N2_sphere", "PairLemma.N2_ridge"),
    "N3": ("Merging.N3_merged_is_optimal", "Merging.N3_merged_only_if"),
    "N12": ("Minimisers.N12_same_minimisers", "Minimisers.N12_same_bounds"),
    "N13": (
        "Ball.N13_full_norms_collapse",
        "Ball.N13_sphere_collapse",
        "Ball.N13_pairs_collapse",
        "Ball.N13_warm_collapse",
        "SecondOrder.N13_sphere_rank_deficient",
        "Landscape.ball_minimum_is_stationary",
        "Landscape.N13_ball_rank_deficient",
        "Landscape.N13_full_norms_global",
        "Landscape.N13_pairs_global",
        "Landscape.N13_warm_global",
    ),
    "N20": ("FewPoints.N20_coincident_pair", "FewPoints.N20_few_points_global"),
    "checker": ("Exponential.exp_below_sound", "Checker.check_sound", "Nodes.check_nodes_sound"),
}


NAMES = [name for group in THEOREMS.values() for name in group]
# what one of the theorems rests on, all of them together rest on
ASSUMED = """From Scverify Require {files}.
Definition every := ({names}).
Print Assumptions every.
"""


@pytest.fixture(scope="module")
def small():
    return coq_certificate(certified([7, 3, 3, 2, 2], "37/100"))


@pytest.fixture(scope="module")
def tiny():
    return coq_certificate(certified([3, 2, 2], "37/100"))


@pytest.fixture(scope="module")
def library(request, tmp_path_factory):
    """What certificates of losses on classes need of the library."""
    return compiled(request.config, tmp_path_factory.mktemp("library"), CLASSES.library)


@pytest.fixture(scope="module")
def whole_library(request, tmp_path_factory):
    """All of the library."""
    return compiled(request.config, tmp_path_factory.mktemp("library"), files())


@needs_coq
def test_theorems_rest_on_the_reals_alone(whole_library):
    asked = ASSUMED.format(files=" ".join(files()), names=", ".join(f"@{name}" for name in NAMES))
    (whole_library / "Axioms.v").write_text(asked, encoding="utf-8")
    run = coqc(whole_library, "Axioms.v")
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("Axioms:") == 1 and assumptions(run.stdout) == REALS


def test_every_theorem_has_its_line_in_the_table():
    stated = {
        f"{file}.{name}"
        for file in files()
        for name in re.findall(r"^Theorem ([TN]\d+_\w+)", (coq_judge.library() / f"{file}.v").read_text(encoding="utf-8"), re.M)
    }
    listed = {name: key for key, group in THEOREMS.items() for name in group}
    assert stated <= set(listed)
    assert all(name.split(".")[1].startswith(f"{listed[name]}_") for name in stated)


def test_the_page_lists_every_theorem():
    page = (Path(__file__).parents[2] / "docs" / "coq.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if name.split(".")[1] not in page] == []


BROKEN = {
    "convexity turned into concavity": (
        "Convexity",
        "ln (sum m (fun a => c a * exp ((1 - t) * s a + t * u a)))\n  <=",
        "ln (sum m (fun a => c a * exp ((1 - t) * s a + t * u a)))\n  >=",
    ),
    "a pair lemma with 3 in place of 2": ("PairLemma", "distance2 d H i j / tau * (2 /", "distance2 d H i j / tau * (3 /"),
}


@needs_coq
@pytest.mark.parametrize("name", BROKEN)
def test_a_wrong_statement_does_not_compile(whole_library, tmp_path, name):
    file, right, wrong = BROKEN[name]
    text = (coq_judge.library() / f"{file}.v").read_text(encoding="utf-8")
    assert text.count(right) >= 1
    for each in whole_library.glob("*.vo"):
        shutil.copy(each, tmp_path)
    (tmp_path / f"{file}.v").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert coqc(tmp_path, f"{file}.v").returncode != 0


def test_no_proof_is_left_open():
    for source in coq_judge.library().glob("*.v"):
        words = set(source.read_text(encoding="utf-8").replace(".", " ").split())
        assert not words & {"Admitted", "Axiom", "Axioms", "Parameter", "Parameters", "Conjecture", "admit", "Abort"}, source.name


@needs_coq
def test_small_instance_on_the_command_line(tmp_path, small):
    file = tmp_path / "optimum.json"
    file.write_text(canonical(certified([7, 3, 3, 2, 2], "37/100")), encoding="utf-8")
    exported = CliRunner().invoke(main, ["export", "--coq", str(file), "--out", str(tmp_path / "coq")])
    assert exported.exit_code == 0, exported.output
    result = CliRunner().invoke(main, ["verify", "--coq", str(tmp_path / "coq")])
    assert result.exit_code == 0 and result.output.startswith("VERIFIED") and small.claim in result.output
    gap = Fraction(small.upper_num, small.upper_den) - Fraction(small.lower_num, small.lower_den)
    assert 0 < gap <= Fraction(1, 10**9)


NEAR_ZERO = ([2, 2, 2], "1/50", {})
# balanced, far from balanced, with merged classes, the mean on a larger sphere, on a ball, with more bits
INSTANCES = [
    ([2, 2], "1/2", {}),
    ([4, 4, 4], "1/20", {}),
    ([600, 2, 2], "3", {}),
    ([3000, 3000, 3, 3, 3], "1/2", {}),
    ([5, 3, 2], "1/2", {"constraint": Sphere("3/2"), "reduction": "mean"}),
    ([4, 2], "1/5", {"constraint": Ball("1/2")}),
    NEAR_ZERO,
]


@needs_coq
def test_other_instances_and_a_witness_of_the_rank_one_form(library, monkeypatch):
    certificates = [certified(sizes, tau, **options) for sizes, tau, options in INSTANCES]
    monkeypatch.setattr(optimum, "MOST_IN_GENERAL_FORM", 2)
    certificates.append(certified([8, 6, 4], "1/5"))
    assert certificates[-1]["witness"]["form"] == "rank-one"
    assert proved(library, list(map(coq_certificate, certificates)))


def test_an_optimum_near_zero_gets_more_bits():
    sizes, tau, options = NEAR_ZERO
    near_zero = coq_certificate(certified(sizes, tau, **options))
    lower, upper = Fraction(near_zero.lower_num, near_zero.lower_den), Fraction(near_zero.upper_num, near_zero.upper_den)
    assert 0 < lower <= upper < Fraction(1, 10**20) and upper - lower <= Fraction(1, 10**12) * upper
    assert near_zero.scale > 1 << BITS and near_zero.half_terms > half_terms(BITS)


def forgeries(good: CoqCertificate):
    digit = 10**20
    yield "lower bound above the optimum", {"lower_num": good.upper_num + 1, "lower_den": good.upper_den}
    yield "upper bound below the optimum", {"upper_num": good.lower_num - 1, "upper_den": good.lower_den}
    yield "a digit of p", {"p": edited(good.p, 0, 1, digit)}
    yield "two digits of p, the sum kept", {"p": edited(edited(good.p, 0, 1, digit), 0, 2, -digit)}
    yield "a negative p", {"p": edited(edited(good.p, 0, 1, -good.p[0][1] - 1), 0, 0, good.p[0][1] + 1)}
    yield "a logarithm too small", {"log_p": edited(good.log_p, 0, 1, -digit)}
    yield "a digit of the factor", {"factor": edited(good.factor, 0, 0, digit)}
    yield "a vector turned", {"means": edited(good.means, 1, 0, good.scale // 2)}
    yield "a root too large", {"roots": [good.roots[0] + 2, *good.roots[1:]]}
    yield "an exponential too small", {"exponentials": edited(good.exponentials, 0, 1, -digit)}
    yield "a normaliser too small", {"logs": [good.logs[0] - digit, *good.logs[1:]]}
    yield "another temperature", {"tau_num": good.tau_num + 1}
    yield "no radius", {"rho_num": 0}
    yield "a negative divisor", {"divisor": -1}
    yield "a class of one sample", {"sizes": [*good.sizes[:-1], 1]}
    yield "a negative scale", {"scale": -good.scale}
    yield "a negative denominator", {"lower_num": -good.lower_num, "lower_den": -good.lower_den}


@needs_coq
@pytest.mark.parametrize("name", ["lower bound above the optimum", "a digit of p"])
def test_coqc_fails_on_a_forged_certificate(library, tiny, name):
    assert not proved(library, [tiny, dataclasses.replace(tiny, **dict(forgeries(tiny))[name])])


@needs_coq
def test_the_checker_refuses_every_forgery(library, tiny):
    """One run of coqc evaluates the checker on all of them, and on the true certificate."""
    found = words(library, [tiny, *(dataclasses.replace(tiny, **edit) for _, edit in forgeries(tiny))], "check")
    names = ["the true certificate", *(name for name, _ in forgeries(tiny))]
    assert dict(zip(names, found, strict=True)) == {name: "true" if name == names[0] else "false" for name in names}


def test_only_data_is_read(tmp_path, small):
    text = coq_text(small)
    assert read_coq(text) == small
    for forged in (
        text.replace("vm_cast_no_check (eq_refl true)", "admit"),
        text.replace("Theorem", "Axiom cheat : False.\nTheorem"),
        text + "\n(* more *)",
        text.replace("sizes := [7;", "sizes := [x;"),
    ):
        assert read_coq(forged) is None
        (tmp_path / "Certificate.v").write_text(forged, encoding="utf-8")
        assert judge(tmp_path).word == "REJECTED"


@pytest.mark.parametrize("edit", [{"lower_den": 0}, {"rho_den": 0}, {"divisor": 0}, {"means": []}, {"sizes": 5}, {"tau_num": [1]}])
def test_data_without_a_claim_are_rejected(tmp_path, small, edit):
    (tmp_path / "Certificate.v").write_text(coq_text(dataclasses.replace(small, **edit)), encoding="utf-8")
    assert judge(tmp_path).word == "REJECTED"


def test_a_problem_in_a_dimension_is_not_judged(tmp_path):
    found = certified_optimum(Problem("supcon", (2, 2), temperature="1/2", constraint=Ridge("1/10")))
    write_coq(tmp_path, coq_export(found.certificate))
    text, problem = (tmp_path / "Certificate.v").read_text(encoding="utf-8"), json.loads((tmp_path / "problem.json").read_text())
    assert read_coq(text, problem) is not None and read_coq(text, {**problem, "dim": 1}) is None


def test_a_problem_that_is_dear_to_write_out_is_not_written_out():
    seen = {"others": {"a": ["add", *[["mul", "n_own", ["add", "k", "n_other"]]] * 26]}}
    row = {"anchor": "a", "formula": to_kernel(supcon.formula.expression), "weight": "1", "c": seen, "q": seen}
    kinds = [{"name": "a", "constraint": {"kind": "sphere", "rho": "1", "nonnegative": False}}]
    problem = {"tau": "1", "scale": "1", "kinds": kinds, "units": [{"multiplicity": 1000, "copies": [1]}], "rows": [row] * 20}
    with pytest.raises(InputError, match="at most 40"):
        loss_in_terms(problem)


def test_assumptions_are_read_in_both_layouts():
    printed = "Axioms:\nA.b : forall x,\n  x = x\nClassicalDedekindReals.sig_forall_dec\n  : forall P : nat -> Prop,\n    P 0\n"
    assert assumptions(printed) == {"A.b", "ClassicalDedekindReals.sig_forall_dec"}


def test_missing_coqc_names_the_package(monkeypatch, tmp_path, small):
    write_coq(tmp_path, small)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="apt-get install -y coq"):
        judge(tmp_path)
    result = CliRunner().invoke(main, ["verify", "--coq", str(tmp_path)])
    assert result.exit_code == 3


@needs_coq
@pytest.mark.parametrize(
    ("limits", "named"),
    [(Limits(seconds=0.0), "limit of time"), (Limits(1e6, 1 << 27), "GiB of memory"), (Limits(bytes=1 << 10), "longer than")],
)
def test_coq_is_held_to_limits(tmp_path, tiny, limits, named):
    write_coq(tmp_path, tiny)
    answer = judge(tmp_path, limits)
    assert answer.word == "UNDECIDED" and named in answer.reason


@needs_coq
def test_the_command_hands_its_limits_to_coq(tmp_path, tiny):
    write_coq(tmp_path, tiny)
    result = CliRunner().invoke(main, ["verify", "--coq", str(tmp_path), "--limit", "0"])
    assert (result.exit_code, result.output.split()[0]) == (4, "UNDECIDED")


def test_an_endless_file_is_not_read(tmp_path):
    (tmp_path / "Certificate.v").symlink_to("/dev/zero")
    assert judge(tmp_path, Limits(bytes=1 << 24)).word == "UNDECIDED"
