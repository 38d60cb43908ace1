"""Words that no passage has, found by words spelt like them."""

from __future__ import annotations

import pytest

from generation.core_components.retrieval import Index, Passage
from generation.core_components.retrieval.spellings import Spellings

TEXTS = {
    "lock": "Leonardo invented the mitre gate of the lock. Der Mittellandkanal ist lang.",
    "day": "Friction slows the rotation of the Earth, and the day grows longer.",
    "tea": "Tea is dried and oxidised.",
}
INDEX = Index([Passage(key, text, language="en") for key, text in TEXTS.items()])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("inventors", "lock"), ("Mittellnadkanal", "lock"), ("more slowly", "day"), ("oxidation", "tea"),
        ("oxidatoin of tea", "tea"),
    ],
)  # fmt: skip
def test_an_unknown_word_finds_what_is_spelt_like_it(question: str, found: str) -> None:
    assert INDEX.search(question, 1)[0].passage.key == found


@pytest.mark.parametrize("question", ["quark", "xyz", "zzz qqq"])
def test_a_word_like_no_other_finds_nothing(question: str) -> None:
    assert INDEX.search(question, 1) == []


def test_a_known_word_brings_no_others() -> None:
    assert not INDEX.spellings.scores(INDEX._terms("tea", "en")).any()
    assert INDEX.spellings.alike("inventor")[0][0] == "invent"


def test_an_empty_index_knows_no_spelling() -> None:
    assert Spellings(Index([]).postings).alike("tea") == []
    assert Index([]).search("tea") == []
