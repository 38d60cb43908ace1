"""Embedding models in this process: real small ones, made on the spot, and every folder that is none."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generation_functions.errors import EndpointUnusable
from generation_functions.models import Model, ModelClients, ModelSpec, Request
from generation_functions.models.local.client import checked_folder
from generation_functions.models.local.folder import read_folder
from generation_functions.models.local.places import folder_of
from generation_functions.models.local.weights import weights_of

pytestmark = [
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("model2vec", "sentence_transformers", "torch")),
        reason="needs model2vec and sentence-transformers: MILLRACE_EMBEDDINGS=1 ./start.sh test installs them",
    ),
]

TEXTS = [
    "Bees dance.", "The Suez Canal was opened in Asia by ships", "iron rust", "tea is black and tea is green",
    "the lighthouse is a tower on the coast of the island, and the keeper counted ships " * 3,
]  # fmt: skip


@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.models.small_embedders import static_model

    return static_model(tmp_path_factory.mktemp("models") / "static")


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.models.small_embedders import transformer_model

    return transformer_model(tmp_path_factory.mktemp("models") / "transformer", prompts=True)


@pytest.fixture(scope="module")
def bare(transformer: Path) -> Path:
    return transformer.parent / "transformer-network"


def spec_of(folder: Path | str, **fields: Any) -> ModelSpec:
    return ModelSpec(**{"provider": "local", "mode": "embedding", "model": str(folder), **fields})


def numbers(text: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32)


async def vectors(spec: ModelSpec, texts: Sequence[str], told: list[str] | None = None) -> list[Any]:
    async with ModelClients() as clients:
        clients.tell = [].append if told is None else told.append
        client = clients.client(Model("embedder", spec))
        asked = [Request(text, spec.sampling()) for text in texts]
        return await asyncio.gather(*(client.complete(request) for request in asked))


async def test_a_static_model_gives_what_its_own_library_gives(static: Path) -> None:
    from model2vec import StaticModel

    found = await vectors(spec_of(static), TEXTS)
    wanted = StaticModel.from_pretrained(static).encode(TEXTS)
    assert np.abs(np.stack([numbers(each.text) for each in found]) - wanted).max() < 1e-3
    assert [each.usage.input_tokens for each in found[:4]] == [2, 9, 2, 7]


async def test_a_transformer_gives_what_its_own_library_gives(transformer: Path) -> None:
    from sentence_transformers import SentenceTransformer

    found = await vectors(spec_of(transformer), TEXTS)
    wanted = SentenceTransformer(str(transformer), device="cpu").encode(TEXTS, show_progress_bar=False)
    assert np.abs(np.stack([numbers(each.text) for each in found]) - wanted).max() < 1e-3
    assert np.linalg.norm(numbers(found[0].text)) == pytest.approx(1, abs=1e-2)


@pytest.mark.parametrize("kind", ["static", "transformer"])
async def test_a_text_has_the_same_vector_whatever_is_asked_beside_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    spec = spec_of(request.getfixturevalue(kind))
    together = [each.text for each in await vectors(spec, TEXTS * 3)]
    alone = [(await vectors(spec, [text]))[0].text for text in TEXTS]
    assert together == alone * 3


@pytest.mark.parametrize(("pooling", "of"), [("cls", 0), ("lasttoken", -1), ("mean", None)])
async def test_a_bare_network_is_pooled_as_the_config_says(bare: Path, pooling: str, of: int | None) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    found = (await vectors(spec_of(bare, pooling=pooling), ["the bees dance"]))[0]
    with torch.inference_mode():
        states = AutoModel.from_pretrained(bare)(
            **AutoTokenizer.from_pretrained(bare)("the bees dance", return_tensors="pt")
        ).last_hidden_state[0]
    wanted = states.mean(0) if of is None else states[of]
    assert numbers(found.text) == pytest.approx(wanted.tolist(), abs=5e-3)


async def test_dimensions_keep_the_first_numbers_at_length_one(static: Path) -> None:
    whole, cut = [
        numbers((await vectors(spec_of(static, extra_body=body), ["bees dance"]))[0].text)
        for body in ({}, {"dimensions": 8})
    ]
    assert cut == pytest.approx(whole[:8] / np.linalg.norm(whole[:8]), abs=1e-3)
    with pytest.raises(EndpointUnusable, match="900 dimensions"):
        await vectors(spec_of(static, extra_body={"dimensions": 900}), ["bees"])


async def test_a_text_without_a_known_word_has_a_vector_of_zeros(static: Path) -> None:
    found = (await vectors(spec_of(static), ["xyzzy"]))[0]
    assert not numbers(found.text).any()


async def test_what_a_model_does_not_read_is_told_once(transformer: Path) -> None:
    told: list[str] = []
    await vectors(spec_of(transformer), ["bees " * 200, "tea " * 200, "rust"], told)
    assert len(told) == 1
    assert "reads 64 tokens" in told[0]


def test_what_stands_before_a_text_is_read_from_the_models_own_files(transformer: Path, static: Path) -> None:
    from tests.models.small_embedders import DOCUMENT, QUERY

    folder = read_folder(spec_of(transformer))
    assert (folder.kind, folder.query, folder.document, folder.normalises) == ("modules", QUERY, DOCUMENT, True)
    folder = read_folder(spec_of(static))
    assert (folder.kind, folder.query, folder.document, folder.normalises) == ("static", "", "", True)


def test_a_model_is_its_files_wherever_they_are(static: Path, tmp_path: Path) -> None:
    from tests.models.small_embedders import static_model

    here = weights_of(spec_of(static)).digest
    shutil.copytree(static, tmp_path / "moved")
    assert weights_of(spec_of(tmp_path / "moved")).digest == here
    static_model(tmp_path / "moved", seed=1)
    assert weights_of(spec_of(tmp_path / "moved")).digest != here


def test_pooling_makes_another_model_of_the_same_files(bare: Path) -> None:
    assert weights_of(spec_of(bare, pooling="cls")).digest != weights_of(spec_of(bare, pooling="mean")).digest


async def test_files_that_change_while_a_run_goes_on_stop_it(tmp_path: Path) -> None:
    from tests.models.small_embedders import static_model

    spec = spec_of(static_model(tmp_path / "model"))
    async with ModelClients() as clients:
        client = clients.client(Model("embedder", spec))
        await client.complete(Request("bees", weights=weights_of(spec).digest))
        static_model(tmp_path / "model", seed=1)
        with pytest.raises(EndpointUnusable, match="changed while the run went on"):
            await client.complete(Request("tea", weights=weights_of(spec).digest))


def test_a_name_on_a_hub_is_looked_up_in_the_local_cache(static: Path, tmp_path: Path) -> None:
    repository = tmp_path / "hub" / "models--makers--small"
    shutil.copytree(static, repository / "snapshots" / "abc")
    (repository / "snapshots" / "def").mkdir()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    for environment in ({"HF_HOME": str(tmp_path)}, {"HF_HUB_CACHE": str(tmp_path / "hub")}):
        assert folder_of("makers/small", environment) == repository / "snapshots" / "abc"
    ways = {
        "makers/other": "hf download makers/other",
        "models/other": "hf download OWNER/NAME --local-dir models/other",
    }
    for model, way in ways.items():
        with pytest.raises(EndpointUnusable, match="no model of that name") as caught:
            folder_of(model, {"HF_HOME": str(tmp_path)})
        assert str(caught.value.hint).endswith(way)


def modules(*types: str) -> dict[str, Any]:
    listed = [{"idx": n, "name": str(n), "path": "", "type": kind} for n, kind in enumerate(types)]
    return {"modules.json": listed, "config.json": {"model_type": "bert"}, "model.safetensors": {}}


OWN = "sentence_transformers.models.Transformer"
BAD_FOLDERS: list[tuple[dict[str, Any], str]] = [
    ({}, "neither modules.json nor config.json"),
    ({"config.json": {"architectures": ["LlamaForCausalLM"]}}, "LlamaForCausalLM.*no modules.json"),
    ({"config.json": "not JSON"}, "cannot be read as JSON"),
    (modules("their_code.Transformer"), "code of its own"),
    (modules(""), "a module without a type"),
    ({**modules(OWN), "modules.json": {"a": 1}}, "no list of modules"),
    ({**modules(OWN), "modules.json": [{"path": "../..", "type": OWN}]}, "leads out of its folder"),
    ({**modules(OWN), "config_sentence_transformers.json": {"model_type": "SparseEncoder"}}, "is a SparseEncoder"),
    ({"modules.json": [{"path": "", "type": OWN}], "config.json": {"a": 1}}, "holds no weights"),
    ({"modules.json": [{"path": "", "type": OWN}], "pytorch_model.bin": {}}, "pickle"),
    ({"config.json": {"model_type": "model2vec"}, "tokenizer.json": {}}, "lacks model.safetensors"),
]


@pytest.mark.parametrize(("files", "told"), BAD_FOLDERS)
def test_a_folder_that_is_no_embedding_model_is_named_with_its_reason(
    tmp_path: Path, files: dict[str, Any], told: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(EndpointUnusable, match=told):
        checked_folder(spec_of(tmp_path))


async def test_broken_weights_stop_the_run_before_a_text_is_asked(static: Path, tmp_path: Path) -> None:
    shutil.copytree(static, tmp_path / "broken")
    (tmp_path / "broken" / "model.safetensors").write_bytes(b"no weights")
    async with ModelClients() as clients:
        with pytest.raises(EndpointUnusable, match="could not be loaded"):
            await clients.client(Model("embedder", spec_of(tmp_path / "broken"))).probe()


@pytest.mark.parametrize(
    "fields",
    [
        {"base_url": "http://127.0.0.1:1/v1"}, {"api_key": "x"}, {"temperature": 0.5},
        {"provider": "openai", "pooling": "mean"}, {"mode": "chat", "query_prefix": "query: "},
    ],
)  # fmt: skip
def test_what_cannot_belong_to_a_local_model_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        spec_of("models/small", **fields)


def test_a_missing_library_is_named_with_the_way_to_it(static: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation_functions.models.local.folder.find_spec", lambda name: None)
    with pytest.raises(EndpointUnusable, match="needs model2vec") as caught:
        checked_folder(spec_of(static))
    assert "MILLRACE_EMBEDDINGS=1" in str(caught.value.hint)


async def test_closing_waits_for_the_text_that_is_read_and_lets_go_of_the_rest(static: Path) -> None:
    clients = ModelClients()
    client = clients.client(Model("embedder", spec_of(static, max_in_flight=1)))
    requests = [Request(text) for text in TEXTS]
    asked = [asyncio.create_task(client.complete(request)) for request in requests]
    await client.probe()
    await clients.close()
    ended = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 10)
    assert any(isinstance(each, BaseException) for each in ended)
    with pytest.raises(RuntimeError):
        await client.complete(Request("bees"))
