"""Duplicates are found by their exact similarity, in any script, and the first of a kind stays."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation_functions.duplicates import Duplicate, DuplicateIndex, shingles, similarity
from generation_functions.duplicates.index import HASHES, SURE, band_width
from generation_functions.errors import ConfigError
from tests.languages.snippets import SNIPPETS

ROOT = Path(__file__).parents[2]
WORDS = [f"word{number}" for number in range(2_000)]


def prose(rng: Random, words: int = 80) -> list[str]:
    return rng.choices(WORDS, k=words)


def edited(rng: Random, words: list[str], edits: int) -> list[str]:
    words = list(words)
    for place in rng.sample(range(len(words)), edits):
        words[place] = f"edit{rng.random()}"
    return words


@pytest.mark.parametrize("language", SNIPPETS)
def test_an_edited_copy_is_found_and_another_text_is_not(language: str) -> None:
    first, second = SNIPPETS[language]
    index = DuplicateIndex(0.6)
    assert index.add(f"{first} {second}") is None
    again = index.add(f"  «{first}»\n\n{second} ...")
    assert again == Duplicate(0, 1.0)
    assert index.add(second) is None or index.add(second) == Duplicate(0, similarity(*map(shingles, (first, second))))
    assert DuplicateIndex(0.6).add(second) is None


def test_equal_texts_are_found_at_any_threshold_even_without_words() -> None:
    index = DuplicateIndex(1.0)
    assert [index.add(text) for text in ("★ ★", "a b c d", "★  ★\n", "A b c d", "a b\nc d")] == [
        None, None, Duplicate(0, 1.0), None, Duplicate(1, 1.0),
    ]  # fmt: skip


def test_the_most_similar_is_named_and_of_equals_the_first() -> None:
    rng = Random(5)
    base = prose(rng)
    near, far = edited(rng, base, 1), edited(rng, base, 8)
    index = DuplicateIndex(0.5)
    for words in (far, base):
        index.add(" ".join(words))
    found = index.add(" ".join(near))
    assert found is not None
    assert found.of == (1 if len(index) == 2 else 0)
    assert found.similarity >= 0.9


@given(st.integers(0, 2**32), st.sampled_from([0.5, 0.7, 0.8, 0.9]))
def test_what_is_dropped_is_as_similar_as_said(seed: int, threshold: float) -> None:
    rng = Random(seed)
    base = [prose(rng, 30) for _ in range(4)]
    texts = [" ".join(edited(rng, rng.choice(base), rng.randrange(6))) for _ in range(25)]
    index, kept = DuplicateIndex(threshold), []
    for text in texts:
        found = index.add(text)
        if found is None:
            kept.append(text)
        else:
            assert found.similarity >= threshold
            assert found.similarity == pytest.approx(similarity(shingles(text), shingles(kept[found.of])))


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.9])
def test_nearly_every_pair_above_the_threshold_is_found(threshold: float) -> None:
    rng = Random(3)
    found = pairs = 0
    for _ in range(300):
        base = prose(rng)
        copy = edited(rng, base, rng.randrange(1, 12))
        texts = " ".join(base), " ".join(copy)
        if similarity(*map(shingles, texts)) >= threshold:
            index = DuplicateIndex(threshold)
            index.add(texts[0])
            pairs += 1
            found += index.add(texts[1]) is not None
    assert pairs > 20
    assert found >= 0.98 * pairs


@given(st.floats(0.01, 1.0))
def test_bands_find_a_pair_at_the_threshold_as_surely_as_said(threshold: float) -> None:
    width = band_width(threshold)
    assert HASHES % width == 0
    assert width == 1 or 1 - (1 - threshold**width) ** (HASHES // width) >= SURE


def test_many_forms_that_differ_in_a_name_take_bounded_work() -> None:
    index = DuplicateIndex(0.95)
    form = "The member named here has paid the yearly fee in full and may use the boats of the club on every day"
    texts = [f"{form} {' '.join(f'name{number}x{part}' for part in range(9))}" for number in range(1_500)]
    assert all(index.add(text) is None for text in texts)
    assert index.add(texts[700] + ".") == Duplicate(700, 1.0)


@pytest.mark.parametrize("threshold", [0, -1, 1.01, float("nan")])
def test_a_threshold_that_means_nothing_is_refused(threshold: float) -> None:
    with pytest.raises(ConfigError, match="a threshold is above 0"):
        DuplicateIndex(threshold)


def test_words_are_compared_whole_with_their_marks() -> None:
    assert shingles("काम है") != shingles("कम है")
    assert shingles("Straße, GROẞ!") == shingles("strasse gross")
    assert shingles("河流很长") == {"河 流 很", "流 很 长"}
    assert shingles("one two") == {"one two"}
    assert shingles("... !") == set()


def test_every_process_finds_the_same() -> None:
    code = (
        "from random import Random\n"
        "from generation_functions.duplicates import DuplicateIndex\n"
        "rng, index = Random(1), DuplicateIndex(0.3)\n"
        "print([index.add(' '.join(rng.choices('abc', k=12))) for _ in range(150)])\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1
    assert b"Duplicate" in found.pop()
