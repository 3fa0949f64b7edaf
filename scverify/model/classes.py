"""Class sizes: how many samples each label has, and the profiles that users meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from scverify.errors import InputError, must_be
from scverify.model.exact import MOST_COUNT, Rational, positive, whole
from scverify.model.labels import Labels
from scverify.model.published import IMAGENET_LT, PLACES_LT

# ImageNet has a thousand classes; a thousand times as many still fit into memory
MOST_CLASSES = 10**6


@dataclass(frozen=True, repr=False)
class Classes:
    """The sizes n_c of k >= 2 classes; samples are numbered class by class.

    Raises InputError for fewer than two classes or a size below one.

    >>> Classes((5, 4)), Classes.step(k=4, n_min=2, ratio=5).sizes
    (Classes((5, 4)), (10, 10, 2, 2))
    """

    sizes: tuple[int, ...]

    def __init__(self, sizes: Iterable[int]) -> None:
        """Sizes in the order of the labels 0..k-1."""
        must_be(sizes, Iterable, "sizes", "a list of whole numbers such as (7, 3, 3, 2, 2)")
        if isinstance(sizes, Set | Mapping):
            raise InputError(
                f"sizes as a {type(sizes).__name__}, which has no order or drops equal sizes", "a list or tuple", "give a list"
            )
        try:
            given = iter(sizes)
        except TypeError as error:  # an array without an axis
            raise InputError(f"sizes {sizes!r}", "a list of whole numbers such as (7, 3, 3, 2, 2)", "give one size per class") from error
        checked = tuple(whole(size, "class size", 1) for size in islice(given, MOST_CLASSES + 1))
        if len(checked) > MOST_CLASSES:
            raise InputError(f"more than {MOST_CLASSES} classes", f"2 to {MOST_CLASSES} classes", "give fewer classes")
        if len(checked) < 2:
            raise InputError(f"{len(checked)} class(es)", "at least two classes", "add a class: one class alone has no negatives")
        object.__setattr__(self, "sizes", checked)

    def __repr__(self) -> str:
        return f"Classes({self.sizes})" if self.k <= 12 else f"<Classes: {self}>"

    def __str__(self) -> str:
        if self.k <= 12:
            return ",".join(map(str, self.sizes))
        return f"{self.sizes[0]},{self.sizes[1]},…,{self.sizes[-1]} (k={self.k}, n={self.n})"

    @property
    def k(self) -> int:
        """Number of classes."""
        return len(self.sizes)

    @property
    def n(self) -> int:
        """Number of samples."""
        return sum(self.sizes)

    @property
    def labels(self) -> NDArray[np.int64]:
        """Label of each sample, shape (n,)."""
        return np.repeat(np.arange(self.k), self.sizes)

    @classmethod
    def balanced(cls, k: int, size: int) -> Classes:
        """k classes of equal size."""
        return cls((size,) * whole(k, "k", 2, MOST_CLASSES))

    def stratified(self, batch: int) -> Classes:
        """The classes of a batch with these proportions: its samples are shared out by largest remainders, ties to the earlier class.

        A class whose share is none is left out. Raises InputError for a batch of more samples than there are, or of one class.

        >>> Classes((70, 20, 10)).stratified(8).sizes
        (6, 1, 1)
        """
        if whole(batch, "batch", 1) > self.n:
            raise InputError(f"a batch of {batch} samples", f"at most all {self.n} of them", "choose a smaller batch")
        shares = [divmod(batch * size, self.n) for size in self.sizes]
        left = batch - sum(share for share, _ in shares)
        first = sorted(range(self.k), key=lambda c: -shares[c][1])[:left]
        counts = [share + (c in set(first)) for c, (share, _) in enumerate(shares)]
        return Classes(count for count in counts if count)

    def seen(self, views: int) -> Classes:
        """Each sample in `views` views, which are samples of its class: sizes times `views`."""
        return Classes(size * whole(views, "views", 1) for size in self.sizes)

    @classmethod
    def step(cls, k: int, n_min: int, ratio: Rational, majorities: int = 0) -> Classes:
        """STEP imbalance: the first classes have ratio * n_min samples, the rest n_min (Behnia and Thrampoulidis 2024).

        majorities: how many classes are large; 0 stands for k/2, for an even k.
        """
        whole(k, "k", 2, MOST_CLASSES)
        if whole(majorities, "majorities", 0) == 0 and k % 2:
            raise InputError(f"k {k} for the step profile", "an even k", "say how many classes are large (majorities)")
        large = majorities or k // 2
        if large >= k:
            raise InputError(f"majorities {large} of {k} classes", "fewer than k", "leave at least one class small")
        majority = positive(ratio, "ratio", MOST_COUNT) * whole(n_min, "n_min", 1)
        if majority.denominator != 1:
            raise InputError(f"ratio {ratio} with n_min {n_min}", "ratio * n_min whole", "choose a ratio that divides")
        return cls((int(majority),) * large + (n_min,) * (k - large))

    @classmethod
    def long_tailed(cls, k: int, n_max: int, ratio: Rational) -> Classes:
        """Exponential profile n_c = floor(n_max * ratio^(-c/(k-1))), decided in integers (Cao et al. 2019)."""
        steps = whole(k, "k", 2, MOST_CLASSES) - 1
        imbalance = positive(ratio, "ratio")
        whole(n_max, "n_max", 1)

        def size(c: int) -> int:
            # largest n with n^(k-1) * ratio^c <= n_max^(k-1)
            return _largest(n_max, lambda n: Fraction(n) ** steps * imbalance**c <= n_max**steps)

        return cls(size(c) for c in range(k))

    @classmethod
    def pareto(cls, k: int, n_max: int, n_min: int, shape: int = 3) -> Classes:
        """Pareto (Lomax) profile n_c = floor(n_max * (1 + c/sigma)^(-shape)), sigma such that the last class has n_min samples.

        With k = 1000, n_max = 1280, n_min = 5 and shape 3 the total is 116,711; ImageNet-LT has 115.8 thousand (Liu et al. 2019).
        """
        whole(k, "k", 2, MOST_CLASSES), whole(n_min, "n_min", 1), whole(n_max, "n_max", n_min), whole(shape, "shape", 1)
        with ctx.workprec(200):
            # sigma = (k-1) / ((n_max/n_min)^(1/shape) - 1)
            stretch = (arb(fmpq(n_max, n_min)).root(shape) - 1) / (k - 1)
            inner = [_floor(n_max / (1 + stretch * c) ** shape) for c in range(1, k - 1)]
        return cls([n_max, *inner, n_min])

    @classmethod
    def places_lt(cls) -> Classes:
        """The published counts of Places-LT (Liu et al. 2019): k = 365, n = 62,500, sizes 4,980 ... 5."""
        return cls(PLACES_LT)

    @classmethod
    def imagenet_lt(cls) -> Classes:
        """The published counts of ImageNet-LT (Liu et al. 2019): k = 1,000, n = 115,846, sizes 1,280 ... 5."""
        return cls(IMAGENET_LT)

    @classmethod
    def from_labels(cls, labels: Any) -> Classes:
        """Sizes counted from labels, strings or integers, one per sample; in the order of the sorted labels.

        Raises InputError, naming the row, for a label that is missing or negative.
        """
        given = Labels.given(labels)
        return cls(np.bincount(given.of, minlength=len(given.names)).tolist())

    @classmethod
    def named(cls, name: str, **options: Rational | None) -> Classes:
        """A profile by its name (see PROFILES); options that are None are left at the profile's own."""
        if not isinstance(name, str) or name not in PROFILES:
            raise InputError(f"profile {name!r}", ", ".join(PROFILES), "choose one of these, or give --sizes")
        build, defaults, _ = PROFILES[name]
        given = {key: value for key, value in options.items() if value is not None}
        if unknown := set(given) - set(defaults):
            raise InputError(f"option {min(unknown)} for profile {name}", ", ".join(defaults) or "none", "drop that option")
        if missing := [key for key, value in {**defaults, **given}.items() if value is None]:
            raise InputError(f"profile {name} without {missing[0]}", "all of " + ", ".join(defaults), f"give {missing[0]}")
        return build(**{**defaults, **given})


