"""The pipeline from documents to texts: on the offline writer, and killed and resumed against an endpoint."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from generation.core_pipelines.representation_variation import offline_rules, steps
from generation.core_pipelines.representation_variation.forms import ALSO, FORMS
from generation.core_pipelines.representation_variation.representation_variation import representation_variation
from generation_functions import Dataset, Run
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import OFFLINE, manifest_of, rows_of

DOCUMENTS = {
    "tea.md": """\
# Tea

Tea was introduced to England in the 1650s. Robert Fortune travelled to China in 1848 and collected tea plants.

The tea bag was patented by Thomas Sullivan in 1908. Green tea is not oxidised because the leaves are heated soon after
picking & drying.""",
    "dom.txt": "Der Kölner Dom ist eine Kirche in der Stadt Köln. Der Bau des Kölner Doms wurde 1248 begonnen.",
    "蜜蜂.txt": "蜜蜂是一种会飞行的群居昆虫。蜜蜂为植物传播花粉并酿造蜂蜜。一个蜂群通常有一只蜂王和许多工蜂。",
    "contents.md": "1 Leaves ........ 3\n\n2 Trade ........ 15\n\nIndex ........ 99",
}  # fmt: skip


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    for name, text in DOCUMENTS.items():
        (tmp_path / "documents" / name).write_text(text, encoding="utf-8")
    return tmp_path / "documents"


async def vary(output_dir: Path, input_dir: Path, **settings: Any) -> Dataset:
    async with Run(output_dir, seed=settings.pop("seed", 0)) as run:
        return await representation_variation(run, input_dir=input_dir, writer=OFFLINE, **settings)


def texts(dataset: Dataset) -> list[dict[str, Any]]:
    return [json.loads(line) for line in dataset.path.read_text(encoding="utf-8").splitlines()]


async def test_every_form_is_written_and_is_what_it_says(tmp_path: Path, documents: Path) -> None:
    rows = texts(await vary(tmp_path / "out", documents, versions=len(FORMS)))
    tea = {row["metadata"]["form"]: row["text"] for row in rows if row["metadata"]["source"] == "tea.md"}
    assert tea.keys() == {*FORMS, *ALSO}
    assert len(set(tea.values())) == len(tea)
    for row in rows:
        if row["metadata"]["form"] == "json":
            assert json.loads(row["text"])["facts"]
        if row["metadata"]["form"] == "xml":
            assert len(etree.fromstring(row["text"].encode())) > 0
    assert "60 years after" in tea["inferred_facts"]
    assert tea["original"] == DOCUMENTS["tea.md"]


async def test_what_holds_no_fact_is_dropped_with_its_reason(tmp_path: Path, documents: Path) -> None:
    rows = texts(await vary(tmp_path / "out", documents))
    assert {row["metadata"]["source"] for row in rows} == {"tea.md", "dom.txt", "蜜蜂.txt"}
    assert [row["reason"] for row in rows_of(tmp_path / "out", "list_facts", "dropped")] == ["holds no fact to retell"]


async def test_forms_are_drawn_by_the_seed_and_the_chunk(tmp_path: Path, documents: Path) -> None:
    settings: dict[str, Any] = {"versions": 2, "also": (), "noise": 0.5, "context_line": "{title}:"}
    first = await vary(tmp_path / "first", documents, seed=1, **settings)
    for name in ("contents.md", "dom.txt"):
        (documents / name).unlink()
    alone = await vary(tmp_path / "alone", documents, seed=1, **settings)
    other = await vary(tmp_path / "other", documents, seed=2, **settings)
    assert [row for row in texts(first) if row["metadata"]["source"] in ("tea.md", "蜜蜂.txt")] == texts(alone)
    assert texts(other) != texts(alone)
    assert all(row["text"].startswith(("tea:", "蜜蜂:", "tea ›")) for row in texts(alone))


async def test_only_what_is_asked_for_is_written(tmp_path: Path, documents: Path) -> None:
    rows = texts(await vary(tmp_path / "out", documents, forms=("xml",), versions=1, also=("atomic_facts",)))
    assert {row["metadata"]["form"] for row in rows} == {"xml", "atomic_facts"}
    assert "every_form.infer_facts" not in manifest_of(tmp_path / "out")["steps"]


@pytest.mark.parametrize("completion", ["NO FACTS", "**No facts**", "nothing follows."])
def test_a_model_may_say_that_there_is_nothing(completion: str) -> None:
    assert steps.items_or_none(completion) == []


def test_an_invented_year_is_told_to_the_model() -> None:
    row = {"text": "It was opened in 1869."}
    assert steps.unusable_facts(["It was opened in 1869."], row) is None
    assert "1859" in str(steps.unusable_facts(["It was opened in 1869.", "It was begun in 1859."], row))
    assert "the text says" in str(steps.unusable_facts(["It was, the text says, opened in 1869."], row))
    assert "According to the passages" in str(steps.leaning(["According to the passages, trade changed."], row))
    spoken = {"text": "In the preface the text says that it was opened in 1869."}
    assert steps.unusable_facts(["It was, the text says, opened in 1869."], spoken) is None
    assert steps.items_or_none("- one\n- two\n- one") == ["one", "two"]


@pytest.mark.parametrize("form", FORMS)
def test_a_single_fact_in_no_known_language_still_makes_every_form(form: str) -> None:
    values = {
        "form": form,
        "title": "蜜蜂",
        "facts": "- 蜜蜂是一种会飞行的群居昆虫。\n- 蜜蜂为植物传播花粉并酿造蜂蜜。",
        "text": "",
    }
    value, problem = steps.retell.judged(offline_rules.retell(values, Random(0)), {**values, "text": "x"})  # type: ignore[arg-type]
    assert problem is None
    assert value


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    calm = check_kill_and_resume(tmp_path, "representation-variation", chunk_tokens=300)
    assert calm.datasets()["representation_variation.jsonl"]
