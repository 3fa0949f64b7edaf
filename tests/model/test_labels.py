"""Labels and embeddings as users hold them, and what is refused, with the row named."""

import numpy as np
import pytest

from scverify.errors import InputError
from scverify.model.classes import Classes
from scverify.model.labels import Labels, embeddings_given, read_embeddings, read_labels


class Tensor:
    """What a tensor of another library offers: it converts to an array only after it is detached and on the host."""

    def __init__(self, values, ready=False):
        self.values, self.ready = values, ready

    def detach(self):
        return self

    def cpu(self):
        return Tensor(self.values, True)

    def __array__(self, dtype=None, copy=None):
        if not self.ready:
            raise TypeError("on a device")
        return np.asarray(self.values, dtype=dtype)


@pytest.mark.parametrize(
    "values",
    [
        ["b", "a", "b"],
        np.array(["b", "a", "b"]),
        np.array(["b", "a", "b"], dtype=object),
        [7, 3, 7],
        np.array([7.0, 3.0, 7.0]),
        np.array([7, 3, 7], dtype=np.uint8),
        np.array([7, 3, 7], dtype=object),
        Tensor([7, 3, 7]),
        [True, False, True],
    ],
)
def test_labels_are_numbered_in_sorted_order(values):
    labels = Labels.given(values)
    assert labels.of.tolist() == [1, 0, 1]
    assert Classes.from_labels(labels).sizes == (1, 2)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ([0, 1, float("nan")], "row 2"),
        ([0, -1, 1], "row 1"),
        ([0.5, 1, 1], "row 0"),
        (["a", "", "b"], "row 1"),
        (np.array(["a", None, "b"], dtype=object), "row 1"),
        (np.array(["a", 3, "b"], dtype=object), "int, str"),
        ([[0, 1], [1, 0]], "shape (2, 2)"),
        ([], "shape (0,)"),
        (np.array([1j, 2]), "complex"),
        ([0, 1, float("inf")], "row 2"),
    ],
)
def test_labels_that_say_nothing_are_refused(values, named):
    with pytest.raises(InputError) as refusal:
        Labels.given(values)
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (np.zeros((3, 2)), "row 0"),
        ([[1.0, 0.0], [0.0, np.nan]], "row 1"),
        ([[1.0, 0.0], [np.inf, 1.0]], "row 1"),
        ([1.0, 2.0], "shape (2,)"),
        (np.array([["a"]]), "type"),
        (np.zeros((0, 3)), "shape (0, 3)"),
    ],
)
def test_embeddings_that_cannot_be_judged_are_refused(values, named):
    with pytest.raises(InputError) as refusal:
        embeddings_given(values)
    assert named in str(refusal.value)


def test_a_tensor_on_a_device_is_taken_from_there():
    assert embeddings_given(Tensor([[1.0, 2.0]])).tolist() == [[1.0, 2.0]]


def test_files_of_labels(tmp_path):
    (tmp_path / "y.txt").write_text("dog\ncat\ndog\n")
    (tmp_path / "y.csv").write_text("id,class\n1,dog\n2,cat\n3,dog\n")
    (tmp_path / "number.txt").write_text("10\n9\n10\n")
    np.save(tmp_path / "y.npy", np.array([5, 2, 5]))
    for reference in ("y.txt", "y.csv::class", "number.txt", "y.npy"):
        assert read_labels(str(tmp_path / reference)).of.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("reference", "named"),
    [
        ("missing.txt", "no file"),
        ("y.csv", "without a column"),
        ("y.csv::kind", "id, class"),
        ("broken.npy", "broken.npy"),
        ("pickled.npy", "pickled.npy"),
        ("bytes.txt", "bytes.txt"),
        ("gap.txt", "row 1"),
        ("short.csv::class", "row 1"),
        ("empty.csv::class", "column"),
    ],
)
def test_files_that_hold_no_labels_are_refused(tmp_path, reference, named):
    (tmp_path / "y.csv").write_text("id,class\n1,dog\n")
    (tmp_path / "broken.npy").write_bytes(b"\x93NUMPY")
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object))
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "gap.txt").write_text("a\n\nb\n")
    (tmp_path / "short.csv").write_text("id,class\n1,a\n2\n")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError) as refusal:
        read_labels(str(tmp_path / reference))
    assert named in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_files_of_embeddings(tmp_path):
    np.save(tmp_path / "h.npy", np.eye(2, dtype=np.float32))
    np.savez(tmp_path / "h.npz", h=np.eye(2))
    np.savez(tmp_path / "two.npz", a=np.eye(2), b=np.eye(2))
    for name in ("h.npy", "h.npz"):
        assert read_embeddings(str(tmp_path / name)).tolist() == [[1, 0], [0, 1]]
    for name in ("two.npz", "missing.npy", "h.txt"):
        with pytest.raises(InputError):
            read_embeddings(str(tmp_path / name))


