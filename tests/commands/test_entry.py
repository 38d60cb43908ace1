"""The command line's entry: verbs, help, errors and exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import run_pipeline
from tests.commands.small_project import ROOT, call, write_project


@pytest.mark.parametrize(
    ("arguments", "verb", "rest"),
    [
        ([], "run", []),
        (["--limit", "3"], "run", ["--limit", "3"]),
        (["configs/a.yaml", "--json"], "run", ["configs/a.yaml", "--json"]),
        (["run", "a.yaml"], "run", ["a.yaml"]),
        (["status", "out"], "status", ["out"]),
        (["-h"], "--help", []),
        (["help"], "--help", []),
        (["help", "rows"], "rows", ["--help"]),
        (["--version"], "--version", []),
    ],
)
def test_the_verb_is_the_first_word_and_options_alone_are_for_run(
    arguments: list[str], verb: str, rest: list[str]
) -> None:
    assert run_pipeline.split(arguments) == (verb, rest)


def test_help_names_every_verb_and_imports_nothing_of_millrace() -> None:
    probe = (
        "import sys, run_pipeline; code = run_pipeline.main(['--help']);"
        "sys.exit(code or any(name.split('.')[0] in ('commands', 'generation_functions') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    for verb, (_, line) in run_pipeline.VERBS.items():
        assert re.search(rf"^  {verb} +{re.escape(line)}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("verb", run_pipeline.VERBS)
def test_every_verb_has_a_help_of_its_own(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_pipeline.main([verb, "--help"])
    assert ended.value.code == 0
    assert f"run_pipeline.py {verb}" in capsys.readouterr().out
    module = import_module(run_pipeline.VERBS[verb][0])
    assert module.__doc__


def test_the_version_is_the_project_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["--version"]) == 0
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert capsys.readouterr().out == f"millrace {version[1]}\n"


def test_an_unknown_verb_is_told_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_pipeline.main(["stauts", "out"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "error: there is no verb 'stauts'\n  hint: did you mean 'status'?\n"


def test_the_front_door_lists_the_verbs_as_they_are_typed_there() -> None:
    environment = {**os.environ, "MILLRACE_PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", "start.sh", "--help"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    for verb, (_, line) in run_pipeline.VERBS.items():
        assert re.search(rf"^  {verb} +{re.escape(line)}$", done.stdout, re.MULTILINE)
    assert "./start.sh VERB --help" in done.stdout
    assert "python run_pipeline.py" not in done.stdout


@pytest.mark.parametrize("words", [["doctor"], ["run", "configs/quickstart.yaml", "--set", "output_dir=OUT"]])
def test_a_python_without_the_packages_is_told_how_they_come(words: list[str], tmp_path: Path) -> None:
    words = [word.replace("OUT", str(tmp_path / "out")) for word in words]
    program = [sys.executable, "-S", str(ROOT / "run_pipeline.py"), *words]  # -S: without site-packages
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "No module named" in done.stderr
    assert "./start.sh in place of" in done.stderr
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_option_exits_2() -> None:
    with pytest.raises(SystemExit) as ended:
        run_pipeline.main(["list", "--jsno"])
    assert ended.value.code == 2


def test_a_bug_is_one_line_with_its_place_and_a_traceback_only_with_debug(tmp_path: Path) -> None:
    write_project(tmp_path, config="pipeline: poems.py:broken\noutput_dir: out\nname: x\n")
    line = (tmp_path / "poems.py").read_text().splitlines().index("    return len(name) / 0") + 1
    told = call(tmp_path, "run", "config.yaml")
    assert told.code == 1
    assert f"error: poems.py:{line}: ZeroDivisionError: division by zero\n" in told.err
    assert "Traceback" not in told.err
    assert "--debug" in told.err
    told = call(tmp_path, "run", "config.yaml", "--debug")
    assert told.code == 1
    assert "Traceback" in told.err


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    shell = f"set -o pipefail; {sys.executable} {ROOT / 'run_pipeline.py'} show factual-qa --json | true"
    done = subprocess.run(["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("place", ["_module", "parser_of", "_version"])
def test_ctrl_c_before_a_run_listens_to_it_is_one_line(
    place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run_pipeline, place, pressed)
    assert run_pipeline.main(["--version"] if place == "_version" else ["run", "no.yaml"]) == 130
    assert capsys.readouterr().err == "\ninterrupted\n"


@pytest.mark.skipif(sys.platform == "win32", reason="closes standard files as a shell on Unix does")
def test_a_caller_may_have_closed_the_standard_files(tmp_path: Path) -> None:
    write_project(tmp_path)
    words = 'exec "$0" "$1" run config.yaml --set output_dir="$2"'
    for closed, folder in (("", "open"), (">&- 2>&- <&-", "closed")):
        place = [sys.executable, str(ROOT / "run_pipeline.py"), folder]
        done = subprocess.run(["sh", "-c", f"{words} {closed}", *place], cwd=tmp_path, capture_output=True, timeout=60)
        assert done.returncode == 3, done.stderr
    assert done.stdout == done.stderr == b""
    written = [(tmp_path / folder / "datasets" / "poems.jsonl").read_bytes() for folder in ("open", "closed")]
    assert written[0] == written[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's file that is always full")
def test_output_that_goes_to_a_full_disk_is_no_bug(tmp_path: Path) -> None:
    write_project(tmp_path)
    place = [sys.executable, str(ROOT / "run_pipeline.py"), "run", "config.yaml", "--quiet", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(place, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1
    said = ["error: something cannot be written or printed: No space left on device"]
    assert [line for line in done.stderr.splitlines() if "error" in line or "bug" in line] == said
