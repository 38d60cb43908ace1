"""Texts of a dataset from a hub in this process."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generation.core_pipelines.hub_corpus.hub_corpus import hub_corpus
from generation_functions import Dataset, Run
from generation_functions.errors import ConfigError, MillraceError
from tests.end_to_end.project import Project
from tests.fetching.web_server import WebServer, serving
from tests.running import rows_of

SHA = "0123456789abcdef"
TEXTS = [f"The lighthouse number {n} was built in {1800 + n} by the engineer Anna Berg." for n in range(6)]


def parquet(texts: list[str]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"id": list(range(len(texts))), "body": texts}), file)
    return file.getvalue()


def hub(sha: str = SHA, texts: list[str] = TEXTS) -> WebServer:
    base = f"/datasets/ada/lights/resolve/{sha}"
    files = {
        "README.md": b"# Lights", "data/a.parquet": parquet(texts[:3]), "extra/c.csv": b"body\nshort\n",
        "data/b.jsonl": "".join(json.dumps({"body": text}) + "\n" for text in texts[3:]).encode(),
        "../evil.jsonl": b'{"body": "x"}\n', ".hidden/d.jsonl": b'{"body": "x"}\n',
    }  # fmt: skip
    told = {"sha": sha, "siblings": [{"rfilename": name} for name in files]}
    return WebServer(
        {f"{base}/{name}": body for name, body in files.items()}
        | {"/api/datasets/ada/lights/revision/main": json.dumps(told).encode()}
    )


async def corpus(output_dir: Path, server: WebServer, **settings: Any) -> Dataset:
    async with Run(output_dir) as run:
        return await hub_corpus(run, dataset="ada/lights", endpoint=server.address, **{"column": "body", **settings})


async def test_texts_of_every_kind_of_file_become_a_folder_that_other_pipelines_read(tmp_path: Path) -> None:
    with serving(hub()) as server:
        await corpus(tmp_path / "corpus", server, files="data/*")
        assert not any("evil" in path or "hidden" in path for path in server.asked)
    assert [path.name for path in (tmp_path / "corpus" / "texts").iterdir()] == ["lights.jsonl"]
    lines = (tmp_path / "corpus" / "texts" / "lights.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["text"] for row in rows] == TEXTS
    assert [row["metadata"]["source"] for row in rows] == ["data/a.parquet"] * 3 + ["data/b.jsonl"] * 3
    async with Run(tmp_path / "read") as run:
        documents = await run.read(tmp_path / "corpus" / "texts").whole().collect()
    assert [document["text"].split(" was built")[0] for document in documents] == [
        text.split(" was built")[0] for text in TEXTS
    ]


async def test_short_texts_and_what_is_over_the_most_are_left_out(tmp_path: Path) -> None:
    with serving(hub()) as server:
        dataset = await corpus(tmp_path, server, fewest_characters=20)
        assert dataset.rows == 6
        assert (await corpus(tmp_path, server, most=2)).rows == 2
    assert rows_of(tmp_path, "wanted", "dropped") == []


@pytest.mark.parametrize(
    ("languages", "kept"), [((), [0, 1, 2]), (("en",), [0]), (("de", "und"), [1, 2]), (("fr",), [])]
)
async def test_languages_are_kept_by_their_codes(tmp_path: Path, languages: tuple[str, ...], kept: list[int]) -> None:
    texts = [TEXTS[0], "Der Leuchtturm wurde im Jahr 1800 von der Ingenieurin Anna Berg gebaut.", "17 + 4 = 21"]
    with serving(hub(texts=texts)) as server:
        dataset = await corpus(tmp_path, server, files="data/a*", languages=languages)
    lines = dataset.path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [texts[n] for n in kept]
    reasons = ["it is in en", "it is in de", "its language cannot be told"]
    left_out = [row["reason"] for row in rows_of(tmp_path, "wanted", "dropped")]
    assert left_out == [reasons[n] for n in range(3) if n not in kept]


def test_killed_half_way_it_fetches_no_file_again(tmp_path: Path) -> None:
    held = f"/datasets/ada/lights/resolve/{SHA}/data/b.jsonl"
    with serving(hub()) as server:
        server.faults[held] = [(503, {"Retry-After": "60"})]
        project = Project(tmp_path, "")
        asked = {"dataset": "ada/lights", "endpoint": server.address, "column": "body", "files": "data/*"}
        config = {"pipeline": "hub-corpus", "output_dir": str(project.output), **asked}
        (tmp_path / "config.yaml").write_text(json.dumps(config))
        project.kill_once(lambda: held in server.asked)
        ended = project.run()
        assert ended.returncode == 0, ended.stderr
        assert server.of(held.replace("b.jsonl", "a.parquet")) == 1
        assert server.of("/api/datasets/ada/lights/revision/main") == 1
        before = len(server.asked)
        assert project.run().returncode == 0
        assert len(server.asked) == before
    lines = (project.output / "texts" / "lights.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["text"] for line in lines] == TEXTS


async def test_a_run_that_broke_off_goes_on_with_the_same_commit(tmp_path: Path) -> None:
    with serving(hub()) as server:
        server.faults[f"/datasets/ada/lights/resolve/{SHA}/data/b.jsonl"] = [(403, {})]
        with pytest.raises(MillraceError, match="answered 403"):
            await corpus(tmp_path, server, files="data/*")
        dataset = await corpus(tmp_path, server, files="data/*")
        assert dataset.rows == 6
        assert server.of("/api/datasets/ada/lights/revision/main") == 1
        assert server.of(f"/datasets/ada/lights/resolve/{SHA}/data/a.parquet") == 1
        before, asked = dataset.path.read_bytes(), len(server.asked)
        assert (await corpus(tmp_path, server, files="data/*")).path.read_bytes() == before
        assert len(server.asked) == asked


async def test_a_token_goes_to_no_address_but_the_hub_it_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "canary-secret-7Q")
    with serving(hub()) as server:
        await corpus(tmp_path / "a", server, files="data/*")
        assert not any("Authorization" in headers for headers in server.headers)
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        await corpus(tmp_path / "b", server, files="data/*")
        assert server.headers[-1]["Authorization"] == "Bearer canary-secret-7Q"
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"canary-secret-7Q" not in path.read_bytes()


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"column": "text"}, "no text in 'text'"), ({"files": "test/*"}, "no data file that matches")],
)
async def test_a_column_or_file_that_is_not_there_is_a_mistake_of_the_config(
    tmp_path: Path, settings: dict[str, Any], says: str
) -> None:
    with serving(hub()) as server, pytest.raises(ConfigError, match=says):
        await corpus(tmp_path, server, **settings)
