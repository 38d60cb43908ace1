"""Parts that the sections of a page share: tables, legends, and a plot with its figures beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generation_functions.report.markup import Markup, Part, tag


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[Part]], *, numbers: Iterable[int] = ()) -> Markup:
    """A table with a caption. The columns of `numbers`, from 0, stand to the right; the first cell names its row."""
    right = set(numbers)

    def kind(column: int) -> str | None:
        return "n" if column in right else None

    heading = tag("tr", [tag("th", name, scope="col", class_=kind(at)) for at, name in enumerate(head)])
    body = [
        tag(
            "tr",
            [
                tag("th", breakable(cell), scope="row", class_=kind(at))
                if at == 0
                else tag("td", cell, class_=kind(at))
                for at, cell in enumerate(row)
            ],
        )
        for row in rows
    ]
    return tag("table", tag("caption", caption), tag("thead", heading), tag("tbody", body))


def breakable(cell: Part) -> Part:
    """A name that may break after an underscore, as step names must in a narrow table."""
    if not isinstance(cell, str) or isinstance(cell, Markup) or "_" not in cell:
        return cell
    return [[piece, tag("wbr")] for piece in cell.replace("_", "_\0").split("\0")]


def legend(entries: Iterable[tuple[str, str]]) -> Markup:
    """Names of colours: `(colour, name)`."""
    return tag(
        "ul",
        [tag("li", tag("span", class_=f"swatch {colour}", aria_hidden="true"), name) for colour, name in entries],
        class_="legend",
    )


def section(name: str, title: str, answer: Part, *parts: Part) -> Markup:
    """A question and, right below it, its answer in words."""
    return tag("section", tag("h2", title, id=f"{name}-heading"), tag("p", answer), parts,
               id=name, aria_labelledby=f"{name}-heading")  # fmt: skip


def beside(plot: Part, *figures: Part) -> Markup:
    """A plot and its figures, side by side where there is room."""
    return tag("div", tag("figure", plot), tag("div", figures), class_="beside")
