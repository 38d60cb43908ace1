"""What a run tells: its steps, its votes, its documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generation_functions import MajorityVoteStep, Prompt
from generation_functions.report import Figures, Question, RunRows, survey
from generation_functions.report.coverage import Empty, Source, coverage_of
from generation_functions.report.funnel import Reason, StepYield, funnel_of
from generation_functions.report.reading import passage_of
from generation_functions.report.votes import agreement_of
from generation_functions.run.manifest import read_manifest
from generation_functions.run.run import Run
from generation_functions.store import StoreReader
from tests.running import OFFLINE, echo_step

Y, N, U = True, False, None


@pytest.mark.parametrize(
    ("votes", "rows", "several", "outcomes", "ballots", "unreadable"),
    [
        ([], 0, 0, (0, 0, 0, 0), 0, 0),
        ([([Y], 1, 5)], 5, 0, (5, 0, 0, 0), 5, 0),
        ([([Y, Y], 2, 3), ([Y, N, Y], 2, 1)], 4, 4, (3, 1, 0, 0), 9, 0),
        ([([Y, N, N], 2, 2), ([N, N], 2, 4)], 6, 6, (0, 0, 2, 4), 14, 0),
        ([([Y, U, Y], 2, 1), ([U, U], 2, 1)], 2, 2, (1, 0, 0, 1), 5, 3),
    ],
)
def test_agreement(
    votes: list[Any], rows: int, several: int, outcomes: tuple[int, ...], ballots: int, unreadable: int
) -> None:
    found = agreement_of("judge", votes)
    assert (found.rows, found.several, found.outcomes) == (rows, several, outcomes)
    assert (found.ballots, found.unreadable) == (ballots, unreadable)


def test_coverage_names_the_documents_that_gave_nothing() -> None:
    found = coverage_of(
        {"a.txt": 3, "b.txt": 9}, met=["a.txt", "b.txt", "c.txt", "d.pdf", "e.txt"],
        chunks={"a.txt": (2, 1), "b.txt": (4, 4), "c.txt": (3, 0), "e.txt": (1, 1)},
        reasons={"a.txt": "not shown", "c.txt": "judge: dull", "d.pdf": "broken"},
    )  # fmt: skip
    assert found.largest == (Source("b.txt", 9, 4, 4), Source("a.txt", 3, 2, 1))
    assert found.empty == (Empty("c.txt", "judge: dull"), Empty("d.pdf", "broken"))
    assert (found.documents, found.chunks, found.chunks_used, found.empty_count) == (5, 10, 6, 2)


def test_coverage_of_nothing() -> None:
    assert coverage_of({}).documents == 0


def test_funnel_ranks_reasons_and_counts_the_rest() -> None:
    dropped = {f"reason {number}": number for number in range(1, 12)}
    step = {"in": 100, "out": 30, "failed": 7, "dropped": dropped, "failures": {"timeout": 7}}
    [found] = funnel_of({"steps": {"judge": step}})
    assert isinstance(found, StepYield)
    assert (found.given, found.made, found.dropped, found.failed) == (100, 30, 66, 7)
    assert found.reasons[0] == Reason("reason 11", 11, False)
    assert Reason("timeout", 7, True) in found.reasons
    assert len(found.reasons) + found.more_reasons == 12


@pytest.mark.parametrize(
    ("source", "answer", "middle"),
    [
        (
            "A mill stood here. It burnt down in 1720. Now it is a park.",
            "It burnt down in 1720.",
            "It burnt down in 1720.",
        ),
        (
            "A mill stood here. It burnt down in 1720. Now a park.",
            "The mill burnt down in 1720.",
            "It burnt down in 1720.",
        ),
        ("A mill stood here.", "Tides follow the moon.", ""),
        ("水車は回る。川は流れる。", "川は流れる", "川は流れる"),
        ("A mill stood here.", "", ""),
        ("", "x", ""),
    ],
)
def test_the_passage_an_answer_comes_from(source: str, answer: str, middle: str) -> None:
    found = passage_of(source, answer)
    assert found.middle == middle
    assert found.before + found.middle + found.after == source


def test_a_long_source_is_cut_around_the_passage() -> None:
    found = passage_of("x " * 9000 + "The wheel turns." + " y" * 9000, "The wheel turns.")
    assert found.middle == "The wheel turns."
    assert len(found.before) + len(found.middle) + len(found.after) + found.cut == 36_016


DOCUMENTS = {
    "good.txt": "The mill has a wheel.", "long.txt": "The river turns it.\n\nThe miller sleeps.",
    "dull.txt": "DULL and grey.", "empty.txt": "", "broken.pdf": "not a pdf",
}  # fmt: skip
judge = MajorityVoteStep(
    "judge", prompt=Prompt.of("Good? {loud}"), parse=lambda text: text == "yes", votes=3, reason="dull",
    offline=lambda row, rng: "no" if "DULL" in row["loud"] else "yes",
)  # fmt: skip


async def surveyed(folder: Path, texts: Mapping[str, str] = DOCUMENTS) -> Figures:
    documents = folder / "docs"
    documents.mkdir()
    for name, text in texts.items():
        (documents / name).write_text(text)
    async with Run(folder / "run") as run:
        rows = (
            run.read(documents).chunk(max_tokens=64).through(echo_step(), model=OFFLINE).through(judge, model=OFFLINE)
        )
        await run.write(rows, "out", lambda row: {"text": row["loud"]})
    store = StoreReader(folder / "run" / "store.sqlite")
    try:
        return survey(RunRows(store, 1, read_manifest(folder / "run"), "out"), Question())
    finally:
        store.close()


async def test_a_run_s_figures_come_from_its_store(tmp_path: Path) -> None:
    figures = await surveyed(tmp_path)
    assert (figures.rows, figures.offline) == (2, 2)
    assert figures.coverage is not None
    assert [source.name for source in figures.coverage.largest] == ["good.txt", "long.txt"]
    reasons = {each.name: each.reason for each in figures.coverage.empty}
    assert reasons["dull.txt"] == "judge: dull"
    assert set(reasons) == {"dull.txt", "empty.txt", "broken.pdf"}
    assert figures.run is not None
    assert [(step.step, step.outcomes) for step in figures.run.agreements] == [("judge", (2, 0, 0, 1))]
    assert [step.dropped for step in figures.run.funnel if step.step == "judge"] == [1]
    passages = [row.passage for row in figures.sample if row.passage]
    assert [f"{each.before}{each.middle}{each.after}" for each in passages] == [
        "The mill has a wheel.", "The river turns it.\n\nThe miller sleeps.",
    ]  # fmt: skip


async def test_documents_used_only_as_later_members_of_groups_gave_something(tmp_path: Path) -> None:
    documents = tmp_path / "docs"
    documents.mkdir()
    for name in ("a", "b", "c"):
        (documents / f"{name}.txt").write_text(f"Text of {name}.")
    async with Run(tmp_path / "run") as run:
        rows = run.read(documents).chunk(max_tokens=64).through(echo_step(), model=OFFLINE)
        await run.write(rows.group(into="parts", size=3), "out", lambda row: {"text": str(len(row["parts"]))})
    store = StoreReader(tmp_path / "run" / "store.sqlite")
    try:
        figures = survey(RunRows(store, 1, read_manifest(tmp_path / "run"), "out"), Question())
    finally:
        store.close()
    assert figures.coverage is not None
    assert (figures.coverage.empty_count, figures.coverage.chunks_used) == (0, 3)
