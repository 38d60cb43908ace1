"""A stage as a config of our own `finetune` pipeline. Its keys, until that pipeline says otherwise:

base_model      what to begin with: a name on a hub or a folder
adapter         an adapter to go on with, where one is
lora_rank       of the adapter that is trained; null: all weights are
data            files to train on, each with `path` and `form`: `text` (learned whole) or `messages` (of which the
                assistant's are learned, but for those with `train: false`)
chat_template   where there are messages
context_tokens, batch_rows, accumulated, epochs, learning_rate, seed
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generation.core_components.trainers.stages import Stage
from generation.core_components.trainers.training import Training


def finetune_config(
    training: Training, stage: Stage, output_dir: Path, before: Path | None, seed: int
) -> dict[str, Any]:
    """The keys of one training. `before` is what the stage before it has trained."""
    epochs, rate = training.of(stage.name)
    whole = training.lora_rank is None
    return {
        "pipeline": "finetune",
        "output_dir": str(output_dir),
        "base_model": str(before or training.base_model) if whole else training.base_model,
        **({"adapter": str(before)} if before and not whole else {}),
        "lora_rank": training.lora_rank,
        "data": [{"path": str(material.path), "form": material.form} for material in stage.materials],
        **({} if stage.on_text else {"chat_template": training.chat_template}),
        "context_tokens": training.context_tokens,
        "batch_rows": training.batch_rows,
        "accumulated": training.accumulated,
        "epochs": epochs,
        "learning_rate": rate,
        "seed": seed,
    }
