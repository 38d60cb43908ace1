"""`preview`: a few rows shown step by step, and never paid for twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.transcript import without_passages
from tests.commands.calling import Call, caller, compose
from tests.commands.small_project import CONFIG, DOCUMENTS, write_project
from tests.fake_endpoint import read_log, served

REAL = CONFIG.replace(
    "{provider: offline}",
    '{model: fake-model, base_url: "${FAKE_URL}", api_key: "${FAKE_KEY}", price: {input: 1000, output: 1000}}',
)


def poem(body: dict[str, object]) -> str:
    """What the fake endpoint answers to either step."""
    return "yes" if "good?" in str(body["messages"]) else "<poem>a poem</poem>"


POEM_PATH = f"{__name__}:poem"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(write_project(tmp_path), monkeypatch, capsys)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "calls.jsonl"
    (tmp_path / "config.yaml").write_text(REAL)
    with served(answer=POEM_PATH, log=path) as url:
        monkeypatch.setenv("FAKE_URL", url)
        monkeypatch.setenv("FAKE_KEY", "canary-secret-7Q")
        yield path


def calls_in(log: Path) -> int:
    return sum(entry["event"] == "started" for entry in read_log(log))


def test_every_step_of_each_row_is_shown_with_its_end(call: Call) -> None:
    told = call("preview", "config.yaml", "-n", "3")
    assert told.code == 0
    assert [f"row {n} of 3" in told.out for n in (1, 2, 3)] == [True] * 3
    for part in (
        "You are a poet.", f"Write of {DOCUMENTS['river.txt']}", f"<poem>{DOCUMENTS['river.txt']}</poem>",
        "votes: yes yes; 2 of 3 needed", "dropped: not a good poem", "failed: ", "dataset:poems",
    ):  # fmt: skip
        assert part in told.out
    assert "1 row for the dataset, 1 dropped, 1 failed" in told.err


def test_as_many_rows_as_asked_for(call: Call) -> None:
    found = json.loads(call("preview", "config.yaml", "-n", "1", "--json").out)
    [row] = found["rows"]
    assert row["source"]["source"] == "drops.txt"
    assert [step["step"] for step in row["steps"]] == ["write_poem", "judge"]
    assert row["steps"][1]["reason"] == "not a good poem"
    assert row["dataset"] == []
    assert call("preview", "config.yaml", "-n", "0").code == 2


def test_example_turns_are_folded_unless_all_is_asked_for(call: Call, tmp_path: Path) -> None:
    turns = '- {role: user, content: "a brook"}\n- {role: assistant, content: "O brook"}\n'
    (tmp_path / "prompts" / "write_poem.yaml").write_text(f'{turns}- {{role: user, content: "Write of {{text}}"}}\n')
    folded = call("preview", "config.yaml").out
    assert "… 2 example turns" in folded
    assert "O brook" not in folded
    assert "O brook" in call("preview", "config.yaml", "--full").out


def test_the_run_takes_over_what_the_preview_paid_for(call: Call, log: Path, tmp_path: Path) -> None:
    told = call("preview", "config.yaml", "-n", "1")
    assert told.code == 0
    assert calls_in(log) == 3
    assert "3 calls" in told.err
    assert "$0 " not in told.err
    ran = json.loads(call("run", "config.yaml", "--quiet", "--json").out)
    assert calls_in(log) == 5, "two more poems; the votes on such a poem are known"
    assert ran["cost_usd"] == ran["paid"]["small"]["cost_usd"], "what the preview cost is part of what the run cost"


def test_a_preview_after_the_run_is_free(call: Call, log: Path) -> None:
    call("run", "config.yaml", "--quiet")
    before = calls_in(log)
    told = call("preview", "config.yaml", "-n", "2", "--json")
    assert calls_in(log) == before
    found = json.loads(told.out)
    assert (found["calls"], found["reused"], found["cost_usd"]) == (0, 6, 0)
    assert len(found["rows"]) == 2


def test_a_preview_leaves_the_run_as_it_is(call: Call, tmp_path: Path) -> None:
    call("run", "config.yaml", "--quiet")
    before = {
        path: path.read_bytes() for path in (tmp_path / "out").glob("[!.]*") if path.name in ("run.json", "log.txt")
    }
    call("preview", "config.yaml")
    assert before == {path: path.read_bytes() for path in before}


def test_a_wrong_key_ends_it_with_the_variables_name(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yaml").write_text(REAL)
    with served(answer=POEM_PATH, key="the-right-key") as url:
        monkeypatch.setenv("FAKE_URL", url)
        monkeypatch.setenv("FAKE_KEY", "canary-secret-7Q")
        told = call("preview", "config.yaml")
    assert told.code == 1
    assert "FAKE_KEY" in told.err
    assert "canary" not in told.err + told.out


def test_runs_inside_a_run_are_shown_and_take_their_answers_over(call: Call, log: Path, tmp_path: Path) -> None:
    compose(tmp_path)
    found = json.loads(call("preview", "config.yaml", "-n", "2", "--json").out)
    assert [row["source"]["source"] for row in found["rows"]] == ["drops.txt", "fails.txt"] * 2
    before = calls_in(log)
    (tmp_path / "docs" / "river.txt").unlink()
    call("run", "config.yaml", "--quiet")
    assert calls_in(log) == before


def test_a_long_passage_is_shown_once_and_then_named_by_its_beginning() -> None:
    first, second = "The river " + "flows " * 40, "The mill " + "turns " * 40
    shown = {first, second}
    text = f"<text>\n{first}\n\n{second}\n</text>\n\nWhy?"
    folded = without_passages(text, shown)
    assert folded.startswith("<text>\n(as above: The river flows ")
    assert folded.endswith("…)\n</text>\n\nWhy?")
    assert folded.count("as above") == 1
    assert without_passages(text, {first}).count(second) == 1
    assert without_passages(text, set()) == text
