"""Clusters of rows that say the same."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation_functions.report.near_duplicates import Cluster, DuplicateFinder, Duplicates
from tests.report.rows import figures_of

LONG = [f"word{number}" for number in range(60)]


def found(*rows: list[str], threshold: float = 0.8) -> Duplicates:
    finder = DuplicateFinder(threshold)
    for index, words in enumerate(rows):
        finder.add(index, words)
    return finder.duplicates()


@pytest.mark.parametrize(
    ("rows", "redundant", "identical", "clusters"),
    [
        ([], 0, 0, ()),
        ([[], []], 0, 0, ()),
        ([["one"], ["two"]], 0, 0, ()),
        ([["one"], ["two"], ["one"]], 1, 1, (Cluster(2, (0, 2), True),)),
        ([LONG, [*LONG, "more"]], 1, 0, (Cluster(2, (0, 1), False),)),
        ([LONG, LONG[30:], LONG[:30]], 0, 0, ()),
        ([LONG, LONG[::-1]], 0, 0, ()),
        ([["x"], LONG, [*LONG, "more"], LONG, ["x"]], 3, 2, (Cluster(3, (1, 2, 3), False), Cluster(2, (0, 4), True))),
    ],
)
def test_clusters(rows: list[list[str]], redundant: int, identical: int, clusters: tuple[Cluster, ...]) -> None:
    duplicates = found(*rows)
    assert (duplicates.redundant, duplicates.identical, duplicates.clusters) == (redundant, identical, clusters)


WORDS = st.lists(st.sampled_from([f"w{number}" for number in range(9)]), max_size=25)


@settings(deadline=None)
@given(st.lists(WORDS, max_size=12))
def test_clusters_and_rows_add_up(rows: list[list[str]]) -> None:
    duplicates = found(*rows)
    distinct = {tuple(words) for words in rows if words}
    assert duplicates.rows == sum(map(bool, rows))
    assert duplicates.identical == duplicates.rows - len(distinct)
    assert duplicates.identical <= duplicates.redundant <= max(0, duplicates.rows - 1)
    assert all(cluster.size >= 2 for cluster in duplicates.clusters)


def test_changed_long_texts_are_found_and_others_are_not() -> None:
    draw = Random(3)
    texts = [[f"w{draw.randrange(5000)}" for _ in range(400)] for _ in range(40)]
    changed = [[*text[:200], "changed", *text[201:]] for text in texts]
    duplicates = found(*texts, *changed)
    assert duplicates.redundant == 40
    assert all(cluster.size == 2 for cluster in duplicates.clusters)


def test_a_beginning_that_all_rows_share_makes_no_cluster() -> None:
    stock = ["here", "is", "the", "answer", "to", "your", "question", "as", "a", "list"]
    draw = Random(4)
    rows = [[*stock, *(f"w{draw.randrange(5000)}" for _ in range(60))] for _ in range(300)]
    assert found(*rows).redundant == 0


def test_a_pair_repeats_another_only_where_both_of_its_answers_do(tmp_path: Path) -> None:
    pairs = [{"prompt": "Why?", "chosen": "Because the tide turns.", "rejected": worse} for worse in ("No.", "Yes.")]
    assert figures_of(tmp_path, pairs).duplicates.redundant == 0
    assert figures_of(tmp_path, [*pairs, pairs[0]]).duplicates.identical == 1
