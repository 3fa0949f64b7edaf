"""Hypothesis profiles: SCVERIFY_PROFILE=fast (default, the same examples every time) or thorough. Signals as in the foreground."""

import os
import signal

from hypothesis import HealthCheck, settings

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("fast", max_examples=20, derandomize=True, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE)
settings.register_profile("thorough", max_examples=500, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE)
settings.load_profile(os.environ.get("SCVERIFY_PROFILE", "fast"))

# A shell has its background jobs ignore Ctrl-C; commands started here would inherit that, and tests that interrupt them would wait for ever
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
