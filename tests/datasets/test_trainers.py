"""Each format that is meant for a trainer is trained on by it: TRL's own checks, and one step of a tiny real model."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generation_functions.datasets import FORMATS, Record, write_dataset
from tests.datasets.samples import ROWS, Row, messages
from tests.datasets.tiny_model import tiny_model, tiny_tokenizer

TRAINERS = {
    "text": "SFT", "messages": "SFT", "completion": "SFT", "completion-chat": "SFT", "sharegpt": "SFT",
    "dpo": "DPO", "dpo-chat": "DPO", "kto": "KTO", "kto-chat": "KTO",
}  # fmt: skip
CONVERSATIONAL = ("messages", "completion-chat", "sharegpt", "dpo-chat", "kto-chat")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("torch", "transformers", "trl")),
        reason="needs torch, transformers and trl: MILLRACE_TRAINERS=1 ./start.sh test installs them",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def library_at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("TOKENIZERS_PARALLELISM", "false")
        yield


def rows_of(name: str) -> list[Row]:
    """Four rows; both verdicts where rows have one."""
    rows = [ROWS[name] for _ in range(4)]
    if name.startswith("kto"):
        rows = [{**row, "label": number % 2 == 0} for number, row in enumerate(rows)]
    return rows


def exported(tmp_path: Path, name: str) -> Any:
    import datasets

    records = [Record({**row, "metadata": {"source": "a.txt"}}, str(n)) for n, row in enumerate(rows_of(name))]
    write_dataset(records, tmp_path / "data", "it", formats=(name,), source=FORMATS[name])
    file = str(tmp_path / "data" / "it.jsonl")
    return datasets.load_dataset("json", data_files=file, split="train", cache_dir=str(tmp_path / "cache"))


def trainer_of(kind: str, tmp_path: Path, rows: Any) -> Any:
    import trl

    settings: dict[str, Any] = {
        "output_dir": str(tmp_path / "trained"), "max_steps": 1, "per_device_train_batch_size": 2, "use_cpu": True,
        "bf16": False, "report_to": "none", "save_strategy": "no", "logging_strategy": "no", "disable_tqdm": True,
    }  # fmt: skip
    arguments = getattr(trl, f"{kind}Config")(**settings)
    tokenizer = tiny_tokenizer(tmp_path)
    return getattr(trl, f"{kind}Trainer")(
        model=tiny_model(tmp_path), args=arguments, train_dataset=rows, processing_class=tokenizer
    )


@pytest.mark.parametrize("name", TRAINERS)
def test_a_format_is_trained_on_by_its_trainer(tmp_path: Path, name: str) -> None:
    from trl import is_conversational, maybe_convert_to_chatml

    rows = exported(tmp_path, name)
    assert is_conversational(maybe_convert_to_chatml(rows[0])) == (name in CONVERSATIONAL)
    trained = trainer_of(TRAINERS[name], tmp_path, rows).train()
    assert trained.global_step == 1
    assert trained.training_loss > 0


def test_only_the_answer_of_a_completion_is_trained_on(tmp_path: Path) -> None:
    trainer = trainer_of("SFT", tmp_path, exported(tmp_path, "completion-chat"))
    batch = next(iter(trainer.get_train_dataloader()))
    learned = trainer.processing_class.decode(batch["labels"][0][batch["labels"][0] != -100])
    assert "A" in learned
    assert not {"Q", "S"} & set(learned)


def test_a_file_in_no_trainers_format_is_refused(tmp_path: Path) -> None:
    import datasets

    rows = datasets.Dataset.from_list([{"question": messages(("user", "Q")), "answer": "A"}] * 2)
    with pytest.raises((KeyError, ValueError, TypeError)):
        trainer_of("DPO", tmp_path, rows).train()
