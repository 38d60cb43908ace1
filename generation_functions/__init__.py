"""The parts a pipeline is built from. Everything a pipeline's author needs is importable from here.

Names load on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generation_functions.config.annotations import SettingsOf as SettingsOf
    from generation_functions.config.parts import part_of as part_of
    from generation_functions.config.parts import settings_of as settings_of
    from generation_functions.errors import MillraceError as MillraceError
    from generation_functions.errors import ParseError as ParseError
    from generation_functions.models.model import Model as Model
    from generation_functions.models.model import ModelSpec as ModelSpec
    from generation_functions.prompts import Prompt as Prompt
    from generation_functions.rows import Row as Row
    from generation_functions.run.run import Run as Run
    from generation_functions.run.written import Dataset as Dataset
    from generation_functions.steps.conversation import ConversationStep as ConversationStep
    from generation_functions.steps.conversation import Turn as Turn
    from generation_functions.steps.depth_first import DepthFirst as DepthFirst
    from generation_functions.steps.majority_vote import MajorityVoteStep as MajorityVoteStep
    from generation_functions.steps.one_off import OneOffStep as OneOffStep
    from generation_functions.steps.one_to_many import OneToManyStep as OneToManyStep
    from generation_functions.steps.outcome import Drop as Drop
    from generation_functions.steps.pipeline_step import PipelineStep as PipelineStep
    from generation_functions.steps.score import ScoreStep as ScoreStep
    from generation_functions.steps.variation import VariationStep as VariationStep
    from generation_functions.streams.stream import Stream as Stream

_HOMES = {
    "SettingsOf": "config.annotations", "part_of": "config.parts", "settings_of": "config.parts",
    "MillraceError": "errors", "ParseError": "errors", "Model": "models.model", "ModelSpec": "models.model",
    "Prompt": "prompts", "Row": "rows", "Run": "run.run", "Dataset": "run.written",
    "ConversationStep": "steps.conversation", "Turn": "steps.conversation", "DepthFirst": "steps.depth_first",
    "MajorityVoteStep": "steps.majority_vote", "OneOffStep": "steps.one_off", "OneToManyStep": "steps.one_to_many",
    "Drop": "steps.outcome", "PipelineStep": "steps.pipeline_step", "ScoreStep": "steps.score",
    "VariationStep": "steps.variation", "Stream": "streams.stream",
}  # fmt: skip

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
