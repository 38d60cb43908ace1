"""A dataset card: what is in the files, where it came from and what it cost, in Markdown with front matter for hubs.

Pure and without a clock: the same facts give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from generation_functions.rows import Json

_FILE = re.compile(
    r"(?P<base>.+?)(?:\.(?P<split>validation|test))?(?:-(?P<number>\d{5})-of-(?P<count>\d{5}))?\.(?P<kind>[a-z]+)"
)
ROWS_OF = {"train": "rows", "validation": "validation_rows", "test": "test_rows"}
KINDS = {"jsonl": "JSONL", "parquet": "Parquet", "csv": "CSV"}
UNDETERMINED = "und"
ROWS_SHOWN = 50
REASONS_SHOWN = 12
EXAMPLE_TEXT = 1_000

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class CardFacts:
    """All that a card says, in plain values.

    datasets   name → rows (to train on), validation_rows, test_rows, files (names), notes
    example    name → one of its rows
    sources    source document → rows made from it
    licences   licence of source documents → documents that have it
    languages  ISO 639-1 code, or "und" → rows made from texts in it
    unread     source document → why it was not read
    lost       why source rows gave nothing → how many
    steps      name → in, out, failed, dropped {reason: count}
    models     name → answers, input_tokens, output_tokens, cost_usd, estimated
    prompts    name → hash
    versions   program → version
    offline    whether the offline writer wrote any of it
    partial    what is missing, where the run did not come to its end
    """

    pipeline: str
    datasets: Mapping[str, Mapping[str, Json]]
    example: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    licences: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
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
    """The card's Markdown, front matter first."""
    made_by = f"Made by the pipeline `{_code(facts.pipeline)}` of Millrace." if facts.pipeline else "Made by Millrace."
    parts = [
        _front_matter(facts),
        f"# {_plain(', '.join(facts.datasets) or facts.pipeline or 'Dataset')}",
        *_warnings(facts),
        made_by,
        *(_dataset(name, dataset, facts.example.get(name)) for name, dataset in facts.datasets.items()),
        _sources(facts.sources),
        _counted("## Licences of the sources", ("licence", "documents"), facts.licences),
        _languages(facts.languages),
        _models(facts.models),
        _steps(facts.steps),
        _counted("## Source rows that gave nothing", ("where and why", "rows"), facts.lost),
        _unread(facts.unread),
        _made_with(facts),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(facts: CardFacts) -> str:
    rows = sum(each.get(name, 0) for each in facts.datasets.values() for name in ROWS_OF.values())
    size = next((label for bound, label in SIZES if rows < bound), "n>1M")
    tags = ["synthetic", "millrace", *(["offline-writer"] if facts.offline else [])]
    configs = [line for name, dataset in facts.datasets.items() for line in _hub_configs(name, dataset)]
    known = _known(facts.languages)
    lines = [f"language: {_yaml(known)}"] if known else []
    lines += [f"tags: {_yaml(tags)}", f"size_categories: {_yaml([size])}", *(["configs:", *configs] if configs else [])]
    return "\n".join(["---", *lines, "---"])


def _hub_configs(name: str, dataset: Mapping[str, Json]) -> list[str]:
    """One loadable configuration per format, so that a hub never mixes the same rows in two forms."""
    configs: dict[str, dict[str, list[str]]] = {}
    for file in dataset.get("files", ()):
        parts = _parts(file)
        if parts["kind"] == "jsonl" and _rows_in(file, dataset):
            configs.setdefault(parts["base"] or name, {}).setdefault(_split(file), []).append(file)
    lines: list[str] = []
    for config, splits in configs.items():
        lines += [f"  - config_name: {_yaml(config)}", "    data_files:"]
        for split, files in splits.items():
            lines.append(f"      - {{split: {split}, path: {_yaml(files[0] if len(files) == 1 else files)}}}")
    return lines


def _parts(file: str) -> dict[str, str | None]:
    found = _FILE.fullmatch(file)
    return found.groupdict() if found else {"base": file, "split": None, "number": None, "count": None, "kind": None}


def _split(file: str) -> str:
    return _parts(file)["split"] or "train"


def _rows_in(file: str, dataset: Mapping[str, Json]) -> int:
    """Rows of a file's split; those of a shard are not counted apart."""
    return int(dataset.get(ROWS_OF[_split(file)], 0))


def _warnings(facts: CardFacts) -> list[str]:
    offline = (
        "> **For trying out, not for training.** The offline writer wrote here: rules that stand in for a model and"
        " work from the documents' own sentences. Run the pipeline with a real model for data to train on."
    )
    partial = f"> **Partial.** {_plain(facts.partial)}" if facts.partial else ""
    return [offline if facts.offline else "", partial]


def _dataset(name: str, dataset: Mapping[str, Json], example: Mapping[str, Json] | None) -> str:
    files = [(f"`{_code(file)}`", _use(name, file), _rows_cell(file, dataset)) for file in dataset.get("files", ())]
    parts = [
        f"## {_plain(name)}",
        _which_file(name, dataset),
        _table(("file", "what it is", "rows"), files),
        "\n".join(f"- {_plain(note)}" for note in dataset.get("notes", ())),
        _example(example),
    ]
    return "\n\n".join(part for part in parts if part)


def _which_file(name: str, dataset: Mapping[str, Json]) -> str:
    if not dataset["rows"]:
        return "It has no rows."
    text = f"**Train on `{_code(_plain_file(name, 'train', dataset))}`**: {_count(dataset['rows'], 'row')}."
    for split, what in (("validation", "Validate"), ("test", "Test")):
        if rows := dataset.get(ROWS_OF[split], 0):
            file = _code(_plain_file(name, split, dataset))
            text += f" {what} with `{file}`: {_count(rows, 'row')}, from documents that gave no training row."
    return text


def _plain_file(name: str, split: str, dataset: Mapping[str, Json]) -> str:
    """The name of a split's file in the first format; of its shards, with a star for their numbers."""
    middle = "" if split == "train" else f".{split}"
    whole = f"{name}{middle}.jsonl"
    return whole if whole in dataset.get("files", (whole,)) else f"{name}{middle}-*.jsonl"


def _rows_cell(file: str, dataset: Mapping[str, Json]) -> str:
    return f"{_rows_in(file, dataset):,}" if _parts(file)["number"] is None else ""


def _use(name: str, file: str) -> str:
    parts = _parts(file)
    form = (parts["base"] or "").removeprefix(name).lstrip(".")
    shard = f", part {int(parts['number'])} of {int(parts['count'] or 0)}" if parts["number"] else ""
    kind = KINDS.get(parts["kind"] or "", "file")
    return f"{_split(file)}, {kind}{f', as {_plain(form)}' if form else ''}{shard}"


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
    shown = sorted(sources.items())[:ROWS_SHOWN]
    table = _table(("document", "rows"), ((f"`{_code(name)}`", f"{rows:,}") for name, rows in shown))
    title = f"## Sources\n\nThe rows come from {_count(len(sources), 'document')}."
    return f"{title}\n\n{table}{_more(len(sources) - len(shown))}" if table else ""


def _languages(languages: Mapping[str, int]) -> str:
    return _counted("## Languages of the sources", ("language", "rows"), languages) if _known(languages) else ""


def _known(languages: Mapping[str, int]) -> list[str]:
    return sorted(code for code in languages if code != UNDETERMINED)


def _models(models: Mapping[str, Mapping[str, Json]]) -> str:
    header = ("model", "answers", "tokens in", "tokens out", "USD")
    table = _table(header, (_model_cells(name, model) for name, model in models.items()))
    return f"## Models\n\n{table}" if table else ""


def _model_cells(name: str, model: Mapping[str, Json]) -> tuple[str, ...]:
    about = "≈ " if model["estimated"] else ""
    tokens = (f"{about}{model['input_tokens']:,}", f"{about}{model['output_tokens']:,}")
    return f"`{_code(name)}`", f"{model['answers']:,}", *tokens, f"{about}{model['cost_usd']:.4f}"


def _steps(steps: Mapping[str, Mapping[str, Json]]) -> str:
    header = ("step", "rows in", "rows out", "failed", "dropped")
    table = _table(header, (_step_cells(name, step) for name, step in steps.items()))
    return f"## Yield of each step\n\n{table}" if table else ""


def _step_cells(name: str, step: Mapping[str, Json]) -> tuple[str, ...]:
    reasons = _ranked(step["dropped"])
    dropped = [f"{count:,} × {_plain(reason)}" for reason, count in reasons[:REASONS_SHOWN]]
    hidden = sum(count for _, count in reasons[REASONS_SHOWN:])
    dropped += [f"{hidden:,} for other reasons"] if hidden else []
    return f"`{_code(name)}`", f"{step['in']:,}", f"{step['out']:,}", f"{step['failed']:,}", "; ".join(dropped)


def _unread(unread: Mapping[str, str]) -> str:
    shown = sorted(unread.items())[:ROWS_SHOWN]
    table = _table(("document", "why"), ((f"`{_code(name)}`", _plain(reason)) for name, reason in shown))
    return f"## Documents that were not read\n\n{table}{_more(len(unread) - len(shown))}" if table else ""


def _made_with(facts: CardFacts) -> str:
    lines = ["## Made with", "", f"- seed: {facts.seed}"]
    lines += [f"- {_plain(name)}: {_plain(version)}" for name, version in sorted(facts.versions.items())]
    lines += [f"- prompt `{_code(name)}`: `{_code(found)}`" for name, found in sorted(facts.prompts.items())]
    return "\n".join(lines)


def _counted(title: str, header: Sequence[str], counts: Mapping[str, int]) -> str:
    """A section of a table of counts, the largest first."""
    shown = _ranked(counts)[:ROWS_SHOWN]
    table = _table(header, ((_plain(name), f"{count:,}") for name, count in shown))
    return f"{title}\n\n{table}{_more(len(counts) - len(shown))}" if table else ""


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


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
