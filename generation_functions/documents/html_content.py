"""What of a web page is its content: the part it names as such, or what is left when everything around it is gone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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


def main_content(root: HtmlElement) -> HtmlElement:
    """The element that holds the content, everything else inside it removed. Changes the tree."""
    body = root.find("body")
    start: HtmlElement = body if body is not None else root
    _drop(list(start.iter(*NEVER_TEXT)))
    _drop([element for element in start.iter("*") if _is_hidden(element)])
    everything = _length(start)
    for tag in ("main", "article"):
        found = [element for element in start.iter(tag) if not any(True for _ in element.iterancestors(tag))]
        found += [element for element in start.iter("*") if tag == "main" and element.get("role") == "main"]
        best = max(found, key=_length, default=None)
        # Of many articles none is the page; a short one is a teaser.
        if best is not None and _length(best) > _ENOUGH and _length(best) * 2 > sum(map(_length, found)):
            start = best
            break
    _drop_around(start, everything)
    return start


def _drop_around(start: HtmlElement, everything: int) -> None:
    """Remove what stands around content, but never most of a page: names of classes lie."""
    candidates = [element for element in start.iter("*") if element is not start and _is_around(element)]
    _drop([element for element in candidates if _length(element) * 2 < max(everything, 1)])
    lists = [element for element in start.iter("ul", "ol", "div") if element is not start and _is_links(element)]
    _drop(lists)


def _is_around(element: HtmlElement) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.get("role") in _ROLES or element.tag in ("aside", "footer"):
        return True
    if element.tag == "header":
        # The header of an article holds its title.
        return (
            not any(True for _ in element.iterancestors("article", "main")) and next(element.iter("h1"), None) is None
        )
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(named.strip() and _NAMED_AROUND.search(named)) and element.tag not in ("body", "html", "p", "h1", "h2")


def _is_hidden(element: HtmlElement) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or element.get("aria-hidden") == "true"


def _is_links(element: HtmlElement) -> bool:
    """A list that is nothing but short links leads elsewhere and says nothing."""
    links = list(element.iter("a"))
    if len(links) < 4:
        return False
    length = _length(element)
    linked = sum(map(_length, links))
    return linked > length * 0.85 and length < len(links) * 40


def _length(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in element.itertext() if isinstance(text, str))


def _drop(elements: list[HtmlElement]) -> None:
    for element in elements:
        if element.getparent() is not None:
            element.drop_tree()
