"""The shipped pipelines from documents to dataset, on the offline writer."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from generation.core_components.template.template import template
from generation.core_pipelines.factual_qa.factual_qa import factual_qa
from generation_functions import Dataset, Model, Run
from generation_functions.store import StoreReader
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import manifest_of, rows_of

OFFLINE = Model.offline()
DOCUMENTS = {
    "tea.md": """\
# Contents

1 Leaves ........ 3
2 Trade ........ 15
3 The tea bag ........ 40
Index ........ 99

# Tea

Tea is a drink made from the leaves of an evergreen shrub native to East Asia. Lu Yu wrote The Classic of Tea in about
760. Tea was introduced to England in the 1650s. Robert Fortune travelled to China in 1848 and collected tea plants for
the East India Company. Green tea is not oxidised because the leaves are heated soon after picking.

The tea bag was patented by Thomas Sullivan in 1908. A cup of black tea contains about 47 milligrams of caffeine. China
produced more than three million tonnes of tea in 2021.
""",
    "sub/dom.txt": (
        "Der Kölner Dom ist eine Kirche in der Stadt Köln. Der Bau des Doms begann 1248 unter Meister Gerhard. "
        "Der Kölner Dom wurde im Jahr 1880 fertiggestellt. Die Türme des Doms sind 157 Meter hoch, und viele Menschen "
        "besuchen die Kirche in jedem Jahr."
    ),
    "records.jsonl": json.dumps({
        "text": "The Bay of Fundy lies between New Brunswick and Nova Scotia. Isaac Newton explained the tides in 1687."
        " Lord Kelvin invented a machine that predicts the tides in 1872, and it used wheels and pulleys."
    }) + "\n",
}  # fmt: skip


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for name, text in DOCUMENTS.items():
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "documents"


async def ask(output_dir: Path, input_dir: Path, *, prompts: Path | None = None, **settings: Any) -> Dataset:
    async with Run(output_dir, prompts=prompts) as run:
        return await factual_qa(
            run, input_dir=input_dir, writer=OFFLINE, judge=OFFLINE, **{"chunk_tokens": 100, **settings}
        )


def conversations(dataset: Dataset) -> list[list[dict[str, str]]]:
    lines = dataset.path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["messages"] for line in lines]


async def test_every_answer_can_be_found_in_its_document(tmp_path: Path, documents: Path) -> None:
    dataset = await ask(tmp_path / "out", documents)
    written = " ".join(" ".join(DOCUMENTS.values()).split())
    answers = [turns[-1]["content"] for turns in conversations(dataset)]
    assert dataset.rows == len(answers) >= 5
    assert all(answer in written for answer in answers)
    assert any("Dom" in answer for answer in answers)


async def test_the_contents_page_is_dropped_with_its_reason(tmp_path: Path, documents: Path) -> None:
    await ask(tmp_path / "out", documents)
    dropped = rows_of(tmp_path / "out", "keep_suitable", "dropped")
    assert [row["reason"] for row in dropped] == ["unsuitable: no running prose with facts"]


async def test_a_second_run_asks_nothing_and_leaves_the_same_bytes(tmp_path: Path, documents: Path) -> None:
    first = (await ask(tmp_path / "out", documents)).path.read_bytes()
    second = await ask(tmp_path / "out", documents)
    assert second.path.read_bytes() == first
    steps = manifest_of(tmp_path / "out")["steps"]
    assert sum(step.get("calls", 0) for step in steps.values()) == 0


async def test_turns_join_the_pairs_of_one_chunk(tmp_path: Path, documents: Path) -> None:
    single = conversations(await ask(tmp_path / "single", documents))
    multi = conversations(await ask(tmp_path / "multi", documents, turns=3))
    questions = [[turn["content"] for turn in turns if turn["role"] == "user"] for turns in multi]
    assert {len(asked) for asked in questions} - {1}
    assert max(map(len, questions)) <= 3
    assert sorted(q for asked in questions for q in asked) == sorted(
        turn["content"] for turns in single for turn in turns if turn["role"] == "user"
    )


async def test_the_template_writes_a_poem_for_each_chunk(tmp_path: Path, documents: Path) -> None:
    async with Run(tmp_path / "out") as run:
        dataset = await template(run, input_dir=documents, writer=OFFLINE, chunk_tokens=100)
    poems = [turns[1]["content"] for turns in conversations(dataset)]
    assert len(poems) == len(rows_of(tmp_path / "out", "chunk"))
    assert all(len(poem.splitlines()) >= 4 for poem in poems)


def test_the_template_stays_short_enough_to_teach_from() -> None:
    import generation.core_components.template.template as module

    assert len(Path(str(module.__file__)).read_text(encoding="utf-8").splitlines()) <= 40


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path, documents: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "factual-qa", input_dir=str(documents), chunk_tokens=100)
    assert calm.datasets()["factual_qa.jsonl"]


async def test_the_writer_is_asked_for_the_language_of_the_config(tmp_path: Path, documents: Path) -> None:
    await ask(tmp_path / "out", documents, language="Portuguese")
    with closing(StoreReader(tmp_path / "out" / "store.sqlite")) as store:
        asked = [
            store.exchange(key) for (key,) in store.query("SELECT key FROM exchanges WHERE step = 'ask_questions'")
        ]
    assert asked
    assert all("in Portuguese." in exchange["prompt"][-1]["content"] for exchange in asked if exchange is not None)


async def test_questions_asked_before_are_left_out_where_that_is_wanted(tmp_path: Path, documents: Path) -> None:
    (documents / "copy.md").write_text(DOCUMENTS["tea.md"])
    kept = await ask(tmp_path / "all", documents)
    told_once = await ask(tmp_path / "distinct", documents, question_duplicates=1.0)
    assert told_once.rows < kept.rows
    lost = rows_of(tmp_path / "distinct", "deduplicate", "dropped")
    assert {row["reason"] for row in lost} == {"the same as an earlier row"}


async def test_another_prompt_set_asks_in_its_own_words_and_reads_the_same_answers(
    tmp_path: Path, documents: Path
) -> None:
    german = Path(str(sys.modules[factual_qa.__module__].__file__)).with_name("prompts_de")
    english = await ask(tmp_path / "en", documents)
    dataset = await ask(tmp_path / "de", documents, prompts=german, language="Deutsch")
    assert dataset.rows == english.rows
    with closing(StoreReader(tmp_path / "de" / "store.sqlite")) as store:
        asked = [store.exchange(key) for (key,) in store.query("SELECT key FROM exchanges")]
    systems = {str(exchange["prompt"][0]["content"])[:3] for exchange in asked if exchange is not None}
    assert systems == {"Du "}
