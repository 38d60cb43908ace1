"""Readers that do what broken parsers do: hang, crash, eat memory, say too much, print, raise."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from generation_functions.documents.document import Document, Limits
from generation_functions.documents.format import Format


def hang(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Never ends."""
    while True:
        time.sleep(1)
    yield Document("", "never")


def crash(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Reads where nothing is."""
    yield Document("", ctypes.string_at(1).decode())


def gorge(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Takes all the memory there is."""
    held = [bytearray(16 << 20)]
    while True:
        held.append(bytearray(16 << 20))
    yield Document("", "never")


def babble(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Says more than anyone can read."""
    while True:
        yield Document("", "and so on " * 10_000)


def leave(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Ends its process."""
    os._exit(7)
    yield Document("", "never")


def stumble(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Raises what no one expects, after printing."""
    print("noise on standard output")
    yield Document("", "a beginning")
    raise ZeroDivisionError("by nothing")


def count(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Tells who read it, and in what."""
    yield Document("", f"{file.read().decode()} by {os.getpid()}", metadata={"keys": sorted(os.environ)})


def meet(file: BinaryIO, limits: Limits) -> Iterator[Document]:
    """Waits at a named pipe until the reader of the file at its other end has come, too."""
    pipe, mode = file.read().decode().split("\n")
    with Path(pipe).open(mode):
        yield Document("", "met")


HOSTILE = {
    f".{reader.__name__}": Format(reader.__name__, reader)
    for reader in (hang, crash, gorge, babble, leave, stumble, count, meet)
}
