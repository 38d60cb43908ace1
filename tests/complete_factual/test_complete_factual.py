"""The composition from folders to everything a model is trained on: what it makes, and what an edit costs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from generation.core_composition.complete_factual.complete_factual import complete_factual
from generation.core_composition.complete_factual.inputs import InputFolder
from generation.core_pipelines.mix_datasets.sources import Source
from generation_functions import Dataset, Run
from generation_functions.errors import ConfigError
from generation_functions.store import StoreReader
from tests.end_to_end.shipped import check_kill_and_resume
from tests.running import OFFLINE, manifest_of

TALKS = ("questions", "recall", "rag", "doubts")
MIXED = ("pretraining", "conversations", "texts_beside", "retrieval")

DOCUMENTS = {
    "water/suez.md": "The Suez Canal was opened in 1869. The Suez Canal is 193 kilometres long. Ferdinand de Lesseps "
    "built the Suez Canal for ships from Europe. Ships pay a toll because the Suez Canal saves them the way round "
    "Africa.",
    "water/panama.md": "The Panama Canal was opened in 1914. The Panama Canal is 82 kilometres long. Ships pay a toll "
    "because the Panama Canal saves them the way round South America.",
    "water/tides.txt": "Isaac Newton explained the tides in 1687. The tides follow the Moon. The tides of a lunar day "
    "take about 24 hours and 50 minutes.",
    "water/moon.txt": "The Moon pulls the sea, and the tides follow the Moon. The Moon takes a lunar day of 24 hours "
    "and 50 minutes to come back.",
    "food/tea.txt": "The tea bag was patented by Thomas Sullivan in 1908. Green tea stays green because it is heated. "
    "Black tea is made from leaves that are left to wither.",
    "food/honey.txt": "Honey keeps for years because it is so dry. Karl von Frisch explained the dance of honeybees "
    "in 1927. Honey is made from the nectar of flowers.",
    "food/mead.txt": "Mead is made from honey and water. Mead keeps for years because honey is so dry. Honey for mead "
    "comes from the nectar of flowers.",
}


@pytest.fixture
def inputs(tmp_path: Path) -> list[InputFolder]:
    for name, text in DOCUMENTS.items():
        path = tmp_path / "inputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [InputFolder(path=tmp_path / "inputs" / name) for name in ("water", "food")]


async def make(output_dir: Path, inputs: list[InputFolder], **settings: Any) -> Dataset | None:
    async with Run(output_dir, seed=0) as run:
        return await complete_factual(run, inputs=inputs, writer=OFFLINE, judge=OFFLINE, votes=1, **settings)


def mixture(output_dir: Path, name: str) -> list[dict[str, Any]]:
    path = output_dir / name / "datasets" / "mixture.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def tokens_in(run: Path) -> int:
    told = json.loads((run / "mixture.json").read_bytes())
    return sum(source["tokens_taken"] for source in told["sources"])


def calls(output_dir: Path) -> dict[str, int]:
    """What each run inside it asked a model for, in its last attempt."""
    return {
        str(path.parent.relative_to(output_dir)): sum(
            step["calls"] for step in manifest_of(path.parent)["steps"].values()
        )
        for path in sorted(output_dir.glob("**/run.json"))
    }


def questions_asked(output_dir: Path) -> dict[str, list[str]]:
    """What each run inside it has asked at all, in the order of asking."""
    return {str(path.parent.relative_to(output_dir)): _asked(path) for path in output_dir.glob("**/store.sqlite")}


def _asked(store: Path) -> list[str]:
    reader = StoreReader(store)
    try:
        found = [reader.exchange(key) for (key,) in reader.query("SELECT key FROM exchanges ORDER BY id")]
    finally:
        reader.close()
    return [exchange["prompt"][-1]["content"] for exchange in found if exchange is not None]


async def test_every_folder_goes_through_every_part_and_all_meet_in_the_mixtures(
    tmp_path: Path, inputs: list[InputFolder]
) -> None:
    out = tmp_path / "out"
    made = await make(out, inputs)
    assert made is not None
    assert made.path == out / "conversations" / "datasets" / "mixture.jsonl"
    for folder in ("water", "food"):
        runs = {path.parent.name for path in (out / folder).glob("*/run.json")}
        assert runs == {"cleaning", "variation", *TALKS, "conversations", "passages"}
    sources = Counter(row["metadata"]["from"] for row in mixture(out, "conversations"))
    assert sources.keys() == {f"{folder}/{part}" for folder in ("water", "food") for part in TALKS}
    assert {row["metadata"]["from"] for row in mixture(out, "pretraining")} == {"water", "food"}
    assert {row["metadata"]["document"] for row in mixture(out, "retrieval")} == {
        Path(name).with_suffix(".md").name if name.endswith(".md") else f"{Path(name).name}.md" for name in DOCUMENTS
    }
    assert all((out / name / "datasets" / "README.md").is_file() for name in MIXED)


async def test_flawed_answers_keep_their_mask_through_both_mixtures(tmp_path: Path, inputs: list[InputFolder]) -> None:
    await make(tmp_path / "out", inputs, doubts={"right_share": 0.0})
    rows = [row for row in mixture(tmp_path / "out", "conversations") if row["metadata"]["from"].endswith("/doubts")]
    assert rows
    for row in rows:
        assert [m.get("train") for m in row["messages"] if m["role"] == "assistant"] == [False, None]


async def test_weights_shares_and_generic_data_hold(tmp_path: Path, inputs: list[InputFolder]) -> None:
    weighed = [folder.model_copy(update={"weight": weight}) for folder, weight in zip(inputs, (3, 1), strict=True)]
    talk = tmp_path / "talk.jsonl"
    said = [{"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Good day to you."}]
    talk.write_text("".join(json.dumps({"messages": said, "n": n}) + "\n" for n in range(200)), encoding="utf-8")
    await make(
        tmp_path / "out", weighed, recall=None, rag=None, doubts=None,
        generic=[Source(path=talk, name="talk", generic=True)],
        conversations={"unit": "rows", "generic_share": 0.2}, pretraining={"unit": "rows"},
    )  # fmt: skip
    rows = Counter(row["metadata"]["from"].split("/")[0] for row in mixture(tmp_path / "out", "conversations"))
    assert rows["water"] == pytest.approx(3 * rows["food"], abs=2)
    assert rows["talk"] == pytest.approx(0.2 * rows.total(), abs=1)
    texts = Counter(row["metadata"]["from"] for row in mixture(tmp_path / "out", "pretraining"))
    assert texts["water"] == pytest.approx(3 * texts["food"], abs=2)


async def test_so_much_text_stands_beside_the_conversations(tmp_path: Path, inputs: list[InputFolder]) -> None:
    await make(tmp_path / "out", inputs, text_share=0.3)
    texts, talks = (tokens_in(tmp_path / "out" / name) for name in ("texts_beside", "conversations"))
    assert 0.2 < texts / (texts + talks) < 0.35


async def test_of_the_smallest_share_of_text_there_is_one_and_the_trainers_find_it(
    tmp_path: Path, inputs: list[InputFolder]
) -> None:
    out = tmp_path / "out"
    await make(out, inputs, text_share=0.0001)
    assert len(mixture(out, "texts_beside")) == 1
    config = yaml.safe_load((out / "training" / "axolotl" / "2-conversations.yaml").read_text(encoding="utf-8"))
    assert len(config["datasets"]) == 2
    assert all(Path(each["path"]).is_file() for each in config["datasets"])


async def test_a_mixture_without_rows_is_not_trained_on(tmp_path: Path, inputs: list[InputFolder]) -> None:
    out = tmp_path / "out"
    made = await make(out, inputs[:1], recall=None, rag=None, doubts=None, pretraining={"total": 1})
    assert made is not None
    assert mixture(out, "pretraining") == []
    assert [path.name for path in (out / "training" / "axolotl").iterdir()] == ["1-conversations.yaml"]


async def test_a_part_goes_by_what_is_shared_and_by_what_it_says_itself(
    tmp_path: Path, inputs: list[InputFolder]
) -> None:
    out = tmp_path / "out"
    await make(
        out,
        inputs[:1],
        thoughts_as="field",
        rag={"thoughts_as": "tags"},
        variation=None,
        cleaning={"keep_refused": False},
    )
    by_part: dict[str, list[dict[str, Any]]] = {}
    for row in mixture(out, "conversations"):
        by_part.setdefault(row["metadata"]["from"].split("/")[1], []).append(row["messages"][-1])
    assert all(answer["reasoning_content"] and "<think>" not in answer["content"] for answer in by_part["recall"])
    assert all("<think>" in answer["content"] for answer in by_part["rag"])
    assert not (out / "water" / "variation").exists()
    assert not (out / "pretraining").exists()


@pytest.mark.parametrize(
    ("cleaning", "of_folder", "told"), [({}, None, "English"), ({"language": "Dutch"}, None, "Dutch"),
                                        ({"language": "Dutch"}, "Latin", "Latin")],
)  # fmt: skip
async def test_the_language_to_write_in_is_not_told_as_that_of_the_documents(
    tmp_path: Path, inputs: list[InputFolder], cleaning: dict[str, Any], of_folder: str | None, told: str
) -> None:
    folder = inputs[0].model_copy(update={"language": of_folder})
    await make(tmp_path / "out", [folder], language="German", cleaning=cleaning, recall=None, rag=None, doubts=None)
    asked = questions_asked(tmp_path / "out")
    assert all(f"\nLanguage: {told}\n" in each for each in asked["water/cleaning"])
    assert any("in German." in each for each in asked["water/questions"])
    assert not any("German" in each for each in asked["water/cleaning"])


async def test_a_finished_run_repeats_for_nothing_with_the_same_bytes(
    tmp_path: Path, inputs: list[InputFolder]
) -> None:
    out = tmp_path / "out"
    await make(out, inputs)
    files = {path: path.read_bytes() for path in out.glob("**/datasets/*.jsonl")}
    trained = {path: path.read_bytes() for path in (out / "training").glob("*/*")}
    assert sum(calls(out).values()) > 100
    await make(out, inputs)
    assert set(calls(out).values()) == {0}
    assert {path: path.read_bytes() for path in out.glob("**/datasets/*.jsonl")} == files
    assert {path: path.read_bytes() for path in (out / "training").glob("*/*")} == trained


async def test_an_edited_document_is_asked_about_again_and_no_other(tmp_path: Path, inputs: list[InputFolder]) -> None:
    out = tmp_path / "out"
    await make(out, inputs)
    first, before = calls(out), questions_asked(out)
    edited = tmp_path / "inputs" / "water" / "panama.md"
    edited.write_text(edited.read_text(encoding="utf-8").replace("82", "81"), encoding="utf-8")
    await make(out, inputs)
    again, after = calls(out), questions_asked(out)
    asking = {f"water/{part}" for part in ("cleaning", "variation", *TALKS)}
    assert {run for run, count in again.items() if count} == asking
    for run in asking:
        assert 0 < again[run] < first[run], run
        new = after[run][len(before[run]) :]
        assert len(new) == again[run]
        assert all("Panama" in asked for asked in new), run
    assert {run for run, count in again.items() if count} == {
        f"water/{run}" for run in ("cleaning", "variation", *TALKS)
    }
    assert any("81 kilometres" in row["text"] for row in mixture(out, "retrieval"))


async def test_trainers_are_told_of_the_files_by_paths_that_exist(
    tmp_path: Path, inputs: list[InputFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await make(Path("out"), inputs)
    for name in ("1-pretraining", "2-conversations"):
        told = yaml.safe_load((tmp_path / "out" / "training" / "axolotl" / f"{name}.yaml").read_text(encoding="utf-8"))
        assert all(Path(each["path"]).is_file() for each in told["datasets"])
    info = json.loads(Path("out/training/llamafactory/dataset_info.json").read_text(encoding="utf-8"))
    assert all((Path("out/training/llamafactory") / each["file_name"]).is_file() for each in info.values())


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"weights": (1, None)}, "has no share"),
        ({"names": ("same", "same")}, "called 'same'"),
        ({"shares": {"rag": 1.0}}, "has no share"),
        ({"shares": {"rag": 1.0}, "rag": None}, "'rag', which is left out"),
        ({"conversations": {"generic_share": 0.1}}, "generic_share needs sources of both kinds"),
        ({"generic": [Source(path=Path("nowhere.jsonl"))]}, "there is no nowhere.jsonl"),
    ],
    ids=str,
)
async def test_what_the_mixtures_could_not_do_is_told_before_anything_is_asked(
    tmp_path: Path, inputs: list[InputFolder], changes: dict[str, Any], problem: str
) -> None:
    weights, names = changes.pop("weights", (None, None)), changes.pop("names", (None, None))
    folders = [
        folder.model_copy(update={"weight": weight, "name": name})
        for folder, weight, name in zip(inputs, weights, names, strict=True)
    ]
    with pytest.raises(ConfigError, match=problem):
        await make(tmp_path / "out", folders, **changes)
    assert list((tmp_path / "out").glob("*/run.json")) == []


def test_killed_half_way_it_resumes_and_a_finished_run_asks_nothing(tmp_path: Path, inputs: list[InputFolder]) -> None:
    settings = {"inputs": [{"path": str(folder.path)} for folder in inputs], "votes": 1, "variation": {"versions": 1}}
    calm = check_kill_and_resume(tmp_path, "complete-factual", **settings)
    assert {f"{name}/mixture.jsonl" for name in MIXED} <= calm.datasets().keys()
