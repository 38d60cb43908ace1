"""Compare two runs (settings, prompts, rows, yields, money) or two configs (settings, what would be asked again)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from commands.dataset_difference import DatasetDifference, difference
from commands.dry_effect import Effect, effect_of, lenders_of
from commands.job import Job, load_job
from commands.past_run import STORE_FILE, PastRun, past_run
from commands.summary import shown_step
from commands.terminal import counted, money, number, paint, shorten, table, width_of, wrapped
from commands.transcript import as_text, content_lines
from generation_functions.config import load_yaml
from generation_functions.config.resolved import resolved
from generation_functions.errors import StoreError
from generation_functions.rows import Json
from generation_functions.run.folder import CONFIG_FILE

Change: TypeAlias = tuple[str, Json, Json]
"""A name, and what it stands for in A and in B; None where it is not there."""

_SHORT_HASH = 8
_VALUE_WIDTH = 40
_IDENTITY = "output_dir"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("a", type=Path, metavar="A", help="output folder of a run, or a config")
    parser.add_argument("b", type=Path, metavar="B", help="another run or config")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def execute(arguments: argparse.Namespace) -> int:
    """Show what differs. Exit code 0, whether anything does or not."""
    a, b = arguments.a, arguments.b
    found, lines = _compare_runs(a, b) if a.is_dir() and b.is_dir() else _compare_configs(a, b)
    print(json.dumps(found, ensure_ascii=False) if arguments.json else "\n".join(lines))
    return 0


# Two runs


def _compare_runs(folder_a: Path, folder_b: Path) -> tuple[dict[str, Json], list[str]]:
    with past_run(folder_a) as a, past_run(folder_b) as b:
        settings = changes(_settings_of(folder_a), _settings_of(folder_b))
        prompts = changes(a.manifest["prompts"], b.manifest["prompts"])
        datasets = {name: difference(a, b, name) for name in dict.fromkeys([*a.datasets, *b.datasets])}
    found: dict[str, Json] = {
        "a": str(folder_a), "b": str(folder_b), "config": _as_json(settings), "prompts": _as_json(prompts),
        "datasets": {name: _dataset_json(one) for name, one in datasets.items()},
        "steps": {name: {"a": x, "b": y} for name, x, y in _both(a.manifest["steps"], b.manifest["steps"])},
        "cost_usd": {"a": a.manifest["cost_usd"], "b": b.manifest["cost_usd"]},
    }  # fmt: skip
    return found, _run_lines(a, b, settings, prompts, datasets)


def _run_lines(
    a: PastRun, b: PastRun, settings: list[Change], prompts: list[Change], datasets: Mapping[str, DatasetDifference]
) -> list[str]:
    sides = [(f"{name}", str(run.folder), run.manifest["status"]) for name, run in (("A", a), ("B", b))]
    changed = [(name, _hash(x), "→", _hash(y)) for name, x, y in prompts]
    return [
        *table(sides),
        *_section("settings", _change_lines(settings), "the same"),
        *_section("prompts", table(changed), "the same"),
        *_section("datasets", [line for item in datasets.items() for line in _dataset_lines(*item)], "none"),
        *_section("steps, rows in → out", _step_lines(a.manifest["steps"], b.manifest["steps"]), "none"),
        *_section("cost", [f"  A {money(a.manifest['cost_usd'])}, B {money(b.manifest['cost_usd'])}"], ""),
    ]


def _dataset_lines(name: str, found: DatasetDifference) -> list[str]:
    if found.is_none:
        return [f"  {name}: the same {counted(found.same, 'row')}"]
    counts = (
        (found.same, "the same"), (found.changed, "changed"), (found.only_a, "only in A"), (found.only_b, "only in B"),
    )  # fmt: skip
    lines = [f"  {name}: " + ", ".join(f"{number(count)} {what}" for count, what in counts if count)]
    for _, in_a, in_b in found.examples[:1]:
        lines.append("  for example")
        for side, content in (("A", in_a), ("B", in_b)):
            lines += [f"  {side}{line}" if at == 0 else f"   {line}" for at, line in enumerate(content_lines(content))]
    return lines


def _dataset_json(found: DatasetDifference) -> dict[str, Json]:
    examples = [{"source_row": key, "a": a, "b": b} for key, a, b in found.examples]
    return {
        "same": found.same, "changed": found.changed, "only_a": found.only_a, "only_b": found.only_b,
        "examples": examples,
    }  # fmt: skip


def _step_lines(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    rows = [(shown_step(name), _yield(x), _yield(y)) for name, x, y in _both(a, b)]
    return table(rows, head=("step", "A", "B"), align="lrr")


def _yield(step: Mapping[str, Any] | None) -> str:
    if step is None:
        return "·"
    share = f" ({step['out'] / step['in']:.0%})" if step["in"] else ""
    return f"{number(step['in'])} → {number(step['out'])}{share}"


def _settings_of(folder: Path) -> dict[str, Json]:
    path = folder / CONFIG_FILE
    return flat(load_yaml(path).root.plain()) if path.is_file() else {}


# Two configs


def _compare_configs(path_a: Path, path_b: Path) -> tuple[dict[str, Json], list[str]]:
    a, b = load_job(_config_of(path_a)), load_job(_config_of(path_b))
    settings = changes(flat(resolved(a.bound)), flat(resolved(b.bound)))
    has_run = any((folder / STORE_FILE).is_file() for folder in lenders_of(a.output_dir))
    effects = (effect_of(a, a.output_dir), effect_of(b, a.output_dir)) if has_run else None
    found: dict[str, Json] = {
        "a": str(path_a), "b": str(path_b), "config": _as_json(settings),
        "answers_from": str(a.output_dir) if has_run else None,
        "effects": {side: _effect_json(one) for side, one in zip("ab", effects, strict=True)} if effects else None,
        "to_ask_is": "a lower bound: what follows from answers not yet given is not known",
    }  # fmt: skip
    lines = [
        *table([("A", str(path_a), a.name), ("B", str(path_b), b.name)]),
        *_section("settings", _change_lines(settings), "the same"),
    ]
    return found, [*lines, *_effect_lines(a, b, effects)]


def _config_of(path: Path) -> Path:
    if not path.is_dir():
        return path
    if not (path / CONFIG_FILE).is_file():
        raise StoreError(f"{path} has no {CONFIG_FILE}", hint="Name a config, or the output folder of a run.")
    return path / CONFIG_FILE


def _effect_lines(a: Job, b: Job, effects: tuple[Effect, Effect] | None) -> list[str]:
    if effects is None:
        note = f"A has not run yet ({a.output_dir} holds no answers), so B would ask for everything, as A would."
        return ["", *wrapped(note, width=width_of(sys.stdout))]
    rows = [
        (name, number(x.known if x else 0), number(x.to_ask if x else 0), number(y.known if y else 0), _asking(y))
        for name, x, y in _both(effects[0].steps, effects[1].steps)
    ]
    head = ("step", "A known", "A to ask", "B known", "B to ask")
    lines = _section(f"questions, with the answers of {a.output_dir}", table(rows, head=head, align="lrrrr"), "none")
    return [*lines, "", *_effect_remarks(a, b, effects)]


def _asking(step: Any) -> str:
    count = step.to_ask if step else 0
    return paint(number(count), "yellow", stream=sys.stdout) if count else "0"


def _effect_remarks(a: Job, b: Job, effects: tuple[Effect, Effect]) -> list[str]:
    remarks = [f"B would make at least {counted(effects[1].to_ask, 'call')}."] if effects[1].to_ask else []
    if effects[1].to_ask:
        remarks.append("There can be more: a row whose answer is not known yet was not followed any further.")
    else:
        remarks.append("B would make no call: every answer it needs is stored.")
    for side, effect in zip("AB", effects, strict=True):
        if effect.cut_short is not None:
            remarks.append(f"{side} could not be followed to its end: {effect.cut_short}")
    if a.output_dir.resolve() != b.output_dir.resolve():
        remarks.append(
            f"B writes to {b.output_dir}, where those answers are not: the figures hold if it ran in {a.output_dir}"
            f" (--set output_dir={a.output_dir})."
        )
    return [line for remark in remarks for line in wrapped(remark, width=width_of(sys.stdout))]


def _effect_json(effect: Effect) -> dict[str, Json]:
    steps = {
        name: {"rows": step.came_in, "known": step.known, "to_ask": step.to_ask} for name, step in effect.steps.items()
    }
    return {"to_ask": effect.to_ask, "steps": steps, "cut_short": effect.cut_short}


# Both


def flat(settings: Mapping[str, Any], before: str = "") -> dict[str, Json]:
    """Nested settings by their dotted names."""
    found: dict[str, Json] = {}
    for name, value in settings.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{path}.")
        else:
            found[path] = value
    return found


def changes(a: Mapping[str, Json], b: Mapping[str, Json]) -> list[Change]:
    """What differs, by name, in the order of A. A run's own folder is no difference."""
    return [(name, x, y) for name, x, y in _both(a, b) if x != y and name != _IDENTITY]


def _both(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, a.get(name), b.get(name)) for name in dict.fromkeys([*a, *b])]


def _as_json(found: Iterable[Change]) -> dict[str, Json]:
    return {name: {"a": x, "b": y} for name, x, y in found}


def _change_lines(found: Iterable[Change]) -> list[str]:
    return table([(name, _value(x), "→", _value(y)) for name, x, y in found])


def _value(value: Json) -> str:
    return "(not set)" if value is None else shorten(as_text(value), _VALUE_WIDTH)


def _hash(version: Json) -> str:
    return "(not used)" if version is None else str(version)[:_SHORT_HASH]


def _section(title: str, lines: list[str], none: str) -> list[str]:
    return ["", paint(title, "bold", stream=sys.stdout), *(lines or [f"  {none}"])]
