"""Times of this process and of fresh ones. Ratios within one run are what tests may assert; seconds are only reported."""

import json
import os
import subprocess
import sys
import time

import numpy as np

THOROUGH = os.environ.get("SCVERIFY_PROFILE") == "thorough"


def timed(function, *arguments, **named):
    """(seconds, result) of one call."""
    started = time.perf_counter()
    result = function(*arguments, **named)
    return time.perf_counter() - started, result


def best_of_each(*functions, rounds=5):
    """The least seconds of each function, in turn, so that a busy moment hits them all alike."""
    rows = [[timed(function)[0] for function in functions] for _ in range(rounds)]
    return [min(column) for column in zip(*rows, strict=True)]


def in_a_fresh_process(code):
    """Whatever JSON the code prints last, run by this interpreter in a process of its own."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(run.stdout.strip().splitlines()[-1])


def exponent(sizes, seconds):
    """p in seconds ~ size^p, by least squares of logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
