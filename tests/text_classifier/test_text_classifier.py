"""The classifier itself: that it learns every class, is saved safely, and is measured rightly."""

from __future__ import annotations

import pickle
from pathlib import Path
from random import Random

import numpy as np
import pytest

from generation.core_components.text_classifier import TextClassifier, scores_of
from generation.core_components.text_classifier.logistic_regression import minimum
from generation.core_components.text_classifier.scores import wilson
from generation_functions.errors import MillraceError

WORDS = {
    "sea": "tide wave ship harbour salt moon current sailor",
    "bread": "flour dough yeast oven crust loaf knead baker",
    "law": "court judge lease contract clause appeal verdict tenant",
}
SMALL = "the of and to in is was that for with as on are by from at it were which an be this"


def made(classes: list[str], count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts of mostly small words, with a few that tell their class."""
    rng = Random(seed)
    labels = [rng.choice(classes) for _ in range(count)]
    texts = [
        " ".join(
            rng.choice(WORDS[label].split()) if rng.random() < 0.15 else rng.choice(SMALL.split()) for _ in range(40)
        )
        for label in labels
    ]
    return texts, labels


@pytest.mark.parametrize(
    "classes", [["sea", "bread"], ["bread", "sea"], ["sea", "bread", "law"], ["law", "sea", "bread"]]
)
def test_every_class_is_learnt_whatever_its_place(classes: list[str]) -> None:
    classifier = TextClassifier.train(*made(classes, 150), classes=classes)
    texts, labels = made(classes, 300, seed=1)
    scores = scores_of(labels, [each.label for each in classifier.predict(texts)], classes)
    assert scores.accuracy > 0.95
    assert all((each.recall or 0) > 0.9 for each in scores.classes.values())


def test_few_texts_of_a_class_do_not_drown_among_many_of_another() -> None:
    texts, labels = made(["sea"], 200)
    rare, of_rare = made(["bread"], 8, seed=2)
    classifier = TextClassifier.train([*texts, *rare], [*labels, *of_rare], classes=["bread", "sea"])
    unseen, _ = made(["bread"], 50, seed=3)
    assert sum(each.label == "bread" for each in classifier.predict(unseen)) > 30


def test_a_class_that_no_text_has_is_never_predicted() -> None:
    classifier = TextClassifier.train(["salt wave", "dough oven"], ["sea", "bread"], classes=["law", "sea", "bread"])
    found = classifier.predict(["a wave", "an oven", "", "unknown words"])
    assert [each.label for each in found[:2]] == ["sea", "bread"]
    assert all(each.shares["law"] == 0 for each in found)
    assert all(abs(sum(each.shares.values()) - 1) < 1e-5 for each in found)
    assert found[2].margin < 0.01 < found[0].margin


def test_one_class_is_predicted_always() -> None:
    classifier = TextClassifier.train(["salt", "wave"], ["sea", "sea"], classes=["sea", "bread"])
    assert [each.label for each in classifier.predict(["salt", "oven"])] == ["sea", "sea"]


def test_words_of_any_script_count() -> None:
    texts = ["潮汐由月球引起", "月亮和海水", "面包用酵母发酵", "烤箱里的面包"]
    classifier = TextClassifier.train(texts, ["sea", "sea", "bread", "bread"], classes=["sea", "bread"])
    assert [each.label for each in classifier.predict(["月球", "酵母面包"])] == ["sea", "bread"]


def test_what_was_saved_predicts_alike_and_has_the_same_bytes(tmp_path: Path) -> None:
    texts, labels = made(list(WORDS), 60)
    classifier = TextClassifier.train(texts, labels, classes=list(WORDS))
    classifier.save(tmp_path / "one")
    TextClassifier.train(texts, labels, classes=list(WORDS)).save(tmp_path / "two")
    loaded = TextClassifier.load(tmp_path / "one")
    assert loaded.predict(texts) == classifier.predict(texts)
    for name in ("weights.npz", "classifier.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


class Trap:
    """What runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("sprung"),))  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["pickle", "object array", "torn", "other weights", "missing"])
def test_what_is_no_classifier_is_refused_and_runs_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    TextClassifier.train(*made(["sea", "law"], 20), classes=["sea", "law"]).save(tmp_path)
    file = tmp_path / "weights.npz"
    if kind == "pickle":
        file.write_bytes(pickle.dumps(Trap()))
    elif kind == "object array":
        np.savez(file, hashes=np.array([Trap()], dtype=object), idf=np.ones(1), weights=np.ones((2, 2)))
    elif kind == "torn":
        file.write_bytes(file.read_bytes()[:200])
    elif kind == "other weights":
        np.savez(file, hashes=np.ones(1, np.int64), idf=np.ones(1), weights=np.ones((2, 5)))
    else:
        file.unlink()
    with pytest.raises(MillraceError, match="holds no classifier"):
        TextClassifier.load(tmp_path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(("texts", "labels"), [([], []), (["a"], ["x"])])
def test_what_cannot_be_trained_on_is_told(texts: list[str], labels: list[str]) -> None:
    with pytest.raises(MillraceError):
        TextClassifier.train(texts, labels, classes=["a", "b"])


def test_scores_are_what_the_textbook_says() -> None:
    truth = ["a"] * 6 + ["b"] * 4
    predicted = ["a", "a", "a", "a", "b", "b", "b", "b", "b", "a"]
    scores = scores_of(truth, predicted, ["a", "b", "c"])
    assert scores.accuracy == 0.7
    assert (scores.classes["a"].precision, scores.classes["a"].recall) == (4 / 5, 4 / 6)
    assert scores.classes["a"].f1 == pytest.approx(8 / 11)
    assert scores.macro_f1 == pytest.approx((8 / 11 + 2 * 3 / 9) / 2)  # nothing is known of c
    assert scores.classes["c"].recall is None
    assert scores.confusion == {"a": {"a": 4, "b": 2}, "b": {"a": 1, "b": 3}, "c": {}}


@pytest.mark.parametrize(
    ("right", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (90, 100, 0.8256, 0.9448)]
)
def test_the_interval_is_wilsons(right: int, of: int, low: float, high: float) -> None:
    assert wilson(right, of) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_the_minimum_of_a_long_valley_is_found() -> None:
    scale = np.logspace(0, 4, 12)

    def valley(at: np.ndarray) -> tuple[float, np.ndarray]:
        return float((scale * (at - 1) ** 2).sum()), 2 * scale * (at - 1)

    assert np.abs(minimum(valley, np.zeros(12)) - 1).max() < 1e-3
