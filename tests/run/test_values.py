"""Values that `.through(...)` gives a step's prompts: one that no prompt has a place for is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from generation_functions import ConversationStep, PipelineStep, Run, Turn, VariationStep
from generation_functions.errors import ConfigError
from generation_functions.steps.step import PromptedStep
from tests.running import OFFLINE


def steps(folder: Path) -> dict[str, PromptedStep]:
    """One step of each way to have prompts; `mood` is a place in one prompt of each."""
    prompts = folder / "prompts"
    prompts.mkdir()
    for name, text in (("essay", "Write about {text}"), ("letter", "Write about {text}, {mood}")):
        (prompts / f"{name}.yaml").write_text(f"- role: user\n  content: '{text}'\n")
    turns = (Turn("essay", "first"), Turn("letter", "second"))
    return {
        "one prompt": PipelineStep("letter", into="made", prompts_dir=prompts),
        "variations": VariationStep("vary", variations=("essay", "letter"), prompts_dir=prompts),
        "turns": ConversationStep("talk", turns=turns, prompts_dir=prompts),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["one prompt", "variations", "turns"])
async def test_a_value_must_have_a_place_in_one_of_the_prompts(tmp_path: Path, kind: str) -> None:
    step = steps(tmp_path)[kind]
    async with Run(tmp_path / "out") as run:
        run.rows([]).through(step, model=OFFLINE, mood="gay")
        with pytest.raises(ConfigError, match="no place called 'moot'") as caught:
            run.rows([]).through(step, model=OFFLINE, moot="gay")
    assert "did you mean 'mood'?" in str(caught.value)
