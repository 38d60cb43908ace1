"""Boilerplate is told by its form, in any script, and nothing else is taken for it."""

from pathlib import Path

import pytest
import yaml

from generation_functions.chunking import filter_boilerplate
from tests.languages.snippets import SNIPPETS

PAGES = yaml.safe_load(Path(__file__).with_name("pages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES["boilerplate"].values(), ids=PAGES["boilerplate"].keys())
def test_boilerplate_is_dropped_with_its_kind(page: dict[str, str]) -> None:
    assert filter_boilerplate({"text": page["text"], "headings": []}) == (False, page["kind"])


@pytest.mark.parametrize("text", PAGES["kept"].values(), ids=PAGES["kept"].keys())
def test_anything_else_is_kept(text: str) -> None:
    assert filter_boilerplate({"text": text, "headings": []}) is True


@pytest.mark.parametrize("language", SNIPPETS)
def test_prose_is_kept_in_every_language_whatever_it_stands_under(language: str) -> None:
    text = " ".join(SNIPPETS[language])
    for title in ("Contents", "Index", "References", "Copyright"):
        assert filter_boilerplate({"text": f"{text}\n\n{text}", "headings": [title]}) is True


def test_a_title_may_stand_in_the_chunk_before() -> None:
    text = "K. Weber: Häfen. Kiel 1987.\nL. Brandt: Boote. Husum 1992.\nM. Kühn: Stürme. Emden 2003."
    assert filter_boilerplate({"text": text}) is True
    assert filter_boilerplate({"text": text, "headings": ["Buch", "Literatur"]}) == (False, "bibliography")


def test_a_text_of_nothing_is_kept() -> None:
    assert filter_boilerplate({"text": ""}) is True
