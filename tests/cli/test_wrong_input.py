"""Hundreds of wrong command lines and calls: each is refused in one line with a code that is not 1, and leaves nothing behind."""

import json
import shlex

import click
import numpy as np
import pytest
from click.testing import CliRunner

import scverify as sv
from scverify.cli import main
from tests.cli.wrong_lines import MORE_LINES

# what is wrong with a problem, whatever is asked of it
GOOD = "--sizes 2,2 --tau 1/2 --dim 2"
WRONG_PROBLEMS = [
    "",
    "--tau 1/2",
    "--sizes 2,2",
    "--sizes 2,2 --tau",
    "--sizes --tau 1/2",
    "--sizes '' --tau 1/2",
    "--sizes 2 --tau 1/2",
    "--sizes 2,x --tau 1/2",
    "--sizes 2,,2 --tau 1/2",
    "--sizes 2;2 --tau 1/2",
    "--sizes 2.5,2 --tau 1/2",
    "--sizes -2,2 --tau 1/2",
    "--sizes 0,2 --tau 1/2",
    "--sizes 1,1 --tau 1/2",
    "--sizes 2,1 --tau 1/2",
    "--sizes 99999999999,2 --tau 1/2",
    "--sizes 2,2 --sizes 2,x --tau 1/2",
    "--sizes 2,2 --profile balanced --tau 1/2",
    "--sizes 2,2 --k 2 --tau 1/2",
    "--sizes 2,2 --ratio 2 --tau 1/2",
    "--profile nonsense --tau 1/2",
    "--profile balanced --tau 1/2",
    "--profile balanced --k 0 --size 2 --tau 1/2",
    "--profile balanced --k x --size 2 --tau 1/2",
    "--profile step --k 4 --tau 1/2",
    "--profile step --k 4 --n-min 2 --ratio 0 --tau 1/2",
    "--profile cifar100-lt --size 3 --tau 1/2",
    "--labels absent.txt --tau 1/2 --dim 2",
    "--labels empty.txt --tau 1/2 --dim 2",
    "--labels gap.txt --tau 1/2 --dim 2",
    "--labels minus.txt --tau 1/2 --dim 2",
    "--labels table.csv --tau 1/2 --dim 2",
    "--labels table.csv::absent --tau 1/2 --dim 2",
    "--labels one.txt --tau 1/2 --dim 2",
    "--labels '' --tau 1/2 --dim 2",
    "--labels table.csv::class --k 2 --tau 1/2 --dim 2",
    "--labels table.csv::class --sizes 2,2 --tau 1/2 --dim 2",
    "--labels table.csv::class --batch 5 --tau 1/2 --dim 2",
    "--labels table.csv::class --views 0 --tau 1/2 --dim 2",
    "--labels table.csv::class --views 9999999999 --tau 1/2 --dim 2",
    f"{GOOD} --batch 0",
    f"{GOOD} --batch x",
    f"{GOOD} --views -2",
    f"{GOOD} --loss nonsense",
    f"{GOOD} --loss absent.py::mine",
    f"{GOOD} --loss broken.py::mine",
    f"{GOOD} --loss raises.py::mine",
    f"{GOOD} --loss plain::mine",
    f"{GOOD} --loss ''",
    f"{GOOD} --loss ::",
    f"{GOOD} --constraint cube",
    f"{GOOD} --constraint ball:0",
    f"{GOOD} --constraint sphere:-1",
    f"{GOOD} --constraint ridge",
    f"{GOOD} --constraint ridge:x",
    f"{GOOD} --constraint ''",
    f"{GOOD} --dim 0",
    f"{GOOD} --dim -1",
    f"{GOOD} --dim x",
    f"{GOOD} --dim 2.5",
    f"{GOOD} --dim 1000000000",
    f"{GOOD} --reduction max",
    f"{GOOD} --nonsense",
    f"{GOOD} extra",
]
WRONG_TEMPERATURES = ["0", "-1", "x", "nan", "inf", "1/0", "1e-9", "1e9", "''", "1/2/3", "0x1", "1" * 100_000]
MORE = {
    "optimum": [
        "--digits 0",
        "--digits -1",
        "--digits x",
        "--digits 9999",
        "--solver nonsense",
        "--solver cvxpy:NONE",
        "--solver ''",
        "--max-precision 1",
        "--max-precision x",
        "--save plain",
        "--save plain/below",
        "--starts 3",
    ],
    "points": [
        "--starts 0",
        "--starts x",
        "--starts 9999999",
        "--seed -1",
        "--seed x",
        "--plot x.doc",
        "--plot absent/x.png",
        "--plot ''",
        "--save plain",
        "--nonnegative",
        "--jobs 2",
        "--dim 1",
    ],
    "crosscheck": ["--seed -1", "--seed x", "--sizes 40,40", "--save out", "--starts 2"],
    "landscape": [
        "--tau-upper 1/4",
        "--tau-upper x",
        "--tau-upper 0",
        "--jobs 0",
        "--jobs -1",
        "--jobs 257",
        "--jobs x",
        "--budget 0",
        "--budget -1",
        "--budget nan",
        "--budget x",
        "--starts 0",
        "--seed -1",
        "--save plain",
        "--all --tau-upper 1",
        "--sizes 9,9",
        "--dim 1",
        "--loss spectral",
        "--sizes 3,3 --save list",
        "--sizes 3,3 --save other",
        "--sizes 3,3 --save broken",
        "--sizes 3,3 --save digest",
        "--sizes 3,3 --save list --all",
        "--sizes 3,3 --save digest --all",
    ],
}
WRONG_THRESHOLDS = ["--kind nonsense", "--starts 0", "--seed -1", "--save plain", "--nonnegative", "--dim 1", "--kind ''"]
WRONG_RANGES = ["1/20", "1/10,1/20", "1/20,1/20", "1/20,", ",", "x,y", "1/20,1/10,1/5", "0,1", "-1,1"]
WRONG_BRACKETS = [
    "--kind merged --sizes 4,4,2,2 --tau 1/2",
    "--kind merged --sizes 4,4,2,2 --tau 1/2,1/4",
    "--kind merged --sizes 4,4,2,2 --tau 1/4,x",
    "--kind merged --sizes 4,4,2,2 --tau 1/4,1/2,1",
    "--kind merged --sizes 4,4,2,2 --tau 1/4,1/2 --ridge 1",
    "--kind merged --sizes 4,4,2,2 --ratio 2,3 --tau 1/2",
    "--kind merged --sizes 4,4 --tau 1/4,1/2",
    "--kind merged --sizes 4,3,2 --tau 1/4,1/2",
    "--kind merged --sizes 4,2,2 --dim 2 --tau 1/4,1/2",
    "--kind merged --sizes 4,2,2 --loss decoupled --tau 1/4,1/2",
    "--kind merged --loss clip --pairs 3 --tau 1/4,1/2",
    "--kind merged --profile step --k 4 --n-min 3 --ratio 2,3 --tau 1/4,1/2",
    "--kind merged --profile step --k 4 --n-min 3 --ratio 3,2 --tau 1/2",
    "--kind merged --profile step --k 4 --n-min 3 --ratio inf --tau 1/2",
    "--kind merged --profile step --k 4 --n-min 3 --ratio inf,2 --tau 1/2",
    "--kind merged --profile step --k 5 --n-min 3 --majorities 2 --ratio inf --tau 1/4,1/2",
    "--kind merged --profile step --k 4 --n-min 3 --majorities 4 --ratio 2,3 --tau 1/2",
    "--kind merged --profile step --k 4 --n-min 3 --majorities -1 --ratio 2,3 --tau 1/2",
    "--kind merged --profile cifar10-lt --ratio 2,3 --tau 1/2",
    "--kind simplex --sizes 4,3 --tau 1/4,1/2",
    "--kind simplex --sizes 4,4 --ridge 1,2 --tau 1/2",
    "--kind simplex --sizes 4,4 --constraint ball --tau 1/4,1/2",
    "--kind simplex --loss clip --tau 1/4,1/2",
    "--kind simplex --loss siglip --pairs 4 --bias x --tau 1/4,1/2",
    "--kind simplex --profile step --k 4 --n-min 3 --ratio inf --tau 1/4,1/2",
    "--kind zero --sizes 4,3 --tau 1/4,1/2",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 2,1",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 0,1",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 1",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 1,2 --constraint ball",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 1,2 --loss spectral",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 1,2 --digits 0",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 1,2 --digits 61",
    "--kind zero --sizes 4,3 --tau 1/2 --ridge 1,2 --save plain",
    "--sizes 4,2 --dim 3 --tau 1/20,1/10 --ridge 1",
    "--sizes 4,2 --dim 3 --tau 1/20,1/10 --pairs 3",
]
WRONG_AUDITS = [
    "h.npy y.txt",
    "h.npy y.txt --tau 0",
    "h.npy y.txt --tau 1/1000",
    "h.npy y.txt --tau x",
    "h.npy y.txt --tau 1 --rho 0",
    "h.npy y.txt --tau 1 --rho 2",
    "h.npy y.txt --tau 1 --loss spectral",
    "h.npy y.txt --tau 1 --loss nonsense",
    "h.npy y.txt --tau 1 --seed -1",
    "h.npy y.txt --tau 1 --reduction max",
    "h.npy y.txt --tau 1 --html plain/x.html",
    "h.npy y.txt --tau 1 --save plain",
    "h.npy y.txt --tau 1 --classifier absent.npy",
    "h.npy y.txt --tau 1 --classifier h.npy",
    "h.npy short.txt --tau 1",
    "h.npy gap.txt --tau 1",
    "h.npy minus.txt --tau 1",
    "h.npy one.txt --tau 1",
    "h.npy empty.txt --tau 1",
    "h.npy table.csv --tau 1",
    "h.npy table.csv::absent --tau 1",
    "h.npy::h y.txt --tau 1",
    "two.npz y.txt --tau 1",
    "two.npz::c y.txt --tau 1",
    "nan.npy y.txt --tau 1",
    "zero.npy y.txt --tau 1",
    "flat.npy y.txt --tau 1",
    "text.npy y.txt --tau 1",
    "y.txt h.npy --tau 1",
]
OTHERS = [
    *("nonsense", "--nonsense", "optimum points", "''", "-h"),
    *(
        "check",
        "check absent.py",
        "check plain",
        "check broken.py",
        "check raises.py",
        "check empty.py",
        "check empty.py::x",
        "check .",
        "check ''",
    ),
    *(
        "check statements.py::absent",
        "check statements.py --budget 0",
        "check statements.py --budget nan",
        "check statements.py --budget x",
    ),
    *(
        "check statements.py --jobs 0",
        "check statements.py --jobs 999",
        "check statements.py --seed -1",
        "check statements.py --loss nonsense",
    ),
    *("check statements.py --loss absent.py::x", "check statements.py --save plain", "check statements.py --nonsense"),
    *(f"{command} --save ''" for command in ("check statements.py", "prove .", "suite --loss supcon", f"points {GOOD}", f"optimum {GOOD}")),
    *("check wrong.py::raises", "check wrong.py::three"),
    *(
        "suite",
        "suite --loss nonsense",
        "suite --loss absent.py::x",
        "suite --loss supcon --profile slow",
        "suite --loss supcon --budget 0",
    ),
    *("suite --loss supcon --jobs 0", "suite --loss supcon --seed -1", "suite --loss supcon --save plain", "suite --loss supcon extra"),
    *("verify", "verify absent.json", "verify plain --limit -1", "verify plain --memory 0", "verify plain --limit x", "verify empty"),
    *("verify plain --nonsense", "verify plain extra"),
    *(
        "export",
        "export plain",
        "export plain --coq",
        "export absent.json --coq --out out",
        "export plain --coq --out out",
        "export --coq --out out",
    ),
    *("export certificate.json --coq --out plain", "export . --coq --out out"),
    *("prove absent", "prove T99", "prove plain", "prove empty", "prove --nonsense", "prove . --html plain/x.html", "prove . --save plain"),
    *("doctor extra", "doctor --nonsense", "audit", "audit absent.npy absent.npy --tau 1", "audit plain plain --tau 1", "audit plain"),
]
LINES = [
    *(f"{command} {wrong}" for command in MORE for wrong in WRONG_PROBLEMS if command != "optimum" or "--dim 1000000000" not in wrong),
    *(f"{command} --sizes 2,2 --dim 2 --tau {tau}" for command in MORE for tau in WRONG_TEMPERATURES),
    *(f"{command} {GOOD} {wrong}" for command in MORE for wrong in MORE[command]),
    *(f"threshold --sizes 2,2 --dim 2 --tau 1/20,1/10 {wrong}" for wrong in WRONG_THRESHOLDS),
    *(f"threshold --sizes 2,2 --dim 2 --tau {wrong}" for wrong in WRONG_RANGES),
    *(f"threshold {wrong}" for wrong in WRONG_BRACKETS),
    *(f"audit {wrong}" for wrong in WRONG_AUDITS),
    *OTHERS,
    *MORE_LINES,
]
STATEMENTS = """
import scverify as sv

@sv.conjecture(classes=[(2, 2)])
def holds(problem):
    return True
"""
WRONG_STATEMENTS = STATEMENTS.replace("def holds(problem):\n    return True", "def raises(problem):\n    return 1 / 0")


