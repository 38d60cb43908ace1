"""Documents mended by rule or by a bad model, written as a folder that other pipelines read."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generation.core_components.reading import Reading
from generation.core_components.text_folder import TextFolder, file_name
from generation.core_pipelines.clean_documents import steps
from generation.core_pipelines.clean_documents.clean_documents import clean_documents
from generation.core_pipelines.clean_documents.offline_rules import mend
from generation.core_pipelines.factual_qa.factual_qa import factual_qa
from generation_functions import Dataset, Row, Run
from generation_functions.errors import ConfigError
from generation_functions.parsing import tag
from generation_functions.prompts import PromptBook
from generation_functions.store import StoreReader
from tests.end_to_end.shipped import Shipped, check_kill_and_resume
from tests.running import OFFLINE, manifest_of, rows_of

SAMPLE = Path("generation/core_pipelines/clean_documents/samples/the-lighthouse.txt")


async def clean(output_dir: Path, input_dir: Path, **settings: Any) -> Dataset:
    async with Run(output_dir) as run:
        return await clean_documents(run, input_dir=input_dir, mender=OFFLINE, **settings)


def scan(number: int) -> str:
    return (
        f"The light-\nhouse numbered {number} was built in\n{1800 + number} by the engineer\nAnna Berg. It is {number}"
        f" metres\nhigh.\n\n            {number}\n\nIts lamp burns oil of rape\nand olive, and ships see it from afar."
    )


async def test_the_sample_comes_out_whole(tmp_path: Path) -> None:
    dataset = await clean(tmp_path, SAMPLE)
    text = (tmp_path / "texts" / "the-lighthouse.txt.md").read_text(encoding="utf-8")
    row = json.loads(dataset.path.read_text(encoding="utf-8"))
    assert row["text"] + "\n" == text
    assert "electricity" in text
    assert "\n12\n" not in text
    assert ["flarne", "flame"] in row["fixes"]
    assert all(len(paragraph.splitlines()) == 1 for paragraph in text.strip().split("\n\n"))


async def test_pieces_make_up_their_documents_in_order(tmp_path: Path) -> None:
    (tmp_path / "in" / "old").mkdir(parents=True)
    for name in ("a.txt", "old/a.txt"):
        (tmp_path / "in" / name).write_text("\n\n".join(scan(n) for n in range(20)), encoding="utf-8")
    whole, pieces = (
        await clean(tmp_path / "whole", tmp_path / "in", chunk_tokens=4000),
        await clean(tmp_path / "pieces", tmp_path / "in", chunk_tokens=64),
    )
    assert whole.rows == pieces.rows == 2
    texts = [(tmp_path / "pieces" / "texts" / name).read_text() for name in ("a.txt.md", "old/a.txt.md")]
    assert texts[0] == texts[1]
    assert [f"numbered {n} was" in texts[0] for n in range(20)] == [True] * 20
    assert texts[0].index("numbered 7 ") < texts[0].index("numbered 8 ")


def made_worse(values: Mapping[str, Any], rng: Random) -> str:
    return mend(values, rng).replace("engineer", "famous engineer")


@pytest.mark.parametrize("keep", [True, False])
async def test_what_a_model_changed_is_refused_with_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    monkeypatch.setattr(steps, "mend", replace(steps.mend, offline=made_worse))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "scan.txt").write_text(scan(7), encoding="utf-8")
    dataset = await clean(tmp_path / "out", tmp_path / "in", keep_refused=keep)
    reasons = [row["reason"] for row in rows_of(tmp_path / "out", "mended_or_kept.mend", "failed")]
    assert reasons == ["More than the layout changed: added 'famous'."]
    assert dataset.rows == keep
    if keep:
        row = json.loads(dataset.path.read_text())
        assert (row["text"], row["kept"], row["mended"]) == (scan(7), 1, 0)


async def test_other_pipelines_read_what_was_cleaned(tmp_path: Path) -> None:
    await clean(tmp_path / "clean", SAMPLE)
    async with Run(tmp_path / "asked") as run:
        dataset = await factual_qa(run, input_dir=tmp_path / "clean" / "texts", writer=OFFLINE, judge=OFFLINE)
    assert "Augustin Fresnel" in dataset.path.read_text(encoding="utf-8")


async def test_a_second_run_asks_nothing_and_a_document_that_went_is_gone(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in (1, 2):
        (tmp_path / "in" / f"{number}.txt").write_text(scan(number), encoding="utf-8")
    await clean(tmp_path / "out", tmp_path / "in")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out" / "texts").iterdir()}
    (tmp_path / "in" / "2.txt").unlink()
    await clean(tmp_path / "out", tmp_path / "in")
    assert sum(step.get("calls", 0) for step in manifest_of(tmp_path / "out")["steps"].values()) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "out" / "texts").iterdir()} == {
        "1.txt.md": before["1.txt.md"]
    }


def test_a_folder_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    project = Shipped(tmp_path, "http://127.0.0.1:9", "clean-documents")
    project.write_shipped(mender={"provider": "offline"})
    for _ in range(2):
        assert project.run().returncode == 0
        shutil.rmtree(project.output / "texts")
    ended = project.run()
    assert "electricity" in (project.output / "texts" / "the-lighthouse.txt.md").read_text(encoding="utf-8"), (
        ended.stderr
    )
    assert "nothing to do" in project.run().stderr


def asked(output_dir: Path) -> list[str]:
    with closing(StoreReader(output_dir / "store.sqlite")) as store:
        found = [store.exchange(key) for (key,) in store.query("SELECT key FROM exchanges ORDER BY id")]
    return [exchange["prompt"][-1]["content"] for exchange in found if exchange is not None]


async def test_the_model_is_told_what_language_a_piece_is_in_and_another_one_asks_again(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    texts = {
        "a.txt": scan(7),
        "b.txt": "Das Feuer auf dem Turm brannte die\nganze Nacht, und der Wärter schlief.",
        "c.txt": "1 + 1 = 2",
    }
    for name, text in texts.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    await clean(tmp_path / "out", tmp_path / "in")
    own = ["English", "German", "the language of the text"]
    assert [each.splitlines()[1] for each in asked(tmp_path / "out")] == [f"Language: {name}" for name in own]
    for _ in range(2):
        await clean(tmp_path / "out", tmp_path / "in", language="German")
    new = asked(tmp_path / "out")[3:]
    assert [each.splitlines()[:2] for each in new] == [[f"Document: {name}", "Language: German"] for name in "ac"]


def test_the_examples_of_the_prompt_would_pass_the_check() -> None:
    turns = PromptBook([SAMPLE.parents[1] / "prompts"]).get("mend").fill({"title": "", "language": "", "text": ""})
    shown = [turn["content"] for turn in turns[1:-1]]
    for question, answer in zip(shown[::2], shown[1::2], strict=True):
        row = Row("a" * 32, {"text": tag("text")(question)})
        _, problem = replace(steps.mend, validate=steps.only_layout(0.1)).judged(answer, row)
        assert problem is None
    languages = [line for question in shown[::2] for line in question.splitlines() if line.startswith("Language: ")]
    assert languages == ["Language: English", "Language: German", "Language: French"]


async def test_an_overlap_would_say_things_twice(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="without overlap"):
        await clean(tmp_path, SAMPLE, reading=Reading(overlap=20))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("book.pdf", "book.pdf.md"), ("a/b.txt", "a/b.txt.md"), ("notes.md", "notes.md"),
        ("../../etc/passwd", "etc/passwd.md"),
        ("/abs/x", "abs/x.md"), (".hidden", "_hidden.md"), ("a\x00b:c?.txt", "a_b_c_.txt.md"), ("", "document.md"),
        ("Bücher/蜜蜂.txt", "Bücher/蜜蜂.txt.md"),
    ],
)  # fmt: skip
def test_a_file_keeps_its_name_as_far_as_that_is_safe(source: str, name: str) -> None:
    assert str(file_name(source, Counter())) == name


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    rows = [{"text": f"number {n}", "metadata": {"source": "Bees.jsonl" if n else "bees.jsonl"}} for n in range(3)]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert TextFolder(tmp_path / "texts").write(tmp_path / "d.jsonl") == 3
    assert len({path.name.casefold() for path in (tmp_path / "texts").iterdir()}) == 3


def test_a_rule_mends_only_layout() -> None:
    row = Row("a" * 32, {"text": SAMPLE.read_text(encoding="utf-8")})
    value, problem = replace(steps.mend, validate=steps.only_layout(0.1)).judged(mend(row, Random(0)), row)
    assert problem is None
    assert value


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(6):
        (tmp_path / "in" / f"{number}.txt").write_text("\n\n".join(scan(number * 10 + n) for n in range(8)))
    calm = check_kill_and_resume(tmp_path, "clean-documents", input_dir=str(tmp_path / "in"), chunk_tokens=80)
    assert calm.datasets()["cleaned.jsonl"]
