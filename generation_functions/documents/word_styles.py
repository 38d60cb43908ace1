"""What a Word document's styles and lists say of its paragraphs: headings, lists, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation_functions.documents.package import Package

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_STYLE = re.compile(r"(?:heading|überschrift|titre|título|заголовок|标题)\s*(\d)", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list (?:bullet|number) (\d)", re.IGNORECASE)
_OUTLINE = "012345678"


@dataclass(frozen=True)
class ListPlace:
    """Which list an item is of, which level of the list, and how deep it stands."""

    identity: str
    level: str
    depth: int


@dataclass(frozen=True)
class Styles:
    """What paragraphs are told apart by.

    levels    heading level by style.
    places    list by style, for styles that make a list's items.
    numbered  the `(list, level)` pairs that count, where others have bullets.
    """

    levels: dict[str, int]
    places: dict[str, ListPlace]
    numbered: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, package: Package) -> Styles:
        """The styles of one document; a style has what it does not say itself from the one it is based on."""
        found = {str(style.get(f"{W}styleId")): style for style in _all(package, "word/styles.xml", "style")}
        levels: dict[str, int] = {}
        places: dict[str, ListPlace] = {}
        for identity in found:
            for style in _lineage(found, identity):
                if identity not in levels and (level := _level(style)):
                    levels[identity] = level
                if identity not in places and (place := list_place(style.find(f"{W}pPr"), _depth(style))):
                    places[identity] = place
        known = {identity: level for identity, level in levels.items() if level <= 6}
        return cls(known, places, _numbered(package))

    def level(self, properties: _Element | None) -> int:
        """The level of the heading that a paragraph is; 0 for running text."""
        if properties is None:
            return 0
        outline = properties.find(f"{W}outlineLvl")
        if outline is not None and str(outline.get(f"{W}val")) in "012345":
            return int(str(outline.get(f"{W}val"))) + 1
        return self.levels.get(_style(properties), 0)

    def place(self, properties: _Element | None) -> ListPlace | None:
        """The list that a paragraph is an item of, by itself or by its style."""
        place = list_place(properties)
        if place is None and properties is not None and self.places:
            place = self.places.get(_style(properties))
        return None if place is None or place.identity == "0" or self.level(properties) else place


def list_place(properties: _Element | None, depth: int | None = None) -> ListPlace | None:
    """The list that properties name; list 0 is none, and takes away what a style gives."""
    listed = properties.find(f"{W}numPr") if properties is not None else None
    if listed is None:
        return None
    number, level = listed.find(f"{W}numId"), listed.find(f"{W}ilvl")
    identity = str(number.get(f"{W}val")) if number is not None else "0"
    given = str(level.get(f"{W}val")) if level is not None else "0"
    told = int(given) if given in _OUTLINE else 0
    return ListPlace(identity, given, told if depth is None else max(told, depth))


def _all(package: Package, part: str, tag: str) -> list[_Element]:
    return list(package.xml(part).iter(f"{W}{tag}")) if part in package.names else []


def _style(properties: _Element) -> str:
    style = properties.find(f"{W}pStyle")
    return str(style.get(f"{W}val")) if style is not None else ""


def _lineage(found: dict[str, _Element], identity: str) -> Iterator[_Element]:
    """A style, then what it is based on; each once, whatever a broken file says."""
    seen: set[str] = set()
    while identity in found and identity not in seen:
        seen.add(identity)
        yield found[identity]
        based = found[identity].find(f"{W}basedOn")
        identity = str(based.get(f"{W}val")) if based is not None else ""


def _name(style: _Element) -> str:
    name = style.find(f"{W}name")
    return str(name.get(f"{W}val")) if name is not None else str(style.get(f"{W}styleId"))


def _level(style: _Element) -> int:
    """Heading level: as the style says, or as its name does; `Title` stands above all."""
    outline = style.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None and str(outline.get(f"{W}val")) in _OUTLINE:
        return int(str(outline.get(f"{W}val"))) + 1
    if match := _HEADING_STYLE.fullmatch(_name(style)):
        return int(match[1])
    return 1 if _name(style).lower() == "title" else 0


def _depth(style: _Element) -> int:
    """How deep the items of a list's style stand: `List Bullet 2` is a list of its own."""
    match = _LIST_STYLE.fullmatch(_name(style))
    return int(match[1]) - 1 if match else 0


def _numbered(package: Package) -> frozenset[tuple[str, str]]:
    if "word/numbering.xml" not in package.names:
        return frozenset()
    root = package.xml("word/numbering.xml")
    formats = {
        (definition.get(f"{W}abstractNumId"), level.get(f"{W}ilvl")): found.get(f"{W}val")
        for definition in root.iter(f"{W}abstractNum")
        for level in definition.iter(f"{W}lvl")
        if (found := level.find(f"{W}numFmt")) is not None
    }
    counted = set()
    for number in root.iter(f"{W}num"):
        link = number.find(f"{W}abstractNumId")
        for (definition, depth), kind in formats.items():
            if link is not None and definition == link.get(f"{W}val") and kind not in ("bullet", "none"):
                counted.add((str(number.get(f"{W}numId")), str(depth)))
    return frozenset(counted)
