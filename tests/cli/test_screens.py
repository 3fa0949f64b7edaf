"""What every command prints on terminals of 40, 80, 120 and 200 columns: kept as screens, and looked at for what no screen may do.

SCVERIFY_SCREENS=write pytest tests/cli/test_screens.py writes the screens anew; read the difference before you keep it.
"""

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from scverify.certify.optimum import optimum
from scverify.certify.units import unit_optimum
from scverify.cli import environment, main, output
from scverify.conjecture import standard
from scverify.model.named import mnrl
from scverify.model.problem import Problem
from scverify.model.units import UnitProblem
from scverify.results.layout import as_text, wrapped

SCREENS = Path(__file__).parent / "screens"
WIDTHS = (40, 80, 120, 200)
STATEMENT = """
import scverify as sv

@sv.conjecture(classes=[(4, 2)], temperature=["1/20"], dim=3)
def benign(problem):
    '''Every local minimum is global.'''
    return sv.for_all_minima(problem, lambda point: point.is_global)

@sv.conjecture(classes=[(2, 2), (3, 3)], temperature=["1/2"])
def bounded(problem):
    return sv.optimum_facts(problem).value <= 100
"""
COMMANDS = {
    "optimum": "optimum --sizes 7,3,3,2,2 --tau 37/100",
    "optimum-of-samples": "optimum --sizes 4,3 --tau 1/2 --loss spectral",
    "optimum-of-pairs": "optimum --loss clip --pairs 4096 --tau 1/100",
    "optimum-unbounded": "optimum --loss decoupled --sizes 2,2 --tau 1 --constraint ridge:1/10",
    "points": "points --sizes 4,2 --dim 3 --tau 1/20 --starts 16",
    "landscape-proved": "landscape --sizes 2,2 --dim 4 --tau 1/2",
    "landscape-refuted": "landscape --sizes 2,2 --dim 2 --tau 1/5",
    "list": "landscape --sizes 2,2 --dim 2 --tau 1 --all",
    "threshold": "threshold --sizes 4,2 --dim 3 --tau 1/20,1/19 --starts 16",
    "crosscheck": "crosscheck --sizes 3,2 --tau 1/2",
    "check": "check statement.py --budget 100000",
    "prove": "prove T9 --quick",
    "audit": "audit h.npy y.npy --tau 1/2",
    "profiles": "profiles",
    "sweep": "sweep grid.toml --out swept",
    "losses": "losses",
    "suite": "suite --loss supcon",
    "doctor": "doctor",
    "verify": "verify certificates",
    "verify-of-pairs": "verify pairs",
    "verify-rejected": "verify forged.json",
    "export": "export --coq certificates/optimum.json --out judged",
    "open-questions": "prove . --open",
}
IN_THE_FOLDER = {"check", "audit", "sweep", "verify", "verify-of-pairs", "verify-rejected", "export", "open-questions"}
# what doctor finds on this machine stays away: requirements that are there and that are not
REQUIREMENTS = ["click>=8.2", "no-such-thing>=1", "no-such-extra<2,>=1; extra == 'oracles'"]
SOLVERS = [("CLARABEL", True, "0.11.1"), ("MOSEK", False, "installed, but it finds no licence: see https://www.mosek.com/license/request")]
# what differs from run to run or from machine to machine, and the digits of everything else
VOLATILE = (
    (re.compile(r"'/\S*/statement.py"), "'statement.py"),
    (re.compile(r"\d{12,}/\d{12,}"), "9" * 20 + "/" + "9" * 20),
    (re.compile(r"(?<=about )[\d.]+"), "9.9"),
    (re.compile(r"(?<=Python )[\d.]+"), "9.9.9"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "a" * 64),
    (re.compile(r"\d+\.\d+ s\b"), "9.9 s"),
    (re.compile(r"\d+(\.\d+)?e[+-]\d+"), "9.9e-99"),
    (re.compile(r"\d"), "9"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("screens")
    (folder / "statement.py").write_text(STATEMENT)
    (folder / "open").mkdir()
    (folder / "open" / "statement.py").write_text(STATEMENT)
    (folder / "grid.toml").write_text('question = "merged"\nprofile = { name = "step", k = 4, n_min = 3 }\nratio = [2, 200]\ntau = "1/2"\n')
    np.save(folder / "h.npy", np.repeat(np.eye(3), 4, axis=0))
    np.save(folder / "y.npy", np.repeat(np.arange(3), 4))
    found = optimum(Problem("supcon", (3, 2), temperature="1/2"))
    found.save(folder / "certificates")
    unit_optimum(UnitProblem(mnrl(3, hard=1), "1/10")).save(folder / "pairs")
    (folder / "forged.json").write_text(json.dumps({**found.certificate, "version": 3}))
    return folder


@pytest.fixture(scope="module", params=COMMANDS)
def accounts(request, folder):
    """A command, and what it shows: accounts, and lines."""
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder if request.param in IN_THE_FOLDER else Path(__file__).parents[2])
        patch.setattr(standard, "PROPERTIES", (standard.convex_in_the_gram_matrix, standard.benign_on_the_sphere))
        patch.setattr(metadata, "requires", lambda name: REQUIREMENTS)
        patch.setattr(environment, "solver_report", lambda: SOLVERS)
        patch.setattr(environment, "_coq", lambda: "missing, needed for `verify --coq` alone: apt-get install coq")
        for module in [output, *(sys.modules[name] for name in list(sys.modules) if name.startswith("scverify.cli."))]:
            for name in ("show", "show_lines"):
                if hasattr(module, name):
                    patch.setattr(module, name, shown.append)
        result = CliRunner().invoke(main, shlex.split(COMMANDS[request.param]))
    assert result.exit_code in (0, 1, 3, 4) and shown, result.output
    return request.param, shown


def screen(shown, width):
    return "\n\n".join(laid_out(each, width) for each in shown)


def laid_out(shown, width):
    """An account as it is laid out, or lines as a terminal gets them."""
    return wrapped(shown, width, indent=4) if isinstance(shown, str) else as_text(shown, width)


def shape(text):
    """A text with 9 for every digit, and with times and errors of one length."""
    for pattern, standing in VOLATILE:
        text = pattern.sub(standing, text)
    return text


def shaped(account):
    if isinstance(account, str):
        return shape(account)
    tables = [replace(table, title=shape(table.title), rows=[list(map(shape, row)) for row in table.rows]) for table in account.tables]
    return replace(
        account,
        heading=shape(account.heading),
        facts=[(name, shape(fact)) for name, fact in account.facts],
        tables=tables,
        notes=list(map(shape, account.notes)),
        code=shape(account.code),
    )


def kept(shown):
    """The screens of all widths, in words and in the shapes of their numbers."""
    parts = [f"===== {width} columns\n{screen(map(shaped, shown), width)}" for width in WIDTHS]
    return "\n".join(line.rstrip() for part in parts for line in part.splitlines()) + "\n"


@pytest.mark.parametrize("width", WIDTHS)
def test_no_word_is_split_and_no_column_goes_without_a_word(accounts, width):
    _, shown = accounts
    everything = set(screen(shown, 100_000).split())
    longest = max(map(len, everything))
    for account in shown:
        text = laid_out(account, width)
        assert set(text.split()) <= everything | _of_notes(text)
        if not isinstance(account, str):
            for table in account.tables:
                for name in filter(None, table.header):
                    assert " ".join(name.split()) in " ".join(text.split()), name
            text = text.removesuffix(account.code)  # code keeps its lines
        assert max(map(len, text.splitlines())) <= max(width, longest + width // 2)


def _of_notes(text):
    """The words of what the layout itself says of columns that are not shown."""
    said = re.findall(r"\(too wide.*?see\s+--json\)", text, re.DOTALL)
    return {word for note in said for word in note.split()}


def test_the_screens_are_as_they_were(accounts):
    name, shown = accounts
    file = SCREENS / f"{name}.txt"
    if os.environ.get("SCVERIFY_SCREENS") == "write":
        SCREENS.mkdir(exist_ok=True)
        file.write_text(kept(shown))
    assert kept(shown) == file.read_text()


def on_a_terminal(arguments, **environment):
    """What a command writes to a terminal, stdout and stderr together, and its exit code."""
    ours, theirs = pty.openpty()
    code = [sys.executable, "-P", "-c", "from scverify.cli import main; main()", *shlex.split(arguments)]
    with subprocess.Popen(code, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, **environment}) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            written += part
    os.close(ours)
    return written.decode(), process.returncode


@pytest.mark.parametrize("environment", [{"COLUMNS": "20"}, {"TERM": "dumb"}, {"COLUMNS": "0", "TERM": "nonsense"}], ids=str)
def test_the_smallest_and_the_plainest_terminals_survive(environment):
    written, code = on_a_terminal("points --sizes 2,2 --dim 2 --tau 1/2 --starts 8", **environment)
    assert code == 0 and "Traceback" not in written and "global" in written, written
    if environment.get("TERM") == "dumb":
        assert "\x1b" not in written


def test_claims_are_broken_between_words_on_a_terminal_and_whole_elsewhere(tmp_path):
    result = CliRunner().invoke(main, ["optimum", "--sizes", "3,2", "--tau", "1/2", "--save", str(tmp_path / "out")])
    assert result.exit_code == 0
    claim = "claim: The loss supcon (log of the sum of e^(s/tau), less the mean of s/tau over the positives), class sizes 3, 2, tau = 1/2,"
    assert claim in CliRunner(env={"COLUMNS": ""}).invoke(main, ["verify", str(tmp_path / "out")]).stdout
    written, code = on_a_terminal(f"verify {tmp_path / 'out'}", COLUMNS="60")
    assert code == 0 and claim not in written and claim in " ".join(written.split())
