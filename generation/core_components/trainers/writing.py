"""The configs of every trainer as files, one for each stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import yaml

from generation.core_components.trainers.axolotl import axolotl_config
from generation.core_components.trainers.finetune import finetune_config
from generation.core_components.trainers.llamafactory import INFO_FILE, dataset_info, llamafactory_config
from generation.core_components.trainers.stages import Stage
from generation.core_components.trainers.training import Training
from generation_functions.run.manifest import write_atomically

START = {
    "finetune": "python run_pipeline.py run {path}",
    "axolotl": "axolotl train {path}",
    "llamafactory": "llamafactory-cli train {path}",
}
"""How each trainer is started, in the folder that the run was started in: paths in these files lead from there."""


def write_trainer_configs(folder: Path, training: Training, stages: Sequence[Stage], *, name: str, seed: int) -> None:
    """Write `TRAINER/1-pretraining.yaml` and `TRAINER/2-conversations.yaml`, and what else a trainer reads.

    name  of the models that will be made, under the training's own `output_dir`
    """
    info = folder / "llamafactory"
    trainers: Mapping[str, Callable[..., dict[str, Any]]] = {
        "finetune": finetune_config,
        "axolotl": axolotl_config,
        "llamafactory": partial(llamafactory_config, dataset_dir=info),
    }
    for trainer, config in trainers.items():
        before: Path | None = None
        for number, stage in enumerate(stages, 1):
            after = training.output_dir / f"{name}-{stage.name}" / trainer
            path = folder / trainer / f"{number}-{stage.name}.yaml"
            _write(path, _page(config(training, stage, after, before, seed), START[trainer].format(path=path)))
            before = after
    _write(info / INFO_FILE, orjson.dumps(dataset_info(stages, info), option=orjson.OPT_INDENT_2) + b"\n")


def _page(config: Mapping[str, Any], start: str) -> bytes:
    return f"# {start}\n{yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True)}".encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
