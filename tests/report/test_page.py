"""The page: whole, safe whatever the rows hold, and the same every time."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.report import HeldOut, Question, findings_of, page_of
from generation_functions.report.entry import Turn
from generation_functions.report.markup import Markup, joined, safe, tag
from generation_functions.report.reading import Passage, Shown
from tests.report.rows import HOSTILE, conversation, figures_of, good_rows
from tests.report.test_run_figures import surveyed

VOID = {"meta", "wbr"}


@dataclass
class Read(HTMLParser):
    """A page's tags, ids, links and text; an unbalanced page is an error."""

    tags: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    text: str = ""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(name)
        found = dict(attributes)
        self.attributes |= found.keys()
        self.ids += [value for key, value in attributes if key == "id" and value]
        self.named += (found.get("aria-labelledby") or "").split()
        self.links += [value for key, value in attributes if key in ("href", "src") and value]
        if name not in VOID:
            self._open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop() == name

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Read:
    found = Read()
    found.feed(page)
    found.close()
    assert found._open == []
    return found


def page_with(folder: Path, rows: list[dict[str, Any]], question: Question | None = None) -> str:
    figures = figures_of(folder, rows, question)
    return page_of(figures, findings_of(figures))


def hostile_rows() -> list[dict[str, Any]]:
    rows = [conversation(f"{HOSTILE} {n}?", f"{HOSTILE} x{n % 3}", source=HOSTILE, language=HOSTILE) for n in range(40)]
    return [*rows, {HOSTILE: HOSTILE}, {"messages": [{"role": HOSTILE, "content": HOSTILE}]}]


def test_no_text_of_a_row_becomes_markup(tmp_path: Path) -> None:
    question = Question(held_out=HeldOut([f"{HOSTILE} {n}" for n in range(9)]), held_out_file=HOSTILE)
    page = page_with(tmp_path, hostile_rows(), question)
    found = read(page)
    assert not {"script", "img", "iframe", "object", "link"} & set(found.tags)
    assert not [name for name in found.attributes if name.startswith("on")]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", page)
    assert '<script>alert("x")</script>' in found.text
    assert "\\u202e" in found.text


async def test_what_a_run_and_its_documents_hold_is_escaped_too(tmp_path: Path) -> None:
    names = ("<img src=x onerror=alert(1)>.txt", "<img src=y>.txt", "<img src=z>.zzz")
    figures = await surveyed(tmp_path, dict(zip(names, (HOSTILE, f"DULL {HOSTILE}", HOSTILE), strict=True)))
    found = read(page_of(figures, findings_of(figures)))
    assert "img" not in found.tags
    assert {"yield", "sources", "votes"} <= set(found.ids)
    assert all(name in found.text for name in names)


def test_a_page_needs_nothing_but_itself(tmp_path: Path) -> None:
    page = page_with(tmp_path, good_rows(60))
    found = read(page)
    assert all(link.startswith("#") for link in found.links)
    assert "style" not in found.attributes
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src &#x27;none&#x27;" in page


@pytest.mark.parametrize(
    "rows", [[], good_rows(1), good_rows(60), hostile_rows()], ids=["none", "one", "many", "hostile"]
)
def test_links_and_names_lead_somewhere_and_headings_come_in_order(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    found = read(page_with(tmp_path, rows))
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)
    assert set(found.named) <= set(found.ids)
    levels = [int(name[1]) for name in found.tags if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_plot_has_a_title_a_description_and_a_table(tmp_path: Path) -> None:
    page = page_with(tmp_path, [*good_rows(60), *good_rows(3)])
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) >= 5
    for plot in plots:
        assert re.match(r"<svg[^>]* role=\"img\" aria-labelledby=[^>]*><title id=[^>]*>[^<]+\?</title><desc", plot)
    sections = [part for part in page.split("<section") if "<svg" in part]
    assert all("<table" in part for part in sections)


def test_the_first_thought_and_the_findings_come_before_all_figures(tmp_path: Path) -> None:
    text = read(page_with(tmp_path, good_rows(60))).text
    places = [text.index(words) for words in (
        "Always read your data before you train.", "Nothing stands out in the figures.", "Read these rows",
        "Do the rows fit into 2,048 tokens?",
    )]  # fmt: skip
    assert places == sorted(places)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from generation_functions.report import *;"
        "figures = survey(FileRows(Path(sys.argv[1])), Question());"
        "sys.stdout.buffer.write(page_of(figures, findings_of(figures)).encode())"
    )
    page = page_with(tmp_path, good_rows(60))
    for seed in ("1", "2"):
        again = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "data.jsonl")], capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[2],
        ).stdout  # fmt: skip
        assert again.decode() == page


@settings(deadline=None)
@given(st.text())
def test_safe_text_is_the_text_and_nothing_else(text: str) -> None:
    made = safe(text)
    assert not re.search(r"[<>\"']", made)
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)
    if plain == text and text.isascii():
        assert read(f"<p>{made}</p>").text == text


def test_markup_is_put_together_from_parts() -> None:
    made = tag("p", "a<b", [tag("b", 2), None, 1.50], class_="x", aria_label='"', id=None)
    assert made == '<p class="x" aria-label="&quot;">a&lt;b<b>2</b>1.5</p>'
    assert joined(["<", Markup("<hr>")]) == "&lt;<hr>"


@pytest.mark.skipif(
    shutil.which("chromium") is None, reason="no browser here: 'apt-get install chromium' makes this test run"
)
def test_a_browser_shows_it_without_complaint_at_the_width_of_a_telephone(tmp_path: Path) -> None:
    question = Question(held_out=HeldOut([HOSTILE * 3]), held_out_file="held-out")
    page = page_with(tmp_path, [*good_rows(90), *hostile_rows()], question)
    # The measuring page may run a script; the report, in a frame as wide as a telephone, may not.
    (tmp_path / "report.html").write_text(page)
    (tmp_path / "measure.html").write_text(
        "<!doctype html><iframe id=f src=report.html style='width:390px;height:900px;border:0'></iframe><p id=said></p>"
        "<script>document.getElementById('f').onload = e => { const d = e.target.contentDocument.documentElement;"
        "const styled = e.target.contentWindow.getComputedStyle(d.querySelector('main')).maxWidth;"
        "document.getElementById('said').textContent = `over ${d.scrollWidth - d.clientWidth}"
        " scripts ${d.ownerDocument.scripts.length} main ${styled}`; }</script>"
    )
    dumped = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         "--virtual-time-budget=5000", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom",
         (tmp_path / "measure.html").as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert "over 0 scripts 0 main 1020px" in dumped.stdout


@pytest.mark.parametrize(("role", "told"), [("assistant", True), ("text", False)])
def test_only_of_an_answer_it_is_told_that_no_sentence_is_close(tmp_path: Path, role: str, told: bool) -> None:
    row = Shown(1, "", "", (Turn(role, "What is said."),), 0, Passage("The source.", "", "", 0))
    page = page_of(replace(figures_of(tmp_path, good_rows(3)), sample=(row,)), [])
    assert ("no sentence of it is close" in page) is told
    assert "The source." in page
