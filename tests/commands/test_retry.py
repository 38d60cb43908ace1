"""`retry`: rows without a usable answer are asked for again, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generation_functions.run.lock import FolderLock
from tests.commands.calling import Call, caller, compose
from tests.commands.small_project import CONFIG, write_project
from tests.fake_endpoint import Fault, read_log, served

REAL = CONFIG.replace(
    "{provider: offline}", '{model: fake-model, base_url: "${FAKE_URL}", api_key: "${FAKE_KEY}", max_in_flight: 1}'
)
FAULTS = [Fault.error(400, "this one not today")]
FAULTS_PATH, POEM_PATH = f"{__name__}:FAULTS", f"{__name__}:poem"


def poem(body: dict[str, object]) -> str:
    """What the fake endpoint answers to either step."""
    return "yes" if "good?" in str(body["messages"]) else "<poem>a poem</poem>"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(write_project(tmp_path), monkeypatch, capsys)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "calls.jsonl"
    with served(answer=POEM_PATH, plan=FAULTS_PATH, log=path) as url:
        monkeypatch.setenv("FAKE_URL", url)
        monkeypatch.setenv("FAKE_KEY", "canary-secret-7Q")
        yield path


def calls_in(log: Path) -> int:
    return sum(entry["event"] == "started" for entry in read_log(log))


def test_a_refused_row_is_asked_for_again_and_no_other(call: Call, log: Path, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(REAL)
    (tmp_path / "docs" / "fails.txt").unlink()
    assert call("run", "config.yaml", "--quiet").code == 3
    before = calls_in(log)
    assert call("run", "config.yaml", "--quiet").code == 3
    assert calls_in(log) == before, "a run that is repeated does not ask a refused question again"

    told = call("retry", "out")
    assert told.code == 0
    assert "1 row to try again" in told.err
    assert calls_in(log) - before == 1, "the votes on such a poem are known"
    assert len((tmp_path / "out" / "datasets" / "poems.jsonl").read_text().splitlines()) == 2
    assert "canary" not in (tmp_path / "out" / "config.yaml").read_text() + told.err


def test_a_row_that_lost_a_vote_is_voted_on_anew(call: Call, tmp_path: Path) -> None:
    call("run", "config.yaml", "--quiet")
    told = call("retry", "out", "--status", "dropped", "--step", "judge", "--json")
    assert json.loads(told.out)["steps"]["judge"]["calls"] == 2
    assert "1 row to try again" in told.err


@pytest.mark.parametrize(
    "options", [["--key", "zz"], ["--reason", "no such reason"], ["--step", "judge"], ["--limit", "0"]]
)
def test_nothing_to_try_again_is_no_failure(call: Call, options: list[str]) -> None:
    call("run", "config.yaml", "--quiet")
    told = call("retry", "out", *options)
    assert told.code == 0
    assert "nothing to try again" in told.err


def test_a_dry_run_names_the_rows_and_changes_nothing(call: Call, tmp_path: Path) -> None:
    call("run", "config.yaml", "--quiet")
    before = (tmp_path / "out" / "run.json").read_bytes()
    told = call("retry", "out", "--dry-run", "--json")
    [row] = json.loads(told.out)["rows"]
    assert row["step"] == "write_poem"
    assert (tmp_path / "out" / "run.json").read_bytes() == before
    assert json.loads(call("retry", "out", "--json").out)["attempt"] == 2


def test_a_folder_in_use_is_left_alone(call: Call, tmp_path: Path) -> None:
    call("run", "config.yaml", "--quiet")
    lock = FolderLock(tmp_path / "out")
    lock.acquire()
    try:
        assert call("retry", "out").code == 5
    finally:
        lock.release()


def test_a_run_that_was_cut_short_is_told_what_goes_on_with_it(call: Call, tmp_path: Path) -> None:
    call("run", "config.yaml", "--quiet")
    assert "hint" not in call("retry", "out", "--key", "zz").err
    manifest = json.loads((tmp_path / "out" / "run.json").read_bytes())
    (tmp_path / "out" / "run.json").write_text(json.dumps({**manifest, "status": "cancelled"}))
    told = call("retry", "out", "--key", "zz").err.splitlines()
    assert told[-1] == "  hint: The run is cancelled: `run out/config.yaml` goes on where it stopped."
    (tmp_path / "out").rename(tmp_path / "moved")
    resuming = "run moved/config.yaml --set output_dir=moved"
    assert f"`{resuming}` goes on" in call("retry", "moved", "--key", "zz").err
    assert f"{resuming}\n    go on where it stopped" in call("status", "moved").out


def test_a_run_that_moved_is_tried_again_where_it_is(call: Call, tmp_path: Path) -> None:
    call("run", "config.yaml", "--quiet")
    (tmp_path / "out").rename(tmp_path / "moved")
    assert call("retry", "moved", "--quiet").code == 3
    assert not (tmp_path / "out").exists()


def test_rows_that_plain_python_dropped_are_not_asked_for(call: Call, tmp_path: Path) -> None:
    pipeline = (tmp_path / "poems.py").read_text()
    short = 'chunks.filter(lambda row: (len(row["text"]) > 45, "short")).through(write_poem'
    (tmp_path / "poems.py").write_text(pipeline.replace("chunks.through(write_poem", short))
    call("run", "config.yaml", "--quiet")
    assert "nothing to try again" in call("retry", "out", "--status", "dropped", "--reason", "short").err


def test_a_row_dropped_for_its_answer_is_answered_anew(call: Call, tmp_path: Path) -> None:
    pipeline = (tmp_path / "poems.py").read_text()
    chancy = (
        'offline=lambda row, rng: f"<poem>{rng.randrange(2)}</poem>", drop_if=lambda p, row: "0" if p == "0" else None'
    )
    start, end = pipeline.index("    offline="), pipeline.index("judge = ")
    (tmp_path / "poems.py").write_text(f"{pipeline[:start]}    {chancy},\n)\n{pipeline[end:]}")
    for n in range(20):
        (tmp_path / "docs" / f"d{n}.txt").write_text(f"Mill {n} stood by the river.")
    call("run", "config.yaml", "--quiet")
    lost = [dropped_in(tmp_path)]
    while lost[-1]:
        call("retry", "out", "--status", "dropped", "--quiet")
        lost.append(dropped_in(tmp_path))
        assert lost[-1] <= lost[-2]
        assert len(lost) < 20, f"each round should answer about half of them anew: {lost}"
    assert lost[0] > 1


def dropped_in(folder: Path) -> int:
    return sum(json.loads((folder / "out" / "run.json").read_text())["steps"]["write_poem"]["dropped"].values())


@pytest.mark.parametrize(("place", "rows"), [("out", 2), ("out/two", 1)])
def test_rows_of_runs_inside_a_run_are_tried_again_with_it(call: Call, tmp_path: Path, place: str, rows: int) -> None:
    compose(tmp_path)
    call("run", "config.yaml", "--quiet")
    told = call("retry", place, "--quiet", "--step", "write_poem")
    assert f"{rows} row{'s' if rows > 1 else ''} to try again" in told.err
    attempts = [json.loads((tmp_path / "out" / name / "run.json").read_text()) for name in ("one", "two")]
    assert [attempt["attempt"] for attempt in attempts] == [2, 2]
    assert [attempt["steps"]["write_poem"]["calls"] for attempt in attempts] == ([1, 1] if rows == 2 else [0, 1])
