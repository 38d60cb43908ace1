"""List the pipelines there are: the name to call each by, what it does, and where it stands."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from commands.job import command_line, this_project
from commands.terminal import paint, say
from generation_functions.config import PipelineEntry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `list`."""
    parser.add_argument("--json", action="store_true", help="a JSON object for each pipeline on stdout")


def execute(arguments: argparse.Namespace) -> int:
    """Print the catalog. Nothing is imported."""
    entries = this_project().catalog.list()
    if arguments.json:
        for entry in entries:
            print(json.dumps(_as_json(entry), ensure_ascii=False))
    elif entries:
        _print_table(entries)
    else:
        say("there is no pipeline here yet; make one: ./start.sh new my-pipeline")
    return 0


def _print_table(entries: list[PipelineEntry]) -> None:
    names = max(len(entry.name) for entry in entries)
    for entry in entries:
        print(f"{paint(entry.name, 'bold', stream=sys.stdout)}{' ' * (names - len(entry.name))}  {entry.description}")
        print(f"{' ' * names}  {paint(str(entry.path), 'dim', stream=sys.stdout)}")
    say(f"\nmore of one: {command_line('show', entries[0].name)}")


def _as_json(entry: PipelineEntry) -> dict[str, Any]:
    return {
        "name": entry.name, "description": entry.description, "path": str(entry.path),
        "function": entry.function_name, "config": str(entry.config_path) if entry.config_path else None,
        "readme": str(entry.readme_path) if entry.readme_path else None,
    }  # fmt: skip
