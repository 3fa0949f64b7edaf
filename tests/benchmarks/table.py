"""Writes the table of docs/performance.md. In a checkout: python -m tests.benchmarks.table (--quick leaves out what takes minutes)."""

import argparse
import datetime
import os
import platform
import random
from fractions import Fraction
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

from scverify.certify import pairwise
from scverify.certify.optimum import optimum
from scverify.kernel.certificate import canonical
from scverify.kernel.verify import verify_text
from scverify.model.classes import Classes
from scverify.model.constraints import Ball, NonNegative, Ridge
from tests.benchmarks.peers import autograd, conic, conjugate_gradient, products_and_exponentials
from tests.benchmarks.problems import SIX, bounded, growing, problem, warm
from tests.benchmarks.timing import best_of_each, exponent, in_a_fresh_process, timed

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
ANSWERS = {True: "yes", False: "**no**", None: ""}
BEGIN, END = "<!-- table -->", "<!-- end of table -->"

_SOLVE = """
import json, resource, time
from scverify.certify.optimum import optimum
from scverify.model.classes import Classes
from scverify.model.problem import Problem
from scverify.symbolic.losses import supcon
optimum(Problem(supcon, Classes((3, 2)), temperature="1/2"))
task = Problem(supcon, Classes.named({name!r}), temperature="1/10")
started = time.perf_counter()
found = optimum(task, digits={digits})
seconds = time.perf_counter() - started
print(json.dumps([seconds, float(found.gap), float(found.gap / found.lower), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20]))
"""
_IMPORT = "import json, time; started = time.perf_counter(); import scverify; print(json.dumps(time.perf_counter() - started))"


def small(number):
    return f"{float(number):.0e}".replace("e-0", "e-")


def relative(found):
    return found.gap / abs(found.lower)


def six(digits):
    runs = [timed(optimum, problem(sizes, tau), digits) for sizes, tau in SIX]
    gaps = [found.gap if digits else relative(found) for _, found in runs]
    slowest = max(seconds for seconds, _ in runs)
    reached = max(gaps) <= Fraction(1, 10 ** (digits or 12)) and slowest < (20 if digits else 3)
    return f"worst {'absolute' if digits else 'relative'} gap {small(max(gaps))}, slowest {slowest:.2f} s", reached


def profile(name, most_gap, most_seconds, most_seconds_of_digits):
    def row():
        seconds, _, gap, gibibytes = in_a_fresh_process(_SOLVE.format(name=name, digits=None))
        more, absolute, _, _ = in_a_fresh_process(_SOLVE.format(name=name, digits=40))
        told = f"relative gap {small(gap)} in {seconds:.1f} s, {gibibytes:.2f} GiB"
        reached = gap <= most_gap and absolute <= 1e-40 and seconds < most_seconds and more < most_seconds_of_digits and gibibytes < 2
        return f"{told}; `--digits 40`: absolute gap {small(absolute)} in {more:.1f} s", reached

    return row


def merged():
    found = optimum(problem((600, 600, 3, 3), "1/2"))
    return f"relative gap {small(relative(found))}, rank {found.rank}", relative(found) <= 1e-10 and found.rank == 2


