"""The dataset card: what a dataset is, where it came from, and what to train on. The same facts give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from generation_functions.rows import Json

_LONGEST_VALUE = 1_200


@dataclass(frozen=True)
class CardFacts:
    """What a card says.

    datasets   name → rows, validation_rows, files (names), notes
    example    name → one row of it
    sources    source document → rows made from it
    unread     source → why it was skipped
    lost       where and why source rows gave nothing → how many
    steps      name → in, out, failed, dropped {reason: count}
    models     name → answers, input_tokens, output_tokens, cost_usd, estimated
    prompts    prompt → hash
    """

    pipeline: str
    datasets: Mapping[str, Mapping[str, Json]]
    example: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    partial: str | None = None


def render_card(facts: CardFacts) -> str:
    """The card as Markdown with the front matter that hubs read."""
    parts = [
        _front_matter(facts), f"# {facts.pipeline or 'Dataset'}", *_warnings(facts), _files(facts), _examples(facts),
        _yields(facts), _lost(facts), _sources(facts), _models(facts), _made_with(facts),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(facts: CardFacts) -> str:
    configs = [_config(name, dataset) for name, dataset in facts.datasets.items()]
    tags = ["synthetic", "millrace", *(["offline-writer"] if facts.offline else [])]
    return "\n".join(["---", f"tags: [{', '.join(tags)}]", "configs:", *configs, "---"])


def _config(name: str, dataset: Mapping[str, Json]) -> str:
    lines = [f"  - config_name: {name}", "    data_files:", f"      - {{split: train, path: {name}.jsonl}}"]
    if dataset.get("validation_rows"):
        lines.append(f"      - {{split: validation, path: {name}.validation.jsonl}}")
    return "\n".join(lines)


def _warnings(facts: CardFacts) -> list[str]:
    warnings = []
    if facts.offline:
        warnings.append(
            "> **Written by the offline writer**: rules in place of a model, working from the documents' sentences. It "
            "shows what the pipeline does. It is for trying out, not for training."
        )
    if facts.partial:
        warnings.append(f"> **Partial**: {facts.partial}")
    return warnings


def _files(facts: CardFacts) -> str:
    rows = []
    for name, dataset in facts.datasets.items():
        rows.append([f"`{name}.jsonl`", "**train on this**", str(dataset["rows"])])
        if dataset.get("validation_rows"):
            rows.append([f"`{name}.validation.jsonl`", "held-out documents", str(dataset["validation_rows"])])
        rows += [[f"`{file}`", "the same rows", ""] for file in _siblings(name, dataset)]
    notes = [f"- {note}" for dataset in facts.datasets.values() for note in dataset.get("notes", ())]
    return "\n".join(["## Files", "", _table(["file", "what it is", "rows"], rows), *(["", *notes] if notes else [])])


def _siblings(name: str, dataset: Mapping[str, Json]) -> list[str]:
    files: Sequence[str] = dataset.get("files", ())
    return [file for file in files if file not in (f"{name}.jsonl", f"{name}.validation.jsonl")]


def _examples(facts: CardFacts) -> str:
    blocks = [
        f"## An example from {name}\n\n```json\n{_shown(row)}\n```" for name, row in facts.example.items()
    ]  # fmt: skip
    return "\n\n".join(blocks)


def _shown(row: Mapping[str, Json]) -> str:
    text = orjson.dumps(row, option=orjson.OPT_INDENT_2).decode()
    return text if len(text) <= 4 * _LONGEST_VALUE else text[: 4 * _LONGEST_VALUE] + "\n…"


def _yields(facts: CardFacts) -> str:
    if not facts.steps:
        return ""
    rows = [
        [name, str(step["in"]), str(step["out"]), str(sum(step["dropped"].values())), str(step["failed"])]
        for name, step in facts.steps.items()
    ]
    return "## Yield of each step\n\n" + _table(["step", "in", "out", "dropped", "failed"], rows)


def _lost(facts: CardFacts) -> str:
    rows = [[reason, str(count)] for reason, count in facts.lost.items()]
    return "## Source rows that gave nothing\n\n" + _table(["where and why", "rows"], rows) if rows else ""


def _sources(facts: CardFacts) -> str:
    rows = [[f"`{source}`", str(count)] for source, count in facts.sources.items()]
    unread = [[f"`{source}`", f"not read: {reason}"] for source, reason in facts.unread.items()]
    return "## Sources\n\n" + _table(["document", "rows"], [*rows, *unread]) if rows or unread else ""


def _models(facts: CardFacts) -> str:
    rows = [
        [name, str(m["answers"]), str(m["input_tokens"]), str(m["output_tokens"]),
         f"${m['cost_usd']:.4f}" + (" (tokens estimated)" if m["estimated"] else "")]
        for name, m in facts.models.items()
    ]  # fmt: skip
    return "## Models\n\n" + _table(["model", "answers", "tokens in", "tokens out", "cost"], rows) if rows else ""


def _made_with(facts: CardFacts) -> str:
    prompts = [[f"`{name}`", f"`{version}`"] for name, version in facts.prompts.items()]
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    lines = ["## Made with", "", f"Seed {facts.seed}. {versions}."]
    return "\n".join([*lines, *(["", _table(["prompt", "hash"], prompts)] if prompts else [])])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
