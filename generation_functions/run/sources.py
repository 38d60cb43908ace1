"""Where a stream begins: documents cut into chunks, or rows an author hands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generation_functions.chunking import chunk_document
from generation_functions.documents import Document, Skip, read_documents
from generation_functions.rows import Json, Place, Row, content_key
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT
from generation_functions.streams.stage import Stage
from generation_functions.streams.stream import Stream

if TYPE_CHECKING:
    from generation_functions.run.run import Run

READ, CHUNK = "read", "chunk"


@dataclass(frozen=True)
class Documents:
    """The documents of a folder, to be cut into chunks or taken whole."""

    run: Run
    folder: Path

    def chunk(self, *, max_tokens: int = 800) -> Stream:
        """A stream of chunks: fields `text`, `source`, `headings`, `tokens`, and `start` and `end` in its characters.

        Chunks keep paragraphs and sentences whole where they fit, and together are the document's text.
        """
        read, chunk = Stage(READ), Stage(CHUNK, READ)
        return Stream(self.run, lambda: self._chunks(read, chunk, max_tokens), (read, chunk))

    def whole(self) -> Stream:
        """A stream of whole documents: fields `text` and `source`."""
        read = Stage(READ)
        return Stream(self.run, lambda: self._wholes(read), (read,))

    def _chunks(self, reading: Stage, chunking: Stage, max_tokens: int) -> Iterator[Row]:
        for document, read in self._documents(reading):
            seen: Counter[str] = Counter()
            for index, chunk in enumerate(chunk_document(document, max_tokens=max_tokens)):
                if not chunk.text.strip():
                    continue
                seen[chunk.text] += 1
                key = content_key(CHUNK, document.source, chunk.text, seen[chunk.text])
                fields = {
                    "text": chunk.text.strip(), "source": document.source, "headings": list(chunk.headings),
                    "start": chunk.start, "end": chunk.end, "tokens": chunk.tokens,
                }  # fmt: skip
                row = Row(key, fields, (*read.place, index), (read.key,))
                self.run.record(chunking, read, Outcome(KEPT, [(row, fields)]))
                yield row

    def _wholes(self, reading: Stage) -> Iterator[Row]:
        for document, read in self._documents(reading):
            yield read.adding({"text": document.text})

    def _documents(self, stage: Stage) -> Iterator[tuple[Document, Row]]:
        seen: Counter[str] = Counter()
        for index, found in enumerate(read_documents(self.folder)):
            if isinstance(found, Skip):
                row = Row(content_key(READ, found.source), {"source": found.source}, (found.source, index))
                self.run.record(stage, row, Outcome.dropped(found.reason, row.fields))
                continue
            key = content_key(READ, found.source, found.text)
            seen[key] += 1
            fields = {
                "source": found.source, "document": found.key, "characters": len(found.text), "record": found.record,
            }  # fmt: skip
            place = (found.source, found.record or 0)
            row = Row(key if seen[key] == 1 else content_key(key, seen[key]), fields, place)
            self.run.record(stage, row, Outcome(KEPT, [(row, fields)]))
            yield found, row


def given_rows(run: Run, rows: Iterable[Mapping[str, Json]], name: str) -> Stream:
    """A stream over an author's own mappings, in their order. Equal mappings are told apart by their count."""

    stage = Stage(name)

    def source() -> Iterator[Row]:
        seen: Counter[str] = Counter()
        for index, fields in enumerate(rows):
            key = content_key(name, dict(fields))
            seen[key] += 1
            place: Place = (name, index)
            row = Row(key if seen[key] == 1 else content_key(key, seen[key]), dict(fields), place)
            run.record(stage, row, Outcome(KEPT, [(row, row.fields)]))
            yield row

    return Stream(run, source, (stage,))
