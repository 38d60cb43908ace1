"""What is exported: the rows of a run's dataset, or of a file from anywhere, with the format they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.past_run import PastRun
from generation_functions.errors import ConfigError
from generation_functions.rows import content_key
from generation_functions.run.exporting import dataset_records

if TYPE_CHECKING:
    from generation_functions.datasets import Format, Record

AUTO = "auto"


@dataclass(frozen=True)
class Source:
    """Rows to export. `form` is None where they are in no known format: then they can only stay as they are.

    `manifest` is that of the run they come from; empty for a file.
    """

    name: str
    records: Callable[[], Iterator[Record]]
    form: Format | None
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """The run's seed."""
        return int(self.manifest.get("seed", 0))


def of_run(run: PastRun, name: str, said: str) -> Source:
    """A dataset of a run, in the format that was said or that its first rows are in."""
    from generation_functions.datasets import Record, common_format, format_named
    from generation_functions.datasets.reader import SAMPLE

    def records() -> Iterator[Record]:
        for each in dataset_records(run.history.store, name, run.history.attempt):
            yield Record(each.content, each.key, _document(each.content) or each.document)

    if said != AUTO:
        form = format_named(said)
    else:
        try:
            form = common_format(each.content for each in islice(records(), SAMPLE))
        except ConfigError:
            form = None  # a pipeline may write rows of its own kind
    return Source(name, records, form, run.manifest)


def of_file(path: Path, said: str) -> Source:
    """A file, or the set that it is a shard of. Raises `ConfigError` where its format cannot be told."""
    from generation_functions.datasets import FORMATS, Record, detect_format, format_named, read_rows
    from generation_functions.datasets.naming import stem_of

    def records() -> Iterator[Record]:
        for row in read_rows(path):
            key = content_key(row)
            yield Record(row, key, _document(row) or _source(row) or key)

    form = detect_format(path) if said == AUTO else format_named(said)
    stem, _, last = stem_of(path).rpartition(".")
    return Source(stem if stem and last in FORMATS else stem_of(path), records, form)


def _document(row: Mapping[str, Any]) -> str:
    # A mixture's rows say which document they come from: they are not read from it, so the run does not know.
    return _text(row, "document")


def _source(row: Mapping[str, Any]) -> str:
    return _text(row, "source")


def _text(row: Mapping[str, Any], name: str) -> str:
    metadata = row.get("metadata")
    found = metadata.get(name) if isinstance(metadata, Mapping) else row.get(name)
    return found if isinstance(found, str) else ""
