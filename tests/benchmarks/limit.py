"""What is asked near the limit, in CPU seconds. In a checkout: python -m tests.benchmarks.limit [NAME ...] [--against CHECKOUT].

Every task runs in a fresh process; --against runs it with the package of another checkout too, such as an earlier version, and says the
ratio. Without names: every task, with the ones that take minutes where --long is given.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.timing import exponent

ROOT = Path(__file__).parents[2]
_OPTIMUM = """
import json, resource, time
from scverify.certify.optimum import optimum
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
optimum(Problem(supcon, Classes((3, 2)), temperature="1/2"))
started = time.process_time()
found = optimum(Problem(supcon, {classes}, temperature="{tau}"), digits={digits})
made = time.process_time() - started
texts = [canonical(certificate) for certificate in found.certificates.values()]
started = time.process_time()
words = sorted({{verify_text(text).word for text in texts}})
verified = time.process_time() - started
gap = float(found.gap) if {digits} else float(found.gap / abs(found.lower))
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
size = sum(map(len, texts)) / 1000
print(json.dumps(dict(made=made, verified=verified, kilobytes=size, gap=gap, rank=found.rank, words=words, GiB=memory)))
"""
_UNITS = """
import json, time
from scverify.certify.units import unit_optimum
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.named import clip, cross_entropy, ntxent
from scverify.model.units import UnitProblem
unit_optimum(UnitProblem(clip(2)))
started, found = time.process_time(), unit_optimum(UnitProblem({problem}))
made, texts = time.process_time() - started, [canonical(certificate) for certificate in found.certificates.values()]
started, words = time.process_time(), sorted({{verify_text(text).word for text in texts}})
verified = time.process_time() - started
size, gap = sum(map(len, texts)) / 1000, float(found.gap / found.lower)
print(json.dumps(dict(made=made, verified=verified, kilobytes=size, gap=gap, rank=found.minimizers.rank, words=words)))
"""
_POINT = """
import json, time
from scverify.certify.orbit import certify_point
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.critical import critical_candidates
from scverify.symbolic.losses import supcon
small = Problem(supcon, Classes((2, 2)), dim=2)
certify_point(small, critical_candidates(small, starts=2).points[0].embeddings)
problem = Problem(supcon, Classes((8, 7, 5, 4, 3, 3)), dim=6, temperature="1/2")
point = critical_candidates(problem, starts=4).points[0]
started = time.process_time()
found = certify_point(problem, point.embeddings)
made = time.process_time() - started
started = time.process_time()
word = verify_text(canonical(found.certificate)).word
print(json.dumps(dict(made=made, verified=time.process_time() - started, kind=found.kind, words=[word])))
"""
_STARTS = """
import json, time
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.search.critical import critical_candidates
from scverify.symbolic.losses import supcon
critical_candidates(Problem(supcon, Classes((2, 2)), dim=2), starts=2)
rates = []
for sizes, tau in (((6, 5, 4), "1/10"), ((3, 3, 3, 3, 3), "1/10"), ((5, 5, 5), "1/10"), ((6, 5, 4), "1/2")):
    started = time.process_time()
    found = critical_candidates(Problem(supcon, Classes(sizes), dim=4, temperature=tau), starts=48)
    rates.append([48 / (time.process_time() - started), len(found.points)])
print(json.dumps(dict(made=sum(48 / rate for rate, _ in rates), starts_a_second_and_points=rates)))
"""
_SHARE = """
import json, time
import numpy as np
from scverify.certify.optimum import optimum
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
optimum(Problem(supcon, Classes((3, 2)), temperature="1/2"))
solve, spent = np.linalg.solve, []
def timed(*arguments):
    started = time.process_time()
    answer = solve(*arguments)
    spent.append(time.process_time() - started)
    return answer
np.linalg.solve = timed
started = time.process_time()
optimum(Problem(supcon, {classes}, temperature="1/10"))
made = time.process_time() - started
print(json.dumps(dict(made=made, steps=len(spent), share_of_LU=sum(spent) / made)))
"""
_PEERS = """
import json, time, warnings
from scverify.certify.optimum import optimum
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
from tests.benchmarks.peers import conic, script, trust_regions
warnings.simplefilter("ignore")
def spent(function, *arguments, rounds):
    function(*arguments)  # imports are not measured
    started = time.process_time()
    for _ in range(rounds):
        answer = function(*arguments)
    return (time.process_time() - started) / rounds, answer
