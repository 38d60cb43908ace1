"""A stage as a config of Axolotl (checked against version 0.19.0: `axolotl train FILE`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.core_components.trainers.stages import Material, Stage
from generation.core_components.trainers.training import Training


def axolotl_config(
    training: Training, stage: Stage, output_dir: Path, before: Path | None, seed: int
) -> dict[str, Any]:
    """The keys of one training. `before` is what the stage before it has trained."""
    epochs, rate = training.of(stage.name)
    return {
        **_model(training, before),
        "datasets": [_dataset(material) for material in stage.materials],
        **({} if stage.on_text else {"chat_template": training.chat_template}),
        "dataset_prepared_path": str(output_dir / "prepared"),
        "output_dir": str(output_dir),
        "sequence_len": training.context_tokens,
        "sample_packing": True,
        "train_on_inputs": False,
        "micro_batch_size": training.batch_rows,
        "gradient_accumulation_steps": training.accumulated,
        "num_epochs": epochs,
        "learning_rate": rate,
        "lr_scheduler": "cosine",
        "warmup_ratio": 0.03,
        "optimizer": "adamw_torch_fused",
        "bf16": "auto",
        "gradient_checkpointing": True,
        "attn_implementation": "flash_attention_2",
        "logging_steps": 1,
        "saves_per_epoch": 1,
        "seed": seed,
    }


def _model(training: Training, before: Path | None) -> dict[str, Any]:
    if training.lora_rank is None:
        return {"base_model": str(before or training.base_model)}
    adapter = {"adapter": "lora", "lora_r": training.lora_rank, "lora_alpha": 2 * training.lora_rank,
               "lora_dropout": 0.0, "lora_target_linear": True}  # fmt: skip
    return {"base_model": training.base_model, **adapter, **({"lora_model_dir": str(before)} if before else {})}


def _dataset(material: Material) -> dict[str, Any]:
    where = {"path": str(material.path), "ds_type": "parquet"}
    if material.form == "text":
        return {**where, "type": "completion", "field": "text"}
    return {
        **where, "type": "chat_template", "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
        "message_field_training": "train", "roles_to_train": ["assistant"], "train_on_eos": "turn",
    }  # fmt: skip
