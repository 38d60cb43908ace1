"""Ready configs for trainers: our own `finetune`, Axolotl, LLaMA-Factory. Plain files that a person may change.

write_trainer_configs(run.output_dir / "training", Training(), [stage, ...])
"""

from generation.core_components.trainers.stages import Material, Stage
from generation.core_components.trainers.training import Training
from generation.core_components.trainers.writing import write_trainer_configs

__all__ = ["Material", "Stage", "Training", "write_trainer_configs"]
