"""Where a stream begins: documents cut into chunks, or rows an author hands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generation_functions.chunking import ChunkBy, Cut, Cutting, cut_documents
from generation_functions.documents import Document, Limits, Skip, read_documents
from generation_functions.documents.document import DEFAULT_LIMITS
from generation_functions.languages import detect_language
from generation_functions.rows import Json, Place, Row, content_key
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT
from generation_functions.streams.stage import Stage
from generation_functions.streams.stream import Stream

if TYPE_CHECKING:
    from generation_functions.run.run import Run

READ, CHUNK = "read", "chunk"
PARSED = ".documents"
LONGEST_LICENCE = 200


@dataclass(frozen=True)
class Documents:
    """The documents of a folder, to be cut into chunks or taken whole."""

    run: Run
    folder: Path
    limits: Limits = DEFAULT_LIMITS
    workers: int = 2
    licence: str | None = None

    def chunk(
        self,
        *,
        max_tokens: int = 800,
        by: ChunkBy = "tokens",
        overlap: int = 0,
        tokenizer: Path | str | None = None,
    ) -> Stream:
        """A stream of chunks: fields `text`, `source`, `headings`, `tokens`, `language`, and `start` and `end` in the
        document's characters; `pages` where it has pages, and `overlap` where that is asked for.

        max_tokens  most tokens of a chunk
        by          where chunks begin: at any paragraph ("tokens"), a "heading", any "sentence", or a "page"
        overlap     most tokens that a chunk repeats of the one before, in whole sentences
        tokenizer   a model's `tokenizer.json` to count by; tokens are estimated without one

        Chunks keep paragraphs and sentences whole where they fit, and together are the document's text. Raises
        `ConfigError` for settings that mean nothing.
        """
        cutting = Cutting(max_tokens, by, overlap, str(tokenizer) if tokenizer is not None else None)
        cutting.check()
        read, chunk = Stage(READ), Stage(CHUNK, READ)
        return Stream(self.run, lambda: self._chunks(read, chunk, cutting), (read, chunk))

    def whole(self) -> Stream:
        """A stream of whole documents: fields `text`, `source` and `language`."""
        read = Stage(READ)
        return Stream(self.run, lambda: self._wholes(read), (read,))

    def _chunks(self, reading: Stage, chunking: Stage, cutting: Cutting) -> Iterator[Row]:
        seen: Counter[str] = Counter()
        with (
            closing(self._found()) as found,
            closing(cut_documents(found, cutting, workers=self.workers)) as documents,
        ):
            for index, (item, cuts) in enumerate(documents):
                read = self._read(reading, index, item, seen)
                if isinstance(item, Document) and read is not None:
                    yield from self._rows(chunking, item, read, cuts, overlapping=cutting.overlap > 0)

    def _rows(
        self, stage: Stage, document: Document, read: Row, cuts: Iterable[Cut], *, overlapping: bool
    ) -> Iterator[Row]:
        seen: Counter[str] = Counter()
        for index, cut in enumerate(cuts):
            text = cut.chunk.text
            if not text or text.isspace():
                continue
            seen[text] += 1
            key = content_key(CHUNK, document.source, text, seen[text])
            fields = _fields(cut, overlapping=overlapping)
            row = Row(key, fields, (*read.place, index), (read.key,))
            self.run.record(stage, read, Outcome(KEPT, [(row, fields)]))
            yield row

    def _wholes(self, reading: Stage) -> Iterator[Row]:
        seen: Counter[str] = Counter()
        with closing(self._found()) as found:
            for index, item in enumerate(found):
                read = self._read(reading, index, item, seen)
                if isinstance(item, Document) and read is not None:
                    yield read.adding({"text": item.text, "language": detect_language(item.text)})

    def _found(self) -> Generator[Document | Skip, None, None]:
        """What the folder gives. What was parsed is kept in the run's folder, for each input apart, so that going on
        parses nothing again."""
        kept = self.run.output_dir / PARSED / content_key(str(self.folder.absolute()))[:16]
        stop = self.run.folder.stop.is_set
        found = read_documents(self.folder, limits=self.limits, workers=self.workers, cache=kept, stop=stop)
        with closing(found):
            yield from found

    def _read(self, stage: Stage, index: int, found: Document | Skip, seen: Counter[str]) -> Row | None:
        """The row of a document, recorded; a skip is recorded with its reason and has none."""
        if isinstance(found, Skip):
            key = content_key(READ, found.source, found.reason)
            row = Row(key, {"source": found.source}, (found.source, index))
            self.run.record(stage, row, Outcome.dropped(found.reason, row.fields))
            return None
        key = content_key(READ, found.source, found.text)
        seen[key] += 1
        fields: dict[str, Json] = {
            "source": found.source, "document": found.key, "characters": len(found.text), "record": found.record,
        }  # fmt: skip
        if (licence := _licence(found) or self.licence) is not None:
            fields["licence"] = licence
        place = (found.source, found.record or 0)
        row = Row(key if seen[key] == 1 else content_key(key, seen[key]), fields, place)
        self.run.record(stage, row, Outcome(KEPT, [(row, fields)]))
        return row


def _licence(document: Document) -> str | None:
    """What a document itself says of its licence: a record's field, an e-book's rights, a web page's link."""
    said = (document.metadata.get(name) for name in ("licence", "license", "rights"))
    return next(
        (" ".join(text.split())[:LONGEST_LICENCE] for text in said if isinstance(text, str) and text.strip()), None
    )


def _fields(cut: Cut, *, overlapping: bool) -> dict[str, Json]:
    chunk = cut.chunk
    fields: dict[str, Json] = {
        "text": chunk.text.strip(), "source": chunk.source, "headings": list(chunk.headings),
        "start": chunk.start, "end": chunk.end, "tokens": chunk.tokens, "language": cut.language,
    }  # fmt: skip
    if chunk.pages is not None:
        fields["pages"] = list(chunk.pages)
    if overlapping:
        fields["overlap"] = chunk.overlap
    return fields


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
