"""What is known of each named loss agrees with the losses themselves."""

import inspect
from types import SimpleNamespace

import pytest

from scverify.errors import InputError
from scverify.model import named
from scverify.model.catalogue import CATALOGUE, OUTSIDE, PARAMETERS, known_loss
from scverify.symbolic.losses import Loss

TOOLS = {"on_units", "rescaled", "weighted_sum"}


def test_every_public_loss_is_in_the_catalogue():
    assert set(CATALOGUE) == set(named.__all__) - TOOLS


@pytest.mark.parametrize("name", CATALOGUE)
def test_parameters_and_defaults_are_those_of_the_function(name):
    entry, found = CATALOGUE[name], getattr(named, name)
    if isinstance(found, Loss):
        assert entry.parameters == {} and entry.on == "classes"
        return
    stated = {("labels" if key == "label_sets" else key): default for key, default in entry.parameters.items()}
    signature = {key: given.default for key, given in inspect.signature(found).parameters.items() if key != "sizes"}
    assert set(stated) == set(signature) and ("sizes" in inspect.signature(found).parameters) == (entry.on == "sizes")
    for key, default in stated.items():
        assert (signature[key] is inspect.Parameter.empty) == (default is None)
        assert default in (None, "") or str(signature[key]) == default
    assert set(entry.parameters) <= set(PARAMETERS) and entry.source and entry.formula


def test_what_stays_outside_is_refused_with_its_reason():
    for name, reason in OUTSIDE.items():
        with pytest.raises(InputError) as refusal:
            known_loss(name)
        assert reason in str(refusal.value) and "\n" not in str(refusal.value)
    with pytest.raises(InputError, match="unknown loss"):
        known_loss("nonsense")
    assert known_loss("file.py::mine") is None and known_loss("clip") is CATALOGUE["clip"]


def test_a_needed_parameter_is_asked_for():
    with pytest.raises(InputError, match="--images"):
        CATALOGUE["ntxent"].make()
    assert CATALOGUE["ntxent"].make(images=3).anchors == 6 and CATALOGUE["supcon"].make() is named.supcon
    assert CATALOGUE["multi_label"].make(label_sets=[[0], [1]]).name == "multi_label"


def test_a_loss_at_small_counts_is_made_by_the_python_that_names_it():
    made = CATALOGUE["ssem"].small(images=2, share="1/3")
    assert list(made) == [f"sv.losses.ssem(classes={k}, images=2, share='1/3')" for k in (2, 3)]
    for entry in CATALOGUE.values():
        given = {"kernel": [[0, 1], [1, 0]], "label_sets": [[0], [1]], "targets": [[1, 0], [0, 1]], "batches": [[0, 1], [0, 2]]}
        given = {name: value for name, value in given.items() if name in entry.parameters}
        for python, loss in entry.small(**given, **({"pairs": 3} if entry.name == "mini_batches" else {})).items():
            again = eval(python, {"sv": SimpleNamespace(losses=named)})
            assert again == loss
    with pytest.raises(InputError, match="--hard-ones"):
        CATALOGUE["mnrl"].small(hard_ones=1)
    with pytest.raises(InputError, match="--kernel"):
        CATALOGUE["y_aware"].small()
