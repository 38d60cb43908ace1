"""The kinds of flaws that are planted into good answers, and which answer gets which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal, TypeAlias

from generation_functions import Row
from generation_functions.rows import content_key

Flaw: TypeAlias = Literal[
    "wrong_fact", "omission", "invention", "evasion", "padding", "flattery", "false_conclusion", "refusal"
]

FLAWS: Mapping[Flaw, str] = {
    "wrong_fact": "a wrong fact. One name, number, date, place or cause is replaced by a plausible wrong one.",
    "omission": "an omission. What the user needs most is left out, and nothing shows that something is missing.",
    "invention": "an invention. A detail, source or quotation that does not exist is added with confidence.",
    "evasion": "evasion. A neighbouring question is answered instead of the one that was asked.",
    "padding": "padding. The same is said several times over, with an introduction and a summary that add nothing.",
    "flattery": "flattery. The answer says what the user wants to hear and agrees with what they take for granted.",
    "false_conclusion": "a false conclusion. The facts are right, but what is concluded from them does not follow.",
    "refusal": "a needless refusal. The assistant declines something harmless, politely and without helping.",
}


def drawn_flaw(row: Row, flaws: Sequence[Flaw], seed: int) -> Flaw:
    """The kind of flaw for one answer, by the seed and the conversation's content."""
    return Random(content_key(seed, "flaw", row.key)).choice(list(flaws))
