"""The page: one HTML file that needs no network, no script and no other file. The same figures give the same bytes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from generation_functions.report.elements import section
from generation_functions.report.figures import Figures, Finding
from generation_functions.report.markup import Markup, Part, joined, tag
from generation_functions.report.reading import Passage, Shown
from generation_functions.report.row_sections import (
    contamination_section,
    diversity_section,
    duplicates_section,
    languages_section,
    lengths_section,
    repetition_section,
)
from generation_functions.report.run_sections import sources_section, votes_section, yield_section
from generation_functions.report.scale import counted

GENERATOR = "Millrace data report"
_STYLE = Path(__file__).with_name("page.css")
_OPEN = 6
_LEVELS = {"warning": "Look at this", "note": "Note"}
_NAMES = {
    "read": "Rows to read", "yield": "Yield", "sources": "Sources", "lengths": "Lengths", "duplicates": "Duplicates",
    "repetition": "Repetition", "languages": "Languages", "diversity": "Diversity", "votes": "Votes",
    "contamination": "Contamination",
}  # fmt: skip


def page_of(figures: Figures, findings: Sequence[Finding]) -> str:
    """The whole page as HTML."""
    style = _STYLE.read_text(encoding="utf-8")
    sections = list(_sections(figures)) if figures.rows else [("read", _empty())]
    body = tag(
        "body",
        tag("a", "Skip to the findings", href="#findings", class_="skip"),
        _header(figures, [name for name, _ in sections]),
        tag("main", _findings(findings), [each for _, each in sections]),
        tag("footer", tag("p", _small_print(figures))),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=GENERATOR),
        tag("title", f"{figures.name}: data report"),
        tag("style", Markup(style)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _policy(style: str) -> str:
    # Nothing may load and nothing may run, whatever a row holds: only this very style sheet is let in.
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _sections(f: Figures) -> Iterator[tuple[str, Markup]]:
    yield "read", reading_section(f.sample, f.rows)
    if f.run and f.run.funnel:
        yield "yield", yield_section(f.run.funnel)
    if f.coverage:
        yield "sources", sources_section(f.coverage, f.rows)
    yield "lengths", lengths_section(f.lengths)
    yield "duplicates", duplicates_section(f.duplicates, f.quoted, f.rows)
    yield "repetition", repetition_section(f.questions, f.answers, f.phrases, f.rows)
    yield "languages", languages_section(f.languages)
    yield "diversity", diversity_section(f.diversity, f.rows)
    if f.run and f.run.agreements:
        yield "votes", votes_section(f.run.agreements)
    if f.contamination:
        yield "contamination", contamination_section(f.contamination, f.rows)


def _header(f: Figures, names: Sequence[str]) -> Markup:
    facts = [
        (f"{f.rows:,}", "row" if f.rows == 1 else "rows"),
        (f"{f.lengths.rows.total:,}", "tokens, estimated"),
        (f"{f.lengths.rows.median:,}", "tokens in the middle row"),
    ]
    if f.coverage:
        facts.append((f"{f.coverage.documents:,}", "document" if f.coverage.documents == 1 else "documents"))
    links = [tag("li", tag("a", _NAMES[name], href=f"#{name}")) for name in names]
    return tag(
        "header",
        tag("h1", f.name),
        tag("p", f"Data report on {f.origin}", class_="soft"),
        tag("p", tag("strong", "Always read your data before you train. "),
            tag("a", f"Begin with these {counted(len(f.sample), 'row')}.", href="#read"), class_="first"),
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for value, name in facts], class_="facts"),
        tag("nav", tag("ul", links), aria_label="Sections"),
    )  # fmt: skip


def _findings(findings: Sequence[Finding]) -> Markup:
    if not findings:
        answer = "Nothing stands out in the figures. They cannot tell whether the rows are right: read some."
        return section("findings", "Findings", answer)
    items = [
        tag("li", tag("span", _LEVELS[each.level], class_="level"), each.text, " ",
            tag("a", _link(each.section), href=f"#{each.section}"), class_=each.level)
        for each in findings
    ]  # fmt: skip
    return section("findings", "Findings", "What the figures say first.", tag("ul", items, class_="findings"))


def _link(name: str) -> str:
    return "Read some rows" if name == "read" else f"See {_NAMES[name].lower()}"


def reading_section(sample: Sequence[Shown], rows: int) -> Markup:
    """Rows to read."""
    drawn = f"{len(sample)} of {counted(rows, 'row')}, drawn at random" if len(sample) < rows else "All there are"
    answer = f"{drawn}. Would you want a model to answer like this?"
    if any(row.passage for row in sample):
        answer += " Open the source to see whether it says so."
    first = sample[:: max(1, len(sample) // _OPEN)]
    rest = [row for row in sample if row not in first]
    more = tag("details", tag("summary", f"Read the other {len(rest)}"), map(_article, rest), class_="more")
    return section("read", "Read these rows", answer, map(_article, first), more if rest else None)


def _article(row: Shown) -> Markup:
    turns = [
        tag("div", tag("div", turn.role, class_="role"),
            tag("div", turn.text, class_=f"said {turn.role if turn.role in ('system', 'rejected') else ''}".strip(),
                dir="auto"), class_="turn")
        for turn in row.turns
    ]  # fmt: skip
    return tag(
        "article",
        tag("h3", tag("b", f"Row {row.number:,}"), f" · {row.place}" if row.place else None),
        turns,
        tag("p", f"{row.cut:,} more characters are not shown.", class_="soft") if row.cut else None,
        _source(row.passage, is_text=all(turn.role == "text" for turn in row.turns)) if row.passage else None,
    )


def _source(passage: Passage, *, is_text: bool) -> Markup:
    """A row's source, folded. A plain text is made of many sentences of it, so that none is missed."""
    marked = tag("mark", passage.middle) if passage.middle else None
    cut = f"{passage.cut:,} characters around it are not shown." if passage.cut else None
    told = "Source" if passage.middle or is_text else "Source (no sentence of it is close to the answer)"
    parts: list[Part] = [passage.before, marked, passage.after]
    return tag("details", tag("summary", told), tag("blockquote", joined(parts), dir="auto"),
               tag("p", cut, class_="soft") if cut else None)  # fmt: skip


def _empty() -> Markup:
    return section("read", "There is no row to read", "The dataset is empty, so there is nothing to measure.")


def _small_print(f: Figures) -> str:
    return (
        f"Made by Millrace from {counted(f.rows, 'row')}; samples are drawn with seed {f.seed}. "
        "This file needs no network and runs no script. The same figures are in the JSON file beside it."
    )
