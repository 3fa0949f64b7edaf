"""Verification in a process of its own: the same answer as the kernel's, and limits that the system enforces."""

import json
import subprocess
import sys

import pytest

import scverify as sv
from scverify import verification
from scverify.errors import InputError
from scverify.kernel.limits import Limits
from scverify.kernel.verify import verify_data
from scverify.results.verification import Verification
from tests.kernel.kept import FOLDER, kept


@pytest.mark.parametrize("name", ["sphere", "landscape", "rejected-sizes", "undecided-log-zero"])
def test_the_answer_is_that_of_the_kernel(name):
    from_file, held, answer = sv.verify(FOLDER / f"{name}.json"), sv.verify(kept(name)), verify_data(kept(name))
    assert from_file == held == Verification(**vars(answer))
    assert bool(held) == (answer.word == "VERIFIED")


def test_a_result_is_verified_by_its_certificate():
    result = sv.optimum(sv.Problem(sv.supcon, sv.Classes((2, 2)), temperature="1/2"))
    assert sv.verify(result).word == "VERIFIED"


@pytest.mark.parametrize("junk", [None, 1, [], object()])
def test_what_has_no_certificate_is_refused(junk):
    with pytest.raises(InputError, match="without a certificate"):
        sv.verify(junk)


def test_a_path_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        sv.verify(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="without a certificate"):
        sv.verify(str(tmp_path))


def test_a_directory_and_what_was_loaded_from_it_get_one_word_for_all(tmp_path):
    result = sv.optimum(sv.Problem(sv.supcon, (3, 2), temperature="1/2"))
    result.save(tmp_path)
    assert len(sv.load(tmp_path)) == 2
    for answer in (sv.verify(tmp_path), sv.verify(sv.load(tmp_path)), sv.verify(result)):
        assert answer.word == "VERIFIED" and answer and len(answer.claim.splitlines()) == 2
    (tmp_path / "landscape.unfinished").write_text("{}")
    assert sv.verify(tmp_path).word == "UNDECIDED" and "landscape.unfinished" in sv.verify(tmp_path).reason
    (tmp_path / "uniqueness.json").write_text("{}")
    assert sv.verify(tmp_path).word == "REJECTED" and "uniqueness.json" in sv.verify(tmp_path).reason


def test_several_answers_are_as_weak_as_the_weakest():
    verified, undecided, rejected = (verification.Answer(word, "why", word.lower()) for word in ("VERIFIED", "UNDECIDED", "REJECTED"))
    assert verification.in_one({"a": verified}) == verified
    assert verification.in_one({"a": verified, "b": undecided}).word == "UNDECIDED"
    assert verification.in_one({"a": rejected, "b": undecided}).word == "REJECTED"
    assert verification.in_one({"a": verified, "b": undecided}).claim == "verified\nundecided"


@pytest.mark.parametrize("data", [{"precision": float("nan")}, {"precision": object()}])
def test_data_that_json_has_not_is_rejected(data):
    assert sv.verify({**kept("sphere"), **data}).word == "REJECTED"


def test_bytes_that_are_no_text_are_rejected(tmp_path):
    file = tmp_path / "latin.json"
    file.write_bytes(b'{"\xff": 1}')
    assert "not a text" in sv.verify(file).reason


ROOT = str(FOLDER.parents[2])
HELD = f"""
import sys, time
sys.path.insert(0, {ROOT!r})
from scverify import processes, verification
processes.hold_to(100, (1 << 28) + verification.BASE)
"""
BUSY = f"{HELD}print(1, flush=True)\ntime.sleep(1000)"
ANSWER = '{"word": "VERIFIED", "reason": "", "claim": ""}'
GREEDY = f"{HELD}found = [bytearray(1 << 26) for _ in range(32)]\nprint({ANSWER!r})"
RAISING = f"{HELD}raise RuntimeError"
ORPHAN = f"""{HELD}
import os
parent = os.getppid()
print("on", flush=True)
while os.getppid() == parent:
    time.sleep(0.01)
time.sleep(1)
print("and on", flush=True)
"""
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {ORPHAN!r}])
"""


@pytest.mark.parametrize(
    ("work", "reason"), [(BUSY, "takes longer than the limit of 0.1 s"), (GREEDY, "more memory"), (RAISING, "without an answer")]
)
def test_work_that_never_answers_is_stopped(monkeypatch, work, reason):
    """One long call into the library cannot be stopped by the kernel itself."""
    run = subprocess.run
    monkeypatch.setattr(verification, "GRACE", 0.5)
    monkeypatch.setattr(verification.subprocess, "run", lambda command, **more: run([*command[:3], work, *command[4:]], **more))
    answer = sv.verify(kept("sphere"), Limits(seconds=0.1 if work is BUSY else 100))
    assert answer.word == "UNDECIDED" and reason in answer.reason


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_check_dies_with_its_parent():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout.readline() == "on\n"
        parent.kill()
        assert parent.stdout.read() == ""  # it ends when nobody holds it any more


def test_the_command_line_takes_the_limits(monkeypatch):
    from click.testing import CliRunner

    from scverify.cli.certificates import verify as command

    # the kernel's own word, however long the process takes to begin
    monkeypatch.setattr(verification, "GRACE", 1e6)
    path = str(FOLDER / "spurious-point.json")
    out = CliRunner().invoke(command, [path, "--limit", "0", "--json"], standalone_mode=False)
    told = json.loads(out.output)
    assert told["answer"] == "UNDECIDED" and "the limit is 0 s" in told["certificates"][0]["reason"]


SENSELESS = [("--limit", "-1"), ("--limit", "nan"), ("--limit", "inf"), ("--memory", "0"), ("--memory", "inf"), ("--memory", "nan")]


@pytest.mark.parametrize("options", SENSELESS)
def test_limits_of_no_sense_are_refused(options):
    from click.testing import CliRunner

    from scverify.cli.certificates import verify as command

    with pytest.raises(InputError, match="limits of"):
        CliRunner().invoke(command, [str(FOLDER / "sphere.json"), *options], standalone_mode=False, catch_exceptions=False)
    with pytest.raises(InputError, match="limits of"):
        sv.verify(kept("sphere"), Limits(seconds=-1))
