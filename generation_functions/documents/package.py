"""Files that are ZIP packages inside (Word, slides, OpenDocument, e-books): their parts, within limits, as safe XML."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from generation_functions.documents.document import MEBIBYTE, Limits, size_label
from generation_functions.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import _Element

ENCRYPTED_OFFICE = b"\xd0\xcf\x11\xe0"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""What says again, for older programs, what stands beside it."""

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
"""Names of elements in Office's stricter form of the same formats."""


class Package:
    """An open package. Raises `DocumentError` for what is no package, is encrypted, or unpacks to too much."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.max_expanded
        if file.read(4) == ENCRYPTED_OFFICE:
            raise DocumentError("encrypted, or in the format of Office before 2007", hint="save it without a password")
        file.seek(0)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as exc:
            raise DocumentError(f"damaged, or not what its name says: {exc}") from exc
        self.names = frozenset(self._zip.namelist())

    def __enter__(self) -> Package:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._zip.close()

    def part(self, name: str) -> bytes:
        """The bytes of one part. Raises `DocumentError` when it is missing or too much."""
        try:
            info = self._zip.getinfo(name)
        except KeyError as exc:
            raise DocumentError(f"damaged: it has no {name}") from exc
        data = read_part(self._zip, info, self._limits, self._left)
        self._left -= len(data)
        return data

    def xml(self, name: str) -> _Element:
        """The root of one part."""
        data = self.part(name)
        if b"http://purl.oclc.org/ooxml/" in data[:4096]:
            data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)
        return parse_xml(data, name)

    def relations(self, part: str) -> dict[str, str]:
        """Office packages: the parts that a part refers to, by the reference's id; no links out of the package."""
        folder, name = posixpath.split(part)
        place = f"{folder}/_rels/{name}.rels"
        if place not in self.names:
            return {}
        return {
            str(link.get("Id")): posixpath.normpath(posixpath.join("/", folder, str(link.get("Target")))).lstrip("/")
            for link in self.xml(place)
            if link.get("TargetMode") != "External"
        }


def removed(root: _Element, *tags: str) -> None:
    """Take the elements of these names out of a tree, with all that is in them."""
    for element in list(root.iter(*tags)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def read_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, left: int) -> bytes:
    """What a compressed part unpacks to, never more than is left to unpack. Raises `DocumentError`."""
    if info.flag_bits & 1:
        raise DocumentError("encrypted: it needs a password", hint="save it without a password")
    refuse_bomb(info.file_size, info.compress_size, limits)
    if info.file_size > left:
        raise DocumentError(f"unpacks to more than the limit of {size_label(limits.max_expanded)}")
    try:
        with archive.open(info) as part:
            data = part.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as exc:
        raise DocumentError(f"damaged at {info.filename}: {exc}") from exc
    if len(data) > info.file_size:
        raise DocumentError(f"damaged: {info.filename} is larger than it says")
    return data


def refuse_bomb(size: int, packed: int, limits: Limits) -> None:
    """Raise `DocumentError` for a part that grows as no document does."""
    if size > MEBIBYTE and size > packed * limits.max_ratio:
        raise DocumentError(
            f"a compression bomb: {size_label(packed)} would unpack to {size_label(size)}",
            hint=f"at most {limits.max_ratio} times is allowed",
        )


def parse_xml(data: bytes, name: str) -> _Element:
    """The root of an XML text. Entities are refused, nothing outside it is loaded, depth is bounded by the parser."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as exc:
        if "memory" in str(exc).lower():
            raise MemoryError from exc
        raise DocumentError(f"damaged XML in {name}: {exc}") from exc
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise DocumentError(f"{name} declares XML entities, which no document of its kind needs")
    return root
