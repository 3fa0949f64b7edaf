"""What is said of a loss without a minimum."""

import pickle

from scverify.model.classes import Classes
from scverify.model.constraints import Ridge
from scverify.model.problem import Problem
from scverify.results.unbounded import Unbounded, UnboundedBelow
from scverify.symbolic.losses import LOSSES

PROBLEM = Problem(LOSSES["decoupled"], Classes((2, 2)), temperature="1", constraint=Ridge("1/10"))
RESULT = Unbounded(problem=PROBLEM, slope=-7.8, certificate={"claim": {"type": "Unbounded"}})


def test_it_is_said_in_a_line_in_a_text_and_as_json():
    assert repr(RESULT).endswith("unbounded below>") and "-7.8 t²" in str(RESULT)
    assert RESULT.to_json() | {"unbounded": True, "slope": "-7.8", "trust": "exact"} == RESULT.to_json()
    assert RESULT.certificates == {"unbounded.json": RESULT.certificate}


def test_the_error_is_one_line_with_a_remedy_and_survives_a_worker():
    error = UnboundedBelow(RESULT)
    assert "\n" not in str(error) and "; allowed: " in str(error) and "raise the ridge's weight" in str(error)
    copied = pickle.loads(pickle.dumps(error))
    assert str(copied) == str(error) and copied.result.slope == RESULT.slope
