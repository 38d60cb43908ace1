"""What texts are found by, in scripts with and without spaces."""

from __future__ import annotations

from collections import Counter

import pytest

from generation.core_components.retrieval.terms import spoken_in, term_counts


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("Bees dance on the comb", "a dancing bee", "en"),
        ("Die Häuser am Kanal", "ein Haus an Kanälen", "de"),
        ("les abeilles dansent", "l'abeille danse", "fr"),
        ("蜜蜂在跳舞", "跳舞的蜜蜂", "zh"),
        ("ミツバチは踊る", "ミツバチ", "ja"),
        ("ผึ้งเต้นรำ", "ผึ้ง", "th"),
        ("मधुमक्खी नाचती है", "मधुमक्खी", "hi"),
        ("النَّحْلُ يَرقُص", "النحل", "ar"),
        ("꿀벌은 춤을 춘다", "꿀벌", "ko"),
        ("ＴＥＡ and Tea", "tea", "en"),
    ],
)
def test_forms_of_a_word_share_terms(one: str, other: str, language: str) -> None:
    assert term_counts(one, language) & term_counts(other, language)


def test_a_word_of_india_is_not_cut_at_its_vowel_signs() -> None:
    assert list(term_counts("हिन्दी", "hi")) == ["हिन्दी"]


def test_small_words_are_left_out_and_words_are_counted() -> None:
    assert term_counts("The tea of the teas", "en") == {"tea": 2}
    assert term_counts("", "en") == {}


def test_ideographs_are_taken_in_pairs() -> None:
    assert set(term_counts("重庆火锅 好", "zh")) == {"重庆", "庆火", "火锅", "好"}


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("What did monks use against falling asleep?", ["en"]),
        ("Wer hat die erste Schleuse gebaut?", ["de"]),
        ("Honig 1869", ["en", "de"]),
    ],
)
def test_a_question_is_of_the_language_that_its_small_words_are_of(text: str, spoken: list[str]) -> None:
    assert spoken_in(text, ["en", "de"]) == spoken


def test_what_an_apostrophe_cuts_off_is_no_term() -> None:
    assert term_counts("the sea's ebb", "en") == Counter(sea=1, ebb=1)
    assert term_counts("l’eau d’un canal", "fr") == term_counts("eau canal", "fr")
