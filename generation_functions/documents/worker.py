"""The process that parses: one document after another, each within its limits, until its input ends.

A request is a JSON line on standard input, an answer a JSON line on standard output; results go to the file that the
request names. What kills this process (a crash in a library, the alarm) costs the document in hand and no other.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from generation_functions.documents import child
from generation_functions.documents.document import Document, Limits, Member, Result, Skip, size_label
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.format import function_at
from generation_functions.documents.long_document import LongDocument
from generation_functions.documents.results import write_results
from generation_functions.errors import DocumentError

MEMORY, DISK, DONE = "memory", "disk", "done"


def main() -> int:
    """Serve requests. Ends with its input, or after a request that ran out of memory."""
    answers = child.begin()
    files = _OpenFiles()
    for line in sys.stdin.buffer:
        answer = _serve(json.loads(line), files)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if answer["status"] == MEMORY:
            return 1
    return 0


def _serve(request: dict[str, Any], files: _OpenFiles) -> dict[str, str]:
    limits = Limits(**request["limits"])
    unfinished, finished = Path(request["unfinished"]), Path(request["finished"])
    _bound(limits)
    try:
        _read_to(unfinished, request, files, limits)
        unfinished.replace(finished)
    except MemoryError:
        return {"status": MEMORY}
    except OSError as exc:
        return {"status": DISK, "reason": exc.strerror or str(exc)}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {"status": DONE}


def _bound(limits: Limits) -> None:
    """Memory by the kernel's count of address space, time by an alarm that no hang can put off."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = limits.max_memory if hard == resource.RLIM_INFINITY else min(limits.max_memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)


def _read_to(path: Path, request: dict[str, Any], files: _OpenFiles, limits: Limits) -> None:
    try:
        write_results(path, _results(request, files, limits), limits)
    except DocumentError as exc:
        write_results(path, [Skip.because("", exc)], limits)


def _results(request: dict[str, Any], files: _OpenFiles, limits: Limits) -> Iterator[Result]:
    """The reader's results; whatever a parser raises over a document is that document's fault."""
    try:
        read = function_at(request["read"])
        for result in read(files.open(request, limits), limits, *request["arguments"]):
            yield _clean(result)
    except (DocumentError, MemoryError):
        raise
    except OSError as exc:
        raise DocumentError(f"it cannot be read: {exc.strerror or exc}") from exc
    except Exception as exc:
        if "memory" in str(exc).lower() and not isinstance(exc, RecursionError):
            raise MemoryError from exc
        raise DocumentError(f"damaged, or not what its name says: {_told(exc)}") from exc


def _clean(result: Result) -> Result:
    """Text as documents promise it; readers give clean text with pages, whose offsets stay right, and in parts."""
    if isinstance(result, Document) and not isinstance(result, LongDocument) and not result.pages:
        text = clean_text(result.text)
        return result if text is result.text else Document(result.source, text, result.record, result.metadata)
    return result


def _told(exc: Exception) -> str:
    text = " ".join(str(exc).split())
    return clean_text(f"{type(exc).__name__}: {text[:200]}" if text else type(exc).__name__)


class _OpenFiles:
    """The file read last stays open: the members of one archive come one after another."""

    def __init__(self) -> None:
        self._at: tuple[Any, ...] = ()
        self._file: BinaryIO | None = None

    def open(self, request: dict[str, Any], limits: Limits) -> BinaryIO:
        """The file a request is about, or the member of it."""
        path, chain = os.fsdecode(bytes.fromhex(request["path"])), request["chain"]
        if not chain:
            return self._outer(path, [], limits)
        return self._member(self._outer(path, chain[:-1], limits), chain[-1], limits)

    def _outer(self, path: str, chain: list[list[Any]], limits: Limits) -> BinaryIO:
        at = (path, Path(path).stat().st_mtime_ns, json.dumps(chain))
        if self._file is not None and self._at != at:
            self._file.close()
            self._file = None
        if self._file is None:
            file: BinaryIO = Path(path).open("rb")  # noqa: SIM115  stays open for the members that follow
            for step in chain:
                file = self._member(file, step, limits)
            self._at, self._file = at, file
        self._file.seek(0)
        return self._file

    def _member(self, file: BinaryIO, step: list[Any], limits: Limits) -> BinaryIO:
        opener, name, index = step
        data = function_at(opener)(file, Member(name, index), limits)
        if len(data) > limits.max_bytes:
            raise DocumentError(f"larger than the limit of {size_label(limits.max_bytes)}")
        return io.BytesIO(data)


if __name__ == "__main__":
    sys.exit(main())
