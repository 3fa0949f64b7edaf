"""Hypothesis profiles: SCVERIFY_PROFILE=fast (default, the same examples every time) or thorough."""

import os

from hypothesis import HealthCheck, settings

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("fast", max_examples=25, derandomize=True, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE)
settings.register_profile("thorough", max_examples=500, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE)
settings.load_profile(os.environ.get("SCVERIFY_PROFILE", "fast"))
