"""Theorems are found in files and chosen by name."""

from pathlib import Path

import pytest

from scverify.conjecture.proof import prove
from scverify.conjecture.theorem import chosen_theorems, proofs_folder, shipped_proofs, theorem
from scverify.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "proofs"


def test_statements_are_chosen_by_name():
    kinds = [f"T7-{kind}" for kind in ("sphere", "attraction", "warm", "ball", "high", "next")]
    chosen, broken = chosen_theorems([str(FOLDER), "t7", "T8"])
    assert [each.id for each in chosen] == [*kinds, "T8"] and not broken
    with pytest.raises(InputError, match="unknown statement 'T99'"):
        chosen_theorems([str(FOLDER), "T99"])


OWN = """
import sympy
import scverify as sv

@sv.theorem("M1", "squares", r"x^2 \\ge 0", hypotheses=("x is real",), could_go_wrong=("complex numbers",))
def squares(loss):
    x = sympy.Symbol("x", real=True)
    yield sv.identity("a square", (x + 1) ** 2, x**2 + 2 * x + 1)
    yield sv.sign("it is not negative", x**2, ">= 0")
    yield sv.fact("2^10 > 10^3", lambda: 2**10 > 10**3)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "of_squares.py").write_text(OWN)
    (tmp_path / "nothing").mkdir()
    (tmp_path / "empty.py").write_text("")
    return tmp_path


def test_a_decorated_function_is_a_theorem_that_is_proved(folder):
    [stated], _ = chosen_theorems(["mine"])
    assert (stated.id, stated.hypotheses, stated.expect) == ("M1", ("x is real",), "PROVED")
    assert prove(stated).verdict == "PROVED"


def test_folders_and_files_of_ones_own(folder):
    assert [found.id for found in chosen_theorems(["mine/of_squares.py", "M1"])[0]] == ["M1"]
    (folder / "mine" / "t01_first.py").write_text(OWN.replace("M1", "M2"))
    assert [found.id for found in chosen_theorems(["mine"])[0]] == ["M2"]  # numbered files are the proofs, others help them
    for wrong in (["nothing"], ["mine", "nothing"], ["mine", "M7"]):
        with pytest.raises(InputError):
            chosen_theorems(wrong)


def test_a_file_that_cannot_be_used_does_not_keep_the_others_from_being_read(folder):
    broken = {"syntax.py": "def", "raises.py": "1 / 0", "leaves.py": "import sys; sys.exit(0)", "bare.py": "x = 1", "bytes.py": "\0"}
    for name, text in broken.items():
        (folder / "mine" / name).write_text(text)
    found, reasons = chosen_theorems(["mine"])
    assert [each.id for each in found] == ["M1"] and {file.name for file in reasons} == set(broken)
    assert all(file.name in str(reason) and "\n" not in str(reason) for file, reason in reasons.items())
    for lone in ("mine/syntax.py", "empty.py", "absent.py"):
        found, reasons = chosen_theorems([lone])
        assert found == [] and list(reasons) == [Path(lone)]


def test_without_a_folder_the_proofs_of_the_package_are_run(folder):
    # an installed package has its own copies of this checkout's files
    assert proofs_folder() == shipped_proofs()
    assert {file.name for file in shipped_proofs().glob("t*.py")} == {file.name for file in FOLDER.glob("t*.py")}
    assert "T8" in [found.id for found in chosen_theorems(["T8"])[0]]
    (folder / "proofs").mkdir()
    assert proofs_folder() == Path("proofs")


@pytest.mark.parametrize(
    "make",
    [
        lambda: theorem(1, "title", "x"),
        lambda: theorem("M1", None, "x"),
        lambda: theorem("M1", "title", "x", hypotheses="one text"),
        lambda: theorem("M1", "title", "x", assumed=(3,)),
        lambda: theorem("M1", "title", "x")("no function"),
    ],
)
def test_a_theorem_of_something_else_is_refused(make):
    with pytest.raises(InputError) as refusal:
        make()
    assert "\n" not in str(refusal.value)
