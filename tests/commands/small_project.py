"""A small project in a folder: one pipeline of two steps, its prompts, a config and three documents."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

PIPELINE = '''\
"""Poems and their judge."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from generation_functions import Dataset, MajorityVoteStep, Model, PipelineStep, Row, Run
from generation_functions.parsing import tag

write_poem = PipelineStep(
    "write_poem", parse=tag("poem"), into="poem", retries=0,
    offline=lambda row, rng: "no poem" if "FAIL" in row["text"] else f"<poem>{row['text']}</poem>",
)
judge = MajorityVoteStep(
    "judge", parse=lambda text: text == "yes", votes=3, reason="not a good poem",
    offline=lambda row, rng: "no" if "DROP" in row["poem"] else "yes",
)


async def poems(
    run: Run,
    *,
    input_dir: Annotated[Path, Field(description="Folder of documents.")],
    writer: Model,
    chunk_tokens: Annotated[int, Field(ge=20, le=4000, description="Longest chunk, in tokens.")] = 200,
) -> Dataset:
    """Write a poem about each document."""
    chunks = run.read(input_dir).chunk(max_tokens=chunk_tokens)
    good = chunks.through(write_poem, model=writer).through(judge, model=writer)
    return await run.write(good, "poems", as_text)


def as_text(row: Row) -> dict[str, str]:
    return {"text": row["poem"]}


def plain(*, name: str, times: int = 1) -> str:
    """Greet, with no run and no model."""
    return f"hello {name} " * times


def spoils(*, name: str) -> None:
    """Put a folder where the run wants to write how it ended."""
    Path("out/run.json").unlink()
    Path("out/run.json").mkdir()


def broken(*, name: str) -> float:
    """Divide by zero."""
    return len(name) / 0
'''

CONFIG = """\
pipeline: poems.py:poems
output_dir: out
models:
  small: {provider: offline}
documents:
  input_dir: docs
  chunk_tokens: 100
writer: small
"""

PROMPTS = {
    "write_poem": '- role: system\n  content: You are a poet.\n- role: user\n  content: "Write of {text}"\n',
    "judge": '- role: user\n  content: "Is it good? {poem}"\n',
}

DOCUMENTS = {
    "river.txt": "The mill on the river was built in 1790.",
    "fails.txt": "FAIL is what this document makes the writer do.",
    "drops.txt": "DROP is what this document makes the judge do.",
}


def write_project(folder: Path, *, config: str = CONFIG, documents: dict[str, str] | None = None) -> Path:
    """The project's files; gives the folder."""
    (folder / "prompts").mkdir()
    (folder / "docs").mkdir()
    (folder / "poems.py").write_text(PIPELINE)
    (folder / "config.yaml").write_text(config)
    for name, text in PROMPTS.items():
        (folder / "prompts" / f"{name}.yaml").write_text(text)
    for name, text in (DOCUMENTS if documents is None else documents).items():
        (folder / "docs" / name).write_text(text)
    return folder


@dataclass(frozen=True)
class Called:
    """How a command line ended, and what it said."""

    code: int
    out: str
    err: str


def call(folder: Path, *words: str, **environment: str) -> Called:
    """Run a command line in a process of its own, in that folder."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "run_pipeline.py"), *words], cwd=folder, env=environment_of(**environment),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return Called(done.returncode, done.stdout, done.stderr)


def environment_of(**more: str) -> dict[str, str]:
    """This process's environment without keys, and with what is given."""
    return {**{name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}, **more}


def copy_repository(folder: Path) -> Path:
    """A project with this repository's code and pipelines, whose own files may be changed."""
    import shutil

    for name in ("commands", "generation_functions"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("run_pipeline.py", "super_config.yaml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "generation", folder / "generation", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "inputs" / "quickstart").mkdir(parents=True)
    (folder / "inputs" / "quickstart" / "river.txt").write_text(DOCUMENTS["river.txt"])
    return folder


def call_copy(folder: Path, *words: str) -> Called:
    """Run a command line of a copied repository, in it."""
    done = subprocess.run(
        [sys.executable, "run_pipeline.py", *words], cwd=folder, env=environment_of(), capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    return Called(done.returncode, done.stdout, done.stderr)
