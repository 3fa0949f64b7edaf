"""The project's papers hold what the code cites, and what they point to exists."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import scverify as sv
from scverify.conjecture.facts import PointFacts
from scverify.conjecture.optimum_facts import OptimumFacts

ROOT = Path(__file__).parents[1]
PAPERS = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = [path for folder in ("scverify", "proofs", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
SECTION = r"(?:[TN]\d+|\d+(?:\.\d+)?)"
CITED = re.compile(rf"\bMATH (?:section )?({SECTION}(?:(?:, | and |-|: ){SECTION})*)")


def headings():
    text = (ROOT / "docs" / "mathematics.md").read_text()
    return set(re.findall(rf"^#+ ({SECTION})\b", text, re.MULTILINE))


def cited(text):
    """Every section that a text cites; the ends of a range."""
    return {name for group in CITED.findall(text) for name in re.findall(SECTION, group)}


def test_citations_are_read_in_all_their_spellings():
    assert cited("(MATH 3, 4.1-4.3) MATH 5: T8, T9; MATH 1 and 2; MATH N12.") == {"3", "4.1", "4.3", "5", "T8", "T9", "1", "2", "N12"}


@pytest.mark.parametrize("file", [*SOURCES, *PAPERS], ids=lambda file: str(file.relative_to(ROOT)))
def test_every_section_that_is_cited_is_a_heading(file):
    if file != Path(__file__):
        assert cited(file.read_text()) - headings() == set()


@pytest.mark.parametrize("file", PAPERS, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_paper_points_to_exists(file):
    text = file.read_text()
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", link)]
    assert [link for link in links if not (file.parent / link).exists()] == []
    named = re.findall(r"`((?:scverify|proofs|tests|docs|\.ci)/[\w./-]*\w/?)`", text)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_public_name_has_one_place_in_the_reference():
    pages = "\n".join(page.read_text() for page in (ROOT / "docs" / "reference").glob("*.md"))
    placed = re.findall(r"^::: scverify\.(\w+)$", pages, re.MULTILINE)
    assert sorted(placed) == sorted(set(sv.__all__) - {"losses"})


def test_the_table_of_facts_is_complete():
    page = (ROOT / "docs" / "howto" / "facts.md").read_text()
    of_a_point = re.findall(r"^\| `(\w+)` \|", page.partition("## Of one critical point")[2], re.MULTILINE)
    assert of_a_point == [field.name for field in fields(PointFacts)]
    of_an_optimum = set(re.findall(r"optimum_facts\(problem\)\.(\w+)", page))
    assert of_an_optimum == {name for name in vars(OptimumFacts) if not name.startswith("_")} - {"optimum"}


def test_every_file_of_the_kernel_is_in_the_list_of_what_is_trusted():
    kernel = ROOT / "scverify" / "kernel"
    listed = re.findall(r"^\| `([\w/]+\.py)` \|", (ROOT / "docs" / "design.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(str(path.relative_to(kernel)) for path in kernel.rglob("*.py") if path.name != "__init__.py")


def test_every_page_stands_in_the_menu_of_the_site():
    menu = (ROOT / ".mkdocs.yml").read_text(encoding="utf-8")
    assert [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.relative_to(ROOT / "docs").as_posix() not in menu] == []
