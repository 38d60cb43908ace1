"""The pipeline from class descriptions to a classifier that labels the rest, and its pure parts."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_components.text_classifier import TextClassifier
from generation.core_pipelines.classifier.classifier import classifier
from generation.core_pipelines.classifier.growing import Plan, Pool, grown
from generation.core_pipelines.classifier.plurality import PluralityStep, settled
from generation.core_pipelines.classifier.steps import check_classes, label_text, write_rules
from generation_functions import Model, Prompt, Row, Run
from generation_functions.errors import ConfigError
from generation_functions.languages import detect_language
from generation_functions.parsing import choice, tag
from generation_functions.prompts import PromptBook
from generation_functions.store import StoreReader
from tests.commands.calling import caller
from tests.end_to_end.project import ROOT
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import manifest_of, rows_of

OFFLINE = Model.offline()
CLASSES = {"sea": "tide wave harbour sailor salt", "bread": "flour dough yeast oven crust"}


def text(label: str, rng: Random) -> str:
    small = ["this", "that", "which", "often", "many", "old", "people", "under", "every", "always"]
    telling = CLASSES[label].split()
    words = [rng.choice(telling) if rng.random() < 0.3 else rng.choice(small) for _ in range(24)]
    return f"{' '.join(words).capitalize()} {rng.choice(telling)}."


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    rng = Random(0)
    lines = [json.dumps({"text": text(label, rng)}) for label in ["sea", "bread"] * 90]
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "texts.jsonl").write_text("\n".join(lines))
    return tmp_path / "documents"


async def train(folder: Path, documents: Path, **settings: Any) -> list[dict[str, Any]]:
    async with Run(folder) as run:
        sizes = {"test_texts": 30, "first_texts": 10, "more_texts": 10, "most_texts": 60}
        dataset = await classifier(
            run, input_dir=documents, labeller=OFFLINE, **{"classes": CLASSES, **sizes, **settings}
        )
    return [json.loads(line) for line in dataset.path.read_text(encoding="utf-8").splitlines()]


def dataset(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "datasets" / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("order", [["sea", "bread"], ["bread", "sea"]])
async def test_every_text_is_labelled_and_rightly_so_for_every_class(
    order: list[str], documents: Path, tmp_path: Path
) -> None:
    rows = await train(tmp_path / "out", documents, classes={name: CLASSES[name] for name in order})
    assert len(rows) == 180
    right = dict.fromkeys(CLASSES, 0)
    for row in rows:
        found = {name: sum(word in row["text"].lower() for word in words.split()) for name, words in CLASSES.items()}
        right[row["label"]] += row["label"] == max(found, key=lambda name: found[name])
    assert all(count >= 80 for count in right.values()), right
    assert {row["labelled_by"] for row in rows} == {"model", "classifier"}
    assert all(0.5 <= row["confidence"] <= 1 for row in rows)


async def test_it_grows_until_it_is_accurate_enough_and_no_further(documents: Path, tmp_path: Path) -> None:
    await train(tmp_path / "out", documents, accuracy=0.9)
    report = json.loads((tmp_path / "out" / "classifier" / "report.json").read_text())
    accuracies = [each["accuracy"] for each in report["rounds"]]
    assert report["reached"] is True
    assert accuracies[-1] >= 0.9
    assert all(accuracy < 0.9 for accuracy in accuracies[:-1])
    assert set(report["test"]["classes"]) == set(CLASSES)
    assert report["untested"] == []


async def test_it_stops_at_the_most_texts_and_says_that_it_is_not_accurate_enough(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    rng = Random(1)
    words = ["abc", "de", "fghi", "jk", "lmn", "op"]
    noise = [json.dumps({"text": " ".join(rng.choices(words, k=rng.randint(9, 16)))}) for _ in range(150)]
    (tmp_path / "in" / "noise.jsonl").write_text("\n".join(noise))
    await train(tmp_path / "out", tmp_path / "in", accuracy=1.0, most_texts=35)
    report = json.loads((tmp_path / "out" / "classifier" / "report.json").read_text())
    assert report["reached"] is False
    assert [each["trained_on"] for each in report["rounds"]] == [10, 20, 30, 35]
    assert "NOT reached" in (tmp_path / "out" / "log.txt").read_text()


async def test_the_test_is_never_trained_on(documents: Path, tmp_path: Path) -> None:
    await train(tmp_path / "out", documents, accuracy=1.0, most_texts=100)
    trained, tested = ({row["text"] for row in dataset(tmp_path / "out", name)} for name in ("training", "test"))
    assert trained
    assert len(tested) == 30
    assert not trained & tested


async def test_the_classifier_that_is_kept_labels_as_the_run_did(documents: Path, tmp_path: Path) -> None:
    rows = [row for row in await train(tmp_path / "out", documents) if row["labelled_by"] == "classifier"]
    kept = TextClassifier.load(tmp_path / "out" / "classifier")
    assert [each.label for each in kept.predict([row["text"] for row in rows])] == [row["label"] for row in rows]


async def test_a_second_run_asks_nothing_and_leaves_the_same_bytes(documents: Path, tmp_path: Path) -> None:
    await train(tmp_path / "out", documents)
    files = {
        path: path.read_bytes()
        for folder in ("datasets", "classifier")
        for path in (tmp_path / "out" / folder).iterdir()
    }
    await train(tmp_path / "out", documents)
    assert {path: path.read_bytes() for path in files} == files
    assert sum(step.get("calls", 0) for step in manifest_of(tmp_path / "out")["steps"].values()) == 0


def asked(folder: Path) -> dict[str, list[str]]:
    """The last message of all that each step asked."""
    found: dict[str, list[str]] = {}
    with closing(StoreReader(folder / "store.sqlite")) as store:
        for (key,) in store.query("SELECT key FROM exchanges ORDER BY id"):
            exchange = store.exchange(key)
            assert exchange is not None
            found.setdefault(exchange["step"], []).append(exchange["prompt"][-1]["content"])
    return found


async def test_rules_and_reasons_are_asked_for_in_a_language_and_another_one_asks_again(
    documents: Path, tmp_path: Path
) -> None:
    own = await train(tmp_path / "out", documents)
    before = asked(tmp_path / "out")
    own_language = "in the language of the class descriptions."
    assert all(each.endswith(own_language) for prompts in before.values() for each in prompts)
    again = await train(tmp_path / "out", documents, language="German")
    assert again == own  # offline rules go by words, whatever language is asked for
    after = asked(tmp_path / "out")
    for step, told in (("write_rules", "Write in German."), ("label_text", "Give your reason in German.")):
        new = after[step][len(before[step]) :]
        assert len(new) == len(before[step])
        assert all(each.endswith(told) for each in new)


@pytest.mark.parametrize("step", [write_rules, replace(label_text, parse=choice("complaint", "travel"))])
def test_the_examples_of_a_prompt_can_be_read_and_one_is_in_another_language(step: Any) -> None:
    prompts = PromptBook([ROOT / "generation" / "core_pipelines" / "classifier" / "prompts"])
    values = {"classes": "- a: b", "rules": "1. a: b", "text": "c", "language": "English"}
    answers = [turn["content"] for turn in prompts.get(step.name).fill(values) if turn["role"] == "assistant"]
    assert all(step.parse(answer) for answer in answers)
    assert [detect_language(answer) for answer in answers] == ["en", "de"]


@pytest.mark.parametrize(
    ("classes", "says"),
    [
        ({}, "there are none"),
        ({"a": "x"}, "there is one"),
        ({"a": "x", " ": "y"}, "cannot name a class"),
        ({"a": "x", "b|c": "y"}, "cannot name a class"),
        ({"Sea": "x", "sea": "y"}, "but for case"),
    ],
)
def test_classes_that_cannot_be_told_apart_are_told(classes: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        check_classes(classes)


def row(number: int, said: str) -> Row:
    return Row(f"{number:032}", {"text": said}, ("d", number))


def test_a_pool_is_drawn_by_content_and_has_no_text_twice() -> None:
    rows = [row(n, f"text {n % 40}") for n in range(60)]
    pool = Pool.of(rows, seed=1)
    assert len(pool.rows) == 40
    assert [each["text"] for each in pool.rows] == [each["text"] for each in Pool.of(rows[::-1], seed=1).rows]
    assert [each["text"] for each in pool.rows] != [each["text"] for each in Pool.of(rows, seed=2).rows]
    assert {each.key for each in pool.rows} == {each.key for each in rows[:40]}


async def test_what_is_asked_for_next_is_what_it_can_hardly_place() -> None:
    sure = [row(n, f"{'wave tide salt' if n % 2 else 'dough oven flour'} {n}") for n in range(60)]
    unsure = [row(100 + n, f"wave dough {n}") for n in range(8)]
    trained = TextClassifier.train(["wave tide salt", "dough oven flour"], ["sea", "bread"], classes=["sea", "bread"])
    taken = Pool.of([*sure, *unsure], seed=0).uncertain(trained, 12)
    assert len(taken) == 12
    assert sum("wave dough" in each["text"] for each in taken) >= 7


async def test_labels_of_the_first_class_count_as_labels() -> None:
    async def first(texts: Any) -> list[Row]:
        return [each.adding({"label": "0"}) for each in texts]

    found = await grown(Pool.of([row(n, f"t {n}") for n in range(20)], 0), first, ["0", "1"], Plan(5, 5, 5, 10, 1.0))
    assert found is not None
    assert found.scores.accuracy == 1.0
    assert await grown(Pool.of([], 0), first, ["0", "1"], Plan(5, 5, 5, 10, 1.0)) is None


@pytest.mark.parametrize(
    ("ballots", "left", "done"),
    [
        ([], 3, False),
        ([None, None], 1, False),
        (["0"], 2, False),
        (["0", "0"], 1, True),
        (["0", "1"], 1, False),
        (["0", "0", "1"], 2, False),
        (["0", "0", "0", "1"], 1, True),
        (["0", "1", "2"], 0, False),
    ],
)
def test_a_vote_is_settled_when_none_can_catch_the_leader(ballots: list[str | None], left: int, done: bool) -> None:
    assert settled(ballots, left) is done


async def test_tied_votes_drop_a_text_and_keep_the_votes(tmp_path: Path) -> None:
    answers = iter(["a", "b", "b", "a"])
    step = PluralityStep("vote", prompt=Prompt.of("Which? {text}"), votes=4, offline=lambda values, rng: next(answers))
    async with Run(tmp_path / "out") as run:
        assert await run.rows([{"text": "x"}]).through(step, model=OFFLINE).collect() == []
    assert [each["reason"] for each in rows_of(tmp_path / "out", "vote", "dropped")] == ["the votes are tied"]


async def test_a_text_whose_votes_none_could_read_says_what_was_wrong(tmp_path: Path) -> None:
    step = PluralityStep(
        "vote", prompt=Prompt.of("Which? {text}"), parse=tag("label"), votes=2, retries=0,
        offline=lambda values, rng: "who knows",
    )  # fmt: skip
    async with Run(tmp_path / "out", max_failed_share=1.0) as run:
        assert await run.rows([{"text": "x"}]).through(step, model=OFFLINE).collect() == []
    (failed,) = rows_of(tmp_path / "out", "vote", "failed")
    assert failed["reason"].startswith("no vote could be read: Expected <label>")


def test_a_preview_an_estimate_and_a_report_can_be_asked_for(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "generation").symlink_to(ROOT / "generation")
    call = caller(tmp_path, monkeypatch, capsys)
    config = ("generation/core_pipelines/classifier/config.yaml", "--set", f"input_dir={documents}")
    assert '"choices"' in call("preview", *config, "-n", "2").out
    assert "classifier: 181 source rows" in call("estimate", *config).out  # the texts, and the rules
    assert call("run", *config, "--quiet").code == 0
    assert call("report", "outputs/classifier", "--json").code in (0, 2)


@pytest.mark.slow
def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "classifier")
    assert set(calm.datasets()) == {"training.jsonl", "test.jsonl", "labels.jsonl"}
    assert (calm.output / "classifier" / "weights.npz").read_bytes() == (
        tmp_path / "killed" / "out" / "classifier" / "weights.npz"
    ).read_bytes()
