"""The pipeline from files and runs to one dataset: what is in it, where it came from, and what is told of the rest."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generation.core_pipelines.mix_datasets.learnt_text import learnt_text
from generation.core_pipelines.mix_datasets.mix_datasets import mix_datasets
from generation.core_pipelines.mix_datasets.sources import Source
from generation.core_pipelines.mix_datasets.spoken import Spoken
from generation_functions import Run
from generation_functions.datasets import format_named
from generation_functions.errors import ConfigError
from tests.commands.calling import caller
from tests.commands.small_project import ROOT
from tests.languages.snippets import SNIPPETS
from tests.running import manifest_of, rows_of

Row = dict[str, Any]


def talk(number: int, *, who: str = "Q") -> Row:
    turns = [{"role": "user", "content": f"{who} {number}"}, {"role": "assistant", "content": f"Answer {number}."}]
    return {"messages": turns, "metadata": {"source": f"d{number % 3}.txt"}}


def write(path: Path, rows: list[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "mine": write(tmp_path / "mine.jsonl", [talk(n) for n in range(30)]),
        "theirs": write(tmp_path / "theirs.jsonl", [{"instruction": f"I {n}", "output": f"O {n}"} for n in range(50)]),
    }


async def mixed(folder: Path, sources: list[Source], *, seed: int = 3, **settings: Any) -> list[Row]:
    async with Run(folder, seed=seed) as run:
        await mix_datasets(run, sources=sources, **settings)
    return [json.loads(line) for line in (folder / "datasets" / "mixture.jsonl").read_text().splitlines()]


async def test_rows_of_any_format_become_one_and_say_where_they_came_from(
    files: dict[str, Path], tmp_path: Path
) -> None:
    sources = [Source(path=files["mine"], name="mine"), Source(path=files["theirs"])]
    rows = await mixed(tmp_path / "out", sources)
    assert len(rows) == 80
    origins = {(row["metadata"]["from"], row["metadata"]["row"]): row for row in rows}
    assert origins["mine", 5]["messages"][0]["content"] == "Q 4"
    assert origins["mine", 5]["metadata"] == {"from": "mine", "row": 5, "source": "d1.txt", "document": "d1.txt"}
    theirs = origins[str(files["theirs"]), 1]
    assert [turn["content"] for turn in theirs["messages"]] == ["I 0", "O 0"]
    assert theirs["metadata"]["source"] == str(files["theirs"])
    assert [row["metadata"]["from"] for row in rows] != sorted(row["metadata"]["from"] for row in rows)


async def test_the_same_seed_gives_the_same_bytes_and_another_does_not(files: dict[str, Path], tmp_path: Path) -> None:
    sources = [Source(path=path, share=1) for path in files.values()]
    settings: Row = {"total": 20, "unit": "rows"}
    first = await mixed(tmp_path / "one", sources, **settings)
    assert await mixed(tmp_path / "two", sources, **settings) == first
    datasets = [tmp_path / run / "datasets" / "mixture.jsonl" for run in ("one", "two")]
    assert datasets[0].read_bytes() == datasets[1].read_bytes()
    assert await mixed(tmp_path / "three", sources, seed=4, **settings) != first
    assert len(first) == 20


async def test_without_shuffling_rows_keep_their_sources_order(files: dict[str, Path], tmp_path: Path) -> None:
    sources = [Source(path=path, name=name) for name, path in files.items()]
    rows = await mixed(tmp_path / "out", sources, shuffle=False)
    assert [(row["metadata"]["from"], row["metadata"]["row"]) for row in rows] == [
        *(("mine", n) for n in range(1, 31)), *(("theirs", n) for n in range(1, 51)),
    ]  # fmt: skip


async def test_every_row_that_was_not_drawn_has_its_reason(files: dict[str, Path], tmp_path: Path) -> None:
    sources = [Source(path=files["mine"], share=1), Source(path=files["theirs"], share=1, most=10)]
    rows = await mixed(tmp_path / "out", sources, unit="rows")
    assert len(rows) == 20
    dropped = rows_of(tmp_path / "out", "mix", "dropped")
    assert len(dropped) == 60
    reasons = {row["from"]: row["reason"] for row in dropped}
    assert reasons == {
        str(files["mine"]): "not drawn: its share is full", str(files["theirs"]): "not drawn: its own limit",
    }  # fmt: skip
    assert manifest_of(tmp_path / "out")["sources"]["in_dataset"] == 20
    summary = json.loads((tmp_path / "out" / "mixture.json").read_text())["sources"]
    assert [(part["rows"], part["rows_taken"]) for part in summary] == [(30, 10), (50, 10)]
    assert "10 of 50" in (tmp_path / "out" / "log.txt").read_text()


async def test_a_share_without_room_for_a_row_is_told(files: dict[str, Path], tmp_path: Path) -> None:
    sources = [Source(path=files["mine"], share=1000), Source(path=files["theirs"], share=1)]
    assert await mixed(tmp_path / "out", sources)
    summary = json.loads((tmp_path / "out" / "mixture.json").read_text())["sources"]
    assert (summary[1]["rows_taken"], summary[1]["why_not_more"]) == (
        0, "its share is full: there is no room for a whole row",
    )  # fmt: skip


async def test_generic_data_is_a_part_of_the_mixture(files: dict[str, Path], tmp_path: Path) -> None:
    sources = [Source(path=files["mine"]), Source(path=files["theirs"], generic=True)]
    rows = await mixed(tmp_path / "out", sources, generic_share=0.25, unit="rows")
    assert sum("theirs" in row["metadata"]["from"] for row in rows) == 10
    assert len(rows) == 40


async def test_a_total_of_tokens_is_kept_to(files: dict[str, Path], tmp_path: Path) -> None:
    await mixed(tmp_path / "out", [Source(path=path) for path in files.values()], total=200)
    summary = json.loads((tmp_path / "out" / "mixture.json").read_text())["sources"]
    taken = sum(part["tokens_taken"] for part in summary)
    assert 160 <= taken <= 200


async def test_a_row_more_in_one_source_changes_no_draw_of_the_others(files: dict[str, Path], tmp_path: Path) -> None:
    sources = [Source(path=path, share=1, name=name) for name, path in files.items()]
    before = await mixed(tmp_path / "one", sources, total=20, unit="rows")
    write(files["mine"], [talk(n) for n in range(31)])
    after = await mixed(tmp_path / "two", sources, total=20, unit="rows")
    assert [r for r in before if r["metadata"]["from"] == "theirs"] == [
        r for r in after if r["metadata"]["from"] == "theirs"
    ]


async def test_a_run_is_a_source_and_its_offline_rows_are_told_of(tmp_path: Path) -> None:
    async with Run(tmp_path / "run") as run:
        rows = [{**talk(n), "metadata": {"writer": "offline", "key": str(n)}} for n in range(4)]
        await run.write(run.rows(rows), "talks")
    rows = await mixed(tmp_path / "out", [Source(path=tmp_path / "run")])
    assert len(rows) == 4
    assert {row["metadata"]["writer"] for row in rows} == {"offline"}
    assert "4 rows were written by rules" in (tmp_path / "out" / "log.txt").read_text()


async def test_a_single_offline_row_labels_the_whole_mixture(files: dict[str, Path], tmp_path: Path) -> None:
    await mixed(tmp_path / "plain", [Source(path=files["mine"])])
    one = write(tmp_path / "one.jsonl", [{**talk(99), "metadata": {"writer": "offline"}}])
    await mixed(tmp_path / "out", [Source(path=files["mine"]), Source(path=one)], shuffle=False)
    cards = [(tmp_path / run / "datasets" / "README.md").read_text() for run in ("plain", "out")]
    assert ["For trying out, not for training" in card for card in cards] == [False, True]


async def test_system_prompts_and_thoughts_are_changed(files: dict[str, Path], tmp_path: Path) -> None:
    rows = await mixed(tmp_path / "out", [Source(path=files["theirs"])], system_prompts=["Be brief."], add_system=0.5)
    count = sum(row["messages"][0]["role"] == "system" for row in rows)
    assert 10 <= count <= 40


SAID = {
    "de": "Die Glocke der alten Kirche wurde im Jahr nach dem großen Feuer neu gegossen.",
    "en": "The bell of the old church was cast again in the year after the great fire.",
    "fr": "La cloche de la vieille église a été refondue un an après le grand incendie.",
}


def spoken(code: str, number: int) -> Row:
    turns = [{"role": "user", "content": f"{SAID['en']} {number}?"}, {"role": "assistant", "content": SAID[code]}]
    return {"messages": turns}


async def test_rows_in_other_languages_are_left_out_of_a_source_and_told(tmp_path: Path) -> None:
    rows = [spoken(code, number) for number in range(10) for code in SAID]
    rows.append({"messages": [*spoken("de", 10)["messages"][:1], {"role": "assistant", "content": "42"}]})
    some, every = write(tmp_path / "some.jsonl", rows), write(tmp_path / "every.jsonl", rows)
    sources = [
        Source(path=some, name="some", languages=("de", "fr"), share=1),
        Source(path=every, name="every", share=1),
    ]
    mixture = await mixed(tmp_path / "out", sources, unit="rows")
    taken = [row["metadata"] for row in mixture if row["metadata"]["from"] == "some"]
    assert len(taken) == 20
    assert {row["row"] % 3 for row in taken} == {1, 0}  # German, French
    assert {row["messages"][1]["content"] for row in mixture if row["metadata"]["from"] == "every"} >= {*SAID.values()}
    parts = json.loads((tmp_path / "out" / "mixture.json").read_text())["sources"]
    assert [(part["rows"], part["rows_taken"]) for part in parts] == [(20, 20), (31, 20)]
    assert parts[0]["notes"] == ["11 of 31 rows left out for their language: en 10, und 1"]
    assert "some: 11 of 31 rows left out for their language" in (tmp_path / "out" / "log.txt").read_text()
    reasons = Counter((row["from"], row["reason"]) for row in rows_of(tmp_path / "out", "mix", "dropped"))
    assert reasons == {
        ("some", "it is in en"): 10, ("some", "its language cannot be told"): 1,
        ("every", "not drawn: its share is full"): 11,
    }  # fmt: skip
    assert manifest_of(tmp_path / "out")["sources"]["in_dataset"] == 40


async def test_languages_change_no_draw_of_the_rows_that_stay(tmp_path: Path) -> None:
    mine, theirs = ([spoken("de", number) for number in range(n)] for n in (12, 30))
    everything = write(tmp_path / "a.jsonl", mine + [spoken("en", n) for n in range(9)] + theirs[12:])
    only = write(tmp_path / "b.jsonl", theirs)
    settings: Row = {"unit": "rows", "total": 10}
    one = await mixed(tmp_path / "one", [Source(path=everything, name="x", languages=("de",))], **settings)
    other = await mixed(tmp_path / "other", [Source(path=only, name="x")], **settings)
    assert [row["messages"] for row in one] == [row["messages"] for row in other]


async def test_a_source_of_which_no_row_stays_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", [spoken("en", 1)])
    assert await mixed(tmp_path / "out", [Source(path=file, languages=("ja",))]) == []
    part = json.loads((tmp_path / "out" / "mixture.json").read_text())["sources"][0]
    assert (part["rows"], part["notes"]) == (0, ["1 of 1 row left out for their language: en 1"])


def assistant(content: str, **fields: Any) -> Row:
    return {"role": "assistant", "content": content, **fields}


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ("text", {"text": "DE"}),
        ("messages", {"messages": [{"role": "user", "content": "EN"}, assistant("<think>EN</think>DE")]}),
        ("messages", {"messages": [assistant("EN", train=False), assistant("DE")]}),
        ("messages", {"messages": [assistant("EN", weight=0), assistant("DE"), {"role": "tool", "content": "EN"}]}),
        ("sharegpt", {"conversations": [{"from": "human", "value": "EN"}, {"from": "gpt", "value": "DE"}]}),
        ("alpaca", {"instruction": "EN", "input": "", "output": "DE"}),
        ("completion", {"prompt": "EN", "completion": "DE"}),
        ("segments", {"segments": [{"text": "EN", "label": False}, {"text": "DE", "label": True}]}),
        ("dpo", {"prompt": "EN", "chosen": "DE", "rejected": "EN"}),
        ("kto", {"prompt": "EN", "completion": "DE", "label": False}),
        ("classification", {"text": "DE", "label": "EN"}),
        ("oasst", {"prompt": {"role": "prompter", "text": "EN", "replies": [{"role": "assistant", "text": "DE"}]}}),
    ],
)  # fmt: skip
def test_the_language_of_a_row_is_that_of_what_is_trained_on(form: str, row: Row) -> None:
    row = json.loads(json.dumps(row).replace("DE", SAID["de"]).replace("EN", SAID["en"]))
    assert learnt_text(row, format_named(form)) == SAID["de"]


def test_many_languages_are_told_in_one_line() -> None:
    found = Spoken(("de",), format_named("text"))
    told = [found.against({"text": SNIPPETS[code][0]}) for code in ("de", *list(SNIPPETS)[:9], "de")]
    assert told[0] is told[-1] is None
    assert list(found.again()) == told
    (note,) = found.notes()
    assert note.startswith("8 of 11 rows left out for their language: ")
    assert note.endswith(", and 2 more")


async def test_rows_that_have_no_such_form_are_left_out_and_told(tmp_path: Path) -> None:
    rows = [talk(1), {"messages": [{"role": "assistant", "content": "alone"}]}]
    file = write(tmp_path / "a.jsonl", rows)
    assert len(await mixed(tmp_path / "out", [Source(path=file)], format="alpaca")) == 1
    summary = json.loads((tmp_path / "out" / "mixture.json").read_text())["sources"]
    assert summary[0]["notes"][0].startswith("1 of 2 rows left out: the row does not fit the format `alpaca`")


async def test_equal_rows_are_each_a_row(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", [talk(1), talk(1)])
    assert [row["metadata"]["row"] for row in await mixed(tmp_path / "out", [Source(path=file)], shuffle=False)] == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("sources", "settings", "says"),
    [
        ([], {}, "there are no sources"),
        (["mine.jsonl", "mine.jsonl"], {}, "two sources are called"),
        (["mine.jsonl"], {"format": "dpo"}, "rows of the format messages have no form in dpo"),
        (["pairs.jsonl"], {"format": "dpo", "drop_system": 1}, "in conversations alone"),
        (["mine.jsonl"], {"format": "dop"}, "did you mean 'dpo'"),
        (["empty"], {}, "has 0 datasets"),
        (["nowhere"], {}, "there is no .*nowhere to mix"),
    ],
)  # fmt: skip
async def test_what_cannot_be_mixed_is_told(
    files: dict[str, Path], tmp_path: Path, sources: list[str], settings: Row, says: str
) -> None:
    write(tmp_path / "pairs.jsonl", [{"prompt": "Q", "chosen": "A", "rejected": "B"}])
    async with Run(tmp_path / "empty"):
        pass
    with pytest.raises(ConfigError, match=says):
        await mixed(tmp_path / "out", [Source(path=tmp_path / name) for name in sources], **settings)


def test_the_shipped_config_makes_the_run_that_it_mixes_and_balances_it_with_generic_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("generation", "inputs"):
        (tmp_path / name).symlink_to(ROOT / name)
    told = caller(tmp_path, monkeypatch, capsys)("run", "generation/core_pipelines/mix_datasets/config.yaml", "--quiet")
    assert told.code == 0, told.err
    rows = (tmp_path / "outputs" / "mixture" / "datasets" / "mixture.jsonl").read_text().splitlines()
    origins = [json.loads(row)["metadata"]["from"] for row in rows]
    assert origins.count("my-documents") > 40
    assert 1 <= origins.count("small-talk") <= 10


def test_a_path_inside_a_source_is_kept_inside_the_project_where_that_is_asked_for(tmp_path: Path) -> None:
    from generation_functions.config.confinement import outside

    sources = [Source(path=Path("inside.jsonl")), Source(path=Path("../outside.jsonl"))]
    problems = outside({"sources": sources}, {}, tmp_path)
    assert [problem.message for problem in problems] == ["'sources' leads out of the project: '../outside.jsonl'"]
