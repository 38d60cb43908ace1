"""Formulas of Office documents (OMML), written as one line of TeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FORMULA = f"{M}oMath"
_SCRIPTS = {"sSup": ("", "sup"), "sSub": ("sub", ""), "sSubSup": ("sub", "sup"), "nary": ("sub", "sup")}
_BELOW = {"limLow": "_", "limUpp": "^"}


def formula(element: _Element) -> str:
    """The formula between dollar signs; empty for one that says nothing."""
    said = " ".join(_said(element).split())
    return f"${said}$" if said else ""


def _said(element: _Element) -> str:
    kind = str(element.tag).removeprefix(M)
    if kind == "t":
        return element.text or ""
    if kind == "f":
        return rf"\frac{{{_part(element, 'num')}}}{{{_part(element, 'den')}}}"
    if kind == "rad":
        degree = _part(element, "deg")
        return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_part(element, 'e')}}}"
    if kind == "d":
        between = _value(element, "dPr/{0}sepChr", "|")
        inside = between.join(map(_inside, element.iterchildren(f"{M}e")))
        return f"{_value(element, 'dPr/{0}begChr', '(')}{inside}{_value(element, 'dPr/{0}endChr', ')')}"
    if kind in _SCRIPTS:
        below, above = _SCRIPTS[kind]
        base = _part(element, "e")
        scripts = _script("_", _part(element, below)) + _script("^", _part(element, above))
        return f"{_value(element, 'naryPr/{0}chr', '∫')}{scripts} {base}" if kind == "nary" else base + scripts
    if kind in _BELOW:
        return _part(element, "e") + _script(_BELOW[kind], _part(element, "lim"))
    if kind == "m":
        rows = (" & ".join(map(_inside, row.iterchildren(f"{M}e"))) for row in element.iterchildren(f"{M}mr"))
        return r"\begin{matrix} " + r" \\ ".join(rows) + r" \end{matrix}"
    return _inside(element)


def _inside(element: _Element) -> str:
    return "".join(map(_said, element))


def _part(element: _Element, name: str) -> str:
    found = element.find(f"{M}{name}") if name else None
    return _inside(found).strip() if found is not None else ""


def _script(mark: str, text: str) -> str:
    return f"{mark}{text if len(text) == 1 else f'{{{text}}}'}" if text else ""


def _value(element: _Element, path: str, usual: str) -> str:
    found = element.find(f"{M}{path.format(M)}")
    return str(found.get(f"{M}val", "")) if found is not None else usual
