"""The ways a task can be changed, and the people it can be changed for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple, TypeAlias

from generation_functions.rows import content_key

Change: TypeAlias = Literal["requirement", "depth", "concrete", "reasoning", "material", "broader"]

SHARES: dict[Change, float] = {
    "requirement": 0.2,
    "depth": 0.2,
    "concrete": 0.15,
    "reasoning": 0.2,
    "material": 0.1,
    "broader": 0.15,
}
"""How often each change is drawn, where a config says nothing else."""

BRIEFS: Mapping[Change, str] = {
    "requirement": "Add one requirement that a good answer must meet: a form, a limit, an audience, something to "
    "avoid, or something that must be in it. It has to make the task harder, not just longer.",
    "depth": "Ask for more insight into the same thing: why it is so, where it stops being so, what speaks against it, "
    "or what follows from it.",
    "concrete": "Replace what is general by one particular case with names, figures or circumstances, so that a "
    "general answer no longer does.",
    "reasoning": "Change the task so that it can only be solved in several steps that build on one another, with a "
    "result that can be checked.",
    "material": "Give the task some material to work on (a table, a short text, code, a list of data), made up by you "
    "and written out in full, which the answer has to use.",
    "broader": "Write a wholly new task of the same field: of similar difficulty, rarer, and about another matter than "
    "the one given. Keep none of its words that are not the field's own.",
}
"""What the writer is told of a change."""

PERSONAS: list[str] = [
    "a nurse on night shifts",
    "a beekeeper with forty hives",
    "a retired judge who is learning to program",
    "a primary-school teacher in a mountain village",
    "the owner of a bicycle repair shop",
    "a doctoral student of linguistics",
    "a farmer who grows rice",
    "an accountant for small associations",
    "a fifteen-year-old who likes astronomy",
    "a translator of legal papers",
    "a ship's engineer",
    "a father of twins who cooks for a large family",
    "a museum guide",
    "a journalist who has two hours until the deadline",
    "a physiotherapist",
    "a volunteer who organises a village festival",
    "a structural engineer",
    "a shop assistant who studies in the evening",
    "a game designer",
    "a town councillor without a technical background",
    "a violin maker",
    "a laboratory technician",
    "an immigrant preparing for a citizenship test",
    "a mechanic who restores old tractors",
]

NOBODY = "(nobody in particular)"


class Drawn(NamedTuple):
    """One change of a task: its kind, what the writer is told, and who asks."""

    change: Change
    brief: str
    persona: str


def drawn(shares: Mapping[Change, float], personas: Sequence[str], persona_share: float, *place: str | int) -> Drawn:
    """The change that `place` (the seed, a task's key, its line and round) draws: the same every time."""
    rng = Random(content_key("change", *place))
    change = rng.choices(list(shares), list(shares.values()))[0]
    someone = personas and rng.random() < persona_share
    return Drawn(change, BRIEFS[change], rng.choice(personas) if someone else NOBODY)