def test_arrays_of_a_file_are_named(tmp_path):
    np.savez(tmp_path / "run.npz", h=np.eye(2), y=np.array(["b", "a"]))
    assert read_embeddings(f"{tmp_path / 'run.npz'}::h").tolist() == [[1, 0], [0, 1]]
    assert read_labels(f"{tmp_path / 'run.npz'}::y").of.tolist() == [1, 0]
    np.save(tmp_path / "y.npy", np.array([1, 0]))
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04broken")
    for wrong in ("run.npz", "run.npz::z", "y.npy::y", "broken.npz::h"):
        with pytest.raises(InputError) as refusal:
            read_labels(str(tmp_path / wrong))
        assert "\n" not in str(refusal.value)


class Half:
    """A tensor of a kind of number that NumPy does not know, as torch has them."""

    dtype = "torch.bfloat16"

    def detach(self):
        return self

    def cpu(self):
        return self

    def float(self):
        return np.array([[0.5, 1.0]])


def test_a_tensor_of_short_floats_is_taken_in_longer_ones():
    assert embeddings_given(Half()).tolist() == [[0.5, 1.0]]


class Elsewhere:
    """An array in the memory of a graphics processor, as CuPy has them: kind 2 of DLPack."""

    def __array__(self, *_, **__):
        raise TypeError("implicit conversion is not allowed")

    def __dlpack__(self, **_):
        raise BufferError("not in this memory")

    def __dlpack_device__(self):
        return (2, 0)


class ElsewhereAlone(Elsewhere):
    """The same without __array__."""

    __array__ = property()


class Broken:
    """An array whose own conversion fails, by an error of its own kind."""

    def __array__(self, *_, **__):
        raise RuntimeError("gradients are needed\nand a second line")


@pytest.mark.parametrize("kind", [Elsewhere, ElsewhereAlone])
@pytest.mark.parametrize("taken", [embeddings_given, Labels.given])
def test_what_lies_on_another_device_is_refused_with_what_to_call(kind, taken):
    with pytest.raises(InputError, match=r"on another device.*call \.cpu\(\) or \.get\(\) first"):
        taken(kind())


class ThatCopies(Elsewhere):
    """The same, which hands out a copy in the memory of the processor when it is asked for one there."""

    def __dlpack__(self, *, dl_device=None, **_):
        if dl_device != (1, 0):
            raise BufferError("not in this memory")
        return np.eye(2).__dlpack__()


class ThatCopiesAlone(ThatCopies):
    """The same without __array__."""

    __array__ = property()


@pytest.mark.parametrize("kind", [ThatCopies, ThatCopiesAlone])
def test_what_lies_on_another_device_is_copied_from_there(kind):
    assert embeddings_given(kind()).tolist() == [[1, 0], [0, 1]]


def test_a_conversion_that_fails_is_one_line():
    with pytest.raises(InputError, match="embeddings of type Broken") as refusal:
        embeddings_given(Broken())
    assert "\n" not in str(refusal.value)


def test_tensors_of_pytorch_are_taken_as_they_are():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; install the extra: pip install '.[torch]'")
    h = torch.nn.functional.normalize(torch.arange(1.0, 13.0).reshape(4, 3), dim=1)
    wanted = h.numpy().astype(np.float64)
    grown = h.clone().requires_grad_()
    for same in (h, grown, torch.nn.Parameter(h), h.t().contiguous().t(), torch.cat([h, h], 1)[:, :3], h.double(), list(grown), list(h)):
        assert np.array_equal(embeddings_given(same), wanted)
    assert np.array_equal(embeddings_given(torch._neg_view(-h)), wanted)
    for short in (torch.float16, torch.bfloat16):
        assert np.array_equal(embeddings_given(h.to(short)), h.to(short).double().numpy())
    for refused in (h.to_sparse(), h.to(torch.complex64), torch.empty(4, 3, device="meta"), h[0]):
        with pytest.raises(InputError):
            embeddings_given(refused)
    assert Labels.given(torch.tensor([3, 1, 3], dtype=torch.int32)).names == ("1", "3")
    assert Labels.given(list(torch.tensor([3, 1, 3]))).of.tolist() == [1, 0, 1]


def test_objects_of_dlpack_are_taken():
    class Exchanged:
        def __init__(self, array):
            self.array = array

        def __dlpack__(self, **options):
            return self.array.__dlpack__(**options)

        def __dlpack_device__(self):
            return self.array.__dlpack_device__()

    assert embeddings_given(Exchanged(np.eye(2))).tolist() == [[1, 0], [0, 1]]
    assert Labels.given(Exchanged(np.array([1, 0]))).of.tolist() == [1, 0]
