"""What differs between one dataset of two runs: rows by what they say, matched by their source row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from commands.past_run import PastRun
from generation_functions.rows import Json, content_key
from generation_functions.store.history import DATASET_PREFIX

_NOT_COMPARED = ("key", "start", "end")
_MOST_EXAMPLES = 3


@dataclass
class DatasetDifference:
    """Counts of rows. `changed` are those that one source row gave in both runs, saying different things.

    examples  `(source row's key, row in A, row in B)`, the contents of some changed rows
    """

    same: int = 0
    changed: int = 0
    only_a: int = 0
    only_b: int = 0
    examples: list[tuple[str, Json, Json]] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        """Whether both hold the same rows."""
        return not (self.changed or self.only_a or self.only_b)


def difference(a: PastRun, b: PastRun, name: str) -> DatasetDifference:
    """Compare one dataset of two runs. Memory holds a hash for each row, and the rows of a few examples."""
    in_a, in_b = _hashes(a, name), _hashes(b, name)
    found = DatasetDifference()
    for root in {**in_a, **in_b}:
        here, there = in_a.get(root, Counter()), in_b.get(root, Counter())
        left_a, left_b = here - there, there - here
        changed = min(left_a.total(), left_b.total())
        found.same += (here & there).total()
        found.changed += changed
        found.only_a += left_a.total() - changed
        found.only_b += left_b.total() - changed
        if changed and len(found.examples) < _MOST_EXAMPLES:
            found.examples.append((root, _first(a, name, root, left_a), _first(b, name, root, left_b)))
    return found


def comparable(content: Mapping[str, Json]) -> dict[str, Json]:
    """A row without what may differ though it says the same: its key, and where its chunk stood in the document."""
    metadata = content.get("metadata")
    if not isinstance(metadata, Mapping):
        return dict(content)
    return {**content, "metadata": {k: v for k, v in metadata.items() if k not in _NOT_COMPARED}}


def _hashes(run: PastRun, name: str) -> dict[str, Counter[str]]:
    hashes: dict[str, Counter[str]] = defaultdict(Counter)
    for root, content in _rows(run, name):
        hashes[root][content_key(content)] += 1
    return hashes


def _first(run: PastRun, name: str, root: str, wanted: Counter[str]) -> Json:
    return next(content for _, content in _rows(run, name, root) if content_key(content) in wanted)


def _rows(run: PastRun, name: str, root: str | None = None) -> Iterator[tuple[str, dict[str, Json]]]:
    narrowed, values = (" AND root = ?", [root]) if root is not None else ("", [])
    found = run.history.store.stream(
        "SELECT root, fields FROM rows WHERE step = ? AND run_attempt = ? AND status = 'kept'"
        f"{narrowed} ORDER BY place, key",
        (f"{DATASET_PREFIX}{name}", run.history.attempt, *values),
    )
    return ((key, comparable(orjson.loads(fields))) for key, fields in found)
