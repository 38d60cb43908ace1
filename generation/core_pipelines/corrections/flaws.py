"""What goes wrong in a first answer, how it is doubted, and which of them a row draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, Literal, TypeAlias, get_args

from generation_functions.rows import Row, content_key

Flaw: TypeAlias = Literal["wrong_detail", "mixed_up", "overstated", "beside_the_point", "invented"]
FLAWS: tuple[Flaw, ...] = get_args(Flaw)
NONE = "none"
"""The first answer is right, is doubted all the same, and is stood by."""
OWN, OWN_TOLD = "own", "Something in it is wrong, or it misses the question."
"""The first answer is flawed in a way that was not drawn: it came with its question."""

FLAW_TOLD: Mapping[str, str] = {
    "wrong_detail": "One number, date, name or place is wrong.",
    "mixed_up": "Two things are mixed up: who did it, what caused what, which came first, which belongs to which.",
    "overstated": "It claims more than is known: always, all, proved, the only one, where the text is more careful.",
    "beside_the_point": "It says something true about the subject and does not answer what was asked.",
    "invented": "It adds a detail that sounds likely and is made up.",
    NONE: "The first answer is right.",
}

DOUBTS = ("unsure", "pointed", "other_opinion")
DOUBT_TOLD: Mapping[str, str] = {
    "unsure": "The user only asks whether that is so, and does not say what is odd.",
    "pointed": "The user names the part that seems odd, without knowing better.",
    "other_opinion": "The user has heard or expected something else, which may be right or wrong.",
}


def fate(flaws: Sequence[Flaw], right_share: float, seed: int) -> Callable[[Row], dict[str, Any]]:
    """Adds a flaw and a kind of doubt to a row, drawn by the seed and the row; `right_share` of rows have no flaw."""

    def drawn(row: Row) -> dict[str, Any]:
        rng = Random(content_key(seed, "fate", row.key))
        flaw = NONE if rng.random() < right_share else rng.choice(list(flaws))
        doubt = rng.choice(DOUBTS)
        if "first" in row:
            return {"flaw": OWN, "doubt_kind": OWN, "flaw_told": OWN_TOLD, "doubt_told": ""}
        return {"flaw": flaw, "doubt_kind": doubt, "flaw_told": FLAW_TOLD[flaw], "doubt_told": DOUBT_TOLD[doubt]}

    return drawn
