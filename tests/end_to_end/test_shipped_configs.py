"""Every shipped config by its one command, in a fresh project folder with no key and no run before it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tests.commands.small_project import ROOT, Called, call
from tests.fetching.web_server import WebServer, serving

CONFIGS = sorted(
    path.relative_to(ROOT)
    for pattern in ("configs/*.yaml", "generation/*/*/config.yaml")
    for path in ROOT.glob(pattern)
    if "pipeline:" in path.read_text(encoding="utf-8")
)
FETCHING = {path for path in CONFIGS if path.parent.name in ("hub_corpus", "scrape_gutenberg")}
STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
PARAGRAPH = "The lighthouse number {0} was built in {1} by the engineer Anna Berg, and its lamp burned oil of rape. "


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What a clone has for a run, and nothing that a run has left."""
    for name in ("generation", "configs"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "quickstart").symlink_to(ROOT / "inputs" / "quickstart")
    (tmp_path / "super_config.yaml").symlink_to(ROOT / "super_config.yaml")
    return tmp_path


def run(project: Path, config: Path, *words: str) -> Called:
    return call(project, "run", str(config), "--json", *words, OPENAI_API_KEY="", DEEPINFRA_API_KEY="")


def told(called: Called) -> dict[str, Any]:
    """What the run of the config itself said; those of configs that it comes after stand before it."""
    assert called.code == 0, called.err
    return dict(json.loads(called.out.splitlines()[-1]))


def datasets(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(project.glob("outputs/**/datasets/*.jsonl"))}


def test_there_are_configs_of_every_pipeline() -> None:
    assert len(CONFIGS) >= 23
    assert len(FETCHING) == 2


@pytest.mark.parametrize("config", sorted(set(CONFIGS) - FETCHING), ids=str)
def test_one_command_in_a_fresh_folder_makes_its_datasets_and_repeated_asks_nothing(
    project: Path, config: Path
) -> None:
    first = told(run(project, config))
    assert first["status"] == "succeeded"
    made = datasets(project)
    assert made
    assert all(made.values()), "a dataset without rows"
    rows = [json.loads(line) for lines in made.values() for line in lines.splitlines()]
    written = "\n".join(plain(text) for row in rows for text in strings_in(row))
    assert [piece for piece in shown_in_the_readme(config) if piece not in written] == []
    again = run(project, config)
    assert [json.loads(line)["calls"] for line in again.out.splitlines()] == [0] * len(again.out.splitlines())
    assert datasets(project) == made


def shown_in_the_readme(config: Path) -> list[str]:
    """The prose in the example row of a pipeline's README: its strings, in pieces where it cuts them short."""
    readme = ROOT / config.parent / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    block = text.partition("```json\n")[2].partition("```")[0]
    strings = (str(json.loads(found, strict=False)) for found in STRING.findall(block))
    return [piece for string in strings for piece in map(plain, string.split("…")) if len(piece.split()) >= 4]


def strings_in(value: Any) -> Iterator[str]:
    """Every text in a row."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings_in(item)


def plain(text: str) -> str:
    return " ".join(text.split())


def hub() -> WebServer:
    """A hub that has the dataset of the shipped config: two files of the right pattern, one of another."""
    base, sha = "/datasets/wikimedia/wikipedia/resolve/0123456789abcdef", "0123456789abcdef"
    names = ["20231101.simple/train-00000-of-00002.parquet", "20231101.simple/train-00001-of-00002.parquet"]
    files = {name: _parquet(10 * number) for number, name in enumerate(names)} | {"20231101.de/train.parquet": b"no"}
    about = {"sha": sha, "siblings": [{"rfilename": name} for name in [*files, "README.md"]]}
    served = {f"{base}/{name}": body for name, body in files.items()}
    return WebServer(served | {"/api/datasets/wikimedia/wikipedia/revision/main": json.dumps(about).encode()})


def _parquet(first: int) -> bytes:
    file = io.BytesIO()
    texts = [PARAGRAPH.format(n, 1800 + n) * (3 if n % 10 else 1) for n in range(first, first + 10)]
    pq.write_table(pa.table({"id": list(range(10)), "title": ["Light"] * 10, "text": texts}), file)
    return file.getvalue()


def mirror() -> WebServer:
    """A mirror that has the books of the shipped config."""
    config = yaml.safe_load((ROOT / "generation/core_pipelines/scrape_gutenberg/config.yaml").read_text("utf-8"))
    return WebServer({f"/cache/epub/{n}/pg{n}.txt": _book(n) for n in config["fetching"]["books"]})


def _book(number: int) -> bytes:
    mark = "*** {} OF THE PROJECT GUTENBERG EBOOK LIGHTS ***"
    head = f"Title: Lights of {number}\n\nAuthor: A. Berg\n\nLanguage: English\n\n{mark.format('START')}\n\n"
    return f"{head}{PARAGRAPH.format(number, 1850) * 5}\n\n{mark.format('END')}\n\nThe licence.\n".encode()


@pytest.fixture(
    params=[("hub_corpus", "endpoint", hub, 18), ("scrape_gutenberg", "mirror", mirror, 3)],
    ids=["hub_corpus", "scrape_gutenberg"],
)
def fetching(request: pytest.FixtureRequest) -> Iterator[tuple[Path, str, WebServer, int]]:
    name, address, make, count = request.param
    with serving(make()) as server:
        yield Path(f"generation/core_pipelines/{name}/config.yaml"), address, server, count


def test_what_fetches_runs_whole_against_a_server_here_and_fetches_once(
    project: Path, fetching: tuple[Path, str, WebServer, int]
) -> None:
    config, key, server, count = fetching
    words = ("--set", f"{key}={server.address}", *(("--set", "pause_s=0") if key == "mirror" else ()))
    assert told(run(project, config, *words))["status"] == "succeeded"
    made, asked = datasets(project), len(server.asked)
    assert [len(lines.splitlines()) for lines in made.values()] == [count]
    assert list(project.glob("outputs/*/texts/*"))
    assert told(run(project, config, *words))["status"] == "succeeded"
    assert (datasets(project), len(server.asked)) == (made, asked)


@pytest.mark.parametrize(("name", "key"), [("hub_corpus", "endpoint"), ("scrape_gutenberg", "mirror")])
def test_what_fetches_says_at_once_that_there_is_no_way_to_the_server(project: Path, name: str, key: str) -> None:
    config = Path(f"generation/core_pipelines/{name}/config.yaml")
    ended = run(project, config, "--set", f"{key}=http://nowhere.invalid")
    assert ended.code == 1
    assert ended.err.count("nowhere.invalid cannot be reached") == 1
    assert "is this machine online" in ended.err
    assert datasets(project) == {}
