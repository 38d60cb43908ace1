"""Where a stream begins: documents cut into chunks, or rows an author hands in."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from generation_functions.chunking import ChunkBy, Cut, Cutting, cut_documents
from generation_functions.documents import Document, Limits, Skip, read_documents
from generation_functions.documents.document import DEFAULT_LIMITS
from generation_functions.documents.folder import Part, file_sources
from generation_functions.languages import detect_language
from generation_functions.rows import Json, Place, Row, content_key
from generation_functions.run.shard import Shard
from generation_functions.run.tally import Tally
from generation_functions.steps.outcome import Outcome
from generation_functions.store import KEPT
from generation_functions.streams.stage import Stage
from generation_functions.streams.stream import Stream

if TYPE_CHECKING:
    from generation_functions.run.run import Run

READ, CHUNK = "read", "chunk"
PARSED = ".documents"
LONGEST_LICENCE = 200
READS_FROM = "reads_from"
"""The fact of a store that names the folder its documents come from, where another run inside the same run wrote it."""

_Known: TypeAlias = tuple[str, int]
"""What was found's key, and how often its file has held the same by then."""


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
        document's characters; `pages` where it has pages, `overlap` where that is asked for, and `lead`, the white
        space before the text, where there is any.

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
        for half in self._halves(chunking):
            keys: deque[_Known] = deque()
            with (
                closing(self._found(half, keys)) as found,
                closing(cut_documents(found, cutting, workers=self.workers)) as documents,
            ):
                for item, cuts in documents:
                    read = self._read(reading, item, keys.popleft())
                    if isinstance(item, Document) and read is not None:
                        yield from self._rows(chunking, item, read, cuts, overlapping=cutting.overlap > 0)

    def _rows(
        self, stage: Stage, document: Document, read: Row, cuts: Iterable[Cut], *, overlapping: bool
    ) -> Iterator[Row]:
        seen = Tally()
        # Records of one file may hold the same text; a chunk of a file is known by that file and its text alone.
        owner = document.source if document.record is None else read.key
        for index, cut in enumerate(cuts):
            text = cut.chunk.text
            if not text or text.isspace():
                continue
            key = content_key(CHUNK, owner, text, 1)
            if (number := seen.count(key)) > 1:
                key = content_key(CHUNK, owner, text, number)
            fields = _fields(cut, overlapping=overlapping)
            row = Row(key, fields, (*read.place, index), (read.key,))
            self.run.record(stage, read, Outcome(KEPT, [(row, fields)]))
            yield row

    def _wholes(self, reading: Stage) -> Iterator[Row]:
        for half in self._halves(reading):
            keys: deque[_Known] = deque()
            with closing(self._found(half, keys)) as found:
                for item in found:
                    read = self._read(reading, item, keys.popleft())
                    if isinstance(item, Document) and read is not None:
                        yield read.adding({"text": item.text, "language": detect_language(item.text)})

    def _halves(self, last: Stage) -> Iterator[_Half]:
        """The parts to read the folder in. `last` is the source's last stage, whose rows tell how far a run had got."""
        if (shard := self.run.options.shard) is not None:
            shard.rank(file_sources(self.folder))
        if self.folder.resolve().is_relative_to(self.run.folder.top.path.resolve()):
            # What a run inside the same run wrote: where that one went through a sample, this is part of it.
            self.run.folder.store.set_fact(READS_FROM, str(self.folder.resolve()))
        selection = self.run.folder.selection
        return _halves(selection.frontier(last.name), self.folder, selection.shard_of_files)

    def _found(self, half: _Half, keys: deque[_Known]) -> Generator[Document | Skip, None, None]:
        """What a part of the folder gives; for each, `keys` gets its own and how often its file has held it by then."""
        with closing(self._results(half.files)) as results:
            for _, group in groupby(results, key=lambda found: found.source):
                seen = Tally()
                for found in group:
                    key = _key_of(found)
                    number = 1 if isinstance(found, Skip) else seen.count(key)
                    if half.has(found):
                        keys.append((key, number))
                        yield found

    def _results(self, files: Part | None) -> Generator[Document | Skip, None, None]:
        """What was parsed is kept in the run's folder, for each input apart, so that going on parses nothing again."""
        kept = self.run.output_dir / PARSED / content_key(str(self.folder.absolute()))[:16]
        return read_documents(
            self.folder, limits=self.limits, workers=self.workers, cache=kept, stop=self.run.folder.stop.is_set,
            part=files, long=True,
        )  # fmt: skip

    def _read(self, stage: Stage, found: Document | Skip, known: _Known) -> Row | None:
        """The row of a document, recorded; a skip is recorded with its reason and has none."""
        key, number = known
        place = (found.source, found.record or 0)
        if isinstance(found, Skip):
            row = Row(key, {"source": found.source}, place)
            self.run.record(stage, row, Outcome.dropped(found.reason, row.fields))
            return None
        fields: dict[str, Json] = {
            "source": found.source, "document": found.key, "characters": found.characters, "record": found.record,
        }  # fmt: skip
        if (licence := _licence(found) or self.licence) is not None:
            fields["licence"] = licence
        row = Row(key if number == 1 else content_key(key, number), fields, place)
        self.run.record(stage, row, Outcome(KEPT, [(row, fields)]))
        return row


