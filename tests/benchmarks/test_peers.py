"""The harness that measures other tools: its own part of a peer's program, and what it does not let pass."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.bare_loop import SYSTEM, question
from benchmarks.beside_peers import FOLDER, PEERS, Failed, check, watched
from benchmarks.fast_endpoint import serving
from tests.benchmarks.program import needs_compiler, needs_linux

pytestmark = needs_linux

PEER = f"""
import json, sys, urllib.request
sys.path.insert(0, {str(FOLDER)!r})
from measured import main

def generate(task):
    pairs = []
    for asked in task.questions:
        body = {{"model": "fast", "messages": [{{"role": "system", "content": task.system}},
                                             {{"role": "user", "content": asked}}]}}
        request = urllib.request.Request(f"{{task.base_url}}/chat/completions", json.dumps(body).encode(),
                                         {{"Content-Type": "application/json"}})
        with urllib.request.urlopen(request) as answer:
            pairs.append((asked, json.load(answer)["choices"][0]["message"]["content"]))
    return lambda: pairs

main(generate)
"""


@needs_compiler
def test_a_peer_is_measured_and_its_answers_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "peer.py").write_text(PEER)
    asked = tmp_path / "questions.json"
    asked.write_text(json.dumps({"system": SYSTEM, "questions": [question(number) for number in range(12)]}))
    with serving() as endpoint:
        words = [sys.executable, str(tmp_path / "peer.py"), endpoint.base_url, str(asked), str(tmp_path)]
        figures = watched([*words, "--in-flight", "4"], tmp_path, {})
        assert endpoint.stats()["calls"] == 8 + 12
    check("a peer", tmp_path, 12)
    assert 0 < figures["seconds"] < figures["wall_s"]


def answers(folder: Path, pairs: list[tuple[str, str]]) -> None:
    (folder / "answers.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))


def test_an_answer_to_another_question_fails(tmp_path: Path) -> None:
    answers(tmp_path, [("row-0 a", "row-0 b"), ("row-1 a", "row-0 b")])
    with pytest.raises(Failed, match="1 answers belong to another question"):
        check("a peer", tmp_path, 2)


@pytest.mark.parametrize("rows", [["row-0"], ["row-0", "row-0"], ["row-0", "row-1", "row-1"]])
def test_a_row_that_is_lost_or_there_twice_fails(rows: list[str], tmp_path: Path) -> None:
    answers(tmp_path, [(f"{row} a", f"{row} b") for row in rows])
    with pytest.raises(Failed, match="of 2"):
        check("a peer", tmp_path, 2)


def test_a_peer_that_breaks_is_told_with_its_last_words(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import sys; print('a word', flush=True); sys.exit('no room left')"]
    with pytest.raises(Failed, match="ended with 1: a word no room left"):
        watched(words, tmp_path, {})


def test_every_peer_has_a_program_and_a_version() -> None:
    programs = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "measured"}
    pinned = {path.stem.removeprefix("requirements-"): path.read_text() for path in FOLDER.glob("*.txt")}
    assert programs == set(pinned) == set(PEERS)
    assert all("==" in text.splitlines()[0] for text in pinned.values())
