"""Each program of `benchmarks/` still measures: run small, as its user runs it. Its figures are looked at for what they
are figures of, never for speed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.fast_endpoint import FastEndpoint, serving
from tests.benchmarks.program import COLUMNS, PROGRAMS, ended, needs_compiler, needs_linux, started
from tests.benchmarks.trials import MODEL, TRIALS, Trial

pytestmark = needs_linux
WITHOUT_FIGURES = {"bare_loop", "one_step", "tables"}
"""Programs that others start, and the one that fills in the docs: below, they have tests of their own."""


@pytest.mark.parametrize(
    "trial", [pytest.param(trial, id=trial.name or trial.program, marks=trial.marks) for trial in TRIALS]
)
def test_a_program_prints_its_table_and_keeps_its_figures(trial: Trial, tmp_path: Path) -> None:
    words = [_model(tmp_path) if word == MODEL else word for word in trial.words]
    found = ended(trial.program, words, tmp_path)
    assert max(map(len, found.lines)) <= COLUMNS
    lines = iter(found.lines)
    for heads in trial.heads:
        assert any(_in_order(heads, line) for line in lines), (heads, found.lines)
    trial.check(found.figures)


def _in_order(heads: Sequence[str], line: str) -> bool:
    places = [line.find(head) for head in heads]
    return -1 not in places and places == sorted(places)


def _model(folder: Path) -> str:
    from tests.models.small_embedders import static_model

    return str(static_model(folder / "small"))


def test_every_program_is_run_here() -> None:
    assert {trial.program for trial in TRIALS} | WITHOUT_FIGURES == set(PROGRAMS)


@pytest.fixture
def endpoint() -> Iterator[FastEndpoint]:
    with serving() as endpoint:
        yield endpoint


@needs_compiler
def test_the_yardstick_makes_each_call_once(endpoint: FastEndpoint, tmp_path: Path) -> None:
    lines = started("bare_loop", [endpoint.base_url, "--rows", "20", "--in-flight", "4"], tmp_path)
    assert set(json.loads(lines[-1])) == {"seconds", "processor_s"}
    assert endpoint.stats()["calls"] == 8 + 20
    assert endpoint.stats()["most_in_flight"] <= 8


@needs_compiler
def test_what_is_measured_writes_each_row(endpoint: FastEndpoint, tmp_path: Path) -> None:
    words = [endpoint.base_url, str(tmp_path / "run"), "--rows", "20", "--in-flight", "4"]
    lines = started("one_step", [*words, "--profile", str(tmp_path / "profile")], tmp_path)
    assert set(json.loads(lines[-1])) == {"seconds", "processor_s"}
    written = (tmp_path / "run" / "datasets" / "answers.jsonl").read_text().splitlines()
    assert len(written) == 20
    assert endpoint.stats()["calls"] == 8 + 20
    assert (tmp_path / "profile").stat().st_size > 0


def test_tables_are_compared_with_the_docs(tmp_path: Path) -> None:
    assert started("tables", ["--check"], tmp_path) == []
