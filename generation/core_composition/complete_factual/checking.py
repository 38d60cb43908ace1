"""What is wrong with a composition's settings, told before anything is paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generation.core_composition.complete_factual.inputs import InputFolder
from generation.core_composition.complete_factual.sections import Kind
from generation.core_pipelines.mix_datasets.amounts import Wish, amounts
from generation.core_pipelines.mix_datasets.sources import Source, check_labels
from generation_functions.errors import ConfigError

Settings = Mapping[str, Any]


def check_settings(
    inputs: Sequence[InputFolder],
    kinds: Mapping[Kind, Settings | None],
    shares: Mapping[Kind, float],
    generic: Sequence[Source],
    mixing: Settings,
) -> None:
    """Raise `ConfigError` for what the mixtures could not do, although each setting is right by itself."""
    made = [kind for kind, settings in kinds.items() if settings is not None]
    unmade = next((kind for kind in shares if kind not in made), None)
    if unmade is not None:
        raise ConfigError(
            f"`shares` names {unmade!r}, which is left out",
            hint=f"take {unmade!r} out of the shares, or `{unmade}: null` out of the config",
        )
    amounts([Wish(kind, 1, shares.get(kind)) for kind in made], None, None)
    folders = [Wish(folder.label, 1, folder.weight) for folder in inputs]
    check_labels([Source(path=folder.path, name=folder.label) for folder in inputs] + list(generic))
    amounts(folders, None, None)
    given = [Wish(source.label, 1, source.share, source.most, source.generic) for source in generic]
    amounts([*folders, *given], mixing.get("total"), mixing.get("generic_share"))
    for source in generic:
        _ = source.file  # raises where nothing is there