FRAME = np.repeat(np.eye(3), 4, axis=0)
ARRAYS = {
    "frame": FRAME,
    "y": np.repeat(np.arange(3), 4),
    "missing": FRAME * np.nan,
    "nothing": 0 * FRAME,
    "long": 2 * FRAME,
    "single": np.array([0] * 11 + [1]),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A directory of files that are each wrong in their own way."""
    folder = tmp_path_factory.mktemp("wrong")
    for name, text in {
        "plain": "a file",
        "empty.py": "",
        "broken.py": "def (:",
        "raises.py": "raise ValueError('no\\nluck')",
        "statements.py": STATEMENTS,
        "wrong.py": WRONG_STATEMENTS,
        "certificate.json": "{}",
        "grid.toml": 'question = "optimum"\nsizes = [[2, 2]]\ntau = "1/2"\n',
        "wrong.toml": 'sizes = [[2, 2]]\ntau = "x"\n',
        "empty.txt": "",
        "gap.txt": "a\n\nb\n",
        "minus.txt": "1\n-1\n1\n1\n",
        "one.txt": "a\na\n",
        "short.txt": "a\nb\na\n",
        "y.txt": "a\nb\na\nb\n",
        "table.csv": "id,class\n1,a\n2,b\n3,a\n4,b\n",
    }.items():
        (folder / name).write_text(text)
    (folder / "empty").mkdir()
    rows = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    np.savez(folder / "two.npz", a=rows, b=rows)
    wrong = {"nan": rows + np.nan, "zero": 0 * rows, "flat": rows[0], "text": rows.astype(str)}
    for name, array in {"h": rows, **wrong, **ARRAYS}.items():
        np.save(folder / f"{name}.npy", array)
    claim = {"format": "scverify-landscape-search-2", "claim": {}, "trees": [], "digest": "0"}
    for name, text in {"list": "[1, 2]", "other": json.dumps(claim), "broken": "{", "digest": json.dumps({**claim, "digest": 7})}.items():
        (folder / name).mkdir()
        (folder / name / "landscape.unfinished").write_text(text)
        (folder / name / "list.unfinished").write_text(text)
    return folder


def content(folder):
    return {file.relative_to(folder): file.read_bytes() if file.is_file() else None for file in folder.rglob("*")}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:90])
def test_a_wrong_command_line_is_refused(folder, monkeypatch, line):
    monkeypatch.chdir(folder)
    is_refused(folder, line)


def is_refused(folder, line):
    """In one line on stderr, with the exit code of wrong input or of a tool that is missing, and with nothing left behind."""
    before = content(folder)
    result = CliRunner().invoke(main, shlex.split(line))
    assert result.exit_code in (2, 3), (result.exit_code, result.stderr, result.stdout)
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1 and result.stderr.startswith("scverify: ") and len(result.stderr) < 1200
    assert content(folder) == before


P = sv.Problem(sv.supcon, sv.Classes((2, 2)), 2, "1/2")
H = np.array([[1.0, 1, -1, -1], [0, 0, 0, 0]])
NAN = float("nan")


def holds(problem):
    return True


STATED = sv.conjecture(classes=[(2, 2)])(holds)
CALLS = {
    "check": [
        lambda: sv.check(STATED, database=3),
        lambda: sv.check(STATED, search=3),
        lambda: sv.check("x.py"),
        lambda: sv.check(holds),
        lambda: sv.check(None),
        lambda: sv.check(STATED, budget=NAN),
        lambda: sv.check(STATED, budget=float("inf")),
        lambda: sv.check(STATED, budget=-1),
        lambda: sv.check(STATED, jobs=0),
        lambda: sv.check(STATED, jobs=1.5),
        lambda: sv.check(STATED, seed=-1),
    ],
    "conjecture": [
        lambda: sv.conjecture(classes=None)(holds),
        lambda: sv.conjecture(classes=3)(holds),
        lambda: sv.conjecture(classes=[(0,)])(holds),
        lambda: sv.conjecture(classes=[(2, 2)])("x"),
        lambda: sv.conjecture(classes=[(2, 2)], proof=[3])(holds),
        lambda: sv.conjecture(classes=[(2, 2)], proof=3)(holds),
        lambda: sv.conjecture(classes=[(2, 2)], constraint=3)(holds),
        lambda: sv.conjecture(classes=[(2, 2)], temperature=[0])(holds),
        lambda: sv.conjecture(classes=[(2, 2)], constraint="x")(holds),
        lambda: sv.conjecture(classes=[(2, 2)], constraint=sv.Ball)(holds),
        lambda: sv.conjecture(classes=[(2, 2)], loss="nonsense")(holds),
        lambda: sv.conjecture(classes=[(2, 2)], expect="TRUE")(holds),
        lambda: sv.load_conjectures("absent.py"),
        lambda: sv.load_conjectures(None),
        lambda: sv.all_of(3),
        lambda: sv.optimum_facts(None),
        lambda: sv.excess(None),
        lambda: sv.least_value(None),
    ],
    "suite": [
        lambda: sv.suite(None),
        lambda: sv.suite("supcon", profile="slow"),
        lambda: sv.suite("supcon", budget=NAN),
        lambda: sv.suite("supcon", jobs=0),
        lambda: sv.suite("supcon", seed=-1),
    ],
    "optimum": [
        lambda: sv.optimum(None),
        lambda: sv.optimum("supcon"),
        lambda: sv.optimum(sv.UnitProblem(sv.losses.clip(3), 1)),
        lambda: sv.unit_optimum(P),
        lambda: sv.unit_optimum(sv.UnitProblem(sv.losses.clip(3), 1), digits=0),
        lambda: sv.optimum(P, digits=-1),
        lambda: sv.optimum(P, digits=0),
        lambda: sv.optimum(P, digits=NAN),
        lambda: sv.optimum(P, digits=1.5),
        lambda: sv.optimum(P, digits="3"),
        lambda: sv.optimum(P, max_precision=-1),
        lambda: sv.optimum(P, max_precision="x"),
        lambda: sv.optimum(P, solver=3),
        lambda: sv.optimum(P, solver="nonsense"),
    ],
    "landscape": [
        lambda: sv.landscape(None),
        lambda: sv.landscape(P, jobs=0),
        lambda: sv.landscape(P, jobs=-1),
        lambda: sv.landscape(P, budget=NAN),
        lambda: sv.landscape(P, budget=-1),
        lambda: sv.landscape(P, budget="x"),
        lambda: sv.landscape(P, starts=0),
        lambda: sv.landscape(P, seed=-1),
        lambda: sv.landscape(P, "x"),
        lambda: sv.landscape(P, search=[1]),
        lambda: sv.all_critical_points(None),
        lambda: sv.all_critical_points(P, jobs=0),
        lambda: sv.all_critical_points(P, budget=NAN),
    ],
    "points": [
        lambda: sv.critical_points(None),
        lambda: sv.critical_points(P, starts=0),
        lambda: sv.critical_points(P, seed=1.5),
        lambda: sv.certify_point(P, H + NAN),
        lambda: sv.certify_point(P, H[0]),
        lambda: sv.certify_point(P, H.T),
        lambda: sv.certify_point(P, 0.75 * H),
        lambda: sv.certify_point(P, "x"),
        lambda: sv.certify_point(P, None),
        lambda: sv.certify_point(P, H + 1j),
        lambda: sv.certify_point(P, [[1, 2], [3]]),
    ],
    "threshold": [
        lambda: sv.threshold(None),
        lambda: sv.threshold(P, "nonsense"),
        lambda: sv.threshold(P, tau=("1/10", "1/20")),
        lambda: sv.threshold(P, tau="1/10,1/20"),
        lambda: sv.threshold(P, tau=(1, 2, 3)),
        lambda: sv.threshold(P, starts=0),
        lambda: sv.threshold(P, points=[1]),
    ],
    "others": [
        lambda: sv.crosscheck(None),
        lambda: sv.crosscheck(P, seed=-1),
        lambda: sv.crosscheck(P, seed="x"),
        lambda: sv.verify(None),
        lambda: sv.verify(3),
        lambda: sv.verify("absent.json"),
        lambda: sv.load_loss(None),
        lambda: sv.load_loss("nonsense"),
        lambda: sv.Classes(None),
        lambda: sv.Classes((3,)),
        lambda: sv.Classes((2.5, 2)),
        lambda: sv.Classes("3,2"),
        lambda: sv.procrustes(H * NAN, H),
    ],
}


@pytest.mark.parametrize("call", [pytest.param(call, id=f"{name} {n}") for name, calls in CALLS.items() for n, call in enumerate(calls)])
def test_a_wrong_call_is_refused(folder, monkeypatch, call):
    monkeypatch.chdir(folder)
    with pytest.raises(sv.InputError) as refusal:
        call()
    assert "\n" not in str(refusal.value) and "; allowed: " in str(refusal.value)


def test_the_table_is_as_long_as_it_says():
    assert len(set(LINES)) + sum(map(len, CALLS.values())) >= 600


@pytest.mark.parametrize("name", main.commands)
def test_no_command_is_left_out(name):
    assert any(line.split()[:1] == [name] for line in LINES)


def test_no_option_with_a_value_is_left_out():
    options = {(name, option.opts[0]) for name, command in main.commands.items() for option in command.params if takes_a_value(option)}
    shared = {option for _, option in options if sum(option == other for _, other in options) > 1}
    words = {(line.split()[0], word) for line in LINES if line.split() for word in shlex.split(line)}
    missing = {(name, option) for name, option in options if (name, option) not in words}
    assert {option for _, option in missing} <= shared & {option for _, option in words}


def takes_a_value(option):
    return isinstance(option, click.Option) and not option.is_flag
