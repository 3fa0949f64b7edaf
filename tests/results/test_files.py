import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import scverify as sv
from scverify.errors import InputError
from scverify.results.base import Subject
from scverify.results.files import MANIFEST, check_writable, load, read_manifest, save_certificates, strangers, write_certificates


def test_a_check_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path / "a" / "b")
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_certificates_are_written_whole(tmp_path):
    write_certificates(tmp_path / "a" / "b", {"one.json": "1", "two.json": "2"})
    assert {file.name: file.read_text() for file in (tmp_path / "a" / "b").iterdir()} == {"one.json": "1", "two.json": "2"}


def test_nothing_is_renamed_when_one_cannot_be_written(tmp_path):
    (tmp_path / "one.json").write_text("old")
    with pytest.raises(InputError, match="surrogates"):
        write_certificates(tmp_path, {"one.json": "new", "two.json": "\ud800"})
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("one.json", "old")]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_no_temporary_file_survives_an_interruption(tmp_path, monkeypatch, interruption):
    def interrupted(*paths):
        raise interruption

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises((KeyboardInterrupt, InputError)):
        write_certificates(tmp_path / "a" / "b", {"one.json": "1"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("work", [check_writable, lambda folder: write_certificates(folder, {"one.json": "1"})])
def test_a_directory_below_a_file_is_refused(tmp_path, work):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another one"):
        work(tmp_path / "file" / "below")


PROBLEM = {"sizes": [3, 2]}
A = Subject("problem A", "optimum")


def certificate(number, problem=PROBLEM):
    return {"claim": {"problem": problem, "number": number}}


def test_a_second_answer_leaves_nothing_of_the_first(tmp_path):
    save_certificates(tmp_path, {"optimum.json": certificate(1), "uniqueness.json": certificate(2)}, A)
    save_certificates(tmp_path, {"optimum.json": certificate(3)}, A)
    assert {file.name for file in tmp_path.iterdir()} == {"optimum.json", MANIFEST}
    assert strangers(tmp_path) == {}


def test_another_problem_is_refused_and_changes_nothing(tmp_path):
    save_certificates(tmp_path, {"optimum.json": certificate(1)}, A)
    before = {file: file.read_text() for file in tmp_path.iterdir()}
    for work in (
        lambda subject: check_writable(tmp_path, subject),
        lambda subject: save_certificates(tmp_path, {"other.json": certificate(1, {"sizes": [9, 9]})}, subject),
    ):
        with pytest.raises(InputError, match="problem A"):
            work(Subject("problem B", "optimum"))
    assert {file: file.read_text() for file in tmp_path.iterdir()} == before


def test_a_file_that_nobody_knows_is_not_overwritten(tmp_path):
    (tmp_path / "optimum.json").write_text("mine")
    with pytest.raises(InputError, match="another question"):
        save_certificates(tmp_path, {"optimum.json": certificate(1)}, A)
    assert (tmp_path / "optimum.json").read_text() == "mine"


def test_answers_to_two_questions_about_one_problem_stay_together(tmp_path):
    save_certificates(tmp_path, {"optimum.json": certificate(1)}, A)
    save_certificates(tmp_path, {"landscape.json": certificate(2)}, Subject("problem A", "landscape"))
    assert set(read_manifest(tmp_path)) == {"optimum.json", "landscape.json"} and strangers(tmp_path) == {}


def test_what_does_not_belong_to_the_others_is_named(tmp_path):
    save_certificates(tmp_path, {name: certificate(1) for name in ("a.json", "b.json")}, A)
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "b.json").unlink()
    (tmp_path / "c.json").write_text("{}")
    assert set(strangers(tmp_path)) == {"a.json", "b.json", "c.json"}
    with pytest.raises(InputError, match=r"a\.json"):
        load(tmp_path)


@pytest.mark.parametrize(
    "manifest",
    [
        "[" * 200_000,
        json.dumps({"format": "scverify-manifest", "files": {"a.json": ["about", "question", "sha256"]}}),
        json.dumps({"format": "scverify-manifest", "files": {"a.json": {"about": 1, "question": "q", "sha256": "s"}}}),
        json.dumps({"format": "scverify-manifest", "files": {"../a.json": {"about": "x", "question": "q", "sha256": "s"}}}),
        json.dumps({"format": "scverify-manifest", "files": {"a\nVERIFIED  b.json": {"about": "x", "question": "q", "sha256": "s"}}}),
    ],
    ids=["nested", "a list", "a number", "another folder", "a line"],
)
def test_a_strangers_manifest_is_refused_in_one_line(tmp_path, manifest):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / MANIFEST).write_text(manifest)
    for asked in (strangers, load, lambda folder: save_certificates(folder, {"a.json": certificate(1)}, A)):
        with pytest.raises(InputError, match="manifest"):
            asked(tmp_path)
    assert (tmp_path / "a.json").read_text() == "{}"


def test_a_file_without_end_is_not_read_whole(tmp_path):
    save_certificates(tmp_path, {"a.json": certificate(1)}, A)
    (tmp_path / "a.json").unlink()
    (tmp_path / "a.json").symlink_to("/dev/zero")
    assert strangers(tmp_path, most=1 << 20) == {}
    with pytest.raises(InputError, match="longer than"):
        load(tmp_path)


def test_two_writers_at_once_leave_one_whole_answer(tmp_path):
    def write(number):
        names = ("a.json", "b.json") if number % 2 else ("a.json", "c.json")
        save_certificates(tmp_path, {name: certificate(number) for name in names}, A)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    assert strangers(tmp_path) == {}
    names = {file.name for file in tmp_path.iterdir()} - {MANIFEST}
    assert names in ({"a.json", "b.json"}, {"a.json", "c.json"})
    assert len({(tmp_path / name).read_text() for name in names}) == 1


def test_what_was_saved_is_loaded_and_verified(tmp_path):
    optimum = sv.optimum(sv.Problem(sv.supcon, sv.Classes((3, 2)), temperature="1/2"))
    optimum.save(tmp_path / "kept")
    found = sv.load(tmp_path / "kept")
    assert found == optimum.certificates
    assert sv.verify(found["optimum.json"]) and sv.verify(optimum) and sv.verify(tmp_path / "kept" / "optimum.json")
    with pytest.raises(InputError, match="without a certificate"):
        sv.load(tmp_path / "absent")


def test_what_a_killed_process_left_is_cleared_up_and_nothing_else(tmp_path):
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    ).stdout.strip()
    for name in (f".one.json.{gone}", f".one.json.{os.getpid()}", ".hidden", ".version.two"):
        (tmp_path / name).write_text("half")
    write_certificates(tmp_path, {"two.json": "2"})
    assert {file.name for file in tmp_path.iterdir()} == {f".one.json.{os.getpid()}", ".hidden", ".version.two", "two.json"}


def test_a_look_at_a_directory_creates_nothing_that_another_command_might_lose(tmp_path, monkeypatch):
    for name in ("mkdir", "rmdir"):
        monkeypatch.setattr(Path, name, lambda *given, **named: pytest.fail("a directory is created or removed"))
    check_writable(tmp_path / "new" / "deeper")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path / "file" / "below", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(InputError, match="save directory"):
            check_writable(wrong)
