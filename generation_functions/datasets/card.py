"""A dataset card: what is in the files, where it came from and what it cost, in Markdown with front matter for hubs.

Pure and without a clock: the same facts give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from generation_functions.rows import Json

SOURCES_SHOWN = 50
REASONS_SHOWN = 12
EXAMPLE_TEXT = 1_000

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: its name below the card's folder, the rows' format, rows, bytes, and `train` or `validation`."""

    name: str
    format: str
    rows: int
    bytes: int
    split: str = "train"


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """One dataset of the folder. `example` is one of its rows; `sources` counts its rows per source document."""

    name: str
    rows: int
    validation_rows: int = 0
    files: Sequence[FileFacts] = ()
    example: Mapping[str, Json] | None = None
    sources: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model's share of the work. `estimated` where some of its tokens were not reported but counted by us."""

    name: str
    model: str = ""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    estimated: bool = False
    offline: bool = False


@dataclass(frozen=True, slots=True)
class StepFacts:
    """Rows through one step: in, out, failed, and dropped with the count of each reason."""

    name: str
    rows_in: int
    rows_out: int
    failed: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that a card says.

    skipped   source → reason, for documents that gave nothing
    prompts   name → hash
    versions  program → version
    licence   of the dataset, in a hub's spelling, where its makers stated one
    """

    pipeline: str
    datasets: Sequence[DatasetFacts]
    description: str = ""
    models: Sequence[ModelFacts] = ()
    steps: Sequence[StepFacts] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""


def render_card(facts: CardFacts) -> str:
    """The card's Markdown, front matter first."""
    parts = [
        _front_matter(facts),
        f"# {_plain(', '.join(each.name for each in facts.datasets) or facts.pipeline)}",
        _warning(facts.models),
        _plain(facts.description),
        f"Written by the pipeline `{_code(facts.pipeline)}` of Millrace.",
        *(_dataset(each) for each in facts.datasets),
        _models(facts.models),
        _steps(facts.steps),
        _skipped(facts.skipped),
        _provenance(facts),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(facts: CardFacts) -> str:
    rows = sum(each.rows + each.validation_rows for each in facts.datasets)
    size = next((label for bound, label in SIZES if rows < bound), "n>1M")
    tags = ["synthetic", "millrace", *(["offline-writer"] if _offline(facts.models) else [])]
    lines = [f"license: {_yaml(facts.licence)}"] if facts.licence else []
    lines += [f"tags: {_yaml(tags)}", f"size_categories: {_yaml([size])}"]
    configs = [lines for each in facts.datasets for lines in _hub_configs(each)]
    return "\n".join(["---", *lines, *(["configs:", *configs] if configs else []), "---"])


def _hub_configs(dataset: DatasetFacts) -> list[str]:
    """One loadable configuration per format, so that a hub never mixes the same rows in two forms."""
    lines: list[str] = []
    jsonl = [file for file in dataset.files if file.name.endswith(".jsonl") and file.rows]
    for index, form in enumerate(dict.fromkeys(file.format for file in jsonl)):
        name = dataset.name if index == 0 else f"{dataset.name}.{form}"
        lines += [f"  - config_name: {_yaml(name)}", "    data_files:"]
        lines += [
            f"      - {{split: {_yaml(file.split)}, path: {_yaml(file.name)}}}" for file in jsonl if file.format == form
        ]
    return lines


def _offline(models: Iterable[ModelFacts]) -> bool:
    return any(model.offline for model in models)


def _warning(models: Sequence[ModelFacts]) -> str:
    if not _offline(models):
        return ""
    whole = all(model.offline for model in models)
    share = "This data was" if whole else "Some of this data was"
    return (
        f"> **For trying out, not for training.** {share} written by Millrace's offline writer: by rules that stand in"
        " for a model. Run the pipeline with a real model for data to train on."
    )


def _dataset(dataset: DatasetFacts) -> str:
    parts = [
        f"## {_plain(dataset.name)}",
        _which_file(dataset),
        _table(("file", "split", "format", "rows", "bytes"), map(_file_cells, dataset.files)),
        "\n".join(f"- Note: {_plain(note)}" for note in dataset.notes),
        _example(dataset.example),
        _sources(dataset.sources),
    ]
    return "\n\n".join(part for part in parts if part)


def _which_file(dataset: DatasetFacts) -> str:
    train = next((file for file in dataset.files if file.split == "train"), None)
    if train is None or not dataset.rows:
        return "It has no rows."
    text = f"Train on `{_code(train.name)}`: {_count(dataset.rows, 'row')}."
    held = next((file for file in dataset.files if file.split == "validation"), None)
    if held is None:
        return text
    rows = _count(dataset.validation_rows, "row")
    return f"{text} Validate with `{_code(held.name)}`: {rows}, from documents that gave nothing to the training rows."


def _file_cells(file: FileFacts) -> tuple[str, ...]:
    kind = "Parquet" if file.name.endswith(".parquet") else "JSONL"
    return f"`{_code(file.name)}`", file.split, f"{file.format}, {kind}", f"{file.rows:,}", f"{file.bytes:,}"


def _example(row: Mapping[str, Json] | None) -> str:
    if row is None:
        return ""
    text = json.dumps(_shortened(row), ensure_ascii=False, indent=2)
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"One of its rows:\n\n{fence}json\n{text}\n{fence}"


def _shortened(value: Json) -> Json:
    if isinstance(value, str):
        return value if len(value) <= EXAMPLE_TEXT else f"{value[:EXAMPLE_TEXT]}…"
    if isinstance(value, Mapping):
        return {name: _shortened(item) for name, item in value.items()}
    return [_shortened(item) for item in value] if isinstance(value, list | tuple) else value


def _sources(sources: Mapping[str, int]) -> str:
    if not sources:
        return ""
    shown = sorted(sources.items())[:SOURCES_SHOWN]
    table = _table(("source document", "rows"), ((f"`{_code(name)}`", f"{rows:,}") for name, rows in shown))
    return f"Its rows come from {_count(len(sources), 'document')}:\n\n{table}{_more(len(sources) - len(shown))}"


def _models(models: Sequence[ModelFacts]) -> str:
    if not models:
        return ""
    header = ("model", "calls", "tokens in", "tokens out", "USD")
    return f"## Models\n\n{_table(header, map(_model_cells, models))}"


def _model_cells(model: ModelFacts) -> tuple[str, ...]:
    about = "≈ " if model.estimated else ""
    name = f"`{_code(model.model)}` ({_plain(model.name)})" if model.model else f"`{_code(model.name)}`"
    cost = "not counted" if model.cost_usd is None else f"{about}{model.cost_usd:.4f}"
    tokens = (f"{about}{model.input_tokens:,}", f"{about}{model.output_tokens:,}")
    return f"{name}{', offline rules' if model.offline else ''}", f"{model.calls:,}", *tokens, cost


def _steps(steps: Sequence[StepFacts]) -> str:
    if not steps:
        return ""
    return f"## Steps\n\n{_table(('step', 'rows in', 'rows out', 'failed', 'dropped'), map(_step_cells, steps))}"


def _step_cells(step: StepFacts) -> tuple[str, ...]:
    ranked = sorted(step.dropped.items(), key=lambda item: (-item[1], item[0]))
    reasons = [f"{count:,} × {_plain(reason)}" for reason, count in ranked[:REASONS_SHOWN]]
    hidden = sum(count for _, count in ranked[REASONS_SHOWN:])
    dropped = "; ".join([*reasons, *([f"{hidden:,} for other reasons"] if hidden else [])])
    return f"`{_code(step.name)}`", f"{step.rows_in:,}", f"{step.rows_out:,}", f"{step.failed:,}", dropped


def _skipped(skipped: Mapping[str, str]) -> str:
    if not skipped:
        return ""
    shown = sorted(skipped.items())[:SOURCES_SHOWN]
    table = _table(("not read", "why"), ((f"`{_code(name)}`", _plain(reason)) for name, reason in shown))
    return f"## Documents that gave nothing\n\n{table}{_more(len(skipped) - len(shown))}"


def _provenance(facts: CardFacts) -> str:
    lines = [] if facts.seed is None else [f"- seed: {facts.seed}"]
    lines += [f"- {_plain(name)}: {_plain(version)}" for name, version in sorted(facts.versions.items())]
    lines += [f"- prompt `{_code(name)}`: `{_code(found)}`" for name, found in sorted(facts.prompts.items())]
    return "\n".join(["## How to make it again", "", *lines]) if lines else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}", *body]) if body else ""


def _more(hidden: int) -> str:
    return f"\n\nand {hidden:,} more." if hidden > 0 else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    """Text on one line that Markdown and HTML leave as it is."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """Text for between two backticks, in a table too."""
    return " ".join(text.replace("`", "'").split()).replace("|", "\\|")


def _yaml(value: Json) -> str:
    """JSON is YAML; escaped to ASCII, it survives every reader."""
    return json.dumps(value)