def _largest(limit: int, holds: Callable[[int], bool]) -> int:
    """The largest n in 0..limit for which a decreasing condition holds."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _floor(value: arb) -> int:
    """Floor of a ball; where the ball straddles an integer, the integer is meant (the profile hits it exactly)."""
    floor = value.floor().unique_fmpz() or value.unique_fmpz()
    assert floor is not None  # 200 bits leave at most one integer inside
    return int(floor)


class Profile(NamedTuple):
    """How the sizes of a profile are made, from which options (None: to be given), and where they are from."""

    build: Callable[..., Classes]
    defaults: dict[str, Rational | None]
    source: str


_CIFAR = "shape by the rule of Cao et al. 2019"
PROFILES = {
    "balanced": Profile(Classes.balanced, {"k": None, "size": None}, "shape: equal sizes"),
    "step": Profile(Classes.step, {"k": None, "n_min": None, "ratio": None, "majorities": 0}, "shape of Behnia and Thrampoulidis 2024"),
    "long-tailed": Profile(Classes.long_tailed, {"k": None, "n_max": None, "ratio": None}, _CIFAR),
    "pareto": Profile(Classes.pareto, {"k": None, "n_max": None, "n_min": None, "shape": 3}, "shape of Lomax"),
    "cifar10-lt": Profile(Classes.long_tailed, {"k": 10, "n_max": 5000, "ratio": 100}, _CIFAR),
    "cifar100-lt": Profile(Classes.long_tailed, {"k": 100, "n_max": 500, "ratio": 100}, _CIFAR),
    "imagenet-lt": Profile(
        Classes.pareto,
        {"k": 1000, "n_max": 1280, "n_min": 5, "shape": 3},
        "shape with the published k, largest and smallest class of Liu et al. 2019; for their counts: imagenet-lt-counts",
    ),
    "imagenet-lt-counts": Profile(Classes.imagenet_lt, {}, "published counts of Liu et al. 2019"),
    "places-lt": Profile(Classes.places_lt, {}, "published counts of Liu et al. 2019"),
}
