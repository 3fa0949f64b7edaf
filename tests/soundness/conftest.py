"""The controls, made once in a session."""

import pytest

from tests.soundness import controls


@pytest.fixture(scope="session")
def valid():
    """Every control by name."""
    return controls.make()
