"""The command line called in this process, which is quicker than a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import run_pipeline
from tests.commands.small_project import Called

Call: TypeAlias = Callable[..., Called]


def caller(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """`call("rows", "out")` in that folder: exit code, stdout and stderr."""
    monkeypatch.chdir(folder)

    def call(*words: str | Path) -> Called:
        try:
            code = run_pipeline.main([str(word) for word in words])
        except SystemExit as exc:  # argparse ends the process on a wrong option
            code = int(exc.code or 0)
        said = capsys.readouterr()
        return Called(code, said.out, said.err)

    return call


COMPOSITION = """

async def twice(run: Run, *, input_dir: Path, writer: Model) -> list[Dataset]:
    \"\"\"Two runs inside one.\"\"\"
    return [await poems(run.child(name), input_dir=input_dir, writer=writer) for name in ("one", "two")]
"""


def compose(project: Path) -> None:
    """Make the small project's config one for a pipeline that runs `poems` twice inside its own run."""
    with (project / "poems.py").open("a") as file:
        file.write(COMPOSITION)
    config = (project / "config.yaml").read_text()
    (project / "config.yaml").write_text(config.replace(":poems", ":twice").replace("  chunk_tokens: 100\n", ""))


def json_lines(called: Called) -> list[dict[str, Any]]:
    """Each line of stdout as JSON."""
    return [json.loads(line) for line in called.out.splitlines()]
