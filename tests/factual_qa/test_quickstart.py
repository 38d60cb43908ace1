"""The first run that a newcomer sees: the sample corpus and the config as they are shipped."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.commands.small_project import ROOT, Called, call
from tests.running import manifest_of, rows_of

FEWEST_ROWS = 80
ODD = {
    "a second predicate": r" (?:and|or) \w+(?:s|ed)\?$|\bbut\b",
    "a question cut short": r"\b(?:and|or|the|an?|of|in|at|to|by|for|with|than|as|und|oder|der|die|das|von|mit)\?$",
    "half a quantity": r"\band \d",
    "a capital inside a question": r"^(?:Wh\w+|How) .*\b(?:Ordinary|Older|Knowledge|Digital|Green|Lead)\b",
    "a word that leans on what was said": r"\b(?:it|its|they|their|this|these|also|such|dies\w*|dort|sie|er)\b",
    "two verbs": r"^(?:When|Why|How|Where) (?:did|does|do)\b.*(?<! that) (?:was|were|is|are) \w+ed\b",
    "a thing nobody named": r"^(?:Who|What) \w+ the \w+(?: in [A-Z]\w+)?\?$|^Why (?:was|were|is|are) the \w+ \w+\?$",
    "a place given away": r"^Where\b.* in [A-Z]",
    "an article in capitals": r" (?:Der|Die|Das|Ein|Eine|A|An) ",
}


class Quickstart:
    """The project's files in a folder of its own, and the command that runs them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.output = folder, folder / "outputs" / "quickstart"
        for name in ("configs", "inputs/quickstart", "generation"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "super_config.yaml", folder)

    def run(self, *options: str) -> Called:
        return call(self.folder, "run", "configs/quickstart.yaml", *options)

    @property
    def bytes(self) -> bytes:
        return (self.output / "datasets" / "factual_qa.jsonl").read_bytes()

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.bytes.splitlines()]

    def pairs(self) -> Iterator[tuple[str, str, str]]:
        """Question, answer and source file of every turn."""
        for row in self.rows():
            said = [message["content"] for message in row["messages"] if message["role"] != "system"]
            yield from ((question, answer, row["metadata"]["source"]) for question, answer in turns_of(said))

    def source(self, name: str) -> str:
        """A document's text with single spaces; of records, all of them."""
        text = (self.folder / "inputs" / "quickstart" / name).read_text(encoding="utf-8")
        if name.endswith(".jsonl"):
            text = "\n".join(json.loads(line)["text"] for line in text.splitlines())
        return " ".join(text.split())


def turns_of(said: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(said[::2], said[1::2], strict=True)


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Quickstart:
    project = Quickstart(tmp_path_factory.mktemp("quickstart"))
    ended = project.run()
    assert ended.code == 0, ended.err
    return project


def test_every_answer_stands_word_for_word_in_its_document(quickstart: Quickstart) -> None:
    pairs = list(quickstart.pairs())
    assert len(pairs) >= FEWEST_ROWS
    assert [answer for _, answer, source in pairs if answer not in quickstart.source(source)] == []


def test_every_document_has_its_rows(quickstart: Quickstart) -> None:
    documents = {path.name for path in (quickstart.folder / "inputs" / "quickstart").iterdir()}
    assert {source for _, _, source in quickstart.pairs()} == documents


@pytest.mark.parametrize("pattern", ODD.values(), ids=ODD.keys())
def test_no_question_is_odd(quickstart: Quickstart, pattern: str) -> None:
    assert [question for question, _, _ in quickstart.pairs() if re.search(pattern, question)] == []


def test_no_question_is_asked_twice(quickstart: Quickstart) -> None:
    questions = [question for question, _, _ in quickstart.pairs()]
    assert len(set(questions)) == len(questions)


def test_questions_are_of_many_kinds_in_two_languages(quickstart: Quickstart) -> None:
    kinds = {question.split(" ", 1)[0] for question, _, _ in quickstart.pairs()}
    assert kinds >= {"What", "When", "Where", "Who", "Why", "How", "Was", "Wann", "Wer", "Warum", "Wie"}


def test_the_contents_page_is_dropped_with_its_reason_and_the_funnel_shows_it(quickstart: Quickstart) -> None:
    (dropped,) = rows_of(quickstart.output, "keep_suitable", "dropped")
    assert dropped["reason"] == "unsuitable: no running prose with facts"
    funnel = manifest_of(quickstart.output)["steps"]["keep_suitable"]
    assert funnel["dropped"] == {dropped["reason"]: 1}
    assert funnel["in"] == funnel["out"] + 1
    assert "## Contents" in quickstart.source("history-of-printing.md")
    starts = [row["metadata"]["start"] for row in quickstart.rows() if row["metadata"]["source"].startswith("history")]
    assert min(starts) > 0


def test_a_second_run_asks_nothing_and_leaves_the_same_bytes(quickstart: Quickstart) -> None:
    before = quickstart.bytes
    again = quickstart.run()
    assert again.code == 0
    assert "0 calls" in again.err
    assert quickstart.bytes == before


def test_conversations_of_several_turns_hold_the_same_pairs(quickstart: Quickstart) -> None:
    single = list(quickstart.pairs())
    output = quickstart.folder / "outputs" / "talks"
    assert quickstart.run("--set", "turns=3", "--set", f"output_dir={output}").code == 0
    rows = [json.loads(line) for line in (output / "datasets" / "factual_qa.jsonl").read_text().splitlines()]
    talks = [[m["content"] for m in row["messages"] if m["role"] != "system"] for row in rows]
    assert [pair for talk in talks for pair in turns_of(talk)] == [(q, a) for q, a, _ in single]
    assert {len(talk) for talk in talks} == {2, 4, 6}
    systems = {row["messages"][0]["content"] for row in rows if row["messages"][0]["role"] == "system"}
    assert len(systems) > 4
    assert any(row["messages"][0]["role"] == "user" for row in rows)


def test_the_readme_shows_a_row_and_the_funnel_of_this_run(quickstart: Quickstart) -> None:
    readme = (ROOT / "generation" / "core_pipelines" / "factual_qa" / "README.md").read_text(encoding="utf-8")
    shown = json.loads(readme.split("```json\n")[1].split("```")[0])
    assert (shown["messages"], shown["metadata"]["source"]) in [
        (row["messages"], row["metadata"]["source"]) for row in quickstart.rows()
    ]
    steps = manifest_of(quickstart.output)["steps"]
    funnel = re.findall(r"^  (\w+) +(\d+) +(\d+) +[\d·]", readme, re.MULTILINE)
    assert funnel == [(name, str(step["in"]), str(step["out"])) for name, step in steps.items() if ":" not in name]
    votes = sum(steps[name]["calls"] for name in ("check_question", "check_relevance", "check_answer"))
    assert votes == 3 * 2 * steps["repair"]["calls"]
