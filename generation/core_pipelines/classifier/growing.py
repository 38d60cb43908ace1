"""A classifier grown until it is good enough: texts are labelled, it is trained and tested, and asks for more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from generation.core_components.text_classifier import Scores, TextClassifier, scores_of
from generation_functions import Row
from generation_functions.rows import content_key

Label: TypeAlias = Callable[[Sequence[Row]], Awaitable[list[Row]]]
"""Has a model label texts: rows with `text` → those of them that got one, with `label`."""

AT_RANDOM = 0.25
"""The part of each further round that is drawn, not chosen: what the classifier is wrongly sure of is found so."""


@dataclass(frozen=True)
class Round:
    """One training: on how many texts, and how the test went."""

    trained_on: int
    scores: Scores


@dataclass
class Pool:
    """Texts in an order drawn by the seed and their content; what is taken out does not come again."""

    rows: list[Row]

    @classmethod
    def of(cls, rows: Sequence[Row], seed: int) -> Pool:
        """Equal texts stand there once, so that none is both trained on and tested with."""
        ranked = sorted(rows, key=lambda row: (content_key(seed, "pool", row["text"]), row.place))
        return cls(list({row["text"]: row for row in reversed(ranked)}.values())[::-1])

    def drawn(self, count: int) -> list[Row]:
        """The next texts in the drawn order."""
        taken, self.rows = self.rows[:count], self.rows[count:]
        return taken

    def uncertain(self, classifier: TextClassifier, count: int) -> list[Row]:
        """Texts that the classifier can hardly place, and some drawn ones."""
        drawn = self.drawn(round(count * AT_RANDOM))
        margins = [prediction.margin for prediction in classifier.predict([row["text"] for row in self.rows])]
        order = sorted(range(len(self.rows)), key=lambda n: (round(margins[n], 4), n))[: count - len(drawn)]
        chosen = set(order)
        taken = [self.rows[n] for n in order]
        self.rows = [row for n, row in enumerate(self.rows) if n not in chosen]
        return [*drawn, *taken]


@dataclass
class Grown:
    """The classifier, what it was trained and tested with, and every round."""

    classifier: TextClassifier
    trained: list[Row]
    tested: list[Row]
    rounds: list[Round] = field(default_factory=list)

    @property
    def scores(self) -> Scores:
        """The last test."""
        return self.rounds[-1].scores


@dataclass(frozen=True)
class Plan:
    """How many texts are labelled: for the test, at first, in each further round, and for training altogether."""

    test: int
    first: int
    more: int
    most: int
    accuracy: float

    def sizes(self) -> Iterator[int]:
        """How many texts each round after the first labels."""
        left = self.most - self.first
        while left > 0:
            yield min(self.more, left)
            left -= self.more


async def grown(pool: Pool, label: Label, classes: Sequence[str], plan: Plan) -> Grown | None:
    """Train and test until the accuracy is reached, or texts or plan are used up. None where no text has a label.

    The texts of the test are drawn first and never trained on.
    """
    tested = await label(pool.drawn(min(plan.test, len(pool.rows) // 2)))
    trained = await label(pool.drawn(plan.first))
    if not tested or not trained:
        return None
    found = _tried(trained, tested, classes, [])
    for size in plan.sizes():
        if found.scores.accuracy >= plan.accuracy or not pool.rows:
            break
        trained = [*trained, *await label(pool.uncertain(found.classifier, size))]
        found = _tried(trained, tested, classes, found.rounds)
    return found


def _tried(trained: list[Row], tested: list[Row], classes: Sequence[str], before: list[Round]) -> Grown:
    classifier = TextClassifier.train(
        [row["text"] for row in trained], [row["label"] for row in trained], classes=classes
    )
    predicted = [prediction.label for prediction in classifier.predict([row["text"] for row in tested])]
    scores = scores_of([row["label"] for row in tested], predicted, classes)
    return Grown(classifier, trained, tested, [*before, Round(len(trained), scores)])
