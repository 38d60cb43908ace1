"""Archives (ZIP): what they hold, each member read by the reader for its own name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from generation_functions.documents.document import Limits, Member, Skip, size_label
from generation_functions.documents.encoding import clean_text
from generation_functions.documents.package import read_part
from generation_functions.errors import DocumentError

_DRIVE = re.compile(r"[A-Za-z]:")
_last: list[tuple[BinaryIO, zipfile.ZipFile]] = []
"""The archive opened last: its members come one after another, and its list of them is long to read."""


def read_zip(file: BinaryIO, limits: Limits) -> Iterator[Member | Skip]:
    """Its files, in the order of their names; hidden ones left out. Nothing is unpacked to disk."""
    infos = _opened(file).infolist()
    if len(infos) > limits.max_members:
        raise DocumentError(f"it holds {len(infos)} files, more than the limit of {limits.max_members}")
    total = sum(info.file_size for info in infos)
    if total > limits.max_expanded:
        raise DocumentError(
            f"it would unpack to {size_label(total)}, more than the limit of {size_label(limits.max_expanded)}"
        )
    files = [(clean_text(info.filename), index) for index, info in enumerate(infos) if not info.is_dir()]
    if not files:
        raise DocumentError("empty")
    for name, index in sorted(files):
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if ".." in parts or name.startswith(("/", "\\")) or _DRIVE.match(name):
            yield Skip("", f"{name}: a name that leads out of the archive")
        elif "__MACOSX" not in parts and not any(part.startswith(".") for part in parts):
            yield Member("/".join(parts), index)


def open_member(file: BinaryIO, member: Member, limits: Limits) -> bytes:
    """What a member unpacks to. Raises `DocumentError` for an encrypted one, a damaged one and a bomb."""
    archive = _opened(file)
    return read_part(archive, archive.infolist()[member.index], limits, limits.max_bytes)


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    if _last and _last[0][0] is file:
        return _last[0][1]
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as exc:
        raise DocumentError(f"damaged, or not what its name says: {exc}") from exc
    _last[:] = [(file, archive)]
    return archive
