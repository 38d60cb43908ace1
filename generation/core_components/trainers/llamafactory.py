"""A stage as a config of LLaMA-Factory (checked against version 0.9.5: `llamafactory-cli train FILE`)."""

from __future__ import annotations

import os.path
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generation.core_components.trainers.stages import Material, Stage
from generation.core_components.trainers.training import Training

INFO_FILE = "dataset_info.json"


def llamafactory_config(
    training: Training, stage: Stage, output_dir: Path, before: Path | None, seed: int, *, dataset_dir: Path
) -> dict[str, Any]:
    """The keys of one training. `before` is what the stage before it has trained; datasets are named as `dataset_info`
    names them.

    A training on conversations takes no plain texts: LLaMA-Factory reads them in pretraining alone. Of a conversation
    it learns the last answer (`mask_history`), so never one that a later turn puts right.
    """
    epochs, rate = training.of(stage.name)
    talks = {} if stage.on_text else {"template": training.chat_template, "mask_history": True}
    return {
        **_model(training, before),
        "stage": "pt" if stage.on_text else "sft",
        "do_train": True,
        "dataset_dir": str(dataset_dir),
        "dataset": ",".join(_name(stage, material) for material in readable(stage)),
        **talks,
        "cutoff_len": training.context_tokens,
        "packing": stage.on_text,
        "output_dir": str(output_dir),
        "per_device_train_batch_size": training.batch_rows,
        "gradient_accumulation_steps": training.accumulated,
        "num_train_epochs": epochs,
        "learning_rate": rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 10,
        "bf16": True,
        "logging_steps": 1,
        "save_strategy": "epoch",
        "report_to": "none",
        "seed": seed,
    }


def dataset_info(stages: Iterable[Stage], folder: Path) -> dict[str, Any]:
    """The table of datasets that lies in `folder`, with paths as they lead from there."""
    return {
        _name(stage, material): {
            "file_name": os.path.relpath(material.path, folder),
            **(_TEXT if material.form == "text" else _MESSAGES),
        }
        for stage in stages
        for material in readable(stage)
    }


_TEXT = {"columns": {"prompt": "text"}}
_MESSAGES = {
    "formatting": "sharegpt", "columns": {"messages": "messages"},
    "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
             "system_tag": "system"},
}  # fmt: skip


def readable(stage: Stage) -> list[Material]:
    """The materials that this trainer reads together: those of the stage's own form."""
    return [material for material in stage.materials if stage.on_text or material.form == "messages"]


def _name(stage: Stage, material: Material) -> str:
    return f"{stage.name}_{material.form}"


def _model(training: Training, before: Path | None) -> dict[str, Any]:
    if training.lora_rank is None:
        return {"model_name_or_path": str(before or training.base_model), "finetuning_type": "full"}
    return {
        "model_name_or_path": training.base_model, "finetuning_type": "lora",
        **({"adapter_name_or_path": str(before)} if before else {}),
        "lora_rank": training.lora_rank, "lora_alpha": 2 * training.lora_rank, "lora_target": "all",
    }  # fmt: skip
