"""The house: imports point one way, and importing a part costs what the part needs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("service", "run_pipeline", "commands", "generation", "generation_functions")
"""Outermost first. A room may import itself and the rooms after it."""


def files() -> list[Path]:
    return [
        path for room in ROOMS for path in [ROOT / f"{room}.py", *sorted((ROOT / room).rglob("*.py"))] if path.is_file()
    ]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    outer = set(ROOMS[: ROOMS.index(room)]) | {"tests", "benchmarks", "api"}
    assert not imported(path) & outer


def test_no_pipeline_imports_the_command_line_or_another_pipelines_insides() -> None:
    for path in sorted((ROOT / "generation" / "core_pipelines").rglob("*.py")):
        own = path.relative_to(ROOT / "generation" / "core_pipelines").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module
                and node.module.startswith("generation.core_pipelines.")
            ):
                assert node.module.split(".")[2] == own, f"{path}: {node.module}"


@pytest.mark.parametrize(
    ("module", "must_not_bring"),
    [
        ("generation_functions", {"aiohttp", "pydantic", "pyarrow", "nltk", "yaml"}),
        ("generation_functions.run.run", {"pyarrow", "nltk.tokenize", "tqdm", "openai"}),
        ("run_pipeline", {"pydantic", "aiohttp", "yaml", "asyncio"}),
    ],
)
def test_importing_a_part_brings_only_what_it_needs(module: str, must_not_bring: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not must_not_bring & set(loaded.split())


def test_names_say_what_is_inside() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "core"}
    assert [path for path in files() if path.stem in vague or path.parent.name in vague] == []
