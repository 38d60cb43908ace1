"""`Training`: what the configs of all trainers have in common. A config's `training:`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Training(BaseModel):
    """How a model is to be trained on what a run makes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    base_model: Annotated[str, Field(min_length=1, description="Model to begin with: a name on a hub or a folder.")] = (
        "Qwen/Qwen3-4B-Base"
    )
    chat_template: Annotated[
        str, Field(description="Template of conversations, by the name that the trainers have for it.")
    ] = "qwen3"
    output_dir: Annotated[Path, Field(description="Folder that trained models go to.")] = Path("models")
    context_tokens: Annotated[int, Field(ge=128, description="Longest example; what is longer is cut.")] = 4096
    lora_rank: Annotated[
        int | None, Field(ge=1, description="Rank of the adapter that is trained; null: all weights are.")
    ] = 64
    batch_rows: Annotated[int, Field(ge=1, description="Rows that go through the model at once.")] = 2
    accumulated: Annotated[int, Field(ge=1, description="Batches before the weights change.")] = 8
    pretraining_epochs: Annotated[float, Field(gt=0, description="Times through the texts.")] = 3
    pretraining_rate: Annotated[float, Field(gt=0, description="Learning rate on the texts.")] = 5e-5
    conversation_epochs: Annotated[float, Field(gt=0, description="Times through the conversations.")] = 3
    conversation_rate: Annotated[float, Field(gt=0, description="Learning rate on the conversations.")] = 2e-5

    def of(self, stage: str) -> tuple[float, float]:
        """Epochs and learning rate of a stage."""
        if stage == "pretraining":
            return self.pretraining_epochs, self.pretraining_rate
        return self.conversation_epochs, self.conversation_rate
