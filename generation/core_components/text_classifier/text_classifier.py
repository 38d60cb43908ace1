"""`TextClassifier`: logistic regression on hashed words. Saved as numbers and JSON, so that loading runs no code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import orjson

from generation.core_components.text_classifier.features import Array, Features
from generation.core_components.text_classifier.logistic_regression import fit, probabilities
from generation_functions.errors import MillraceError
from generation_functions.run.manifest import write_atomically

STRENGTH = 30.0
FORM = 1
WEIGHTS, ABOUT = "weights.npz", "classifier.json"
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Prediction:
    """A text's label, how sure that is (0 to 1), and how sure each class would be."""

    label: str
    confidence: float
    shares: dict[str, float]

    @property
    def margin(self) -> float:
        """How far the first choice is ahead of the second: near 0 for a text that the classifier cannot place."""
        first, second, *_ = sorted([*self.shares.values(), 0.0], reverse=True)
        return first - second


@dataclass(frozen=True)
class TextClassifier:
    """Tells which of its classes a text is of. Classes are told apart by their place in `classes`, the first is 0."""

    classes: tuple[str, ...]
    features: Features
    weights: Array

    @classmethod
    def train(
        cls, texts: Sequence[str], labels: Sequence[str], *, classes: Sequence[str], strength: float = STRENGTH
    ) -> TextClassifier:
        """Fit to labelled texts. The same texts in the same order give the same classifier.

        A class that no text has is never predicted. Raises `MillraceError` for no texts, and for a label of no class.
        """
        unknown = sorted(set(labels) - set(classes))
        if unknown or not texts:
            what = f"the label {unknown[0]!r} is none of the classes" if unknown else "there are no texts to train on"
            raise MillraceError(what, hint=f"The classes are: {', '.join(classes)}.")
        place = {name: number for number, name in enumerate(classes)}
        seen = [name for name in classes if name in set(labels)]
        features = Features.of(texts)
        numbers = np.array([seen.index(label) for label in labels])
        fitted = fit(features.rows(texts), numbers, len(seen), len(features), strength=strength)
        weights = np.zeros((len(features), len(classes)))
        weights[0] = -np.inf
        for number, name in enumerate(seen):
            weights[:, place[name]] = fitted[:, number]
        return cls(tuple(classes), features, weights)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """The label of each text."""
        found: list[Prediction] = []
        for start in range(0, len(texts), _AT_ONCE):
            shares = probabilities(self._scores(texts[start : start + _AT_ONCE]))
            found += [self._prediction(row) for row in shares]
        return found

    def _scores(self, texts: Sequence[str]) -> Array:
        rows = self.features.rows(texts)
        known = np.isfinite(self.weights[0])
        scores = np.full((len(texts), len(self.classes)), -np.inf)
        scores[:, known] = rows.times(self.weights[:, known])
        return scores

    def _prediction(self, shares: Array) -> Prediction:
        best = int(shares.argmax())
        told = {name: round(float(share), 6) for name, share in zip(self.classes, shares, strict=True)}
        return Prediction(self.classes[best], told[self.classes[best]], told)

    def save(self, folder: Path) -> None:
        """Write `weights.npz` and `classifier.json` into a folder. Raises `StoreError`."""
        folder.mkdir(parents=True, exist_ok=True)
        numbers = BytesIO()
        np.savez_compressed(numbers, hashes=self.features.hashes, idf=self.features.weights, weights=self.weights)
        write_atomically(folder / WEIGHTS, numbers.getvalue())
        about = {"form": FORM, "classes": list(self.classes), "features": len(self.features)}
        write_atomically(folder / ABOUT, orjson.dumps(about, option=orjson.OPT_INDENT_2) + b"\n")

    @classmethod
    def load(cls, folder: Path) -> TextClassifier:
        """A classifier that was saved. Nothing in the files is run. Raises `MillraceError` where they are not whole."""
        try:
            about = orjson.loads((folder / ABOUT).read_bytes())
            if about["form"] != FORM:
                raise ValueError(f"its form is {about['form']}, and {FORM} is known")
            with np.load(BytesIO((folder / WEIGHTS).read_bytes()), allow_pickle=False) as numbers:
                features = Features(numbers["hashes"], numbers["idf"])
                weights = numbers["weights"]
            if weights.shape != (len(features), len(about["classes"])) or len(features.weights) + 1 != len(features):
                raise ValueError(f"its weights have the shape {weights.shape}")
        except (OSError, ValueError, KeyError, TypeError, BadZipFile, EOFError) as exc:
            raise MillraceError(
                f"{folder} holds no classifier: {exc}", hint=f"It has {WEIGHTS} and {ABOUT}, written by one run."
            ) from exc
        return cls(tuple(about["classes"]), features, weights)
