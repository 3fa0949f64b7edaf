"""Where tests stand: every file of the package has a test file of its name at the mirrored place."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "scverify"


def test_every_file_of_the_package_has_a_test_file_of_its_name():
    files = (file.relative_to(PACKAGE) for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
    missing = {file.as_posix() for file in files if not (ROOT / "tests" / file.parent / f"test_{file.name}").is_file()}
    assert missing == set()


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def public_definitions(kind: type[ast.stmt]) -> dict[str, list[str]]:
    """The files that define each public name of a kind at their top level."""
    places: dict[str, list[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in tree_of(file).body:
            if isinstance(node, kind) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(file.relative_to(PACKAGE).as_posix())
    return places


# what every family of claims says of itself
INTERFACES = {"in_words", "numbers_of"}
# a command has the name of the function that it calls, compiled code that of what it compiles
REPEATING = ("cli/", "kernel/landscapes/compiled")


@pytest.mark.parametrize("kind", [ast.ClassDef, ast.FunctionDef])
def test_no_two_classes_or_functions_share_a_name(kind):
    shared = {
        name: meant
        for name, places in public_definitions(kind).items()
        if name not in INTERFACES and len(meant := [place for place in places if not place.startswith(REPEATING)]) > 1
    }
    assert shared == {}


def test_a_name_of_a_type_means_one_type():
    classes = public_definitions(ast.ClassDef)
    meanings = {name: {f"the class of {place}" for place in places} for name, places in classes.items()}
    for file in PACKAGE.rglob("*.py"):
        for node in tree_of(file).body:
            if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name) and re.fullmatch("([A-Z][a-z]+)+", name.id):
                meanings.setdefault(name.id, set()).add(ast.unparse(node.value))
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_every_class_of_the_table_of_words_has_the_home_that_it_names_and_no_other():
    words = (ROOT / "docs" / "design.md").read_text().partition("## Words")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+)` of `([\w/.]+)`", words)
    assert len(named) > 30 and len({name for name, _ in named}) == len([*dict.fromkeys(named)])
    classes = public_definitions(ast.ClassDef)
    aliases = {"Trust": ["conjecture/truth.py"]}
    assert {name: (classes | aliases).get(name) for name, _ in named} == {name: [home] for name, home in named}
    one_word = [row.split("|")[1].strip() for row in words.splitlines() if row.startswith("| ")]
    assert len(set(one_word)) == len(one_word)


def is_a_number(value: ast.expr | None) -> bool:
    """Whether a value is written as a number, or as numbers in a row."""
    if isinstance(value, ast.Tuple | ast.List):
        return len(value.elts) > 0 and all(map(is_a_number, value.elts))
    if isinstance(value, ast.BinOp):
        return is_a_number(value.left) and is_a_number(value.right)
    if isinstance(value, ast.UnaryOp):
        return is_a_number(value.operand)
    return isinstance(value, ast.Constant) and type(value.value) in (int, float)


def without_a_reason(source: str) -> list[str]:
    """Numbers at the top level of a file with no comment beside or above them, or above the lines of constants that they end."""
    lines, missing = source.splitlines(), []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and is_a_number(node.value):
            above = node.lineno - 2
            while above >= 0 and re.match(r"_?[A-Z][A-Z0-9_]*\b.*=", lines[above]) and "#" not in lines[above]:
                above -= 1
            if "#" not in lines[node.lineno - 1] and not lines[above].startswith("#"):
                missing.append(lines[node.lineno - 1])
    return missing


def test_every_number_of_the_package_has_its_reason_beside_it():
    missing = {file.name: found for file in PACKAGE.rglob("*.py") if (found := without_a_reason(file.read_text()))}
    assert missing == {}


def test_a_number_without_a_reason_is_found():
    assert without_a_reason("X = 1") == ["X = 1"] and without_a_reason("\nX = (1e-3, 2**4)") == ["X = (1e-3, 2**4)"]
    assert without_a_reason("# why\nX = 1\nY = -2") == [] and without_a_reason("X = 1  # why") == []
    assert without_a_reason("# why\nX = 1\n\nY = 2") == ["Y = 2"] and without_a_reason("X = name") == []
