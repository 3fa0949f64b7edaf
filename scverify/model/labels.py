"""Labels and embeddings as users hold them: arrays, tensors and files (text, .npy, .npz, a column of a .csv)."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from scverify.errors import InputError, plainly
from scverify.reading import read_text

_LABEL_FILES = "a text file with one label per line, .npy, FILE.npz::ARRAY, or FILE.csv::COLUMN"
_EMBEDDING_FILES = "a .npy file, or FILE.npz::ARRAY, of shape (n, d)"


@dataclass(frozen=True)
class Labels:
    """The class of each of n samples: names in sorted order (k,), and each sample's place among them (n,)."""

    names: tuple[str, ...]
    of: NDArray[np.int64]

    @classmethod
    def given(cls, values: Any) -> Labels:
        """Labels from n strings or integers, in a sequence, an array or a tensor.

        Raises InputError, naming the row, for a label that is missing (NaN, None, an empty string) or negative, and for numbers that are
        not whole.

        >>> Labels.given(["cat", "dog", "cat"]).of.tolist()
        [0, 1, 0]
        """
        if isinstance(values, Labels):
            return values
        array = array_of(values, "labels")
        if array.ndim != 1 or array.size == 0:
            raise InputError(f"labels of shape {array.shape}", "one label per sample, shape (n,)", "flatten the label array")
        if array.dtype.kind == "O":
            array = _from_objects(array)
        if array.dtype.kind == "f":
            _refuse(~np.isfinite(array), array, "a number that is missing or infinite")
            _refuse(array != np.rint(array), array, "not a whole number")
            array = array.astype(np.int64)
        if array.dtype.kind in "iu":
            _refuse(array < 0, array, "negative, which often stands for no label")
        elif array.dtype.kind in "US":
            array = array.astype(str)
            _refuse(np.char.strip(array) == "", array, "empty")
        elif array.dtype.kind != "b":
            raise InputError(f"labels of type {array.dtype}", "integers or strings", "convert the label array")
        names, of = np.unique(array, return_inverse=True)
        return cls(tuple(str(name) for name in names.tolist()), of.astype(np.int64))


def _from_objects(array: NDArray[Any]) -> NDArray[Any]:
    """An array of Python objects as an array of integers or of strings."""
    missing = np.array([x is None or (isinstance(x, float) and x != x) for x in array.tolist()])
    _refuse(missing, array, "missing")
    kinds = {type(x) for x in array.tolist()}
    if kinds <= {str}:
        return array.astype(str)
    if kinds <= {int, bool}:
        return array.astype(np.int64)
    raise InputError(f"labels of types {', '.join(sorted(kind.__name__ for kind in kinds))}", "integers or strings", "use one type")