classes = Classes.long_tailed({k}, 500, 100)
rounds = 20 if {k} < 100 else 5
ours, found = spent(lambda: optimum(Problem(supcon, classes, temperature="1/10")), rounds=rounds)
told = dict(made=ours, gap=float(found.gap / found.lower))
for name, peer in (
    ("Clarabel", lambda: conic(classes.sizes, 0.1)[0]),
    ("SCS", lambda: conic(classes.sizes, 0.1, "SCS")[0]),
    ("trust regions", lambda: trust_regions(classes.sizes, 0.1)),
    ("L-BFGS", lambda: script(classes.sizes, 0.1)),
):
    try:
        seconds, value = spent(peer, rounds=1 if name != "L-BFGS" else rounds)
    except ImportError:
        continue
    off = None if value is None else abs(value / float(found.lower) - 1)
    told[name] = seconds / ours
    told[name + " off by"] = off
print(json.dumps(told))
"""
_BOXES = """
import json, time
from scverify.certify.landscape import _subdivision
from scverify.certify.subdivision import SLICE, advance
from scverify.kernel.landscapes.claims import _check_tree
from scverify.kernel.landscapes.reasons import EVERY_MINIMUM, STATEMENTS, decision_of
from scverify.model.data import problem_data
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
problem = Problem(supcon, {sizes}, dim={d}, temperature="{tau}")
claim = dict(type="Landscape", problem=problem_data(problem), statement=EVERY_MINIMUM)
search, _ = _subdivision(claim, problem.temperature, None)
advance(search.rows, [search.domain[slice(0, 1)]], search.reasons, 1)  # compiles
tree, started = search.trees[0], time.process_time()
while tree.open and len(tree.numbers) < {most}:
    numbers, tree.open, settled = advance(search.rows, tree.open, search.reasons, SLICE)
    tree.numbers += numbers
    tree.settled += settled
made = time.process_time() - started
tests = {{number: decision_of(number) for number in STATEMENTS[EVERY_MINIMUM]}}
started = time.process_time()
_check_tree(search.rows, search.domain, bytes(tree.numbers), tests, [])
verified = time.process_time() - started
boxes = len(tree.numbers)
print(json.dumps(dict(
    made=made, verified=verified, boxes=boxes, open=tree.open_boxes, made_a_second=boxes / made, verified_a_second=boxes / verified
)))
"""
_AUDIT = """
import json, time
import numpy as np
from scverify.audit import audit
rng = np.random.default_rng(0)
embeddings, labels = rng.standard_normal(({n}, 128)), np.arange({n}) % 100
audit(embeddings[:400], labels[:400], normalise=True)
started = time.process_time()
audit(embeddings, labels, normalise=True)
print(json.dumps(dict(made=time.process_time() - started)))
"""
_WHOLE = """
import json, resource, subprocess, sys
subprocess.run([sys.executable, "-c", "from scverify.cli import main; main()", *{arguments}], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps(dict(made=used.ru_utime + used.ru_stime, GiB=used.ru_maxrss / 2**20)))
"""
_DISTINCT = "Classes(range(10, {k} + 10))"
_CIFAR = 'Classes.named("cifar100-lt", ratio=100).sizes'
_HUNDRED_GROUPS = "Classes(size for size in range(2, 102) for _ in range(1000))"


def of(classes, tau="1/10", digits=None):
    """An optimum, made and verified."""
    return _OPTIMUM.format(classes=classes, tau=tau, digits=digits)


def distinct(k):
    """k classes, no two of one size."""
    return _DISTINCT.format(k=k)


def labels():
    """A command on a file of 10^6 labels in 10^5 classes of 100 different sizes."""
    folder = Path(tempfile.mkdtemp())
    sizes = np.concatenate([np.full(1000, size) for size in np.linspace(2, 18, 100).round(2)])
    counts = np.maximum(2, np.round(sizes)).astype(int)
    counts[0] += 1_000_000 - counts.sum()
    np.save(folder / "labels.npy", np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts)))
    return _WHOLE.format(arguments=["optimum", "--labels", str(folder / "labels.npy"), "--tau", "1/10", "--json"])


# name: (the bar, the code); those under LONG take minutes with an earlier version
TASKS = {
    "start": ("0.4 s in all", lambda: _WHOLE.format(arguments=["optimum", "--sizes", "5,4,3,2,2", "--tau", "1/10"])),
    "k1000": ("make 5 s, verify 0.5 s, 100 kB, relative gap 1e-12", lambda: of(distinct(1000))),
    "k1000-digits40": ("30 s", lambda: of(distinct(1000), digits=40)),
    "k3000": ("90 s, 2 GiB", lambda: of(distinct(3000))),
    "imagenet": ("1 s", lambda: of('Classes.named("imagenet-lt")')),
    "imagenet-cold": ("rank proved at tau 1/50", lambda: of('Classes.named("imagenet-lt")', "1/50")),
    "inaturalist": ("4 s, 100 kB", lambda: of("Classes.pareto(8142, 1000, 2)")),
    "inaturalist-cold": ("rank proved at tau 1/50", lambda: of("Classes.pareto(8142, 1000, 2)", "1/50")),
    "hundred-groups": ("1e5 classes: 5 s, 0.3 GiB", lambda: of(_HUNDRED_GROUPS)),
    "labels": ("1e6 labels: 5 s, 0.3 GiB", labels),
    "clip": ("4096 pairs: 3 s, 20 kB, relative gap 1e-12", lambda: _UNITS.format(problem='clip(4096), "7/100"')),
    "clip-cold": ("4096 pairs: 3 s, 20 kB, relative gap 1e-12", lambda: _UNITS.format(problem='clip(4096), "1/100"')),
    "ntxent": ("4096 images: 3 s", lambda: _UNITS.format(problem='ntxent(4096), "1/2"')),
    "entropy": ("10 s", lambda: _UNITS.format(problem=f"cross_entropy({_CIFAR}), 1, Ridge('1/1000')")),
    "point": ("n = 30, d = 6: make 1.5 s, verify 0.8 s", lambda: _POINT),
    "starts": ("n = 15: 40 starts a second", lambda: _STARTS),
    "boxes": ("300,000 made a second, and verified", lambda: _BOXES.format(sizes=(3, 2), d=3, tau="1", most=600_000)),
    "boxes-cool": ("told", lambda: _BOXES.format(sizes=(3, 2), d=3, tau="1/2", most=600_000)),
    "peers-10": ("faster than each", lambda: _PEERS.format(k=10)),
    "peers-30": ("faster than each", lambda: _PEERS.format(k=30)),
    "peers-100": ("faster than each", lambda: _PEERS.format(k=100)),
    "share-k1000": ("told", lambda: _SHARE.format(classes=distinct(1000))),
    "share-k3000": ("told", lambda: _SHARE.format(classes=distinct(3000))),
}
LONG = ("k3000", "share-k3000", "peers-100")


def run(code, checkout=ROOT):
    """Whatever JSON the code prints last, with the package of a checkout, on one thread of BLAS."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=checkout, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def told(found):
    """The answers in one line."""
    return ", ".join(f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in found.items())