def _licence(document: Document) -> str | None:
    """What a document itself says of its licence: a record's field, an e-book's rights, a web page's link."""
    said = (document.metadata.get(name) for name in ("licence", "license", "rights"))
    return next(
        (" ".join(text.split())[:LONGEST_LICENCE] for text in said if isinstance(text, str) and text.strip()), None
    )


def _key_of(found: Document | Skip) -> str:
    if isinstance(found, Skip):
        return content_key(READ, found.source, found.reason)
    return found.key_after(READ, found.source)


@dataclass(frozen=True)
class _Half:
    """A part of a folder; of the file `source`, where the other part begins, its records from or before `record`."""

    files: Part | None = None
    source: str = ""
    record: int = 0
    before: bool = False
    shard: Shard | None = None

    def has(self, found: Document | Skip) -> bool:
        if self.shard is not None and not self.shard.has((found.source, found.record or 0)):
            return False
        return found.source != self.source or ((found.record or 0) < self.record) == self.before


def _halves(frontier: Place | None, folder: Path, shard: Shard | None) -> Iterator[_Half]:
    """The whole folder, or first what a killed run had not got to, then what it had: new questions do not wait.

    Of a shard, only its own documents.
    """
    has = shard.has_file if shard is not None else None
    source, record, *_ = (*(frontier or ("", 0)), 0)
    file = folder if folder.is_file() else folder / str(source)
    if not source or not isinstance(record, int) or not file.is_file():
        yield _Half(Part(has=has) if has is not None else None, shard=shard)
        return
    yield _Half(Part(first=str(source), has=has), str(source), record, shard=shard)
    end = Part(end=str(source), inclusive=record > 0, has=has)
    yield _Half(end, str(source), record, before=True, shard=shard)


def _fields(cut: Cut, *, overlapping: bool) -> dict[str, Json]:
    chunk = cut.chunk
    text = chunk.text.lstrip()
    lead = chunk.lead + len(chunk.text) - len(text)
    fields: dict[str, Json] = {
        "text": text.rstrip(), "source": chunk.source, "headings": list(chunk.headings),
        "start": chunk.start, "end": chunk.end, "tokens": chunk.tokens, "language": cut.language,
    }  # fmt: skip
    if chunk.pages is not None:
        fields["pages"] = list(chunk.pages)
    if overlapping:
        fields["overlap"] = chunk.overlap
    if lead:
        fields["lead"] = lead
    return fields


def given_rows(run: Run, rows: Iterable[Mapping[str, Json]], name: str) -> Stream:
    """A stream over an author's own mappings, in their order. Equal mappings are told apart by their count."""

    stage = Stage(name)

    def source() -> Iterator[Row]:
        seen = Tally()
        for index, fields in enumerate(rows):
            key = content_key(name, dict(fields))
            number = seen.count(key)
            place: Place = (name, index)
            row = Row(key if number == 1 else content_key(key, number), dict(fields), place)
            run.record(stage, row, Outcome(KEPT, [(row, row.fields)]))
            yield row

    return Stream(run, source, (stage,))
