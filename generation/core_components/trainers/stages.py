"""What is trained one after the other, and on which files: said once, in no trainer's words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Material:
    """A dataset to train on: `text` is learned whole, of `messages` the assistant's that are not `train: false`."""

    path: Path
    form: Literal["text", "messages"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One training, which begins where the one before it ended.

    name  `pretraining` or `conversations`; tells which epochs and which learning rate count
    """

    name: Literal["pretraining", "conversations"]
    materials: tuple[Material, ...]

    @property
    def on_text(self) -> bool:
        """Whether it learns from texts alone."""
        return all(material.form == "text" for material in self.materials)