# name: (code of a size, the sizes); seconds of making, or of a whole process
GROWTHS = {
    "distinct": (lambda k: of(distinct(k)), (100, 300, 1000, 3000)),
    "distinct, 40 digits": (lambda k: of(distinct(k), digits=40), (100, 300, 1000)),
    "pareto": (lambda k: of(f"Classes.pareto({k}, 1000, 2)"), (800, 2500, 8000)),
    "classes in 100 groups": (
        lambda k: of(f"Classes(size for size in range(2, 102) for _ in range({k // 100}))"),
        (10_000, 100_000, 1_000_000),
    ),
    "pairs of n in d": (lambda n: _AUDIT.format(n=n), (2000, 4000, 8000)),
}


def growth():
    """For each kind of work seconds at each size, and the exponent of the size from the second one on."""
    for name, (code, sizes) in GROWTHS.items():
        seconds = [run(code(size))["made"] for size in sizes]
        rows = ", ".join(f"{size}: {x:.2f} s" for size, x in zip(sizes, seconds, strict=True))
        print(f"growth of {name}: {rows}; exponent {exponent(sizes[1:], seconds[1:]):.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TASKS, "growth", []], help="which tasks; all by default")
    parser.add_argument("--against", type=Path, help="a checkout of another version")
    parser.add_argument("--long", action="store_true", help="also what takes a minute")
    asked = parser.parse_args()
    for name in asked.names or [name for name in TASKS if asked.long or name not in LONG]:
        if name == "growth":
            growth()
            continue
        bar, code = TASKS[name]
        found = run(code())
        print(f"{name} ({bar}): {told(found)}", flush=True)
        if asked.against:
            before = run(code(), asked.against.resolve())
            ratios = {key: before[key] / found[key] for key in ("made", "verified", "kilobytes", "GiB") if key in before and key in found}
            print(f"  there: {told(before)}; there over here: {told(ratios)}", flush=True)


if __name__ == "__main__":
    main()
