"""The table of claims: an unknown claim is refused, and a claim loads its own family of the kernel and no other."""

import subprocess
import sys
from pathlib import Path

import pytest

import scverify
from scverify.kernel.certificate import Rejected
from scverify.kernel.claims import claim_of

KEPT = Path(__file__).parents[1] / "soundness" / "version1"
CODE = """
import sys
if sys.argv[2] == "plain":
    sys.modules["numba"] = None
from pathlib import Path
from scverify.kernel.verify import verify_text
print(verify_text(Path(sys.argv[1]).read_text()).word, *(name for name in sys.modules if name.startswith("scverify.kernel")))
"""
# lines of the kernel that someone who trusts a claim of this type has to read
MOST = {
    "sphere": 1_600,
    "sphere-unique": 1_600,
    "spurious-point": 2_000,
    "landscape": 2_725,
    "list-landscape-rank-2": 3_185,
}
# where Numba is installed a landscape is decided by these as well: the same theorems as compiled code, and how it rounds
COMPILED = {
    "compiled.py": 150,
    "compiled_chances.py": 115,
    "compiled_cuts.py": 105,
    "compiled_deciding.py": 170,
    "compiled_enclosures.py": 150,
    "compiled_direction_hints.py": 210,
    "compiled_hints.py": 130,
    "compiled_intervals.py": 130,
    "compiled_reasons.py": 275,
    "directed.py": 40,
}


def loaded_by(name, numba="plain"):
    """The modules of the kernel that a fresh interpreter holds after it verified a certificate."""
    command = [sys.executable, "-P", "-c", CODE, str(KEPT / f"{name}.json"), numba]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    word, *modules = out.split()
    assert word == "VERIFIED"
    return modules


def lines_of(module):
    path = Path(scverify.__file__).parents[1] / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return len(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("name", MOST)
def test_a_claim_loads_few_lines_of_the_kernel(name):
    assert sum(map(lines_of, loaded_by(name))) <= MOST[name]


def test_compiled_code_is_loaded_for_landscapes_alone_and_is_short():
    pytest.importorskip("numba")
    more = set(loaded_by("landscape", "numba")) - set(loaded_by("landscape"))
    assert {f"{name.rpartition('.')[2]}.py" for name in more} == set(COMPILED)
    assert all(lines_of(name) <= COMPILED[f"{name.rpartition('.')[2]}.py"] for name in more)
    assert set(loaded_by("sphere", "numba")) == set(loaded_by("sphere"))


@pytest.mark.parametrize(
    ("name", "families"), [("sphere", {"optimum"}), ("spurious-point", {"optimum", "points"}), ("landscape", {"landscapes"})]
)
def test_a_claim_loads_its_own_family_alone(name, families):
    rooms = {module.split(".")[2] for module in loaded_by(name) if module.count(".") > 2}
    assert rooms == families


def test_every_file_of_the_kernel_has_its_test_file():
    kernel, tests = Path(scverify.__file__).parent / "kernel", Path(__file__).parent
    files = [file.relative_to(kernel) for file in kernel.rglob("*.py") if file.name != "__init__.py"]
    assert [str(file) for file in files if not (tests / file.parent / f"test_{file.name}").is_file()] == []


@pytest.mark.parametrize("kind", ["", "optimum", "Minimum", "CLAIMS", "__class__"])
def test_an_unknown_claim_is_rejected_by_its_name(kind):
    with pytest.raises(Rejected, match=f"unknown claim '{kind}'"):
        claim_of(kind)
