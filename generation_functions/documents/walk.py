"""Finding the files of an input folder: in one order on every machine, each real file once, never outside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generation_functions.documents.document import Skip


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file to read. `source` is its path relative to the folder, POSIX, always valid UTF-8."""

    path: Path
    source: str


def walk(folder: Path) -> Iterator[Found | Skip]:
    """Every visible file under `folder`, sorted by path, code point by code point.

    Hidden files and folders are left out silently. What cannot be read is a `Skip`: special files, folders without
    permission, links that lead out of the folder or to what is read anyway.
    """
    walker = _Walker(folder)
    walker.visit(folder)
    walker.follow_links()
    yield from (item for _, item in sorted(walker.items.items()))


def source_of(path: Path, folder: Path) -> str:
    """The path below `folder`, `/` between its parts; bytes that are not UTF-8 are shown as `\\xff`."""
    relative = path.relative_to(folder).as_posix()
    return os.fsencode(relative).decode("utf-8", "backslashreplace")


class _Walker:
    """Real files first, links after them, so that a file is known by its own name whatever links to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.real_folder = Path(os.path.realpath(folder))
        self.items: dict[tuple[bytes, ...], Found | Skip] = {}
        self.links: list[Path] = []
        self.seen: dict[tuple[int, int], str] = {}

    def visit(self, start: Path) -> None:
        """Take in a folder and what is below it; a stack, not recursion, so depth is no danger."""
        stack = [start]
        while stack:
            folder = stack.pop()
            try:
                if self._is_known(folder.stat(), folder):
                    continue
                names = sorted((entry.name for entry in folder.iterdir()), key=os.fsencode)
            except OSError as exc:
                self._skip(folder, f"the folder cannot be read: {exc.strerror}")
                continue
            entries = [folder / name for name in names if not name.startswith(".")]
            stack += reversed([entry for entry in entries if self._take(entry)])

    def _take(self, path: Path) -> bool:
        """Record one entry; true for a folder, which is still to be visited."""
        try:
            status = path.lstat()
        except OSError as exc:
            self._skip(path, f"it cannot be read: {exc.strerror}")
            return False
        if stat.S_ISLNK(status.st_mode):
            self.links.append(path)
        elif stat.S_ISREG(status.st_mode):
            self._take_file(path, status)
        elif not stat.S_ISDIR(status.st_mode):
            self._skip(path, f"not a regular file but a {_kind(status.st_mode)}")
        return stat.S_ISDIR(status.st_mode)

    def _take_file(self, path: Path, status: os.stat_result) -> None:
        if not self._is_known(status, path):
            self.items[_order(path, self.folder)] = Found(path, source_of(path, self.folder))

    def _is_known(self, status: os.stat_result, path: Path) -> bool:
        """Whether this very file or folder was met before, under any name; then it is skipped."""
        identity = (status.st_dev, status.st_ino)
        source = source_of(path, self.folder)
        first = self.seen.setdefault(identity, source)
        if first != source:
            self._skip(path, f"the same as {'the input folder' if first == '.' else first}, which is read once")
        return first != source

    def follow_links(self) -> None:
        """Links are followed where they stay inside the folder and lead to something not read yet."""
        while self.links:
            links, self.links = sorted(self.links, key=lambda path: _order(path, self.folder)), []
            for link in links:
                self._follow(link)

    def _follow(self, link: Path) -> None:
        target = Path(os.path.realpath(link))
        if not target.is_relative_to(self.real_folder):
            self._skip(link, "a link that leaves the input folder")
            return
        try:
            status = link.stat()
        except OSError as exc:
            self._skip(link, f"a link that leads nowhere: {exc.strerror}")
            return
        if stat.S_ISDIR(status.st_mode):
            self.visit(link)
        elif stat.S_ISREG(status.st_mode):
            self._take_file(link, status)
        else:
            self._skip(link, f"a link to a {_kind(status.st_mode)}")

    def _skip(self, path: Path, reason: str) -> None:
        self.items[_order(path, self.folder)] = Skip(source_of(path, self.folder), reason)


def _order(path: Path, folder: Path) -> tuple[bytes, ...]:
    return tuple(os.fsencode(part) for part in path.relative_to(folder).parts)


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISCHR, "device"), (stat.S_ISBLK, "device"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "special file")
