"""Preference pairs out of single answers with a verdict: a good answer and a bad one to the same prompt."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from generation_functions.datasets.form import Fields, beside
from generation_functions.rows import Json, canonical_json

UNPAIRED = "no answer with the other verdict to its prompt"
_OWN = ("prompt", "completion", "label")


@dataclass
class Pairing:
    """Answers that wait for one with the other verdict. An answer is in one pair at most, and the oldest goes first.

    It holds what waits: nothing where the two answers of each prompt follow one another.
    """

    waiting: dict[tuple[bytes, bool], deque[Mapping[str, Json]]] = field(default_factory=dict)

    def pair(self, row: Mapping[str, Json]) -> tuple[Fields, tuple[str, ...]] | None:
        """The pair that this labelled row completes, with what it loses; None while it waits for its other half."""
        prompt, verdict = canonical_json(row["prompt"]), bool(row["label"])
        others = self.waiting.get((prompt, not verdict))
        if not others:
            self.waiting.setdefault((prompt, verdict), deque()).append(row)
            return None
        other = others.popleft()
        if not others:
            del self.waiting[prompt, not verdict]
        good, bad = (row, other) if verdict else (other, row)
        return _joined(good, bad)

    @property
    def left(self) -> int:
        """How many answers still wait."""
        return sum(map(len, self.waiting.values()))


def _joined(good: Mapping[str, Json], bad: Mapping[str, Json]) -> tuple[Fields, tuple[str, ...]]:
    rest, lost = beside(good, _OWN, ("chosen", "rejected"))
    others = beside(bad, _OWN, ("chosen", "rejected"))[0]
    differing = [name for name in others if others[name] != rest.get(name)]
    pair = {"prompt": good["prompt"], "chosen": good["completion"], "rejected": bad["completion"], **rest}
    return pair, (*lost, *(f"`{name}` of the rejected answer" for name in differing))
