"""Reading a folder of documents: each file through the reader for its suffix, every failure a reported skip."""

from __future__ import annotations

import tempfile
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generation_functions.documents.document import DEFAULT_LIMITS, Document, Limits, Member, Result, Skip, put_at
from generation_functions.documents.format import Format
from generation_functions.documents.processes import Processes, Task, Ticket
from generation_functions.documents.readers import READERS
from generation_functions.documents.results import keep_only
from generation_functions.documents.walk import Found, walk
from generation_functions.errors import ConfigError, DocumentError, MillraceError

AHEAD = 16
"""How many files may be read before their turn; their results wait on disk."""

WELL_KNOWN = (".txt", ".md", ".pdf", ".docx", ".pptx", ".xlsx", ".epub", ".html", ".jsonl", ".zip")


@dataclass(frozen=True)
class Part:
    """Some files of a folder: from the source `first` on, or up to the source `end`, itself included or not.

    has  whether the one document of a file is wanted, by its source; files that may hold several always are
    """

    first: str | None = None
    end: str | None = None
    inclusive: bool = False
    has: Callable[[str], bool] | None = None

    def of(self, found: Sequence[Found | Skip]) -> Sequence[Found | Skip]:
        """What lies in this part. Nothing lies before an `end` that is not there, and all after such a `first`."""
        span = self._span(found)
        has = self.has
        return span if has is None else [item for item in span if _may_hold_several(item.source) or has(item.source)]

    def _span(self, found: Sequence[Found | Skip]) -> Sequence[Found | Skip]:
        at = {item.source: index for index, item in enumerate(found)}
        if self.end is not None and self.end not in at:
            return []
        start = at.get(self.first, 0) if self.first is not None else 0
        return found[start:] if self.end is None else found[start : at[self.end] + self.inclusive]


def read_documents(
    folder: Path,
    *,
    limits: Limits = DEFAULT_LIMITS,
    readers: Mapping[str, Format] = READERS,
    cache: Path | None = None,
    workers: int = 2,
    stop: Callable[[], bool] = lambda: False,
    part: Part | None = None,
    long: bool = False,
) -> Generator[Document | Skip, None, None]:
    """Every document of a folder (or of a single file), in path order, and a `Skip` for everything that gave none.

    Plain text is read as the iterator is drawn; other formats are parsed in up to `workers` processes, a few files
    ahead. `cache` is a folder that keeps what was parsed, so that an unchanged file is not parsed again; once all is
    read, what it holds of files that are gone or have changed is removed, so give each input one of its own. Close the
    iterator (or draw it to its end) to end the processes; once `stop` says so, it ends without waiting for them.
    Raises `ConfigError` at once when the path does not exist or holds no file in a supported format, and at the end
    when every such file was skipped. `part` is for reading a folder in two parts; of one part, no file need be of use,
    and nothing is removed. `long`: documents of more than about four million characters may be `LongDocument`s, whose
    text is not held but read from the file, or from what is kept of it, for as long as the iterator is open.
    """
    found = _find(folder)
    files = [item for item in found if isinstance(item, Found)]
    if not any(_suffix(file.source) in readers for file in files):
        raise ConfigError(f"no documents in {folder}: {_inventory(found)}", hint=_supported(readers))
    reading = _Reading(limits, readers, cache, workers, stop, long)
    return _read(folder, found, reading) if part is None else _read_part(part.of(found), reading)


def file_sources(folder: Path) -> list[str]:
    """What is in a folder, in path order, by the names that documents are known by. Raises `ConfigError`."""
    return [item.source for item in _find(folder)]


def _find(folder: Path) -> list[Found | Skip]:
    try:
        if folder.is_file():
            return [Found(folder, folder.name.encode("utf-8", "backslashreplace").decode())]
        if folder.is_dir():
            return list(walk(folder))
    except (OSError, ValueError) as exc:
        raise ConfigError(f"{folder} cannot be read: {exc}", hint="check the path and its permissions") from exc
    if folder.exists():
        raise ConfigError(f"{folder} is neither a folder nor a regular file", hint="name a folder of documents")
    raise ConfigError(f"{folder} does not exist", hint="put documents there, or name another folder")


def _read(folder: Path, found: Iterable[Found | Skip], reading: _Reading) -> Generator[Document | Skip, None, None]:
    reasons: Counter[str] = Counter()
    documents = 0
    with reading:
        for result in reading.results(found):
            documents += isinstance(result, Document)
            if isinstance(result, Skip):
                reasons[result.reason] += 1
            yield result
        if not reading.stop():
            reading.forget_the_rest()
    if not documents and not reading.stop():
        raise ConfigError(
            f"no documents in {folder}: every file was skipped: {_counts(reasons)}", hint=_supported(reading.readers)
        )


