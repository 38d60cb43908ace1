"""What of a web page is its content: the part it names as such, or what is left when everything around it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NEVER_TEXT = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "button", "select",
    "input", "textarea", "dialog", "nav", "menu", "audio", "video", "map",
)  # fmt: skip
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog", "alert"}
)
_NAMED_AROUND = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|side-?bar|breadcrumbs?|cookies?|consent|banner|footer|advert(?:isement)?s?|ads?|"
    r"share|sharing|social|related|comments?|newsletter|subscribe|popup|modal|skip-link|pagination|toolbar|promo|"
    r"toc|navbox|editsection|no-?print)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ENOUGH = 200
"""Characters that make a part count as the content it claims to be."""

_HIDDEN = "descendant-or-self::*[@style or @hidden or @aria-hidden]"
_AROUND = "descendant::*[@role or @class or @id or self::aside or self::footer or self::header or self::form]"
_TO_ITSELF = frozenset("¶#§🔗⚓")
"""What a heading's link to itself shows."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "dt")
_MAIN = "descendant-or-self::main[not(ancestor::main)] | descendant-or-self::*[@role = 'main']"
_ARTICLE = "descendant-or-self::article[not(ancestor::article)]"
FEWEST_LINKS = 4
"""Links that make a list of links."""

_LISTS = ("ul", "ol", "div")


class _Size(NamedTuple):
    """Characters of an element, how many links it has, and their characters."""

    length: int = 0
    links: int = 0
    linked: int = 0


def main_content(root: HtmlElement) -> HtmlElement:
    """The element that holds the content, everything else inside it removed. Changes the tree."""
    body = root.find("body")
    whole: HtmlElement = body if body is not None else root
    start = whole
    _unwrap_buttons(whole)
    _drop(list(whole.iter(*NEVER_TEXT)))
    _drop([link for link in whole.iter("a") if link.text in _TO_ITSELF and not len(link)])
    _drop([element for element in _found(_HIDDEN, whole) if _is_hidden(element)])
    sizes: dict[HtmlElement, _Size] = {}
    for path in (_MAIN, _ARTICLE):
        found = _found(path, whole)
        sizes = sizes or (_sizes(whole) if found else {})
        best = max(found, key=lambda element: sizes[element].length, default=None)
        # Of many articles none is the page; a short one is a teaser.
        if best is not None and sum(sizes[one].length for one in found) < sizes[best].length * 2 > _ENOUGH * 2:
            start = best
            break
    _drop_around(start, whole, sizes)
    _drop_links(start)
    return start


def _unwrap_buttons(whole: HtmlElement) -> None:
    """Headings that unfold what stands below them are buttons, and still its headings."""
    for button in list(whole.iter("button")):
        heading = next(button.iterancestors(*_HEADINGS), None)
        if heading is None:
            unfolds = next(button.iter(*_HEADINGS), None) is not None
        else:
            beside = heading.text_content().replace(button.text_content(), "", 1)
            unfolds = not beside.strip()
        if unfolds:
            button.drop_tag()


def _found(path: str, element: HtmlElement) -> list[HtmlElement]:
    found: list[HtmlElement] = _compiled(path)(element)
    return found


@cache
def _compiled(path: str) -> Callable[[HtmlElement], Any]:
    from lxml.etree import XPath

    compiled: Callable[[HtmlElement], Any] = XPath(path)
    return compiled


def _drop_around(start: HtmlElement, whole: HtmlElement, sizes: dict[HtmlElement, _Size]) -> None:
    """Remove what stands around content, but never most of a page: names of classes lie."""
    candidates = [element for element in _found(_AROUND, start) if _is_around(element)]
    if candidates:
        sizes = sizes or _sizes(whole)
        everything = max(sizes[whole].length, 1)
        _drop([element for element in candidates if sizes[element].length * 2 < everything])


def _drop_links(start: HtmlElement) -> None:
    """Remove lists that are nothing but short links: they lead elsewhere and say nothing. But never most of a page."""
    if len(list(islice(start.iter("a"), FEWEST_LINKS))) == FEWEST_LINKS:
        sizes = _sizes(start)
        everything = sizes[start].length
        lists = [element for element in start.iter(*_LISTS) if element is not start and _is_links(sizes[element])]
        _drop([element for element in lists if sizes[element].length * 2 < everything])


def _is_links(size: _Size) -> bool:
    return size.links >= FEWEST_LINKS and size.length < size.links * 40 and size.linked > size.length * 0.85


def _sizes(start: HtmlElement) -> dict[HtmlElement, _Size]:
    """The size of every element, in one pass, so that depth costs nothing."""
    from lxml.etree import iterwalk

    sizes: dict[HtmlElement, _Size] = {}
    begun: list[_Size] = []
    length = links = linked = 0
    for event, element in iterwalk(start, events=("start", "end")):
        if event == "start":
            begun.append(_Size(length, links, linked))
            text = element.text
        else:
            before = begun.pop()
            if element.tag == "a":
                links, linked = links + 1, linked + length - before.length
            sizes[element] = _Size(length - before.length, links - before.links, linked - before.linked)
            text = element.tail
        if text:
            length += len(text.strip())
    return sizes


def _is_around(element: HtmlElement) -> bool:
    if element.get("role") in _ROLES or element.tag in ("aside", "footer", "form"):
        return True
    if element.tag == "header":
        # The header of an article holds its title.
        return (
            not any(True for _ in element.iterancestors("article", "main")) and next(element.iter("h1"), None) is None
        )
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return _names_around(named) and element.tag not in ("body", "html", "p", "h1", "h2")


@lru_cache(4_096)
def _names_around(named: str) -> bool:
    """Pages give few names to many elements."""
    return _NAMED_AROUND.search(named) is not None


def _is_hidden(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or element.get("aria-hidden") == "true"


def _drop(elements: list[HtmlElement]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()
