"""Which passages are found: by words, by letters, by embeddings, and by all of them together."""

from __future__ import annotations

import base64
import struct
from random import Random

import numpy as np
import pytest

from generation.core_components.retrieval import Index, Passage
from generation.core_components.retrieval.fusion import fused
from generation.core_components.retrieval.letters import term_vectors
from generation.core_components.retrieval.postings import Postings
from generation.core_components.retrieval.terms import term_counts
from generation.core_components.retrieval.vectors import Vectors, decoded
from generation_functions import MillraceError

TEXTS = {
    "bees": ("en", "Honeybees tell one another where food is by dancing. Karl von Frisch decoded the dance."),
    "tea": ("en", "Black tea is fully oxidised before it is dried. Green tea is heated soon after picking."),
    "glass": ("en", "Glassblowing was invented on the coast of the Mediterranean. Glass is made from sand."),
    "tides": ("en", "The gravity of the Moon raises the tides. The greatest tides occur in the Bay of Fundy."),
    "kanal": ("de", "Der Kaiserkanal ist etwa 1800 Kilometer lang. Er verbindet Peking mit Hangzhou."),
    "schleuse": ("de", "Eine Schleuse hebt Schiffe. Ein Stemmtor hat zwei Flügel."),
    "fengmi": ("zh", "蜜蜂是一种会飞行的群居昆虫。工蜂采集花蜜和花粉。"),
}


def passages() -> list[Passage]:
    return [Passage(key, text, f"{key}.txt", (), code, (f"{key}.txt", 0, 0)) for key, (code, text) in TEXTS.items()]


def keys(hits: list) -> list[str]:
    return [hit.passage.key for hit in hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Who decoded the dances of the honeybee?", "bees"),
        ("the Moon's gravity", "tides"),
        ("oxidation of tea", "tea"),
        ("glassblower", "glass"),
        ("Wie lang ist der Kaiserkanal?", "kanal"),
        ("Schleusen heben ein Schiff", "schleuse"),
        ("蜜蜂采集什么？", "fengmi"),
    ],
)
def test_the_passage_that_answers_comes_first(query: str, first: str) -> None:
    assert keys(Index(passages()).search(query, 3))[0] == first


def test_nothing_in_common_finds_nothing() -> None:
    assert Index(passages()).search("qqq zzz", 3) == []
    assert Index([]).search("tea", 3) == []


def test_the_order_of_the_passages_does_not_matter() -> None:
    shuffled = passages()
    Random(2).shuffle(shuffled)
    for query in ("green tea", "dance of bees", "Bay of Fundy", "Kanal"):
        assert keys(Index(passages()).search(query, 4)) == keys(Index(shuffled).search(query, 4))


def test_what_is_left_out_is_not_found() -> None:
    hits = Index(passages()).search("green tea", 2, leave_out=lambda passage: passage.key == "tea")
    assert "tea" not in keys(hits)


def chapter(number: int, text: str) -> Passage:
    return Passage(f"c{number}", text, "book.txt", (), "en", ("book.txt", 0, number))


def test_related_passages_stand_elsewhere() -> None:
    book = [chapter(n, f"The lock of the canal number {n} lifts the boats of the canal.") for n in range(5)]
    index = Index(book)
    found = {seed.key: keys(hits) for seed, hits in zip(index.passages, index.related(5), strict=True)}
    assert sorted(found["c0"]) == ["c2", "c3", "c4"]
    assert sorted(found["c2"]) == ["c0", "c4"]


def test_a_passage_that_shares_next_to_nothing_is_not_related() -> None:
    index = Index(passages())
    found = dict(zip(TEXTS, (keys(hits) for hits in index.related(3)), strict=True))
    assert found["fengmi"] == []
    assert "tea" not in found["kanal"]


def library(rng: Random, documents: int) -> list[Passage]:
    """Documents of sixty subjects, each with words of its own beside those that all share."""

    def words(count: int) -> list[str]:
        return ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(3, 8))) for _ in range(count)]

    shared, own = words(600), [words(30) for _ in range(60)]
    texts = [rng.choices(shared, k=40) + rng.choices(own[n % 60], k=20) for n in range(documents)]
    return [
        Passage(f"{n:03}", " ".join(text), f"{n}.txt", (), "en", (f"{n}.txt", 0, 0)) for n, text in enumerate(texts)
    ]


def neighbours(passages: list[Passage]) -> dict[str, set[str]]:
    index = Index(passages)
    return {p.key: set(keys(hits)) for p, hits in zip(index.passages, index.related(3), strict=True)}


def test_one_more_document_changes_next_to_nothing_for_the_others() -> None:
    many = library(Random(1), 300)
    before, after = neighbours(many[:-1]), neighbours(many)
    changed = [key for key in before if before[key] != after[key] and many[-1].key not in after[key]]
    assert len(changed) <= 6


def test_embeddings_find_what_shares_no_word() -> None:
    two = [Passage("a", "The feline slept.", language="en"), Passage("b", "Steel rusts in rain.", language="en")]
    index = Index(two, np.array([[1.0, 0.1], [0.1, 1.0]]))
    assert keys(index.search("cats", 1, vector=np.array([0.9, 0.2]))) == ["a"]
    assert index.search("cats", 1) == [], "without the query's embedding only words are looked at"


def test_nearness_is_the_cosine_in_thousandths_whatever_the_length() -> None:
    vectors = Vectors(np.array([[3.0, 4.0], [4.0, -3.0], [0.0, 0.0], [300.0, 400.0]]))
    assert vectors.nearness(np.array([[0.6, 0.8]])).tolist() == [[1000, 0, 0, 1000]]


def test_vectors_of_another_length_are_told() -> None:
    stored = [base64.b64encode(struct.pack(f"<{n}e", *[1.0] * n)).decode() for n in (2, 3)]
    with pytest.raises(MillraceError, match="2 and 3 dimensions"):
        decoded(stored)
    assert decoded(stored[:1]).tolist() == [[1.0, 1.0]]


def test_words_of_one_family_lie_closer_than_others() -> None:
    word, relative, stranger = (Vectors(term_vectors([term])) for term in ("oxidised", "oxidation", "shipyard"))
    assert word.nearness(relative.rows)[0][0] > 250 > abs(word.nearness(stranger.rows)[0][0])


def test_a_word_is_found_by_how_rare_it_is() -> None:
    postings = Postings([term_counts(text, "en") for text in ("tea tea tea", "tea and honey", "tea", "tea leaves")])
    scores = postings.scores(term_counts("honey tea", "en"))
    assert scores.argmax() == 1
    assert scores.min() > 0


@pytest.mark.parametrize(
    ("rankings", "weights", "order"),
    [
        ([[1, 2, 3]], [1.0], [1, 2, 3]),
        ([[1, 2], [2, 1]], [1.0, 1.0], [1, 2]),
        ([[1, 2, 3], [3, 2]], [1.0, 1.0], [3, 2, 1]),
        ([[1], [2]], [1.0, 0.5], [1, 2]),
        ([[], []], [1.0, 1.0], []),
    ],
)
def test_rankings_are_fused(rankings: list[list[int]], weights: list[float], order: list[int]) -> None:
    assert [number for number, _ in fused(rankings, weights)] == order
