"""A stranger's file of less than a megabyte is answered within the limits, whatever it asks for."""

import pytest

from scverify.kernel.limits import Limits
from scverify.verification import verify, verify_file
from tests.soundness import hostile_newer
from tests.soundness.hostile import FILES, halvings, halvings_and_leaves

SECONDS = 0.5


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_answered(name, tmp_path):
    file = tmp_path / "certificate.json"
    file.write_text(FILES[name]())
    assert file.stat().st_size < 1_000_000
    answer = verify_file(file, Limits(seconds=SECONDS))
    assert answer.word in ("REJECTED", "UNDECIDED") and answer.reason, answer
    assert answer.reason.isprintable()


@pytest.mark.parametrize("name", hostile_newer.FILES)
def test_a_hostile_file_of_a_newer_claim_is_answered(name, tmp_path):
    file = tmp_path / "certificate.json"
    file.write_text(hostile_newer.FILES[name]())
    assert file.stat().st_size < 1_000_000
    answer = verify_file(file, Limits(seconds=SECONDS))
    assert answer.word in ("REJECTED", "UNDECIDED") and answer.reason.isprintable(), answer


# a file, and the memory that is not enough for what it asks
MEMORY = {
    "eight thousand classes": (
        FILES["eight thousand classes"],
        4,
        "a level of 8000 nodes needs at least 6.0 GiB",
    ),
    "an orbit of a thousand samples": (FILES["an orbit of a thousand samples"], 4, "a critical point of 2000 unknowns needs at least"),
    "halvings without leaves": (lambda: halvings(1 << 24), 1, "boxes open at once needs at least"),
    "halvings, then as many leaves": (lambda: halvings_and_leaves(1 << 24), 1, "boxes open at once needs at least"),
}


@pytest.mark.parametrize(("made", "gibibytes", "reason"), MEMORY.values(), ids=MEMORY)
def test_what_would_take_all_memory_is_refused_before_the_work(made, gibibytes, reason, tmp_path):
    file = tmp_path / "certificate.json"
    file.write_text(made())
    answer = verify_file(file, Limits(seconds=1e6, bytes=gibibytes << 30))
    assert answer.word == "UNDECIDED" and reason in answer.reason


def test_a_device_without_end_is_not_read():
    assert verify("/dev/zero").word == "REJECTED"


def test_a_file_longer_than_the_memory_allows_is_not_read(tmp_path):
    file = tmp_path / "long.json"
    file.write_text("{" + " " * 2_000_000)
    answer = verify_file(file, Limits(bytes=1 << 24))
    assert answer.word == "UNDECIDED" and "longer than 1 MiB" in answer.reason
