"""`scverify points` as a user meets it: the table, JSON keys, certificates, the plot, wrong input, interruption."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scverify.cli import main
from scverify.kernel.verify import verify_text

ASKED = ["points", "--sizes", "3,2", "--dim", "2", "--tau", "1/2", "--starts", "8"]


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_json_and_the_certificates_it_names(tmp_path):
    result = run(*ASKED, "--json", "--save", str(tmp_path / "found"))
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["optimum"]["lower"] <= told["optimum"]["upper"]
    assert {"value", "kind", "inertia", "orbit_dimension", "hits", "trust", "certificate"} <= set(told["points"][0])
    assert told["points"][0]["kind"] == "global minimum"
    for point in told["points"]:
        assert set(point["value"]) == {"lower", "upper"}
        assert None not in point.values()
        if "certificate" in point:
            assert verify_text(Path(point["certificate"]).read_text()).word == "VERIFIED"
    assert run("verify", str(tmp_path / "found")).exit_code == 0


def test_the_same_seed_gives_the_same_list():
    lists = [json.loads(run(*ASKED, "--json", "--seed", "5").stdout)["points"] for _ in range(2)]
    assert lists[0] == lists[1]


def test_a_person_reads_a_table_and_what_it_does_not_prove():
    result = run(*ASKED)
    assert "global minimum" in result.stdout
    assert "a search may miss orbits" in result.stdout


def test_the_plot_is_a_picture(tmp_path):
    assert run(*ASKED, "--plot", str(tmp_path / "points.png")).exit_code == 0
    assert (tmp_path / "points.png").read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in tmp_path.iterdir()] == ["points.png"]


@pytest.mark.parametrize(
    ("extra", "fragment"),
    [
        (["--plot", "points.txt"], ".png"),
        (["--plot", "no/such/folder/points.png"], "directory"),
        (["--nonnegative"], "sphere, ball or ridge"),
        (["--starts", "0"], "--starts"),
        (["--dim", "1"], "d >= 2"),
        (["--dim", "0"], "at least 1"),
        (["--loss", "nothing"], "unknown loss"),
    ],
)
def test_wrong_input_is_one_line(extra, fragment, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*ASKED, *extra)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert fragment in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missing_dimension_is_asked_for():
    result = run("points", "--sizes", "3,2", "--tau", "1/2")
    assert result.exit_code == 2
    assert "--dim" in result.stderr


def test_an_interrupt_keeps_what_was_certified(monkeypatch):
    from scverify.certify import points

    real, calls = points.certify_point, []

    def interrupted(*arguments):
        if calls:
            raise KeyboardInterrupt
        calls.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(points, "certify_point", interrupted)
    result = run(*ASKED, "--json")
    assert result.exit_code == 130
    told = json.loads(result.stdout)
    assert told["interrupted"] is True
    assert len(told["points"]) == 1


def test_a_notebook_gets_the_same_table():
    import scverify as sv

    found = sv.critical_points(sv.Problem(sv.supcon, sv.Classes((2, 2)), dim=2, temperature="1/2"), starts=4)
    page = found._repr_html_()
    assert page.count("<tr>") == len(found) + 1
    assert "global minimum" in page and "global minimum" in str(found)


def test_an_interrupted_search_is_taken_up_by_the_same_command(tmp_path, monkeypatch):
    from scverify.certify import points

    real, folder = points._optimum, tmp_path / "found"

    def interrupted(problem):
        raise KeyboardInterrupt

    assert run(*ASKED, "--save", str(tmp_path / "straight")).exit_code == 0
    monkeypatch.setattr(points, "_optimum", interrupted)
    stopped = run(*ASKED, "--save", str(folder))
    assert stopped.exit_code == 130
    assert "interrupted: this is what had been found" in " ".join(stopped.stdout.split())
    assert (folder / "points.unfinished").exists()
    monkeypatch.setattr(points, "_optimum", real)
    assert run(*ASKED, "--seed", "1", "--save", str(folder)).exit_code == 2
    assert run(*ASKED, "--save", str(folder)).exit_code == 0
    contents = [{file.name: file.read_text() for file in where.iterdir()} for where in (folder, tmp_path / "straight")]
    assert contents[0] == contents[1]
