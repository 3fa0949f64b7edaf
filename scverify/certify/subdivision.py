"""The search for a subdivision: boxes are left out or halved, in several processes, and what was done can be kept and taken up again.

A trunk is grown first; the boxes that it leaves open are shared out among branches. The tree does not depend on the number of processes.
"""

from __future__ import annotations

import base64
import multiprocessing
import os
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scverify.certify.checkpoints import damaged
from scverify.certify.claims import Data
from scverify.kernel.certificate import Rejected, require
from scverify.kernel.landscapes.boxes import Boxes, share, taken
from scverify.kernel.landscapes.contraction import EMPTYING, contracted, free_coordinates
from scverify.kernel.landscapes.deciding import Decider, decider_of
from scverify.kernel.landscapes.enclosures import Enclosures
from scverify.kernel.landscapes.lists import NARROWING
from scverify.kernel.landscapes.reasons import LISTED, NO_ROOT, REASONS, SPLIT
from scverify.kernel.landscapes.rows import BoxRows
from scverify.kernel.landscapes.trees import BATCH, leaves, unpacked
from scverify.model.exact import seconds, whole
from scverify.processes import serve_parent

TRUNK = 30_000  # boxes met before the work is given to processes
BRANCHES = 16  # parts that processes take in turn, so that none waits long for the last one
SLICE = 200_000  # boxes between two reports: about half a second of compiled code
SPECK = 1e-9  # free coordinates of a box this narrow: it closes on a listed point
WIDE = 0.3  # width of a box below which Krawczyk's operator may empty it


@dataclass
class GrowingTree:
    """A tree while it grows: its numbers so far, the batches still open, and the fraction of the domain that it has settled."""

    numbers: bytearray
    open: list[Boxes]
    settled: float = 0.0

    def packed(self) -> Data:
        """As a certificate holds it."""
        return {"boxes": len(self.numbers), "tree": base64.b64encode(zlib.compress(bytes(self.numbers), 9)).decode("ascii")}

    @property
    def open_boxes(self) -> int:
        """How many boxes are still open."""
        return sum(map(len, self.open))


@dataclass
class Extent:
    """How far a subdivision is: boxes met, boxes open, fraction of the domain settled."""

    boxes: int
    open: int
    settled: float


Watch = Callable[[Extent], None]


