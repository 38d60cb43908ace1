"""The trainers' configs: in the words that each trainer knows, and accepted by its own checks where it is there."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from generation.core_components.trainers import Material, Stage, Training, write_trainer_configs

# Read off the sources of Axolotl 0.19.0 (utils/schemas) and LLaMA-Factory 0.9.5 (hparams, data/parser.py).
AXOLOTL = """
base_model adapter lora_r lora_alpha lora_dropout lora_target_linear lora_model_dir datasets chat_template
dataset_prepared_path output_dir sequence_len sample_packing train_on_inputs micro_batch_size
gradient_accumulation_steps num_epochs learning_rate lr_scheduler warmup_ratio optimizer bf16 gradient_checkpointing
attn_implementation logging_steps saves_per_epoch seed
"""
AXOLOTL_DATASET = """
path ds_type type field field_messages message_property_mappings message_field_training roles_to_train train_on_eos
"""
LLAMAFACTORY = """
model_name_or_path adapter_name_or_path finetuning_type lora_rank lora_alpha lora_target stage do_train dataset_dir
dataset template mask_history cutoff_len packing output_dir per_device_train_batch_size gradient_accumulation_steps
num_train_epochs learning_rate lr_scheduler_type warmup_steps bf16 logging_steps save_strategy report_to seed
"""
LLAMAFACTORY_DATASET = "file_name formatting columns tags"

TEXTS = Material(Path("out/pretraining/mixture.parquet"), "text")
TALKS = Material(Path("out/conversations/mixture.parquet"), "messages")
BESIDE = Material(Path("out/texts_beside/mixture.parquet"), "text")
STAGES = [Stage("pretraining", (TEXTS,)), Stage("conversations", (TALKS, BESIDE))]


@pytest.fixture(params=[64, None], ids=["adapter", "all weights"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write_trainer_configs(tmp_path, Training(lora_rank=request.param), STAGES, name="bees", seed=7)
    return tmp_path


def configs(folder: Path, trainer: str) -> list[dict[str, Any]]:
    return [
        dict(yaml.safe_load((folder / trainer / f"{name}.yaml").read_text(encoding="utf-8")))
        for name in ("1-pretraining", "2-conversations")
    ]


def test_axolotl_gets_keys_that_it_has(folder: Path) -> None:
    for config in configs(folder, "axolotl"):
        assert config.keys() <= set(AXOLOTL.split())
        assert all(dataset.keys() <= set(AXOLOTL_DATASET.split()) for dataset in config["datasets"])


def test_axolotl_heeds_the_masks_of_conversations_and_learns_texts_whole(folder: Path) -> None:
    talks, beside = configs(folder, "axolotl")[1]["datasets"]
    assert (talks["path"], talks["message_field_training"]) == (str(TALKS.path), "train")
    assert (beside["path"], beside["type"], beside["field"]) == (str(BESIDE.path), "completion", "text")


def test_llamafactory_gets_keys_and_datasets_that_it_has(folder: Path) -> None:
    info = json.loads((folder / "llamafactory" / "dataset_info.json").read_bytes())
    assert all(dataset.keys() <= set(LLAMAFACTORY_DATASET.split()) for dataset in info.values())
    for config in configs(folder, "llamafactory"):
        assert config.keys() <= set(LLAMAFACTORY.split())
        assert set(config["dataset"].split(",")) <= info.keys()
        assert config["dataset_dir"] == str(folder / "llamafactory")


def test_llamafactory_learns_last_answers_alone(folder: Path) -> None:
    first, second = configs(folder, "llamafactory")
    assert (first["stage"], "mask_history" in first) == ("pt", False)
    assert (second["stage"], second["mask_history"]) == ("sft", True)


@pytest.mark.parametrize("trainer", ["finetune", "axolotl", "llamafactory"])
def test_the_second_training_goes_on_from_what_the_first_made(folder: Path, trainer: str) -> None:
    first, second = configs(folder, trainer)
    assert first["output_dir"] == f"models/bees-pretraining/{trainer}"
    assert second["output_dir"] == f"models/bees-conversations/{trainer}"
    begun = {key for key, value in second.items() if value == first["output_dir"]}
    assert len(begun) == 1
    assert first["seed"] == second["seed"] == 7


@pytest.mark.skipif(find_spec("axolotl") is None, reason="needs Axolotl: MILLRACE_TRAINERS=1 ./start.sh test brings it")
def test_axolotl_accepts_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from axolotl.utils.config import validate_config
    from axolotl.utils.dict import DictDefault

    machine = {"bf16": True, "n_gpu": 1, "compute_capability": "sm_90"}
    for config in configs(folder, "axolotl"):
        accepted = validate_config(
            DictDefault(config), capabilities=machine, env_capabilities={"torch_version": "2.8.0"}
        )
        assert config.keys() <= accepted.keys()


@pytest.mark.skipif(
    find_spec("llamafactory") is None, reason="needs LLaMA-Factory: MILLRACE_TRAINERS=1 ./start.sh test brings it"
)
def test_llamafactory_accepts_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISABLE_VERSION_CHECK", "1")
    from llamafactory.hparams import get_train_args

    for config in configs(folder, "llamafactory"):
        data = get_train_args({**config, "bf16": False})[1]  # a machine without a GPU refuses bf16
        assert data.dataset == config["dataset"].split(",")
