"""What of a web page is its content: the part it names as such, or what is left when everything around it is gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NEVER_TEXT = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed", "form", "button", "select",
    "input", "textarea", "dialog", "nav", "menu", "audio", "video", "map",
)  # fmt: skip
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar", "dialog", "alert"}
)
_NAMED_AROUND = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|side-?bar|breadcrumbs?|cookies?|consent|banner|footer|advert(?:isement)?s?|ads?|"
    r"share|sharing|social|related|comments?|newsletter|subscribe|popup|modal|skip-link|pagination|toolbar|promo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ENOUGH = 200
"""Characters that make a part count as the content it claims to be."""

_HIDDEN = "descendant-or-self::*[@style or @hidden or @aria-hidden]"
_AROUND = "descendant::*[@role or @class or @id or self::aside or self::footer or self::header]"
_MAIN = "descendant-or-self::main[not(ancestor::main)] | descendant-or-self::*[@role = 'main']"
_ARTICLE = "descendant-or-self::article[not(ancestor::article)]"
_OF_LINKS = "descendant::*[self::ul or self::ol or self::div][count(descendant::a) > 3]"


def main_content(root: HtmlElement) -> HtmlElement:
    """The element that holds the content, everything else inside it removed. Changes the tree."""
    body = root.find("body")
    whole: HtmlElement = body if body is not None else root
    start = whole
    _drop(list(whole.iter(*NEVER_TEXT)))
    _drop([element for element in _found(_HIDDEN, whole) if _is_hidden(element)])
    for path in (_MAIN, _ARTICLE):
        lengths = {element: _length(element) for element in _found(path, whole)}
        best = max(lengths, key=lengths.__getitem__, default=None)
        # Of many articles none is the page; a short one is a teaser.
        if best is not None and lengths[best] > _ENOUGH and lengths[best] * 2 > sum(lengths.values()):
            start = best
            break
    _drop_around(start, whole)
    return start


def _found(path: str, element: HtmlElement) -> list[HtmlElement]:
    found: list[HtmlElement] = _compiled(path)(element)
    return found


@cache
def _compiled(path: str) -> Callable[[HtmlElement], Any]:
    from lxml.etree import XPath

    return XPath(path)


def _drop_around(start: HtmlElement, whole: HtmlElement) -> None:
    """Remove what stands around content, but never most of a page: names of classes lie."""
    candidates = [element for element in _found(_AROUND, start) if _is_around(element)]
    if candidates:
        everything = max(_length(whole), 1)
        _drop([element for element in candidates if _length(element) * 2 < everything])
    _drop([element for element in _found(_OF_LINKS, start) if _is_links(element)])


def _is_around(element: HtmlElement) -> bool:
    if element.get("role") in _ROLES or element.tag in ("aside", "footer"):
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


def _is_links(element: HtmlElement) -> bool:
    """A list that is nothing but short links leads elsewhere and says nothing."""
    links = list(element.iter("a"))
    length = _length(element)
    return length < len(links) * 40 and sum(map(_length, links)) > length * 0.85


def _length(element: HtmlElement) -> int:
    return sum(map(len, map(str.strip, element.itertext())))


def _drop(elements: list[HtmlElement]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()
