"""`doctor`: each check by itself, then the whole."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from commands import health
from commands.run_health import of_run
from generation_functions.run.lock import FolderLock
from tests.commands.calling import Call, caller, json_lines
from tests.commands.small_project import CONFIG, write_project
from tests.fake_endpoint import served

GIB = 2**30
REAL = CONFIG.replace(
    "{provider: offline}", '{model: MODEL, base_url: "${FAKE_URL}", api_key: "${FAKE_KEY}", max_in_flight: 300}'
)
SECRET = "canary-secret-7Q"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    project = write_project(tmp_path, config=CONFIG.replace("output_dir: out", "output_dir: outputs/poems"))
    return caller(project, monkeypatch, capsys)


def state_of(finding: health.Finding) -> str:
    assert finding.state == "ok" or finding.hint, "a fault comes with what to do"
    return finding.state


@pytest.mark.parametrize(("version", "state"), [((3, 10, 9), "problem"), ((3, 11, 0), "ok"), ((3, 14, 1), "ok")])
def test_python(version: tuple[int, ...], state: str) -> None:
    assert state_of(health.of_python(version)) == state


@pytest.mark.parametrize(("free", "state"), [(80 * GIB, "ok"), (GIB, "warning"), (GIB // 4, "problem")])
def test_disk(free: int, state: str) -> None:
    assert state_of(health.of_disk(free)) == state


@pytest.mark.parametrize(
    ("limit", "in_flight", "state"),
    [(1024, 300, "ok"), (256, 300, "problem"), (None, 10_000, "ok"), (1024, 961, "problem")],
)
def test_open_files(limit: int | None, in_flight: int, state: str) -> None:
    assert state_of(health.of_descriptors(limit, in_flight)) == state


@pytest.mark.parametrize(("now", "state"), [(1_000_000.0, "ok"), (999_970.0, "ok"), (900_000.0, "warning")])
def test_clock(now: float, state: str) -> None:
    assert state_of(health.of_clock(now, 1_000_000.0)) == state


@pytest.mark.parametrize(("mode", "state"), [(0o100600, "ok"), (0o100640, "warning"), (0o100604, "warning")])
def test_rights_of_the_keys_file(mode: int, state: str) -> None:
    assert state_of(health.of_rights(mode, {"KEY": SECRET})) == state


def test_the_keys_file_is_never_shown(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(f"KEY={SECRET}\n{SECRET}\n")
    path.chmod(0o644)
    found = list(health.of_dotenv(path))
    assert [f.state for f in found] == ["problem", "warning"]
    assert SECRET not in str(found)


def test_packages_are_compared_with_the_lock(tmp_path: Path) -> None:
    import orjson

    lock = tmp_path / "requirements.lock"
    cases = {f"orjson=={orjson.__version__}": ["ok"], "orjson==0.0.1": ["warning"], "no-such-package==1": ["problem"]}
    for text, states in cases.items():
        lock.write_text(f"# made by hand\n{text}  # a remark\n")
        assert [state_of(found) for found in health.of_packages(lock)] == states


def test_outputs_that_cannot_be_written_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "outputs").write_text("a file where a folder should be")
    assert state_of(health.of_outputs(tmp_path / "outputs")) == "problem"
    assert state_of(health.of_outputs(tmp_path / "elsewhere")) == "ok"
    assert list(tmp_path.iterdir()) == [tmp_path / "outputs"]


def test_sentences_need_no_download() -> None:
    assert state_of(health.of_punkt()) == "ok"


# Run folders


@pytest.fixture
def run(call: Call, tmp_path: Path) -> Path:
    call("run", "config.yaml", "--quiet", "--set", "max_failed_share=0.5")
    return tmp_path / "outputs" / "poems"


def set_status(run: Path, status: str) -> None:
    manifest = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**manifest, "status": status}))


def test_a_run_that_ended_is_well(run: Path) -> None:
    assert state_of(of_run(run)) == "ok"


def test_a_run_whose_process_died_says_how_to_go_on(run: Path) -> None:
    set_status(run, "running")
    found = of_run(run)
    assert state_of(found) == "warning"
    assert "crashed" in found.message
    assert f"run {run}/config.yaml" in str(found.hint)


def test_a_run_that_is_being_written_is_well(run: Path) -> None:
    set_status(run, "running")
    lock = FolderLock(run)
    lock.acquire()
    try:
        found = of_run(run)
    finally:
        lock.release()
    assert state_of(found) == "ok"
    assert str(os.getpid()) in found.message


def test_a_damaged_store_is_a_problem_and_is_left_as_it_is(run: Path) -> None:
    store = run / "store.sqlite"
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = store.read_bytes()
    store.write_bytes(content[:4096] + b"\xff" * 4096 + content[8192:])
    before = store.read_bytes()
    assert state_of(of_run(run)) == "problem"
    assert store.read_bytes() == before


def test_a_store_that_was_set_aside_is_a_problem(run: Path) -> None:
    (run / "store.sqlite").rename(run / "store.damaged-1.sqlite")
    found = of_run(run)
    assert state_of(found) == "problem"
    assert "store.damaged-1.sqlite" in found.message


# The whole


def test_a_sound_project_has_no_problem(call: Call, run: Path) -> None:
    told = call("doctor", "config.yaml")
    assert told.code == 0
    assert "0 problems" in told.err
    assert "offline rules" in told.out
    assert "run outputs/poems: succeeded" in told.out


def test_a_broken_config_is_a_problem_at_its_line(call: Call, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("writer: small", "writer: smal"))
    told = call("doctor", "config.yaml", "no-such.yaml", "--json")
    assert told.code == 1
    problems = [finding for finding in json_lines(told) if finding["state"] == "problem"]
    assert any("config.yaml:8" in finding["subject"] for finding in problems)
    assert any("no-such.yaml" in finding["subject"] for finding in problems)


@pytest.mark.parametrize(
    ("model", "key", "state", "says"),
    [
        ("fake-model", SECRET, "ok", "key from FAKE_KEY"),
        ("fake-modle", SECRET, "problem", "did you mean `fake-model`"),
        ("fake-model", "the-right-key", "problem", "FAKE_KEY"),
    ],
)
def test_an_endpoint_is_asked_without_a_call(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, key: str, state: str, says: str
) -> None:
    (tmp_path / "config.yaml").write_text(REAL.replace("MODEL", model))
    log = tmp_path / "calls.jsonl"
    with served(key=key, log=log) as url:
        monkeypatch.setenv("FAKE_URL", url)
        monkeypatch.setenv("FAKE_KEY", SECRET)
        told = call("doctor", "config.yaml", "--json")
    [found] = [finding for finding in json_lines(told) if finding["subject"] == "model small"]
    assert found["state"] == state, found
    assert says in f"{found['message']} {found['hint']}"
    assert told.code == (0 if state == "ok" else 1)
    assert not log.exists() or not log.read_text()
    assert SECRET not in told.out + told.err


def test_an_endpoint_that_is_not_there_is_a_problem(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yaml").write_text(REAL)
    monkeypatch.setenv("FAKE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("FAKE_KEY", SECRET)
    told = call("doctor", "config.yaml", "--json")
    [found] = [finding for finding in json_lines(told) if finding["subject"] == "model small"]
    assert (found["state"], told.code) == ("problem", 1)


def test_a_key_that_is_not_set_is_a_problem_that_names_the_variable(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yaml").write_text(REAL.replace("${FAKE_URL}", "http://127.0.0.1:9/v1"))
    monkeypatch.delenv("FAKE_KEY", raising=False)
    told = call("doctor", "config.yaml")
    assert told.code == 1
    assert "FAKE_KEY" in told.out
