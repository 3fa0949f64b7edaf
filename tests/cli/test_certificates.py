"""`scverify verify` and `scverify export` as a user meets them: one word for a file, one for a directory, and its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from scverify.cli import main
from scverify.results.files import MANIFEST


def run(*arguments):
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@pytest.fixture
def saved(tmp_path):
    result = run("optimum", "--sizes", "7,3,3,2,2", "--tau", "37/100", "--save", str(tmp_path / "deep" / "er"), "--json")
    assert result.exit_code == 0
    return Path(json.loads(result.stdout)["certificate"])


def test_saved_certificates_are_verified_with_their_claim_in_words(saved):
    assert saved.is_file() and saved.parent.name == "er"
    assert all(file.suffix == ".json" or file.name == MANIFEST for file in saved.parent.iterdir()), "a temporary file was left"
    result = run("verify", str(saved.parent))
    assert result.exit_code == 0 and result.stderr == ""
    assert result.stdout.count("VERIFIED") == len(list(saved.parent.glob("*.json")))
    assert "7" in result.stdout and "37/100" in result.stdout
    told = json.loads(run("verify", str(saved), "--json").stdout)
    assert told["answer"] == "VERIFIED" and [answer["answer"] for answer in told["certificates"]] == ["VERIFIED"]


def test_verify_loads_no_solver(saved):
    code = f"import sys; from scverify.cli import main; main(['verify', {str(saved)!r}], standalone_mode=False); print(*sys.modules)"
    out = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    assert "VERIFIED" in out
    assert not {"sympy", "cvxpy", "scipy", "numpy", "rich", "mpmath"} & set(out.split())


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("37/100", "38/100"),
        lambda text: text.replace("37/100", "0.37"),
        lambda text: "",
        lambda text: "[]",
        lambda text: "{}",
        lambda text: "\ud800",
    ],
    ids=["truncated", "other tau", "decimal", "empty", "array", "no field", "not UTF-8"],
)
def test_a_corrupt_certificate_is_rejected_with_the_reason(saved, damage):
    saved.write_bytes(damage(saved.read_text()).encode(errors="surrogatepass"))
    result = run("verify", str(saved))
    assert result.exit_code == 1
    assert result.stdout.startswith("REJECTED") and "reason: " in result.stdout and "VERIFIED" not in result.stdout
    told = json.loads(run("verify", str(saved.parent), "--json").stdout)
    assert told["answer"] == "REJECTED"


def test_a_directory_is_verified_only_as_a_whole(saved):
    (saved.parent / "zz.json").write_text("{}")
    result = run("verify", str(saved.parent))
    assert result.exit_code == 1 and "VERIFIED" in result.stdout and "REJECTED" in result.stdout


def test_the_name_of_a_file_does_not_look_like_an_answer(tmp_path):
    (tmp_path / "a\nVERIFIED  good.json").write_text("{}")
    result = run("verify", str(tmp_path))
    assert result.exit_code == 1 and not any(line.startswith("VERIFIED") for line in result.stdout.splitlines())


def test_an_undecided_certificate_has_its_own_exit_code(tmp_path, monkeypatch):
    from scverify import verification
    from scverify.kernel.verify import Answer

    monkeypatch.setattr(verification, "verify_file", lambda path, limits: Answer("UNDECIDED", "wide", "a claim"))
    (tmp_path / "one.json").write_text("{}")
    result = run("verify", str(tmp_path / "one.json"))
    assert result.exit_code == 4 and result.stdout.startswith("UNDECIDED")


def test_a_certificate_that_the_manifest_names_must_be_there(saved):
    missing = saved.rename(saved.with_suffix(".away"))
    result = run("verify", str(missing.parent))
    assert result.exit_code == 1 and "the manifest names it, and it is missing" in result.stdout


def test_a_landscape_that_is_not_finished_is_undecided(saved):
    (saved.parent / "landscape.unfinished").write_text("{}")
    result = run("verify", str(saved.parent))
    assert result.exit_code == 4 and "goes on with it" in result.stdout


def test_an_export_says_what_it_claims_and_what_comes_next(saved, tmp_path):
    result = run("export", "--coq", str(saved), "--out", str(tmp_path / "for coq"))
    assert result.exit_code == 0 and (tmp_path / "for coq" / "Certificate.v").is_file()
    assert "claim: supcon" in result.stdout and f"next: scverify verify --coq '{tmp_path / 'for coq'}'" in result.stdout


def test_what_is_no_certificate_is_not_exported(tmp_path):
    (tmp_path / "one.json").write_text("[]")
    result = run("export", "--coq", str(tmp_path / "one.json"), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and not (tmp_path / "out").exists()