def _refuse(bad: NDArray[np.bool_], array: NDArray[Any], why: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InputError(f"label {array[row]!s} in row {row} ({why})", "a label for every sample", "drop these samples or label them")


def array_of(values: Any, what: str) -> NDArray[Any]:
    """The values as a NumPy array: sequences, arrays, and tensors of other libraries on any device, gradients left behind."""
    try:
        return _converted(values)
    except MemoryError:
        raise
    except Exception as error:  # other libraries refuse in words and types of their own
        if _is_elsewhere(values):
            raise InputError(
                f"{what} of type {type(values).__name__} on another device", "what can be copied from there", "call .cpu() or .get() first"
            ) from error
        raise InputError(f"{what} of type {type(values).__name__}", "a NumPy array or what converts to one", "convert it first") from error


def _converted(values: Any) -> NDArray[Any]:
    """The same; raises what the other library raises."""
    if isinstance(values, list | tuple) and any(_is_tensor(value) for value in values):
        return np.asarray([_converted(value) for value in values])
    if _is_tensor(values):
        values = values.detach().cpu()
        for name in ("resolve_conj", "resolve_neg"):  # a conjugate or a negative that was put off
            values = getattr(values, name)() if hasattr(values, name) else values
        if "bfloat16" in str(getattr(values, "dtype", "")):  # NumPy has no such numbers; floats of 32 bits hold them exactly
            values = values.float()
    if not hasattr(values, "__array__") and hasattr(values, "__dlpack__"):
        return np.from_dlpack(values, device="cpu")
    try:
        return np.asarray(values)
    except TypeError:  # CuPy copies from its device when it is asked to, and not by a conversion that goes without saying
        if not _is_elsewhere(values):
            raise
        return np.from_dlpack(values, device="cpu")


def _is_tensor(values: Any) -> bool:
    return hasattr(values, "detach") and hasattr(values, "cpu")


def _is_elsewhere(values: Any) -> bool:
    """Whether an array says of itself that it is not in the memory of the processor, which DLPack numbers 1."""
    try:
        return bool(values.__dlpack_device__()[0] != 1)
    except Exception:
        return False


def embeddings_given(values: Any) -> NDArray[np.float64]:
    """Embeddings (n, d), one row per sample, in float64; InputError, naming the row, for what is not finite and for a row of zeros."""
    array = array_of(values, "embeddings")
    if array.ndim != 2 or array.size == 0:
        raise InputError(f"embeddings of shape {array.shape}", "one row per sample, shape (n, d)", "reshape the array")
    if array.dtype.kind not in "fiu":
        raise InputError(f"embeddings of type {array.dtype}", "real numbers", "convert the array to floats")
    rows = np.ascontiguousarray(array, dtype=np.float64)
    for bad, what in ((~np.isfinite(rows).all(axis=1), "not finite"), (~rows.any(axis=1), "zero and has no direction")):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise InputError(f"embeddings whose row {row} is {what}", "finite rows that are not zero", "drop or mend these samples")
    return rows


def read_labels(reference: str) -> Labels:
    """Labels from a file: one per line of a text file, a .npy array, FILE.npz::ARRAY, or FILE.csv::COLUMN by the name in its first line.

    Raises InputError where the file cannot be read or a label is missing.
    """
    name, _, column = reference.partition("::")
    path = _existing(name, _LABEL_FILES)
    if path.suffix in (".npy", ".npz"):
        return Labels.given(_loaded(path, _LABEL_FILES, column))
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"label file {name}: {plainly(error)}", _LABEL_FILES, "check the file") from error
    if column or path.suffix == ".csv":
        return _column(name, column, text)
    values = [line.strip() for line in text.splitlines()]
    return Labels.given(_whole_or_text(values))


def _column(name: str, column: str, text: str) -> Labels:
    header, *rows = list(csv.reader(text.splitlines())) or [[]]
    if column not in header:
        given = f"column {column!r} of {name}" if column else f"{name} without a column"
        raise InputError(given, f"one of its columns: {', '.join(header)}", f"write {name}::{header[-1] if header else 'COLUMN'}")
    place = header.index(column)
    return Labels.given(_whole_or_text([row[place] if place < len(row) else "" for row in rows]))


def _whole_or_text(values: list[str]) -> NDArray[Any]:
    """Integers where all are, else strings."""
    try:
        return np.array([int(value) for value in values], dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(values, dtype=str)


def read_embeddings(reference: str) -> NDArray[np.float64]:
    """Embeddings (n, d) from a .npy file, or FILE.npz::ARRAY (a file with one array needs no name); InputError where it cannot be read."""
    name, _, array = reference.partition("::")
    path = _existing(name, _EMBEDDING_FILES)
    if path.suffix not in (".npy", ".npz"):
        raise InputError(f"embeddings in {name}", _EMBEDDING_FILES, "save them with numpy.save")
    return embeddings_given(_loaded(path, _EMBEDDING_FILES, array))


def _existing(name: str, allowed: str) -> Path:
    path = Path(name)
    if not os.path.isfile(path):  # also for names that no file can have
        raise InputError(f"no file {name}", allowed, "check the path")
    return path


def _is_cut(path: Path) -> bool:
    """Whether a file of an array is shorter than its own first line says."""
    try:
        np.load(path, mmap_mode="r")
    except ValueError:
        return True
    return False


def _loaded(path: Path, allowed: str, array: str) -> NDArray[Any]:
    """The array of a .npy file, or the one of this name in an .npz file."""
    try:
        found = np.load(path, allow_pickle=False)
        if isinstance(found, np.ndarray):
            if array:
                raise InputError(f"array {array!r} of {path}", "a .npy file holds one array, without a name", f"write {path}")
            return found
        with found:
            name = array or (found.files[0] if len(found.files) == 1 else "")
            if name not in found.files:
                held = ", ".join(found.files) or "none"
                raise InputError(
                    f"{path}{f' without an array {array!r}' if array else ''} (arrays: {held})", allowed, "name one of its arrays"
                )
            result: NDArray[Any] = found[name]
            return result
    except InputError:
        raise
    except MemoryError as error:
        if path.suffix == ".npy" and _is_cut(path):
            raise InputError(f"file {path}: it ends before its array does", allowed, "save it with numpy.save") from error
        raise
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise InputError(f"file {path}: {plainly(error)}", allowed, "save it with numpy.save, without Python objects") from error
