"""A folder of prompts that stand in for a pipeline's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions import PipelineStep, Run
from generation_functions.errors import ConfigError
from tests.running import OFFLINE, exchanges_of

TEXTS = [{"text": "The sea is salt."}]


def asking(folder: Path) -> PipelineStep:
    """A step whose own prompt has a place for `most`."""
    own = folder / "prompts"
    own.mkdir()
    (own / "ask.yaml").write_text("- role: user\n  content: Ask {most} questions about {text}\n")
    (folder / "mine").mkdir()
    (folder / "mine" / "ask.yaml").write_text("- role: user\n  content: Ask about {text}\n")
    return PipelineStep("ask", into="asked", prompts_dir=own, offline=lambda values, rng: "Why?")


async def test_it_may_leave_a_value_out(tmp_path: Path) -> None:
    step = asking(tmp_path)
    async with Run(tmp_path / "out", prompts=tmp_path / "mine") as run:
        rows = await run.rows(TEXTS).through(step, model=OFFLINE, most=3).collect()
    assert [row["asked"] for row in rows] == ["Why?"]


async def test_a_value_that_no_prompt_has_is_still_refused(tmp_path: Path) -> None:
    step = asking(tmp_path)
    async with Run(tmp_path / "out", prompts=tmp_path / "mine") as run:
        with pytest.raises(ConfigError, match="no place called 'mots'") as caught:
            run.rows(TEXTS).through(step, model=OFFLINE, mots=3)
    assert "did you mean 'most'?" in str(caught.value)


async def test_prompts_of_a_child_run_are_looked_for_in_a_folder_of_its_name(tmp_path: Path) -> None:
    step = asking(tmp_path)
    (tmp_path / "mine" / "part").mkdir()
    (tmp_path / "mine" / "part" / "ask.yaml").write_text("- role: user\n  content: Part {text}\n")
    asked = []
    async with Run(tmp_path / "out", prompts=tmp_path / "mine") as run:
        for each in (run, run.child("part"), run.child("other")):
            await each.rows(TEXTS).through(step, model=OFFLINE, most=3).collect()
            asked.append(exchanges_of(each)[0]["prompt"][-1]["content"].split()[0:2])
    assert asked == [["Ask", "about"], ["Part", "The"], ["Ask", "3"]]
