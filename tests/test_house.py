"""Where tests stand: every file of the package has a test file of its name at the mirrored place."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "scverify"


def test_every_file_of_the_package_has_a_test_file_of_its_name():
    files = (file.relative_to(PACKAGE) for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
    missing = {file.as_posix() for file in files if not (ROOT / "tests" / file.parent / f"test_{file.name}").is_file()}
    assert missing == set()
