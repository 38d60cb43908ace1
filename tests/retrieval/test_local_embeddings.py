"""Retrieval by a model in this process: paid once, killed and resumed, and told apart by its weights."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from generation.core_components.retrieval import RetrieveStep, related_chunks, searchable
from generation.core_pipelines.multi_source_recall.multi_source_recall import multi_source_recall
from generation_functions import Dataset, Model, ModelSpec, Run
from tests.end_to_end.project import ROOT, Project, paragraph
from tests.running import OFFLINE, exchanges_of, manifest_of

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("model2vec", "sentence_transformers", "torch")),
    reason="needs model2vec and sentence-transformers: MILLRACE_EMBEDDINGS=1 ./start.sh test installs them",
)

CHUNKS = 40


def embedder(folder: Path, **fields: Any) -> Model:
    return Model("small", ModelSpec(provider="local", mode="embedding", model=str(folder), **fields))


@pytest.fixture
def static(tmp_path: Path) -> Path:
    from tests.models.small_embedders import static_model

    return static_model(tmp_path / "static")


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(CHUNKS):
        (folder / f"{number:02}.txt").write_text(paragraph(number, number))
    return folder


async def recall(output_dir: Path, input_dir: Path, model: Model) -> Dataset:
    async with Run(output_dir) as run:
        return await multi_source_recall(run, input_dir=input_dir, writer=OFFLINE, judge=OFFLINE, embedder=model)


async def test_a_pipeline_runs_on_it_and_runs_again_for_nothing(tmp_path: Path, documents: Path, static: Path) -> None:
    first = await recall(tmp_path / "run", documents, embedder(static))
    before = first.path.read_bytes()
    assert first.rows > 0
    assert manifest_of(tmp_path / "run")["steps"]["embed"]["calls"] == CHUNKS
    account = manifest_of(tmp_path / "run")["models"]["small"]
    assert (account["cost_usd"], account["estimated"]) == (0, False)
    assert account["input_tokens"] > 0
    assert (await recall(tmp_path / "run", documents, embedder(static))).path.read_bytes() == before
    steps = manifest_of(tmp_path / "run")["steps"]
    assert (steps["embed"]["calls"], steps["embed"]["reused"]) == (0, CHUNKS)


async def test_a_transformer_is_told_what_a_text_is_to_the_search(tmp_path: Path, documents: Path) -> None:
    from tests.models.small_embedders import DOCUMENT, QUERY, transformer_model

    model = embedder(transformer_model(tmp_path / "transformer", prompts=True, positions=256))
    async with Run(tmp_path / "run", limit=1) as run:
        library = await searchable(run, run.read(documents).chunk(max_tokens=200), embedder=model)
        asked = library.chunks.map(lambda row: {"question": "who built the lighthouse"})
        await asked.through(RetrieveStep("retrieve", library.index, most=2), model=model).collect()
        prompts = [exchange["prompt"] for exchange in exchanges_of(run)]
    assert sum(prompt.startswith(DOCUMENT) for prompt in prompts) == CHUNKS
    assert [prompt for prompt in prompts if prompt.startswith(QUERY)] == [f"{QUERY}who built the lighthouse"]


async def test_the_config_says_otherwise_what_stands_before_a_text(
    tmp_path: Path, documents: Path, static: Path
) -> None:
    async with Run(tmp_path / "run") as run:
        model = embedder(static, document_prefix="tea: ")
        await (await related_chunks(run, run.read(documents).chunk(max_tokens=200), embedder=model)).collect()
        assert all(exchange["prompt"].startswith("tea: The lighthouse") for exchange in exchanges_of(run))


async def test_other_weights_in_the_same_folder_are_another_model(
    tmp_path: Path, documents: Path, static: Path
) -> None:
    from tests.models.small_embedders import static_model

    await recall(tmp_path / "run", documents, embedder(static))
    static_model(static, seed=1)
    await recall(tmp_path / "run", documents, embedder(static))
    assert manifest_of(tmp_path / "run")["steps"]["embed"]["calls"] == CHUNKS
    fresh = await recall(tmp_path / "fresh", documents, embedder(static))
    assert fresh.path.read_bytes() == (tmp_path / "run" / "datasets" / fresh.path.name).read_bytes()


VICTIM = """
import asyncio, os, signal, sys
from pathlib import Path
from generation_functions.store.writer import GroupCommit
from tests.retrieval.test_local_embeddings import embedder, recall

original = GroupCommit._commit

def commit(self, connection, batch):
    original(self, connection, batch)
    if connection.execute("SELECT COUNT(*) FROM exchanges").fetchone()[0] >= 10:
        os.kill(os.getpid(), signal.SIGKILL)

GroupCommit._commit = commit
asyncio.run(recall(Path(sys.argv[1]), Path(sys.argv[2]), embedder(Path(sys.argv[3]), max_in_flight=1)))
"""


def _victim(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", VICTIM, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.skipif(os.name == "nt", reason="needs kill -9")
async def test_killed_half_way_it_resumes_to_the_same_bytes(tmp_path: Path, documents: Path, static: Path) -> None:
    calm = await recall(tmp_path / "calm", documents, embedder(static))
    words = [str(tmp_path / "killed"), str(documents), str(static)]
    victim = await asyncio.to_thread(_victim, words)
    assert victim.returncode == -signal.SIGKILL, victim.stderr
    resumed = await recall(tmp_path / "killed", documents, embedder(static))
    assert resumed.path.read_bytes() == calm.path.read_bytes()
    steps = manifest_of(tmp_path / "killed")["steps"]
    assert steps["embed"]["calls"] + steps["embed"]["reused"] == CHUNKS
    assert steps["embed"]["reused"] > 0


@pytest.fixture
def project(tmp_path: Path, static: Path) -> Project:
    project = Project(tmp_path, "", "multi-source-recall")
    project.write_documents(3, 4)
    models = {
        "rules": {"provider": "offline"},
        "small": {"provider": "local", "mode": "embedding", "model": str(static)},
    }
    config = {
        "pipeline": "multi-source-recall", "output_dir": str(project.output), "input_dir": str(project.inputs),
        "models": models, "writer": "rules", "judge": "rules", "embedder": "small", "chunk_tokens": 110,
    }  # fmt: skip
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    return project


def test_from_the_command_line_it_is_checked_estimated_as_free_and_run(project: Project, static: Path) -> None:
    config = str(project.folder / "config.yaml")
    assert project.call("validate", config).returncode == 0
    estimated = project.call("estimate", config, "--sample", "3", "--json")
    assert '"cost_usd":{"low":0,"likely":0' in estimated.stdout.replace(" ", "").replace("0.0", "0")
    checked = project.call("doctor", config)
    assert "24 dimensions" in checked.stdout
    ran = project.run()
    assert ran.returncode == 0, ran.stderr
    steps = project.manifest()["steps"]
    assert (steps["embed"]["calls"], steps["embed"]["reused"]) == (0, 12)  # the estimate has asked them
    assert "nothing to do" in project.run().stderr
    (static / "model.safetensors").unlink()
    gone = project.call("validate", config)
    assert gone.returncode == 2
    assert "config.yaml:" in gone.stderr
    assert "model.safetensors" in gone.stderr


def test_an_estimate_is_of_all_rows_where_a_step_has_seen_them_all(project: Project) -> None:
    found = json.loads(project.call("estimate", str(project.folder / "config.yaml"), "--sample", "3", "--json").stdout)
    assert found["source_rows"] == 12
    assert found["sample"]["rows"] == 3
    assert found["models"]["rules"]["calls"]["likely"] > 12
