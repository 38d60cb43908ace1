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


def json_lines(called: Called) -> list[dict[str, Any]]:
    """Each line of stdout as JSON."""
    return [json.loads(line) for line in called.out.splitlines()]
