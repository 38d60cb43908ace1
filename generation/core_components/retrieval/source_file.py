"""The retrieval source file: all passages with where they stand, one JSON line each, for a retrieval server to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from generation.core_components.retrieval.passage import Passage
from generation_functions import Dataset, MillraceError, Row, Run, Stream

NAME = "retrieval_source"


async def write_retrieval_source(run: Run, chunks: Stream, *, name: str = NAME) -> Dataset:
    """Write the chunks of a stream to `datasets/NAME.jsonl`: `text`, `headings`, and in `metadata` where it stands."""
    return await run.write(chunks, name, _as_passage, parquet=False)


def _as_passage(row: Row) -> dict[str, Any]:
    return {"text": row["text"], "headings": list(row.get("headings") or ())}


def read_retrieval_source(path: Path) -> list[Passage]:
    """The passages of a file that `write_retrieval_source` wrote. Raises `MillraceError` for a line that is none."""
    passages: list[Passage] = []
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                passages.append(_passage(orjson.loads(line)))
            except (ValueError, KeyError, TypeError) as exc:
                raise MillraceError(
                    f"{path}, line {number}, is no passage: {line[:80]!r}",
                    hint='A line is {"text": ..., "metadata": {"key": ..., "source": ...}}.',
                ) from exc
    return passages


def _passage(fields: dict[str, Any]) -> Passage:
    about = fields["metadata"]
    beside = {name: about[name] for name in ("start", "end", "pages", "language") if name in about}
    return Passage(
        about["key"], fields["text"], about.get("source", ""), tuple(fields.get("headings", ())),
        about.get("language", "und"), (), beside,
    )  # fmt: skip