def _read_part(found: Iterable[Found | Skip], reading: _Reading) -> Generator[Document | Skip, None, None]:
    with reading:
        yield from reading.results(found)


@dataclass(frozen=True)
class _Item:
    """Something to read: a file, or what lies inside it by way of `chain`."""

    file: Found
    source: str
    chain: tuple[tuple[Format, Member], ...] = ()


class _Reading:
    """One pass over a folder: what is plain text here, the rest in processes, results in the order of the files."""

    def __init__(
        self,
        limits: Limits,
        readers: Mapping[str, Format],
        cache: Path | None,
        workers: int,
        stop: Callable[[], bool],
        long: bool,
    ) -> None:
        self.readers = readers
        self.stop = stop
        self._limits = limits
        self._cache = cache
        self._workers = max(1, workers)
        self._long = long
        self._exits = ExitStack()
        self._processes: Processes | None = None
        self._used: set[Path] = set()

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *details: object) -> None:
        self._exits.close()

    def results(self, found: Iterable[Found | Skip]) -> Iterator[Document | Skip]:
        """Documents and skips of everything found. Members of a file come right after it."""
        left = iter(found)
        begun: deque[tuple[_Item, Ticket | None] | Skip] = deque()
        while True:
            while len(begun) < AHEAD and (item := next(left, None)) is not None:
                begun.append(item if isinstance(item, Skip) else self._begin(_Item(item, item.source)))
            if not begun or self.stop():
                return
            head = begun.popleft()
            if isinstance(head, Skip):
                yield head
                continue
            members, source = [], head[0].source
            for result in self._of(*head):
                if isinstance(result, Member):
                    members.append(result)
                    continue
                put_at(source, result)
                yield result if self._long or isinstance(result, Skip) else result.whole()
            begun.extendleft([self._begin(self._inside(head[0], member), first=True) for member in reversed(members)])

    def forget_the_rest(self) -> None:
        """Remove what is kept of files that were not met."""
        if self._cache is not None and self._cache.is_dir():
            keep_only(self._cache, self._used)

    def _inside(self, item: _Item, member: Member) -> _Item:
        return _Item(item.file, f"{item.source}/{member.name}", (*item.chain, (self._format(item), member)))

    def _begin(self, item: _Item, *, first: bool = False) -> tuple[_Item, Ticket | None] | Skip:
        """Have an item read by a process, if that is how it is read."""
        suffix = _suffix(item.source)
        if suffix not in self.readers:
            what = f"{suffix} is not supported" if suffix else "a file without a suffix is not supported"
            return Skip(item.source, what)
        if len(item.chain) > self._limits.max_depth:
            return Skip(item.source, f"it lies deeper than {self._limits.max_depth} archives in one another")
        kind = self._format(item)
        if not kind.isolated and not item.chain:
            return item, None
        return item, self._started().submit(Task(item.file.path, kind, item.chain), first=first)

    def _format(self, item: _Item) -> Format:
        return self.readers[_suffix(item.source)]

    def _started(self) -> Processes:
        if self._processes is None:
            folder = self._cache or Path(self._exits.enter_context(tempfile.TemporaryDirectory(prefix="millrace-")))
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as exc:
                raise MillraceError(
                    f"{folder} cannot be made: {exc.strerror}", hint="check its permissions, or name another folder"
                ) from exc
            self._processes = self._exits.enter_context(Processes(folder, self._limits, self._workers))
        return self._processes

    def _of(self, item: _Item, ticket: Ticket | None) -> Iterator[Result]:
        if ticket is not None:
            yield from ticket.wait(self.stop)
            self._used |= {ticket.results} if ticket.results else set()
            return
        try:
            with item.file.path.open("rb") as file:
                kind = self._format(item)
                yield from kind.read(file, self._limits, *kind.arguments)
        except DocumentError as exc:
            yield Skip.because("", exc)
        except OSError as exc:
            yield Skip("", f"it cannot be read: {exc.strerror or exc}")


def _may_hold_several(source: str) -> bool:
    kind = READERS.get(_suffix(source))
    return kind is not None and (kind.records or kind.open is not None)


def _suffix(source: str) -> str:
    return PurePosixPath(source).suffix.lower()


def _inventory(found: Iterable[Found | Skip]) -> str:
    counts = Counter(_suffix(item.source) or "no suffix" for item in found)
    return f"found {_counts(counts)}" if counts else "the folder is empty"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in counter.most_common(12))


def _supported(readers: Mapping[str, Format]) -> str:
    told = [suffix for suffix in WELL_KNOWN if suffix in readers]
    return f"what is read: {', '.join(told)} and {len(readers) - len(told)} more; docs/documents.md names all"