@dataclass
class Subdivision:
    """Trees that cover a domain: the trunk, and the branches once the trunk is grown."""

    rows: BoxRows
    domain: Boxes
    reasons: tuple[int, ...]
    trees: list[GrowingTree] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begins with the whole domain open."""
        self._whole = float(_volumes(self.domain).sum())
        if not self.trees:
            self.trees = [GrowingTree(bytearray(), [self.domain])]

    @property
    def complete(self) -> bool:
        """Whether no box is open."""
        return not any(tree.open for tree in self.trees[1:]) and (len(self.trees) > 1 or not self.trees[0].open)

    @property
    def boxes(self) -> int:
        """How many boxes were met."""
        return sum(len(tree.numbers) for tree in self.trees)

    @property
    def reasons_given(self) -> dict[str, int]:
        """How many boxes each reason settled."""
        counts: Counter[int] = Counter()
        for tree in self.trees:
            counts.update(tree.numbers)
        return {REASONS[number].name: counts[number] for number in self.reasons}

    def packed(self) -> list[Data]:
        """The trees as a certificate holds them."""
        return [tree.packed() for tree in self.trees]

    def take_up(self, trees: Any) -> None:
        """Replays trees that were packed before; InputError where they are not trees of this domain."""
        found: list[GrowingTree] = []
        try:
            require(isinstance(trees, list) and len(trees) > 0, "it holds no trees")
            for place, data in enumerate(trees):
                numbers, left = unpacked(data), list[Boxes]()
                require(all(number in self.reasons or number >= SPLIT for number in set(numbers)), "a box has a reason that is none")
                roots = self.domain if place == 0 else share(found[0].open, place - 1, len(trees) - 1)
                settled = sum(float(_volumes(boxes).sum()) for boxes, _ in leaves(roots, numbers, left)) / self._whole
                found.append(GrowingTree(bytearray(numbers), left, settled))
        except Rejected as refusal:
            raise damaged(str(refusal)) from refusal
        self.trees = found

    def leaves_with(self, reason: int) -> list[Boxes]:
        """The batches of leaves that are given a reason."""
        trunk, *branches = self.trees
        left: list[Boxes] = []
        walks = [leaves(self.domain, bytes(trunk.numbers), left)]
        for number, branch in enumerate(branches):
            walks.append(leaves(share(trunk.open, number, len(branches)), bytes(branch.numbers)))
        return [boxes[numbers == reason] for walk in walks for boxes, numbers in walk if (numbers == reason).any()]

    def grow(self, jobs: int, until: float, watch: Watch) -> Iterator[Boxes]:
        """Settles boxes until none is open or the clock passes `until`; yields now and then a narrow box that is still open."""
        trunk = self.trees[0]
        while len(self.trees) == 1 and trunk.open and len(trunk.numbers) < TRUNK and time.monotonic() < until:
            self._add(trunk, *advance(self.rows, trunk.open, self.reasons, 1))
            watch(self.progress)
        if len(self.trees) == 1 and trunk.open:
            if len(trunk.numbers) < TRUNK:
                return
            count = max(min(2, trunk.open_boxes), min(BRANCHES, trunk.open_boxes // BATCH))
            self.trees += [GrowingTree(bytearray(), [share(trunk.open, number, count)]) for number in range(count)]
            yield narrowest(trunk.open)
        waiting = [tree for tree in self.trees[1:] if tree.open]
        for tree in self._worked(waiting, jobs, until):
            watch(self.progress)
            if tree.open:
                yield narrowest(tree.open)

    def _worked(self, waiting: list[GrowingTree], jobs: int, until: float) -> Iterator[GrowingTree]:
        """Branches, each time one has grown by a slice."""
        if jobs == 1:
            for tree in waiting:
                while tree.open and time.monotonic() < until:
                    self._add(tree, *advance(self.rows, tree.open, self.reasons, SLICE))
                    yield tree
            return
        with _pool(jobs) as pool:
            running: dict[Future[tuple[bytes, list[Boxes], float]], GrowingTree] = {}
            while True:
                while waiting and len(running) < jobs and time.monotonic() < until:
                    tree = waiting.pop(0)
                    running[pool.submit(advance, self.rows, tree.open, self.reasons, SLICE)] = tree
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    tree = running.pop(future)
                    self._add(tree, *future.result())
                    if tree.open:
                        waiting.insert(0, tree)
                    yield tree

    def _add(self, tree: GrowingTree, numbers: bytes, left: list[Boxes], volume: float) -> None:
        tree.numbers += numbers
        tree.open = left
        tree.settled += volume / self._whole

    @property
    def progress(self) -> Extent:
        """How far it is."""
        growing = self.trees[1:] or self.trees
        return Extent(self.boxes, sum(tree.open_boxes for tree in growing), min(1.0, sum(tree.settled for tree in self.trees)))


def effort(jobs: int | None, budget: float | None) -> tuple[int, float | None]:
    """How many processes (by default as many as this one may use) and seconds (None: any number); raises InputError."""
    processes = len(os.sched_getaffinity(0)) if jobs is None else whole(jobs, "jobs", 1)
    return processes, None if budget is None else seconds(budget, "budget")


def _pool(jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=serve_parent, initargs=(os.getpid(),))


def advance(rows: BoxRows, opened: Iterable[Boxes], reasons: tuple[int, ...], least: int) -> tuple[bytes, list[Boxes], float]:
    """Meets at least `least` boxes, or all: their numbers, the batches left open, the volume settled."""
    stack, numbers, volume = list(opened), bytearray(), 0.0
    decider = decider_of(rows)
    while stack and len(numbers) < least:
        boxes = taken(stack, BATCH)
        found = decided(decider, boxes, reasons)
        halved = found >= SPLIT
        volume += float(_volumes(boxes)[~halved].sum())
        numbers += found.astype(np.uint8).tobytes()
        if halved.any():
            stack.append(boxes[halved].halves(found[halved] - SPLIT))
    decider.agree()
    return bytes(numbers), stack, volume


def decided(decider: Decider, boxes: Boxes, reasons: tuple[int, ...]) -> NDArray[np.int64]:
    """For each box the first reason that the kernel grants, or SPLIT + an axis to halve."""
    found, axes = decider.settled(boxes, tuple(reason for reason in reasons if reason not in (NO_ROOT, LISTED)))
    # Krawczyk's operator asks for boxes that are narrow all round
    axes = (boxes.high - boxes.low).argmax(axis=0) if NO_ROOT in reasons else axes
    result: NDArray[np.int64] = np.where(found < 0, SPLIT + axes, found)
    if NO_ROOT in reasons:
        places = np.flatnonzero(found < 0)
        contracted_ones = _contract(Enclosures(decider.rows, boxes[places]))
        result[places[contracted_ones > 0]] = contracted_ones[contracted_ones > 0]
    return result


def _contract(at: Enclosures) -> NDArray[np.int64]:
    """NO_ROOT where Krawczyk's operator empties a box, LISTED where it leaves a speck, 0 elsewhere.

    Which point a speck holds, and that it is listed, is settled when all specks are known.
    """
    result = np.zeros(len(at.boxes), dtype=np.int64)
    width = _free_widths(at.rows, at.boxes)
    small = np.flatnonzero(width < WIDE)
    if not len(small):
        return result
    once, empty = contracted(at.rows, at.boxes[small], EMPTYING)
    result[small[empty]] = NO_ROOT
    closing = np.flatnonzero((_free_widths(at.rows, once) < 0.5 * width[small]) & ~empty)
    if len(closing):
        speck, empty = contracted(at.rows, once[closing], NARROWING - EMPTYING)
        result[small[closing[(_free_widths(at.rows, speck) < SPECK) & ~empty]]] = LISTED
    return result


def _free_widths(rows: BoxRows, boxes: Boxes) -> NDArray[np.float64]:
    free = [i * (rows.d - 1) + c for i, c in free_coordinates(rows.n, rows.d)]
    widths: NDArray[np.float64] = (boxes.high[free] - boxes.low[free]).max(axis=0)
    return widths


def narrowest(batches: list[Boxes]) -> Boxes:
    """The open box whose widest side is least."""
    candidates = [(float(widths.min()), batch, int(widths.argmin())) for batch in batches for widths in [_widths(batch)]]
    _, batch, place = min(candidates, key=lambda entry: entry[0])
    return batch[slice(place, place + 1)]


def _widths(boxes: Boxes) -> NDArray[np.float64]:
    widths: NDArray[np.float64] = (boxes.high[:-1] - boxes.low[:-1]).max(axis=0)
    return widths


def _volumes(boxes: Boxes) -> NDArray[np.float64]:
    """Volume in the coordinates that are free."""
    widths = boxes.high - boxes.low
    volumes: NDArray[np.float64] = np.where(widths > 0, widths, 1.0).prod(axis=0)
    return volumes
