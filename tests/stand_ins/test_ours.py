"""Prompt sets of our own beside the files of another program: ours stay ours, and every table names what there is."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from commands.pipeline_steps import prompt_names
from generation_functions.prompts import PromptBook
from generation_functions.stand_ins import fitted
from generation_functions.steps.step import PromptedStep
from tests.end_to_end.project import ROOT

TABLES = sorted(ROOT.glob("generation/core_pipelines/*/stand_ins.py"))


def steps_of(table: Path) -> list[PromptedStep]:
    module = import_module(f"generation.core_pipelines.{table.parent.name}.steps")
    return [value for value in vars(module).values() if isinstance(value, PromptedStep) and value.stand_ins]


def test_there_are_tables() -> None:
    assert len(TABLES) == 9
    assert all(steps_of(table) for table in TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.parent.name)
def test_a_copy_of_our_own_prompts_is_ours(table: Path) -> None:
    for own in sorted(table.parent.glob("prompts*")):
        for step in steps_of(table):
            assert fitted(step, PromptBook([own, step.prompts_dir])) is step, (own.name, step.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.parent.name)
def test_each_stands_in_for_a_prompt_that_is_there_and_is_filled_from_places_that_are_told(table: Path) -> None:
    for step in steps_of(table):
        for each in step.stand_ins:
            assert bool(each.unused) != bool(each.names), each.file
            if each.unused is None and each.prompt != each.file:
                assert (each.prompt or step.name) in prompt_names(step), each.file
