"""Options that several commands share: the problem that they describe, and where --save may write."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import scverify as sv
from scverify.cli.options import problem_of, problem_options, save_option
from scverify.errors import InputError
from scverify.model.constraints import Ball, NonNegative

UNSET = dict.fromkeys(("profile", "ratio", "k", "size", "n_max", "n_min", "majorities", "labels", "batch", "views"))


def given(*arguments):
    """What a command with the shared options gets."""
    found = {}

    @click.command()
    @problem_options("")
    @save_option("anything")
    def command(**options):
        found.update(options)
        return 0

    result = CliRunner().invoke(command, list(arguments))
    assert result.exit_code == 0, result.output
    return found


def test_the_options_describe_the_problem_that_python_would_build():
    options = given(
        "--sizes", "3, 2", "--tau", "0.05", "--constraint", "ball:3/2", "--dim", "3", "--reduction", "mean", "--loss", "decoupled"
    )
    assert options.pop("save") is None
    built = sv.Problem("decoupled", (3, 2), 3, "1/20", Ball("3/2"), reduction="mean")
    assert problem_of(**options) == built


def test_flags():
    options = given("--sizes", "3,2,1", "--tau", "1", "--nonnegative", "--ignore-singletons")
    options.pop("save")
    problem = problem_of(**options)
    assert isinstance(problem.constraint, NonNegative)
    assert (problem.singletons, problem.dim) == ("ignore", None)


def test_labels_then_a_batch_then_views(tmp_path):
    file = tmp_path / "y.csv"
    file.write_text("id,class\n" + "".join(f"{i},{'a' if i % 4 else 'b'}\n" for i in range(40)))
    options = given("--labels", f"{file}::class", "--batch", "9", "--views", "2", "--tau", "1")
    options.pop("save")
    assert problem_of(**options).classes.sizes == (14, 4)  # shares 6.75 and 2.25 of a batch of 9, twice


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({}, "no class sizes"),
        ({"sizes": "2,2", "profile": "step"}, "--sizes and --profile"),
        ({"labels": "y.txt", "k": 3}, "--k with --labels"),
        ({"sizes": "2,2", "k": 3}, "--k with --sizes"),
        ({"sizes": "2,,2"}, "whole numbers with commas"),
        ({"sizes": "2,x"}, "whole numbers with commas"),
        ({"sizes": "9" * 19}, "whole numbers with commas"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(sizes, said):
    rest = {"tau": "1", "constraint": "sphere", "nonnegative": False, "loss": "supcon", "dim": None}
    with pytest.raises(InputError, match=said):
        problem_of(**rest, reduction="sum", ignore_singletons=False, **({"sizes": None, **UNSET} | sizes))


def test_where_to_save():
    @click.command()
    @save_option("anything")
    def command(save):
        click.echo(repr(save))

    assert CliRunner().invoke(command, ["--save", "there"]).output.strip() == repr(Path("there"))
    assert CliRunner().invoke(command, []).output.strip() == "None"
    refused = CliRunner().invoke(command, ["--save", ""])
    assert refused.exit_code == 2 and "an empty path" in refused.output
