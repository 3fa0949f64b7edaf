"""The examples run: a real training falls towards its certified floor."""

import importlib.util
import sys
from pathlib import Path

import pytest

import scverify as sv

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def example(name):
    spec = importlib.util.spec_from_file_location(f"{name}_example", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def digits():
    pytest.importorskip("sklearn")
    return example("digits")


def test_training_on_digits_falls_towards_its_floor(digits):
    pixels, labels = digits.batch(80)
    found = [
        sv.audit(embeddings, labels, temperature=digits.TEMPERATURE, reduction="mean", normalise=True)
        for _, embeddings in digits.trained(pixels, labels, [0, 20, 100])
    ]
    losses = [each.value.upper for each in found]
    assert losses == sorted(losses, reverse=True) and losses[-1] > float(found[-1].floor.lower)
    assert found[0].reach > 0.3 > 0.1 > found[-1].reach


def test_the_example_prints_a_line_per_audit(digits, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["digits.py", "--samples", "60", "--steps", "0", "5"])
    digits.main()
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["step", "0", "5"]


def test_a_network_of_pytorch_is_audited_as_it_trains(monkeypatch, capsys):
    for name in ("torch", "sklearn"):
        pytest.importorskip(name, reason=f"{name} is not installed; install the extra: pip install '.[torch]'")
    monkeypatch.setattr(sys, "argv", ["torch_digits.py", "--samples", "60", "--steps", "0", "20"])
    example("torch_digits").main()
    _, *lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["0", "20"] and float(lines[1][2]) < float(lines[0][2])
    assert all(abs(float(line[1]) - float(line[2])) < 1e-5 for line in lines)
