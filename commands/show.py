"""Show a pipeline: what it does, its parameters with their bounds, its steps and their prompts, and how to run it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from commands.job import command_line, this_project
from commands.pipeline_steps import prompt_names, steps_of
from commands.terminal import paint, table, width_of, wrapped
from generation_functions.config import PipelineEntry, load_yaml, pipeline_schema, sections_of
from generation_functions.config.module_loader import Pipeline
from generation_functions.config.schema import fields_inside

Schema = Mapping[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `show`."""
    parser.add_argument("pipeline", metavar="PIPELINE", help="a name from `list`, or path/to/file.function")
    parser.add_argument("--json", action="store_true", help="the parameters as JSON Schema on stdout")


def execute(arguments: argparse.Namespace) -> int:
    """Print one pipeline. Raises `ConfigError` for one that is not there."""
    catalog = this_project().catalog
    entry = catalog.find(arguments.pipeline)
    function = catalog.load(entry)
    schema = schema_of(entry, function)
    if arguments.json:
        print(json.dumps(schema, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_page(entry, function, schema)))
    return 0


def schema_of(entry: PipelineEntry, function: Pipeline) -> dict[str, Any]:
    """The pipeline's JSON Schema, grouped as its own config groups its keys."""
    if entry.config_path is None:
        return pipeline_schema(function)
    config = load_yaml(entry.config_path)
    return pipeline_schema(function, groups=sections_of(config, function), attention=config.attention)


def _page(entry: PipelineEntry, function: Pipeline, schema: Schema) -> Iterator[str]:
    yield _bold(entry.name)
    yield from wrapped(str(schema["description"]), indent="  ", width=width_of(sys.stdout))
    yield f"  {entry.path}"
    yield from ("", _bold("parameters"))
    yield from _parameters(schema)
    steps = steps_of(function)
    if steps:
        yield from ("", _bold("steps"))
        yield from table([(name, type(step).__name__, _prompts(step)) for name, step in steps.items()])
    yield from ("", _bold("run it"))
    yield from _ways_to_run(entry)


def _bold(text: str) -> str:
    return paint(text, "bold", stream=sys.stdout)


def _prompts(step: Any) -> str:
    from generation_functions.steps.step import PromptedStep

    if not isinstance(step, PromptedStep):
        return ""
    return ", ".join(f"{name}.yaml" for name in prompt_names(step)) or "its prompt stands in the code"


def _parameters(schema: Schema) -> Iterator[str]:
    groups: dict[str, list[tuple[str, Schema]]] = {"": []}
    for name, drawn in schema["properties"].items():
        groups.setdefault(drawn.get("x-group", ""), []).extend(_with_fields(name, drawn, schema))
    required = set(schema.get("required", ()))
    shown = [pair for members in groups.values() for pair in members]
    names = max((len(name) for name, _ in shown), default=0)
    kinds = max((len(_kind(drawn)) for _, drawn in shown), default=0)
    if not shown:
        yield "  none"
    for group, members in groups.items():
        if group:
            yield f"  {group}:"
        for name, drawn in members:
            yield from _parameter(name, drawn, name in required, names, kinds)


def _with_fields(name: str, drawn: Schema, schema: Schema) -> Iterator[tuple[str, Schema]]:
    inside = fields_inside(drawn, schema)
    yield name, {**drawn, "default": {}} if inside else drawn
    yield from ((f"{name}.{inner}", told) for inner, told in inside.items())


def _parameter(name: str, drawn: Schema, required: bool, names: int, kinds: int) -> Iterator[str]:
    value = "required" if required else f"default {json.dumps(drawn.get('default'), ensure_ascii=False)}"
    facts = ", ".join(filter(None, (value, bounds(drawn))))
    yield f"    {name:<{names}}  {_kind(drawn):<{kinds}}  {facts}".rstrip()
    indent = " " * (names + kinds + 8)
    for text in filter(None, (drawn.get("description"), drawn.get("x-attention"))):
        yield from (
            paint(line, "dim", stream=sys.stdout) for line in wrapped(text, indent=indent, width=width_of(sys.stdout))
        )


def _kind(drawn: Schema) -> str:
    return str(drawn.get("x-kind", "any"))


def bounds(drawn: Schema) -> str:
    """A parameter's bounds or choices, in words."""
    branches = [drawn, *drawn.get("anyOf", ())]
    found = {key: branch[key] for branch in branches for key in _BOUND_WORDS if key in branch}
    choices = next((branch["enum"] for branch in branches if "enum" in branch), None)
    if choices:
        return "one of " + ", ".join(map(str, choices))
    if {"minimum", "maximum"} <= found.keys():
        return f"{found['minimum']:,} to {found['maximum']:,}"
    return ", ".join(f"{_BOUND_WORDS[key]} {value:,}" for key, value in found.items())


_BOUND_WORDS = {
    "minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "less than",
}  # fmt: skip


def _ways_to_run(entry: PipelineEntry) -> Iterator[str]:
    if entry.config_path is None:
        yield f"  write a config with `pipeline: {entry.name}`, its parameters and an `output_dir:`, and run that"
        return
    yield f"  {command_line('run', str(entry.config_path))}"
    yield f"  {command_line('preview', str(entry.config_path), '-n', '3')}"