def drawn(generator):
    """Sizes 2..10^6, temperatures 1/50..10; half of the draws end in tiny classes, which merge when it is warm."""
    k = generator.randint(3, 12)
    sizes = [int(10 ** generator.uniform(0.31, 6)) for _ in range(k)]
    if generator.random() < 0.5:
        sizes[k // 2 :] = [generator.randint(2, 5) for _ in sizes[k // 2 :]]
    return problem(tuple(sizes), Fraction(generator.choice([1, 1, 1, 2, 5, 10]), generator.choice([1, 1, 2, 3, 5, 10, 20, 50])))


def random_instances():
    generator = random.Random(0)
    found = [optimum(drawn(generator)) for _ in range(20)]
    wrong = sum(x.rank is not None and x.rank != (np.linalg.eigvalsh(x.gram) > 1e-9).sum() for x in found)
    low = sum(x.rank is not None and x.rank < x.problem.classes.k - 1 for x in found)
    worst = max(map(relative, found))
    return f"worst relative gap {small(worst)}; {low} of 20 merged; wrong ranks: {wrong}", worst <= 1e-10 and wrong == 0


def constraints():
    cases = [(5, 4, 3, 2), Classes.named("cifar10-lt")]
    gaps = [relative(optimum(problem(case, "1/10", c))) for case in cases for c in (Ball(), Ridge("1/10"), NonNegative())]
    return f"worst relative gap {small(max(gaps))}", max(gaps) <= 1e-10


def growth(level, counts):
    def row():
        seconds = [best_of_each(lambda k=k: optimum(growing(k, level)), rounds=1)[0] for k in counts]
        told = ", ".join(f"{k}: {x:.2f} s" for k, x in zip(counts, seconds, strict=True))
        return f"{told}; exponent {exponent(counts, seconds):.1f}", None

    return row


def against_conic(k, least):
    def row():
        task = problem(Classes.long_tailed(k, 500, 100))
        ours = best_of_each(lambda: optimum(task), rounds=5)[0]
        # the first call of so small a model pays for imports
        theirs, (value, status) = min(timed(conic, task.classes.sizes, 0.1) for _ in range(3 if k < 30 else 1))
        error = "" if value is None else f", value off by {small(abs(value / float(optimum(task).lower) - 1))}"
        return (
            f"{theirs / ours:.2g} x ({theirs:.2f} s against {ours:.3f} s; theirs: {status}{error})",
            None if least is None else theirs > least * ours,
        )

    return row


def against_conjugate_gradient():
    task = problem(Classes.named("imagenet-lt"))
    ours, found = timed(optimum, task)
    theirs, value = timed(conjugate_gradient, task.classes.sizes, 0.1, seconds=240)
    return (
        f"{theirs / ours:.0f} x ({theirs:.0f} s against {ours:.1f} s; theirs: value off by {small(abs(value / float(found.lower) - 1))})",
        theirs > 10 * ours,
    )


def on_one_thread(ours, theirs):
    with threadpool_limits(limits=1), patch.object(pairwise, "sched_getaffinity", lambda _: {0}):
        return best_of_each(ours, theirs, rounds=20)


def sample_level():
    work, _, columns = bounded()
    ours, bare = on_one_thread(work, lambda: products_and_exponentials(columns))
    return f"{ours / bare:.2f} x ({ours * 1e3:.0f} ms against {bare * 1e3:.0f} ms)", ours < 1.7 * bare


def sample_level_against_torch():
    work, task, columns = bounded()
    ours, theirs = on_one_thread(work, autograd(columns, task.classes.labels, 0.1))
    return f"{ours / theirs:.2f} x ({ours * 1e3:.0f} ms against {theirs * 1e3:.0f} ms)", ours < 0.7 * theirs


def verifying():
    ratios = {}
    for classes in (Classes((7, 3, 3, 2, 2)), Classes.named("cifar10-lt"), Classes.named("cifar100-lt")):
        making, found = timed(optimum, problem(classes))
        texts = [canonical(certificate) for certificate in found.certificates.values()]
        ratios[classes.k] = timed(lambda texts=texts: list(map(verify_text, texts)))[0] / making
    return ", ".join(f"k = {k}: {ratio:.2f} x" for k, ratio in ratios.items()), max(ratios.values()) <= 1


def verifying_from_the_start():
    text = canonical(optimum(problem((7, 3, 3, 2, 2), "37/100")).certificate)
    code = f"import json, scverify; print(json.dumps(scverify.verify(json.loads({text!r})).word))"
    seconds, word = timed(in_a_fresh_process, code)
    return f"{word} in {seconds:.2f} s", word == "VERIFIED" and seconds < 1


def importing():
    seconds = min(in_a_fresh_process(_IMPORT) for _ in range(5))
    return f"{seconds:.3f} s", seconds < 0.3


def rows(quick):
    """(work, bar, measure) in the order of the table."""
    counts = (10, 30, 100) if quick else (10, 30, 100, 300, 1000)
    yield "six instances", "relative gap 1e-12, 3 s each", lambda: six(None)
    yield "six instances, `--digits 40`", "absolute gap 1e-40, 20 s each", lambda: six(40)
    yield "CIFAR-100-LT ratio 100, τ 1/10", "1e-14 in 2 s; 40 digits in 10 s", profile("cifar100-lt", 1e-14, 2, 10)
    if not quick:
        yield "ImageNet-LT profile, k = 1000, τ 1/10", "1e-13 in 20 s and 2 GiB; 40 digits in 60 s", profile("imagenet-lt", 1e-13, 20, 60)
    yield "sizes 600,600,3,3, τ 1/2 (merged)", "1e-10, rank 2", merged
    yield "20 random instances, sizes 2..10⁶, τ 1/50..10", "1e-10 each, no wrong rank", random_instances
    yield "ball, ridge:1/10, H ≥ 0 on 5,4,3,2 and CIFAR-10-LT, τ 1/10", "1e-10", constraints
    yield "growth with k, level groups", "reported", growth("groups", counts)
    yield "growth with k, level classes (all sizes differ)", "reported", growth("classes", counts)
    for k, bar, least in ((10, "above 1 x", 1), (20, "above 1 x", 1), (50, "reported", None), *(() if quick else ((100, "300 x", 300),))):
        yield f"CVXPY + Clarabel over ours, k = {k}", bar, against_conic(k, least)
    if not quick and find_spec("pymanopt"):
        yield "pymanopt conjugate gradient over ours, k = 1000", "10 x", against_conjugate_gradient
    yield (
        "value + gradient with bounds of their errors, n = 2000, d = 64, k = 10, over its products and exponentials",
        "1.7 x",
        sample_level,
    )
    if find_spec("torch"):
        yield "the same over PyTorch eager", "0.7 x", sample_level_against_torch
    yield "`verify` over making", "1 x", verifying
    yield "`verify` from the start of Python, k = 5", "1 s", verifying_from_the_start
    yield "`import scverify`", "0.3 s", importing


def machine():
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "python-flint", "cvxpy", "clarabel"))
    cores = f"{os.cpu_count()} cores shared with other work, load {os.getloadavg()[0]:.1f} at the start"
    return f"{datetime.date.today()} on {cores}; Python {platform.python_version()}, {versions}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes")
    quick = parser.parse_args().quick
    warm()
    lines = [f"Measured {machine()}.", "", "| work | bar | measured | bar reached |", "|---|---|---|---|"]
    for work, bar, measure in rows(quick):
        measured, reached = measure()
        lines.append(f"| {work} | {bar} | {measured} | {ANSWERS[reached]} |")
        print(lines[-1], flush=True)
    before, after = PAGE.read_text().split(BEGIN)[0], PAGE.read_text().split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")


if __name__ == "__main__":
    main()
