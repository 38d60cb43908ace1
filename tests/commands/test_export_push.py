"""`export --push`: a dataset and its card on a hub, private unless it is said, and the token nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.commands.calling import Call, caller
from tests.commands.stand_in_hub import StandInHub, stand_in_hub

ROWS = [{"text": f"words {n}", "metadata": {"source": f"d{n}.txt", "writer": "offline"}} for n in range(6)]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInHub]:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)  # another test may have switched it on
    with stand_in_hub() as found:
        monkeypatch.setenv("HF_ENDPOINT", found.endpoint)
        monkeypatch.setenv("HF_TOKEN", found.token)
        yield found


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return caller(tmp_path, monkeypatch, capsys)


def test_files_and_a_card_are_put_in_a_private_repository(call: Call, hub: StandInHub, tmp_path: Path) -> None:
    told = call("export", "a.jsonl", "--to", "out/a.jsonl", "--shard-rows", "4", "--push", "me/words")
    assert told.code == 0, told.err
    assert f"pushed to {hub.endpoint}/datasets/me/words (private)" in told.err
    repository = hub.repositories["me/words"]
    assert repository["visibility"] == "private"
    files = repository["files"]
    assert sorted(files) == ["README.md", "a-00001-of-00002.jsonl", "a-00002-of-00002.jsonl"]
    assert files["a-00001-of-00002.jsonl"] == (tmp_path / "out" / "a-00001-of-00002.jsonl").read_bytes()
    card = files["README.md"].decode()
    assert "**For trying out, not for training.**" in card
    assert "| `d0.txt` | 1 |" in card
    front = yaml.safe_load(card.split("---\n")[1])
    shards = ["a-00001-of-00002.jsonl", "a-00002-of-00002.jsonl"]
    assert front["configs"] == [{"config_name": "a", "data_files": [{"split": "train", "path": shards}]}]


def test_a_repository_that_exists_is_added_to_only_by_force(call: Call, hub: StandInHub) -> None:
    assert call("export", "a.jsonl", "--push", "me/words", "--public").code == 0
    assert hub.repositories["me/words"]["visibility"] == "public"
    told = call("export", "a.jsonl", "--push", "me/words")
    assert told.code == 1
    assert "add to it with --force" in told.err
    assert call("export", "a.jsonl", "--push", "me/words", "--force").code == 0


@pytest.mark.parametrize(("path", "status"), [("/api/repos", 403), ("/api/datasets", 403), ("/api/repos", 401)])
def test_what_the_hub_refuses_is_told_without_the_token(call: Call, hub: StandInHub, path: str, status: int) -> None:
    hub.refuse[path] = status
    told = call("export", "a.jsonl", "--push", "me/words", "--debug")
    assert told.code == 1
    assert "me/words could not be pushed" in told.err
    assert "HF_TOKEN" in told.err
    assert hub.token not in told.err + told.out


def test_without_a_token_nothing_is_written(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    told = call("export", "a.jsonl", "--push", "me/words")
    assert told.code == 2
    assert "HF_TOKEN is not set" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_the_token_may_stand_in_the_projects_env_file(
    call: Call, hub: StandInHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    (tmp_path / ".env").write_text(f"HF_TOKEN={hub.token}\n")
    assert call("export", "a.jsonl", "--push", "me/words").code == 0


def test_a_name_that_is_none_is_told(call: Call, hub: StandInHub) -> None:
    told = call("export", "a.jsonl", "--push", "me/a/b/c")
    assert told.code == 1
    assert "could not be pushed" in told.err
    assert hub.repositories == {}
