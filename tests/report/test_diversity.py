"""The map of rows, and what they are about."""

from __future__ import annotations

from collections import Counter

import pytest

from generation_functions.report.diversity import Diversity, diversity_of
from generation_functions.report.entry import Entry, entry_of
from generation_functions.report.layout import layout_of
from generation_functions.report.vectors import cosine, vectors_of
from tests.report.rows import SUBJECTS, good_rows


def entries_of(texts: list[str]) -> list[Entry]:
    return [entry_of({"text": text}, index) for index, text in enumerate(texts)]


def good(count: int, seed: int = 0) -> Diversity:
    return diversity_of([entry_of(row, index) for index, row in enumerate(good_rows(count))], seed=seed)


def test_subjects_are_told_apart_and_named_by_their_words() -> None:
    found = good(90)
    subject_of = [number % 3 for number in range(90)]
    for topic in range(len(found.topics)):
        subjects = Counter(subject_of[point.index] for point in found.points if point.topic == topic)
        assert max(subjects.values()) >= 0.9 * subjects.total()
        names = list(SUBJECTS.values())[max(subjects, key=lambda subject: subjects[subject])]
        assert set(found.topics[topic].words) <= set(names)


def test_neighbours_on_the_map_are_of_one_subject() -> None:
    points = good(90).points
    same = 0
    for point in points:
        nearest = min(
            (other for other in points if other is not point), key=lambda o: (o.x - point.x) ** 2 + (o.y - point.y) ** 2
        )
        same += nearest.index % 3 == point.index % 3
    assert same >= 0.8 * len(points)


def test_the_same_rows_and_seed_give_the_same_map() -> None:
    assert good(40) == good(40)
    assert good(40).points != good(40, seed=1).points


@pytest.mark.parametrize(
    "texts", [[], [""], ["one text"], ["same words here"] * 30, ["", "a b", "水車"], [str(n) for n in range(40)]]
)
def test_there_is_a_map_of_whatever_rows(texts: list[str]) -> None:
    found = diversity_of(entries_of(texts), seed=0)
    assert len(found.points) == len(texts)
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in found.points)
    assert all(point.topic < len(found.topics) for point in found.points)
    assert sum(topic.rows for topic in found.topics) == len(texts)


def test_rows_that_say_the_same_are_near() -> None:
    alike = diversity_of(
        entries_of([f"the mill wheel turns {n % 2}x" for n in range(6)] + ["river tide ebb"] * 30), seed=0
    )
    assert alike.nearest == pytest.approx(1, abs=0.01)
    assert good(60).overall < 0.3


def test_vectors_have_length_one_and_tell_words_that_differ() -> None:
    vectors = vectors_of([["mill", "wheel"], ["mill", "stone"], ["tide", "stone"], ["tide", "wheel"]])
    assert [round(cosine(vector, vector), 6) for vector in vectors] == [1, 1, 1, 1]
    assert cosine(vectors[0], vectors[2]) == 0
    assert 0 < cosine(vectors[0], vectors[1]) < 1


def test_a_far_group_does_not_take_the_room() -> None:
    vectors = vectors_of([["mill", "wheel", f"a{n % 5}"] for n in range(30)] + [["tide", "ebb"], ["tide", "ebb"]])
    places = layout_of(vectors, [[] for _ in vectors], seed=0)
    xs = sorted(x for x, _ in places[:30])
    assert xs[-1] - xs[0] > 0.3
